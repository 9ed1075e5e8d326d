"""Studies that ended badly, run again and sorted by how they end.

    python benchmarks/hard_studies.py FILE.json [--only 3 7] [--label IMAGE] [--seconds 60]
    python benchmarks/hard_studies.py --draws 10000 --family film [--structures 6] [--seed 0] [--check] [--record FILE.jsonl]
    python benchmarks/hard_studies.py --report FILE.jsonl

The file is a list of {"study": nested dictionaries of a study file}. Old names of keys are brought up to date;
pictures that lie nowhere are replaced by ``--label``. With ``--draws`` the studies are drawn at random (random_studies.py), each
by its own seed; ``--check`` only checks them. ``--record`` writes each outcome as one line of a file and leaves out the seeds
that stand there, so that a long row of draws can be ended and gone on with; ``--report`` counts such a file by class and
family, and lists what ended without an answer. ``--seconds`` are of processor time, compilation included.
"""

from __future__ import annotations

import argparse
import collections
import json
import re
import signal
import time
import traceback
from pathlib import Path
from typing import Any

import numpy as np
from random_studies import FAMILIES, random_study

import solion as so
from solion.base.errors import InputError

PLAIN, LATTICE = {"law": "unmodulated"}, {"law": "lattice_sites"}
PARTS = {  # name of a law: its name today, its keys today, and its prefactor
    "linear_insertion": ("linear_transfer", {"conductance": "rate"}, PLAIN),
    "marcus_insertion": ("marcus_hush_chidsey", {"exchange_current": "rate"}, PLAIN),
    "lattice_butler_volmer": ("butler_volmer", {}, LATTICE),
}
PHYSICAL = ("depleted", "saturated", "stopped")
ORDER = ("finished", *PHYSICAL, "refused", "doubtful", "failed", "not finite", "slow", "traceback")
GOOD = ("finished", *PHYSICAL, "refused")


class Slow(Exception):
    """Raised by the alarm of a run that takes too long."""


def modern(value: Any, label: str | None) -> Any:
    """A study of an older tree in today's words."""
    if isinstance(value, dict) and value.get("law") in PARTS:
        law, keys, prefactor = PARTS[value["law"]]
        return {keys.get(key, key): entry for key, entry in value.items()} | {"law": law, "prefactor": prefactor}
    if isinstance(value, dict) and value.get("law") == "butler_volmer_electrode":
        return {"law": "kinetic_electrode", "kinetics": value | {"law": "insertion_butler_volmer"}}
    if isinstance(value, dict):
        return {key: modern(entry, label) for key, entry in value.items()}
    if isinstance(value, list):
        return [modern(entry, label) for entry in value]
    if isinstance(value, str):
        if label is not None and value.endswith((".png", ".npy", ".tif", ".tiff")) and not Path(value).exists():
            return label
        return value
    return value


def not_finite(dataset: Any) -> list[str]:
    """Variables that hold a number that is none (but those that say why one may be missing), and texts that quote one."""
    known = [name for name, values in dataset.data_vars.items() if values.dtype.kind == "f" and "missing" not in values.attrs]
    found = [name for name in known if not np.all(np.isfinite(dataset[name]))]
    for key, text in dataset.attrs.items():
        if isinstance(text, str) and re.search(r"(?<![\w-])(nan|inf|NaN|Infinity)\b(?! s\b)", text if key == "message" else ""):
            found.append(key)
    return found


def outcome(data: dict[str, Any], seconds: float = 120.0, *, check: bool = False) -> dict[str, Any]:
    """How one study ends: a class of ORDER, the message, what it took; with ``check`` it is only checked."""

    def late(*_):
        raise Slow

    began = time.perf_counter()
    signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    steps = 0
    try:
        study = so.study.interpret(data)
        if check:
            return {"class": "finished", "message": "legal", "steps": 0, "seconds": time.perf_counter() - began}
        result = study.run()
        kind, message = result.status, result.message
        settings = result.settings
        steps = settings.get("steps", 0) + settings.get("rejected", 0)
        summary = result.summary()
        wrong = not_finite(result.dataset)
        if re.search(r"= *(nan|inf|-inf)\b", summary):
            wrong.append("summary")
        if wrong:
            kind, message = "not finite", f"{kind}: {message} ({', '.join(wrong)})"
        elif kind == "doubtful" or any(not entry["ok"] for entry in result.audit.values()):
            failed = {name: entry["value"] for name, entry in result.audit.items() if not entry["ok"]}
            kind, message = "doubtful", f"{message} {failed}"
    except Slow:
        kind, message = "slow", f"more than {seconds:g} s"
    except InputError as error:
        kind, message = "refused", str(error)
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        kind, message = "traceback", f"{type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return {"class": kind, "message": message, "steps": steps, "seconds": time.perf_counter() - began}


def table(found: list[dict[str, Any]]) -> str:
    """Counts by class, and the share without an answer."""
    counts = collections.Counter(entry["class"] for entry in found)
    bad = sum(count for kind, count in counts.items() if kind not in GOOD)
    listed = ", ".join(f"{counts[kind]} {kind}" for kind in ORDER if counts[kind])
    return f"{len(found)} studies: {listed}; without an answer {100 * bad / max(len(found), 1):.2f} %"


def drawn(family: str, chosen: Any) -> list[dict[str, Any]]:
    """Outcomes of random studies of a family, the bad ones printed with their seeds."""
    kept = recorded(chosen.record) if chosen.record else {}
    found = []
    for seed in chosen.only or range(chosen.seed, chosen.seed + chosen.draws):
        entry = kept.get((family, seed))
        if entry is None:
            entry = outcome(random_study(family, seed, chosen.structures), chosen.seconds, check=chosen.check)
            entry |= {"family": family, "seed": seed}
            if chosen.record:
                with Path(chosen.record).open("a") as file:
                    file.write(json.dumps(entry) + "\n")
        found.append(entry)
        if len(found) % 50 == 0:
            print(family, table(found), flush=True)
        if entry["class"] not in GOOD or chosen.only:
            print(line(entry), flush=True)
    return found


def line(entry: dict[str, Any]) -> str:
    """One outcome in words."""
    where = f"{entry['family']} {entry['seed']} {entry['class']} [{entry['steps']} steps, {entry['seconds']:.1f} s]"
    return f"{where} {entry['message'][:300]}"


def recorded(path: str) -> dict[tuple[str, int], dict[str, Any]]:
    """Outcomes of a file by family and seed; the last line of a seed counts."""
    lines = Path(path).read_text().splitlines() if Path(path).exists() else []
    entries = [json.loads(text) for text in lines]
    return {(entry["family"], entry["seed"]): entry for entry in entries}


def report(path: str) -> None:
    """Counts of a file of outcomes by family and class, and what ended without an answer."""
    entries = recorded(path).values()
    for family in FAMILIES:
        if found := [entry for entry in entries if entry["family"] == family]:
            print(family, table(found))
    for entry in entries:
        if entry["class"] not in GOOD:
            print(line(entry))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?")
    parser.add_argument("--draws", type=int, default=0)
    parser.add_argument("--family", default="all", choices=["all", *FAMILIES])
    parser.add_argument("--structures", type=int, default=6)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--only", type=int, nargs="*")
    parser.add_argument("--label")
    parser.add_argument("--record")
    parser.add_argument("--report")
    parser.add_argument("--seconds", type=float, default=120.0)
    chosen = parser.parse_args()
    if chosen.report:
        report(chosen.report)
        return
    if chosen.draws:
        for family in FAMILIES if chosen.family == "all" else [chosen.family]:
            print(family, table(drawn(family, chosen)), flush=True)
        return
    cases = json.loads(Path(chosen.file).read_text())
    found = []
    for k, case in enumerate(cases):
        if chosen.only and k not in chosen.only:
            continue
        entry = outcome(modern(case["study"], chosen.label), chosen.seconds)
        found.append(entry)
        was = case.get("class", case.get("status"))
        print(
            f"{k:3d} {was} -> {entry['class']} [{entry['steps']} steps, {entry['seconds']:.1f} s] {entry['message'][:300]}",
            flush=True,
        )
    print(table(found))


if __name__ == "__main__":
    main()
