"""Tessellations of Neper (.tess, formats 2.0 to 3.5): convex cells, laid out on voxels.

A cell is where the planes of all its faces (in 2D the lines of its edges) say inside: n.x <= d with n outwards, |n| = 1. With
the violation v = max(n.x - d), a voxel belongs to the cell of least v at its centre. Faces of a regularised tessellation are
not quite plane, so that some voxels lie in no cell or in two; their share is told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from solion.base.errors import InputError
from solion.base.memory import refuse_larger
from solion.readers.images.neper import cell_orientations
from solion.readers.images.picture import SPACE, Picture
from solion.readers.text import bytes_of

FINE = 20  # voxels along a grain of mean size, where nothing is said
ROUND_OFF = 1e-9  # of the domain's size: coordinates are written with 12 decimals
DOUBTFUL = 0.1  # share of voxels in no cell or in two, above which the cells are no tessellation
VOXEL_BYTES = 40
RASTER = "write a raster instead: neper -T -loadtess FILE -format tesr"


@dataclass(frozen=True)
class HalfSpaces:
    """Where ``normals`` [m, d] . x <= ``offsets`` [m]; ``low``, ``high`` [d]: the box of the vertices."""

    normals: np.ndarray
    offsets: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def violation(self, centres: Sequence[np.ndarray]) -> np.ndarray:
        """The largest n.x - d on the grid of ``centres``, one array for each axis; 0 or less inside."""
        worst = np.full([axis.size for axis in centres], -np.inf)
        axes = np.meshgrid(*centres, indexing="ij", sparse=True)
        for normal, offset in zip(self.normals, self.offsets, strict=True):
            np.maximum(worst, sum(n * x for n, x in zip(normal, axes, strict=True)) - offset, out=worst)
        return worst


class Words:
    """The numbers of a section, taken in their order. Raises InputError where there are too few."""

    def __init__(self, path: Path, name: str, content: bytes | None) -> None:
        self.damaged = InputError(f"{path}: its section **{name} is missing, breaks off or is damaged.")
        self.words = (content or b"").split()
        self.place = 0

    def take(self, count: int) -> np.ndarray:
        """The next ``count`` numbers."""
        try:
            found = np.array(self.words[self.place : self.place + count], float)
        except ValueError:
            raise self.damaged from None
        self.place += count
        if count < 0 or found.size != count or not np.isfinite(found).all():
            raise self.damaged
        return found

    def records(self) -> Iterator[int]:
        """The numbers 1, 2, ... that begin the records after their count; nothing may be left behind the last."""
        for expected in range(1, int(self.take(1)[0]) + 1):
            if self.take(1)[0] != expected:
                raise self.damaged
            yield expected
        if self.place != len(self.words):
            raise self.damaged

    def choice(self, items: np.ndarray | list, numbers: np.ndarray) -> list:
        """The items of these numbers (from 1)."""
        if not len(numbers) or min(numbers) < 1 or max(numbers) > len(items):
            raise self.damaged
        return [items[int(k) - 1] for k in numbers]


def tess(path: Path, unit: float = 1e-6, spacing: Sequence[float] | None = None) -> Picture:
    """A tessellation on voxels of edges ``spacing`` (m, one or one for each axis); 20 along a grain of mean size without it.

    Lengths are taken times ``unit`` (m), since Neper's have none. The values are the ids of the cells, 0 what lies outside of
    a domain that fills no box; orientations of the cells (``*ori``) come with them. Raises InputError for a file that breaks
    off, for cells that do not fill their domain, and for what is no .tess.
    """
    sections = _sections(path)
    dimension = int(Words(path, "general", sections.get("general")).take(1)[0])
    if dimension not in (2, 3):
        raise InputError(f"{path}: has dimension {dimension}; tessellations in 2 or 3 are read.")
    cells, rim = _cells(path, sections, dimension)
    low, high, periods = _domain(path, sections, rim)
    edges = _edges(path, (high - low) * unit, spacing, len(cells)) / unit
    count = np.maximum(np.round((high - low) / edges), 1).astype(int)
    refuse_larger(f"{path}, on voxels of {edges.min() * unit:g} m", float(np.prod(count, dtype=float)) * VOXEL_BYTES)
    start = (low + high - count * edges) / 2
    centres = [a + (np.arange(n) + 0.5) * h for a, n, h in zip(start, count, edges, strict=True)]
    least, second, owner = _claims(cells, centres, edges, periods)
    tolerance = ROUND_OFF * float((high - low).max())
    gap, shared = least > tolerance, second < -tolerance
    beyond = np.zeros(gap.shape, bool) if any(periods) else rim.violation(centres) > tolerance
    share = np.array([np.count_nonzero(gap & ~beyond), np.count_nonzero(shared)]) / max(np.count_nonzero(~beyond), 1)
    if share.max() > DOUBTFUL or np.isinf(least[~beyond]).any() or (beyond & ~gap).any():
        raise InputError(
            f"{path}: {share[0]:.1%} of its domain is in no cell, {share[1]:.1%} in two, and {np.mean(beyond & ~gap):.1%} of its"
            f" cells beyond its faces: it is damaged, or its cells or its domain are not convex; {RASTER}."
        )
    ids = _ids(path, sections, len(cells))
    values = np.where(beyond, 0, ids[owner])
    orientations, told = cell_orientations(sections["cell"], int(ids.max()))
    axes = SPACE if dimension == 3 else ("x", "z")
    voxel = tuple(float(edge) for edge in edges * unit)
    size = " x ".join(map(str, count)), " x ".join(f"{edge:g}" for edge in voxel)
    notes = [f"{ids.size} cells of Neper laid out on {size[0]} voxels of {size[1]} m."]
    if (change := np.abs(count * edges / (high - low) - 1).max()) > ROUND_OFF:
        notes.append(f"Whole voxels change the sides of its box by up to {change:.2g} of them.")
    if share.max() > 0:
        notes.append(
            f"{share[0]:.2%} of the voxels were in no cell and {share[1]:.2%} in two, as faces that are not plane leave them"
            " (regularisation); they went to the cell whose faces they violate least."
        )
    if beyond.any():
        notes.append(f"The domain fills {1 - beyond.mean():.1%} of its box; the rest is left as pores.")
    if missing := np.setdiff1d(ids, values).size:
        notes.append(f"{missing} cells hold no voxel's centre and are gone; a smaller spacing keeps them.")
    if any(periods):
        named = "".join(axis for axis, period in zip("xyz", periods, strict=False) if period)
        notes.append(f"The tessellation is periodic along {named}; periodic=True keeps its sides so.")
    return Picture(path, "Neper tessellation", values, axes, voxel, (0,), orientations, notes=(*notes, *told), laid_out=True)


def _sections(path: Path) -> dict[str, bytes]:
    """What stands under each ``**name``."""
    content = bytes_of(path)
    if re.match(rb"\s*\*\*\*tess\s", content) is None:
        raise InputError(f"{path}: does not begin with ***tess; it is no tessellation of Neper from version 2 on.")
    parts = re.split(rb"(?m)^[ \t]*\*\*\*?([a-z]+)", content)
    sections = {name.decode(): body for name, body in zip(parts[1::2], parts[2::2], strict=True)}
    if "end" not in sections or "cell" not in sections:
        raise InputError(f"{path}: has no {'**cell' if 'end' in sections else '***end'}; it breaks off or is damaged.")
    return sections


def _cells(path: Path, sections: dict[str, bytes], dimension: int) -> tuple[list[HalfSpaces], HalfSpaces]:
    """The cells, and their faces (edges) that one cell alone has: the rim of the domain."""
    words = Words(path, "vertex", sections.get("vertex"))
    vertices = np.array([words.take(4)[:dimension] for _ in words.records()])
    words = Words(path, "face", sections.get("face"))
    faces = []
    for _ in words.records():
        corners = words.choice(vertices, words.take(int(words.take(1)[0])))
        words.take(int(words.take(1)[0]))  # its edges
        plane = words.take(9)[:4]  # d, a, b, c; then state and point of regularisation
        faces.append((np.array(corners), plane[1:], plane[0]))
    if dimension == 2:
        sides = [_sides(corners) for corners, _, _ in faces]
    else:
        if any(abs(np.linalg.norm(normal) - 1) > 1e-6 for _, normal, _ in faces):
            raise words.damaged
        words = Words(path, "polyhedron", sections.get("polyhedron"))
        sides = []
        for _ in words.records():
            signed = words.take(int(words.take(1)[0]))
            some = words.choice(faces, np.abs(signed))
            sides.append([(c, s * n, s * d, k) for (c, n, d), s, k in zip(some, np.sign(signed), np.abs(signed), strict=True)])
    if len(sides) != int(Words(path, "cell", sections.get("cell")).take(1)[0]):
        raise words.damaged
    met = Counter(side[3] for cell in sides for side in cell)
    alone = [side for cell in sides for side in cell if met[side[3]] == 1]
    if not alone or not all(sides):
        raise words.damaged
    return [_half_spaces(cell) for cell in sides], _half_spaces(alone)


def _sides(corners: np.ndarray) -> list[tuple]:
    """(ends, outward normal, offset, name) of each side of a polygon; the name is the same for the neighbour's."""
    after = np.roll(corners, -1, 0)
    turn = np.sign(np.sum(corners[:, 0] * after[:, 1] - corners[:, 1] * after[:, 0]))
    found = []
    for a, b in zip(corners, after, strict=True):
        length = float(np.hypot(*(b - a)))
        if length > 0:
            normal = turn * np.array([b[1] - a[1], a[0] - b[0]]) / length
            found.append((np.array([a, b]), normal, float(normal @ a), frozenset((tuple(a), tuple(b)))))
    return found


def _half_spaces(sides: list[tuple]) -> HalfSpaces:
    corners = np.concatenate([side[0] for side in sides])
    return HalfSpaces(np.array([s[1] for s in sides]), np.array([s[2] for s in sides]), corners.min(0), corners.max(0))


def _domain(path: Path, sections: dict[str, bytes], rim: HalfSpaces) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(low, high, periods) of the domain's box; periods are 0 along axes that are not periodic."""
    found = re.match(rb"\s*\*general\s+([^*]*)", sections.get("periodicity", b""))
    if found is None:
        return rim.low, rim.high, np.zeros(rim.low.size)
    words = Words(path, "periodicity", found[1])
    periods = words.take(3) * words.take(3)
    corners = re.findall(rb"(?m)^\s*\d+\s+(\S+)\s+(\S+)\s+(\S+)\s+[xyz][01]\S*\s*$", sections.get("domain", b""))
    box = Words(path, "domain", b" ".join(b" ".join(corner) for corner in corners)).take(3 * max(len(corners), 1)).reshape(-1, 3)
    size = rim.low.size
    return box.min(0)[:size], box.max(0)[:size], periods[:size]


def _edges(path: Path, sides: np.ndarray, spacing: Sequence[float] | None, cells: int) -> np.ndarray:
    """Edges of a voxel [m]."""
    if spacing is None:
        shortest = float(sides.min())
        return np.full(sides.size, shortest / max(round(shortest * FINE / float(np.prod(sides) / cells) ** (1 / sides.size)), 1))
    if len(spacing) not in (1, sides.size):
        raise InputError(f"{path}: spacing names {len(spacing)} edges and the file has {sides.size} axes.")
    edges = np.broadcast_to(np.asarray(spacing, float), sides.shape)
    if (edges > sides).any():
        shown = " x ".join(f"{side:g}" for side in sides)
        raise InputError(f"{path}: spacing, {edges.max():g} m, exceeds its box of {shown} m (lengths times unit); mend either.")
    return edges


def _claims(
    cells: list[HalfSpaces], centres, edges: np.ndarray, periods: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each voxel the least violation, the second least, and the cell of the least; inf far from every cell."""
    shape = [axis.size for axis in centres]
    least, second, owner = np.full(shape, np.inf), np.full(shape, np.inf), np.zeros(shape, np.int32)
    first = np.array([axis[0] for axis in centres])
    for number, cell in enumerate(cells):
        for shift in product(*[(-p, 0.0, p) if p else (0.0,) for p in periods]):
            begin = np.maximum(np.floor((cell.low + shift - first) / edges).astype(int) - 1, 0)
            end = np.minimum(np.ceil((cell.high + shift - first) / edges).astype(int) + 2, shape)
            if (begin >= end).any():
                continue
            part = tuple(slice(a, b) for a, b in zip(begin, end, strict=True))
            here = cell.violation([axis[s] - move for axis, s, move in zip(centres, part, shift, strict=True)])
            second[part] = np.minimum(second[part], np.maximum(here, least[part]))
            owner[part] = np.where(here < least[part], number, owner[part])
            least[part] = np.minimum(least[part], here)
    return least, second, owner


def _ids(path: Path, sections: dict[str, bytes], count: int) -> np.ndarray:
    """The ids of the cells in their order."""
    found = re.search(rb"\*id\s+([^*]*)", sections["cell"])
    words = Words(path, "cell *id", b"" if found is None else found[1])
    ids = np.arange(1, count + 1) if found is None else words.take(count).astype(int)
    if ids.min() < 1 or np.unique(ids).size != count or (found is not None and len(words.words) != count):
        raise words.damaged
    return ids
