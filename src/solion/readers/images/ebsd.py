"""Maps of orientations (EBSD): .ang of EDAX, .ctf and .h5oina of Oxford; grains are found where the lattice turns.

Neighbours whose lattices differ by less than an angle (5 degrees unless said) belong to one grain; the angle is the
least over the rotations of the crystal's Laue class. Points without a solution are no grain.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from solion.base.errors import InputError
from solion.base.memory import refuse_larger
from solion.readers.images.picture import PICTURE, Picture
from solion.readers.text import bytes_of, decode, lines_of

ANGLE = 5.0  # degrees
# rotations of each Laue class: its number in .ctf, the names of .ang (TSL) and the group of scipy
LAUE = {1: "C1", 2: "C2", 3: "D2", 4: "C4", 5: "D4", 6: "C3", 7: "D3", 8: "C6", 9: "D6", 10: "T", 11: "O"}
TSL = {
    "43": "O",
    "23": "T",
    "62": "D6",
    "6": "C6",
    "42": "D4",
    "4": "C4",
    "32": "D3",
    "3": "C3",
    "22": "D2",
    "2": "C2",
    "20": "C2",
    "1": "C1",
}


def grains(phase: np.ndarray, euler: np.ndarray, groups: dict[int, str], angle: float = ANGLE) -> tuple[np.ndarray, np.ndarray]:
    """(labels, orientations by label) of a map: ``phase`` (ny, nx), 0 unsolved; ``euler`` Bunge's angles (ny, nx, 3) in rad.

    Orientations are unit quaternions, scalar last, of the point nearest to the middle of the grain's list; entry 0 is nan.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial.transform import Rotation

    quaternions = Rotation.from_euler("ZXZ", euler.reshape(-1, 3)).as_quat().reshape(*phase.shape, 4)
    number = np.arange(phase.size).reshape(phase.shape)
    first, second = [], []
    for axis in (0, 1):
        low = (slice(None, -1), slice(None)) if axis == 0 else (slice(None), slice(None, -1))
        high = (slice(1, None), slice(None)) if axis == 0 else (slice(None), slice(1, None))
        for kind in np.unique(phase[phase > 0]):
            both = (phase[low] == kind) & (phase[high] == kind)
            a, b = Rotation.from_quat(quaternions[low][both]), Rotation.from_quat(quaternions[high][both])
            operators = Rotation.create_group(groups.get(int(kind), "C1")).as_quat()
            turn = (a.inv() * b).as_quat()
            near = np.abs(turn @ (operators * [-1, -1, -1, 1]).T).max(axis=1)  # scalar part of turn times the inverse
            same = 2 * np.arccos(np.clip(near, -1, 1)) < np.deg2rad(angle)
            first.append(number[low][both][same])
            second.append(number[high][both][same])
    pairs = np.concatenate(first), np.concatenate(second)
    graph = coo_array((np.ones(pairs[0].size, np.int8), pairs), shape=(phase.size, phase.size))
    piece = connected_components(graph, directed=False)[1].reshape(phase.shape)
    solved = phase > 0
    labels = np.zeros(phase.shape, np.int32)
    labels[solved] = np.unique(piece[solved], return_inverse=True)[1] + 1
    order = np.argsort(labels.ravel(), kind="stable")
    ends = np.searchsorted(labels.ravel()[order], np.arange(1, labels.max() + 2))
    middles = order[(ends[:-1] + ends[1:]) // 2]
    orientations = np.full((labels.max() + 1, 4), np.nan)
    orientations[1:] = quaternions.reshape(-1, 4)[middles]
    return labels, orientations


def _picture(path: Path, form: str, phase, euler, groups, steps, angle: float, said: Sequence[str] = ()) -> Picture:
    if not (phase > 0).any():
        raise InputError(f"{path}: no point of the map has a solution; there are no grains.")
    labels, orientations = grains(phase, euler, groups, angle)
    notes = [*said, f"{labels.max()} grains where the lattice turns by more than {angle:g} degrees."]
    if unsolved := int(np.count_nonzero(phase == 0)):
        notes.append(f"{unsolved} of {phase.size} points have no solution and are 0.")
    if unknown := [str(k) for k in np.unique(phase[phase > 0]) if int(k) not in groups]:
        notes.append(f"The symmetry of phase {', '.join(unknown)} is not said; none was used.")
    return Picture(path, form, labels, PICTURE, steps, (0,), orientations, notes=tuple(notes))


def ang(path: Path, angle: float = ANGLE) -> Picture:
    """EDAX .ang: phi1 Phi phi2 (rad) x y (um) quality, confidence (-1: no solution), phase."""
    lines = lines_of(decode(path, bytes_of(path))[0])
    head = [line.lstrip("# ").strip() for line in lines if line.startswith("#")]
    words = {line.split(":")[0].strip().upper(): line.split(":", 1)[1].strip() for line in head if ":" in line}
    rows = _rows(path, [line for line in lines if line.strip() and not line.startswith("#")], 8)
    groups, phase = {}, 1
    for line in head:
        if match := re.match(r"Phase\s+(\d+)", line):
            phase = int(match[1])
        elif (match := re.match(r"Symmetry\s+(\d+)", line)) and match[1] in TSL:
            groups[phase] = TSL[match[1]]
    notes: list[str] = []
    if words.get("GRID", "SqrGrid").casefold() == "hexgrid":
        rows, shape, steps = _bricks(path, rows, words)
        notes.append("The grid is hexagonal: each point is a brick of two voxels, whose neighbours are those of the hexagon.")
    else:
        shape, steps = _grid(path, rows[:, 3], rows[:, 4], 1e-6)
    declared = [words.get("NCOLS_ODD", ""), words.get("NROWS", "")] if not notes else []
    if declared and all(text.isdecimal() for text in declared) and (int(declared[1]), int(declared[0])) != shape:
        raise InputError(
            f"{path}: holds {shape[0]} rows of {shape[1]} points where its "
            f"header says {declared[1]} of {declared[0]}; it is cut off."
        )
    confidence = rows[:, 6]
    phases = np.where(confidence < 0, 0, np.maximum(rows[:, 7].astype(int), 1))
    return _picture(path, "EDAX .ang", phases.reshape(shape), rows[:, :3].reshape(*shape, 3), groups, steps, angle, notes)


def _bricks(path: Path, points: np.ndarray, words: dict[str, str]) -> tuple[np.ndarray, tuple[int, int], tuple[float, float]]:
    """The points of a hexagonal grid, each twice side by side, every second row shifted by one: (rows, shape, steps in m).

    A brick touches two others above and below it and one on either side, as a hexagon does. Half bricks at the ends of rows are
    filled by their neighbours, or cut.
    """
    heights, first = np.unique(np.round(points[:, 4], 6), return_index=True)
    parts = np.split(points, np.sort(first)[1:])
    counts = [words.get("NCOLS_ODD", ""), words.get("NCOLS_EVEN", "")]
    told = words.get("NROWS", "").isdecimal() and all(text.isdecimal() for text in counts)
    wanted = [int(counts[k % 2]) for k in range(int(words["NROWS"]))] if told else []
    if not told or [len(part) for part in parts] != wanted or min(wanted) < 2 or len(parts) < 2:
        raise InputError(f"{path}: its {len(points)} points are not the rows of the hexagonal grid of its header; it is cut off.")
    step, start = float(np.median(np.diff(parts[0][:, 3]))), parts[0][0, 3]
    columns, bricks = np.arange(2 * wanted[0]), []
    for part in parts:
        shift = round((part[0, 3] - start) / (0.5 * step))
        if shift not in (0, 1) or not np.allclose(np.diff(part[:, 3]), step, rtol=0.02):
            raise InputError(
                f"{path}: a row of its hexagonal grid begins at {part[0, 3]:g} um, or its steps differ; it is damaged."
            )
        bricks.append(part[np.clip((columns - shift) // 2, 0, len(part) - 1)])
    rise = float(np.ptp(heights)) / (len(parts) - 1)
    return np.concatenate(bricks), (len(parts), columns.size), (rise * 1e-6, 0.5 * step * 1e-6)


def ctf(path: Path, angle: float = ANGLE) -> Picture:
    """Oxford .ctf: Phase X Y Bands Error Euler1 Euler2 Euler3 (degrees) ...; phase 0 is no solution; steps in um."""
    lines = lines_of(decode(path, bytes_of(path))[0])
    head = next((k for k, line in enumerate(lines) if line.startswith("Phase\tX\tY")), None)
    if head is None:
        raise InputError(f"{path}: a Channel Text File without its line of columns (Phase X Y ...); it is cut off or damaged.")
    groups = {}
    start = next((k for k, line in enumerate(lines[:head]) if line.startswith("Phases\t")), head)
    for number, line in enumerate(lines[start + 1 : head], 1):
        cells = line.split("\t")
        if len(cells) > 3 and cells[3].strip().isdecimal() and int(cells[3]) in LAUE:
            groups[number] = LAUE[int(cells[3])]
    names = lines[head].split("\t")
    rows = _rows(path, [line for line in lines[head + 1 :] if line.strip()], len(names))
    try:
        x, y, phase, *angles = (rows[:, names.index(name)] for name in ("X", "Y", "Phase", "Euler1", "Euler2", "Euler3"))
    except ValueError as error:
        raise InputError(f"{path}: the columns of this Channel Text File are not all there ({error}).") from None
    shape, steps = _grid(path, x, y, 1e-6)
    sizes = {line.split("\t")[0]: line.split("\t")[1] for line in lines[:head] if line.count("\t") == 1}
    if (
        sizes.get("XCells", "").isdecimal()
        and sizes.get("YCells", "").isdecimal()
        and (int(sizes["YCells"]), int(sizes["XCells"])) != shape
    ):
        raise InputError(
            f"{path}: holds {shape[0]} rows of {shape[1]} points where its "
            f"header says {sizes['YCells']} of {sizes['XCells']}; it is cut off."
        )
    euler = np.deg2rad(np.stack(angles, axis=1)).reshape(*shape, 3)
    return _picture(path, "Oxford .ctf", phase.astype(int).reshape(shape), euler, groups, steps, angle)


def _rows(path: Path, lines: list[str], least: int) -> np.ndarray:
    found = []
    for k, line in enumerate(lines, 1):
        cells = line.split()
        try:
            row = [float(cell.replace(",", ".")) for cell in cells[:least]]
        except ValueError:
            row = []
        if len(row) < least:
            raise InputError(
                f"{path}: point {k} of the map has {len(cells)} cells, fewer than {least} numbers; it is cut off or damaged."
            )
        found.append(row)
    if not found:
        raise InputError(f"{path}: the map holds no points; it is cut off.")
    return np.array(found)


def _grid(path: Path, x: np.ndarray, y: np.ndarray, unit: float) -> tuple[tuple[int, int], tuple[float, float]]:
    columns, rows = np.unique(np.round(x, 9)), np.unique(np.round(y, 9))
    shape = rows.size, columns.size
    if min(shape) < 2 or shape[0] * shape[1] != x.size or not (np.diff(x.reshape(shape), axis=1) > 0).all():
        raise InputError(
            f"{path}: its {x.size} points are no full rectangle of rows and "
            f"columns ({shape[0]} x {shape[1]}); it is cut off or hexagonal."
        )
    return shape, (float(np.ptp(rows) / (shape[0] - 1) * unit), float(np.ptp(columns) / (shape[1] - 1) * unit))


def h5oina(path: Path, angle: float = ANGLE) -> Picture:
    """Oxford's HDF5 (.h5oina): Euler angles in rad, phase and steps in um of its first EBSD map."""
    import h5py

    with h5py.File(path, "r") as file:
        slices = [name for name in file if isinstance(file.get(f"{name}/EBSD/Data"), h5py.Group)]
        if len(slices) != 1:
            raise InputError(f"{path}: holds {len(slices)} maps of EBSD; one is read.")

        def numbers(name: str) -> np.ndarray:
            found = file.get(f"{slices[0]}/EBSD/{name}")
            if not isinstance(found, h5py.Dataset):
                raise InputError(f"{path}: lacks EBSD/{name}; it is damaged.")
            refuse_larger(path, found.nbytes)
            return np.asarray(found[()])

        shape = int(numbers("Header/Y Cells")[0]), int(numbers("Header/X Cells")[0])
        steps = float(numbers("Header/Y Step")[0]) * 1e-6, float(numbers("Header/X Step")[0]) * 1e-6
        phase, euler = numbers("Data/Phase").astype(int), numbers("Data/Euler")
        kinds = [int(kind) for kind in np.unique(phase) if f"{slices[0]}/EBSD/Header/Phases/{kind}/Laue Group" in file]
        laue = {kind: int(numbers(f"Header/Phases/{kind}/Laue Group")[0]) for kind in kinds}
        groups = {kind: LAUE[number] for kind, number in laue.items() if number in LAUE}
    if phase.size != shape[0] * shape[1]:
        raise InputError(f"{path}: holds {phase.size} points where its header says {shape[0]} rows of {shape[1]}; it is damaged.")
    return _picture(path, "Oxford .h5oina", phase.reshape(shape), euler.reshape(*shape, 3), groups, steps, angle)
