"""Bring the pages of a paper up to date: ``solion reproduce PAPER --out DIR``, then ``python docs/refresh.py DIR``.

Copies the verdicts, from which the hook of mkdocs makes the tables, and the figures at three quarters of their size with a
palette of 256 colours.
"""

import json
import sys
from pathlib import Path

from PIL import Image

from solion.papers import load

source = Path(sys.argv[1])
verdicts = json.loads((source / "verdicts.json").read_text(encoding="utf-8"))
paper = verdicts["paper"]
if verdicts["quick"] or len(verdicts["cases"]) < len(load(paper).cases):
    sys.exit(f"{source}: the documentation shows the full form of every case; leave out --quick and CASE.")
verdicts.pop("seconds")  # differs from machine to machine
pages = Path(__file__).parent / paper
(pages / "verdicts.json").write_text(json.dumps(verdicts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
for path in sorted((source / "figures").glob("*.png")):
    picture = Image.open(path).convert("RGB")
    picture = picture.resize((picture.width * 3 // 4, picture.height * 3 // 4), Image.Resampling.LANCZOS)
    picture.quantize(256, dither=Image.Dither.NONE).save(pages / path.name, optimize=True)
    print(path.name, (pages / path.name).stat().st_size)
