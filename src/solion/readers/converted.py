"""EC-Lab's binary .mpr files, through yadg as a program of the user's: it is under the GPL, so it runs apart and is not imported.

Called as ``yadg extract eclab.mpr FILE OUT`` in a folder of its own; OUT is NetCDF (HDF5) with one array a column and its unit.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import h5py
import numpy as np

from solion.base.errors import InputError
from solion.readers.instruments import EC_LAB
from solion.readers.table import Sheet

COMMAND = "yadg"
PATIENCE = 300.0  # s
EXPORT = "export it in EC-Lab as text (.mpt)"


def mpr(path: Path) -> Sheet:
    """The columns of an .mpr file, headed as in EC-Lab's text. Raises InputError without the converter, or where it fails."""
    command = shutil.which(COMMAND)
    here = {Path.cwd().resolve(), path.parent.resolve()}
    if command is None or Path(command).resolve().parent in here:  # a program that lies beside the data is not the user's choice
        raise InputError(
            f"{path}: this is an EC-Lab .mpr file; {EXPORT}, or install the converter {COMMAND} (pip install {COMMAND}), which"
            f" is under the GPL and runs as a program of its own, so that the command {COMMAND} is found."
        )
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "converted.nc"
        words = [command, "extract", "eclab.mpr", str(path.resolve()), str(out)]
        try:
            done = subprocess.run(words, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False)
            last = (done.stderr.decode("utf-8", "replace").strip().splitlines() or [f"exit code {done.returncode}"])[-1]
            failed = done.returncode != 0 or not out.is_file()
        except (OSError, subprocess.TimeoutExpired) as error:
            failed, last = True, f"{type(error).__name__}"
        if failed:
            raise InputError(f"{path}: the converter {command} could not read it ({last[:120]}); it may be damaged, or {EXPORT}.")
        columns = _columns(path, out)
    length = max(values.size for values in columns.values())
    rows = [[repr(value) for value in row] for row in zip(*(v.tolist() for v in columns.values()), strict=True)]
    note = f"Read through {command} as a program of its own."
    return Sheet(path, "EC-Lab (.mpr)", tuple(columns), rows, range(1, length + 1), prefer=EC_LAB, notes=(note,))


def _columns(path: Path, file: Path) -> dict[str, np.ndarray]:
    """Heading (name/unit, as EC-Lab writes them) and values of every column."""
    try:
        with h5py.File(file) as content:
            found = {}
            for name, entry in content.items():
                if not isinstance(entry, h5py.Dataset) or entry.ndim != 1 or entry.dtype.kind not in "iuf" or name == "uts":
                    continue
                unit = entry.attrs.get("units", "")
                unit = unit.decode() if isinstance(unit, bytes) else str(unit)
                found[f"{name}/{unit}" if unit else name] = entry[:]
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{path}: what {COMMAND} made of it cannot be read ({type(error).__name__}); {EXPORT}.") from None
    if len({values.size for values in found.values()}) != 1:
        raise InputError(f"{path}: what {COMMAND} made of it holds no columns of one length; {EXPORT}.")
    return found
