"""Draw the pictures of the documentation anew, all of them by one command: ``python docs/refresh.py``.

    python docs/refresh.py                 every picture of docs/gallery.toml
    python docs/refresh.py NAME ...        those whose file or study has this in its name
    python docs/refresh.py --stale         those whose study, script or command was changed since
    python docs/refresh.py --papers        the pages of the papers too, hours: every case of ``solion reproduce``
    python docs/refresh.py --paper DIR     the pages of one paper from what ``solion reproduce PAPER --out DIR`` wrote

Pictures are written with a palette of 256 colours. ``docs/figures/drawn.json`` holds what each was drawn from, as a digest, so
that ``--stale`` knows; the pages of a paper get the verdicts, from which the hook of mkdocs makes the tables.
"""

import hashlib
import json
import shlex
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from PIL import Image

DOCS = Path(__file__).parent
ROOT = DOCS.parent
DRAWN = DOCS / "figures" / "drawn.json"
PAPERS = ("film", "synapse", "polycrystal")


def pictures():
    """The entries of the gallery."""
    return tomllib.loads((DOCS / "gallery.toml").read_text(encoding="utf-8"))["picture"]


def source(entry):
    """Study, script or command of a picture, and a digest of what it draws from."""
    if "study" in entry:
        text = (ROOT / "src/solion/study/builtin" / f"{entry['study']}.toml").read_bytes()
    elif "script" in entry:
        text = (ROOT / entry["script"]).read_bytes()
    else:
        text = b""
    name = entry.get("study") or entry.get("script") or entry["command"]
    words = json.dumps([name, entry.get("view"), entry.get("from")]).encode()
    return name, hashlib.sha256(words + text).hexdigest()[:16]


def shrink(path, target, share=1.0):
    """A PNG with a palette of 256 colours, at a share of its size."""
    picture = Image.open(path).convert("RGB")
    if share != 1.0:
        size = round(picture.width * share), round(picture.height * share)
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    picture.quantize(256, dither=Image.Dither.NONE).save(target, optimize=True)
    print(target.relative_to(ROOT), target.stat().st_size)


def draw(entries, folder):
    """Draw the pictures of one source into a folder, then into the documentation."""
    entry = entries[0]
    if "study" in entry:
        from solion.study import load

        result = load(entry["study"]).run()
        for one in entries:
            place = folder / Path(one["file"]).name
            result.plot(one.get("view")).savefig(place, dpi=110)
            shrink(place, DOCS / one["file"])
        return
    if "command" in entry:
        words = shlex.split(entry["command"].replace("OUT", str(folder / "out")))
        (folder / "out").mkdir()
        if "--out" in words:
            (folder / "out").rmdir()
        subprocess.run([sys.executable, "-m", *words], cwd=ROOT, check=True)
        folder = folder / "out"
    else:  # a script draws into the folder that it is given, or works in
        subprocess.run([sys.executable, str(ROOT / entry["script"]), str(folder)], cwd=folder, check=True)
    for one in entries:
        shrink(folder / one.get("from", Path(one["file"]).name), DOCS / one["file"])


def refresh(entries):
    """Draw these pictures, source by source; what was drawn is noted at once."""
    sources = {}
    for entry in entries:
        sources.setdefault(source(entry)[0], []).append(entry)
    for name, group in sources.items():
        print(f"== {name}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            draw(group, Path(folder))
        drawn = json.loads(DRAWN.read_text(encoding="utf-8")) if DRAWN.exists() else {}  # another process may draw, too
        drawn |= {one["file"]: source(one)[1] for one in group}
        DRAWN.write_text(json.dumps(dict(sorted(drawn.items())), indent=1) + "\n", encoding="utf-8")


def stale():
    """Pictures that are not there, or whose source has changed since they were drawn."""
    drawn = json.loads(DRAWN.read_text(encoding="utf-8")) if DRAWN.exists() else {}
    return [one for one in pictures() if drawn.get(one["file"]) != source(one)[1] or not (DOCS / one["file"]).is_file()]


def paper(folder):
    """Bring the pages of a paper up to date from what ``solion reproduce`` wrote."""
    from solion.papers import load

    verdicts = json.loads((folder / "verdicts.json").read_text(encoding="utf-8"))
    if verdicts["quick"] or len(verdicts["cases"]) < len(load(verdicts["paper"]).cases):
        sys.exit(f"{folder}: the documentation shows the full form of every case; leave out --quick and CASE.")
    verdicts.pop("seconds")  # differs from machine to machine
    pages = DOCS / verdicts["paper"]
    (pages / "verdicts.json").write_text(json.dumps(verdicts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for path in sorted((folder / "figures").glob("*.png")):
        shrink(path, pages / path.name, 0.75)


def main(words):
    """What the command line asks for."""
    if words[:1] == ["--paper"] and len(words) == 2:
        return paper(Path(words[1]))
    if words == ["--stale"]:
        return refresh(stale())
    if words == ["--papers"]:
        refresh(pictures())
        with tempfile.TemporaryDirectory() as folder:
            for name in PAPERS:
                command = ["solion", "reproduce", name, "--out", f"{folder}/{name}"]
                subprocess.run([sys.executable, "-m", *command], check=True)
                paper(Path(folder) / name)
        return None
    chosen = [one for one in pictures() if not words or any(word in one["file"] + one.get("study", "") for word in words)]
    if not chosen or any(word.startswith("-") for word in words):
        sys.exit(__doc__)
    return refresh(chosen)


if __name__ == "__main__":
    main(sys.argv[1:])
