"""Bring these pages up to date: ``solion reproduce synapse --out DIR``, then ``python docs/synapse/refresh.py DIR``.

Copies the verdicts, from which the hook of mkdocs makes the tables, and the figures with a palette of 256 colours.
"""

import json
import sys
from pathlib import Path

from PIL import Image

here, source = Path(__file__).parent, Path(sys.argv[1])
verdicts = json.loads((source / "verdicts.json").read_text(encoding="utf-8"))
if verdicts["quick"] or len(verdicts["cases"]) < 27:
    sys.exit(f"{source}: the documentation shows the full form of every case; leave out --quick and CASE.")
verdicts.pop("seconds")  # differs from machine to machine
(here / "verdicts.json").write_text(json.dumps(verdicts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
for path in sorted((source / "figures").glob("*.png")):
    picture = Image.open(path).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    picture.save(here / path.name, optimize=True)
    print(path.name, (here / path.name).stat().st_size)
