"""Numbers of the built-in studies as they were before the house moved: ``python tests/golden/golden.py make|check [NAME ...]``.

Each study's numeric variables are kept at up to 300 evenly spaced entries, with the steps the stepper took. ``check`` prints,
for each study, the largest difference of any variable relative to its own largest value, and the change of step counts.
Deleted once the move is over.
"""

import json
import sys
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent
MOST = 300
METRICS = {}  # of the studies that were run, by name
RENAMED = {}  # variable of today -> its name in the golden data


def numbers(dataset):
    """Numeric variables and coordinates, thinned."""
    found = {}
    for name, variable in {**dataset.coords, **dataset.data_vars}.items():
        values = np.asarray(variable.values)
        if values.dtype.kind in "fiub":
            flat = values.ravel().astype(float)
            found[str(name)] = flat[np.unique(np.linspace(0, flat.size - 1, MOST).astype(int))] if flat.size else flat
    return found


def run(name):
    from solion.study import load
    from solion.views import metrics

    dataset = load(name).run().dataset
    found = numbers(dataset)
    METRICS[name] = {metric.name: metric.value for metric in metrics(dataset)}
    settings = json.loads(dataset.attrs.get("settings", "{}"))
    if "steps" in settings:
        found["_steps"] = np.array([settings["steps"], settings["rejected"]], float)
    return found


def compare_metrics(name):
    """Metrics of the views against those of before the move; new ones are no matter."""
    before, after = json.loads((FOLDER / "metrics.json").read_text())[name], METRICS[name]
    moved = {}
    for key, old in before.items():
        new = after.get(key)
        if isinstance(old, str) or new is None or isinstance(new, str):
            moved |= {} if old == new else {key: (old, new)}
        elif not (old != old and new != new):
            error = abs(new - old) / (abs(old) or 1.0)
            moved |= {} if error <= 1e-6 or abs(new - old) < 1e-18 else {key: (old, new)}
    print(f"{name}: metrics {moved if moved else 'equal'}", flush=True)


def main(verb, *names):
    from solion.study import builtin_studies

    for name in names or builtin_studies():
        path = FOLDER / f"{name}.npz"
        if verb == "check" and not path.exists():
            continue  # a study that is newer than the data
        found = run(name)
        if verb == "make":
            np.savez_compressed(path, **found)
            print(name, len(found), flush=True)
            continue
        with np.load(path) as saved:
            kept = {RENAMED.get(key, key): saved[key] for key in saved.files}
        missing = sorted(set(kept) - set(found))
        worst, where = 0.0, ""
        for key in set(kept) & set(found):
            if key == "_steps":
                continue
            a, b = kept[key], found[key]
            if a.shape != b.shape:
                worst, where = float("inf"), f"{key}: {a.size} entries became {b.size}"
                break
            both = np.isfinite(a)
            if not np.array_equal(both, np.isfinite(b)):
                worst, where = float("inf"), f"{key}: other entries are finite"
                break
            scale = np.max(np.abs(a[both]), initial=0.0)
            error = np.max(np.abs(a - b)[both], initial=0.0) / (scale or 1.0)
            if error > worst:
                worst, where = error, key
        steps = f", steps {kept['_steps'].astype(int)} -> {found['_steps'].astype(int)}" if "_steps" in found else ""
        print(f"{name}: {worst:.2e} ({where}){steps}" + (f", MISSING {missing}" if missing else ""), flush=True)
        compare_metrics(name)


if __name__ == "__main__":
    main(*sys.argv[1:])
