"""What the engine of voxels answers: its fields, with sections and points anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np

from solion.balances.conduction_voxels import Network
from solion.balances.potential import Potential
from solion.balances.voxel_currents import dissipation
from solion.balances.voxel_electrodes import VoxelSolution
from solion.base.errors import InputError
from solion.devices.polycrystal import Equipotential
from solion.experiments.conduction.problem import Boundaries, CrossSection, Fields, Problem
from solion.grids.grains.labels import LabelImage
from solion.grids.grains.tessellation import Tessellation
from solion.grids.grains.voxel_facets import VoxelFacets
from solion.grids.vtk import write_vtk

FEW = 30  # grains in space below which the conductivity of voxels is said to be inexact


@dataclass(frozen=True)
class VoxelFields(Fields):
    """Fields of the voxel engine, with everything that it knows: see :class:`solion.experiments.conduction.problem.Fields`.

    ``image``: the labels that were used; ``network``: the conductances; ``potential``: V, shape (nx[, ny], nz with
    layers), ``precise`` the same in twice the precision; ``facets``: the boundaries. Columns of current densities at the
    electrodes have the shape (nx[, ny]).
    """

    image: LabelImage = None  # type: ignore[assignment]
    network: Network = None  # type: ignore[assignment]
    facets: VoxelFacets = None  # type: ignore[assignment]
    potential: np.ndarray = None  # type: ignore[assignment]
    precise: Potential = None  # type: ignore[assignment]
    columns: tuple[np.ndarray, np.ndarray] = None  # type: ignore[assignment]

    def shares(self, face: str = "bottom") -> np.ndarray:
        """Share of the current that enters (leaves) the ceramic through each label at a face; it adds up to one."""
        net, end = self.network, 0 if face == "bottom" else -1
        through = _plane(self, net.ceramic.start if face == "bottom" else net.ceramic.stop)
        labels = self.image.labels[..., end].ravel()
        return np.bincount(labels, through.ravel(), int(self.image.labels.max()) + 1) / through.sum()

    def current(self, at: tuple[np.ndarray, ...] | None = None) -> np.ndarray:
        """Current density (A/m2) at the centres of cells, the mean over opposite faces: of all, shape (nx[, ny], nz, d), or of
        those with the indices ``at``, shape (m, d)."""
        net, phi = self.network, self.precise
        at = np.ix_(*(np.arange(n) for n in net.shape)) if at is None else at
        parts, last = [], len(net.links) - 1
        for axis, link in enumerate(net.links):
            count = net.shape[axis]
            ahead = (*at[:axis], (at[axis] + 1) % count, *at[axis + 1 :])
            behind = (*at[:axis], (at[axis] - 1) % count, *at[axis + 1 :])
            onward, before = link[at] * phi.step(at, ahead), link[behind] * phi.step(behind, at)
            if axis == last:
                entering, leaving = (column[at[:-1]] for column in self.columns)
                onward, before = (np.where(at[last] == count - 1, leaving, onward), np.where(at[last] == 0, entering, before))
                parts.append((onward + before) / 2)
            else:  # per area of a column; the side of a flat cell is smaller
                parts.append((onward + before) / 2 * (self.image.spacing / net.thicknesses)[at[last]])
        return np.stack(np.broadcast_arrays(*parts), axis=-1)

    def save_vtk(self, path: str | PathLike) -> Path:
        """Write potential (V), current density (A/m2), |j| over its mean and grain number (-1: layer, -2: pore) for ParaView.

        ``path`` ends in .vti, or in .vtr where the cells of a layer differ in thickness. Lengths are in metres. In two
        dimensions the grid is one voxel thick along y.
        """
        net, image = self.network, self.image
        grain = np.full(net.shape, -1, np.int32)
        grain[..., net.ceramic] = np.where(image.labels > 0, image.labels - 1, -2)
        current = self.current().astype(np.float32)
        size = np.linalg.norm(current, axis=-1) / np.float32(abs(self.current_bottom))
        edges = [np.arange(n + 1) * image.spacing for n in net.shape[:-1]] + [net.heights]
        cells = {
            "potential": self.potential.astype(np.float32),
            "current_density": current,
            "current_over_mean": size,
            "grain": grain,
        }
        if len(edges) == 2:
            edges.insert(1, np.array([0.0, image.spacing]))
            cells["current_density"] = np.insert(current, 1, 0, axis=-1)
            cells = {name: values[:, None] for name, values in cells.items()}
        return write_vtk(path, edges, cells)


def column_positions(image: LabelImage) -> np.ndarray:
    """Centres of the columns of voxels on an electrode, (m, d - 1) in m, in C order."""
    axes = [(np.arange(n) + 0.5) * image.spacing for n in image.labels.shape[:-1]]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes))


def voxel_fields(problem: Problem, net: Network, image: LabelImage, found: VoxelFacets, solution: VoxelSolution) -> VoxelFields:
    """The fields of a solution."""
    heat = dissipation(net, solution.potential, solution.bottom, solution.top)
    heat["electrodes"] = solution.electrode_heat
    inner = Boundaries(found.pairs - 1, found.area, net.grains.resistance, np.abs(found.normal[:, -1]))
    mesh = {
        "voxels": float(image.labels.size),
        "unknowns": float(np.prod(net.shape)),
        "spacing": image.spacing,
        "grains": float(np.count_nonzero(image.sizes()[1:])),
        "boundaries": float(len(found.pairs)),
        "porosity": image.porosity,
        "iterations": float(solution.status.iterations),
        "residual": solution.status.residual,
        "newton": float(solution.newton),
        "levels": float(solution.solver.levels),
        "complexity": solution.solver.complexity,
    }
    sections: dict[str, CrossSection] = {}
    fields = VoxelFields(
        solution.voltage,
        float(solution.bottom.mean()),
        float(solution.top.mean()),
        sections,
        heat,
        boundaries=inner,
        windows=_windows(image),
        resolution=0.5 * image.spacing,
        dense=net.solid is None and image.phases is None,
        outlines=_outlines(image, found) if image.dimension == 2 else None,
        section=lambda height: _section(fields, height),
        sample=lambda points: _sample(fields, points),
        grain=lambda points: _grain(fields, points),
        mesh=mesh,
        problems=(*image.notes, *_short(problem, image.spacing), *_few(image)),
        image=image,
        network=net,
        facets=found,
        potential=solution.potential.values,
        precise=solution.potential,
        columns=(solution.bottom, solution.top),
    )
    sections["bottom_electrode"] = _section(fields, float(net.heights[0]))
    sections["top_electrode"] = _section(fields, float(net.heights[-1]))
    if net.below:
        sections["bottom_ceramic"] = _section(fields, 0.0)
    if net.ceramic.stop < net.shape[-1]:
        sections["top_ceramic"] = _section(fields, float(net.heights[net.ceramic.stop]))
    return fields


def _windows(image: LabelImage) -> tuple[float, ...]:
    """Windows of 2 to 16 voxels, as far as they fit on the electrodes."""
    return tuple(k * image.spacing for k in (2, 4, 8, 16) if k <= min(image.labels.shape[:-1])) or (image.spacing,)


def _outlines(image: LabelImage, found: VoxelFacets) -> np.ndarray:
    """The faces between grains as pieces of lines (m, 2, 2), in m, for a map."""
    lines = []
    for axis, faces in enumerate(found.faces):
        corner = np.stack(np.unravel_index(faces.lower, image.labels.shape), axis=1).astype(float)
        corner[:, axis] += 1
        end = corner.copy()
        end[:, 1 - axis] += 1
        lines.append(np.stack((corner, end), axis=1))
    return np.concatenate(lines) * image.spacing


def _short(problem: Problem, spacing: float) -> tuple[str, ...]:
    """What is to be said of hot spots where grains touch an electrode without resistance."""
    polycrystal, grains = problem.polycrystal, problem.microstructure
    bare = [
        face
        for face in ("bottom", "top")
        if not polycrystal.stack(face) and isinstance(getattr(polycrystal, face), Equipotential)
    ]
    if not bare:
        return ()
    flat = isinstance(grains, Tessellation) and grains.dimension == 2
    better = "Elements or a finer spacing" if flat else "a finer spacing"
    return (
        f"{' and '.join(bare)}: hot-spot factors of voxels fall short of those of fine meshes, by 10 to 25 % for windows of "
        f"4 voxels ({4e6 * spacing:g} um), by 5 to 12 % for 8 and by some 5 % for 16; take {better}.",
    )


def _few(image: LabelImage) -> tuple[str, ...]:
    """What is to be said of the conductivity where the errors of boundaries do not average out over many grains."""
    count = int(np.count_nonzero(image.sizes()[1:]))
    if image.dimension == 2 or not 1 < count < FEW:
        return ()
    return (
        f"the sample holds {count} grains: in space, voxels of a tenth of a grain miss the resistance of so few, of mirrored "
        "ones by +1.6 % where grains and boundaries resist alike (Lambda = 1) and by +4 % where boundaries resist ten times as "
        "much; take more grains, a finer spacing or Elements.",
    )


def _plane(fields: VoxelFields, plane: int) -> np.ndarray:
    """Current density along +z through the plane before sheet ``plane`` of cells, shape (nx[, ny])."""
    count = fields.network.shape[-1]
    if plane == 0:
        return fields.columns[0]
    if plane == count:
        return fields.columns[1]
    link, phi = fields.network.links[-1], fields.precise
    return link[..., plane - 1] * phi.step((..., plane - 1), (..., plane))


def _section(fields: VoxelFields, height: float) -> CrossSection:
    """The plane at a height, linear between the planes where voxels meet."""
    net, image = fields.network, fields.image
    heights = net.heights
    slack = 1e-9 * (heights[-1] - heights[0])
    if not heights[0] - slack <= height <= heights[-1] + slack:
        raise InputError(f"height = {height:g} m is outside the sample, [{heights[0]:g}, {heights[-1]:g}] m.")
    upper = int(np.clip(np.searchsorted(heights, height - slack), 1, len(heights) - 1))
    share = float(np.clip((height - heights[upper - 1]) / (heights[upper] - heights[upper - 1]), 0, 1))
    current = (1 - share) * _plane(fields, upper - 1) if share < 1 else 0.0
    current = current + share * _plane(fields, upper) if share > 0 else current
    level = upper - 1 - net.below
    depth = image.labels.shape[-1]
    bottom, top = abs(height) <= slack, abs(height - heights[net.ceramic.stop]) <= slack
    near = 0 if bottom else depth - 1 if top else level  # on its faces, the ceramic counts and not the layer
    shape = image.labels.shape[:-1]
    grain = image.labels[..., near].ravel() - 1 if 0 <= near < depth else np.full(int(np.prod(shape)), -1)
    size = np.full(grain.size, image.spacing ** len(shape))
    flat = np.asarray(current).reshape(-1)
    shaped = (shape[0], shape[1]) if len(shape) == 2 else None
    return CrossSection(height, column_positions(image), size, flat, grain, image.spacing, image.periodic, shaped)


def _sample(fields: VoxelFields, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """phi and current density at points: within each voxel phi is linear, with the current of its centre."""
    net = fields.network
    at, label, inside = _located(fields, np.asarray(points, float))
    flow = fields.current(at)
    sigma = np.where(net.layers[at[-1]] > 0, net.layers[at[-1]], net.grains.conductivity[np.maximum(label, 0)])
    inside &= sigma > 0
    gradient = flow / np.where(sigma > 0, sigma, 1.0)[:, None]
    centre = np.stack([(edge[cell] + edge[cell + 1]) / 2 for edge, cell in zip(_edges(fields), at, strict=True)], axis=1)
    phi = fields.potential[at] - ((points - centre) * gradient).sum(axis=1)
    return np.where(inside, phi, np.nan), np.where(inside[:, None], flow, np.nan)


def _grain(fields: VoxelFields, points: np.ndarray) -> np.ndarray:
    """The grain at points, -1 in a layer, -2 in a pore or outside."""
    _, label, inside = _located(fields, np.asarray(points, float))
    return np.where(inside, np.where(label > 0, label - 1, np.where(label < 0, -1, -2)), -2)


def _edges(fields: VoxelFields) -> list[np.ndarray]:
    image = fields.image
    return [np.arange(n + 1) * image.spacing for n in image.labels.shape[:-1]] + [fields.network.heights]


def _located(fields: VoxelFields, points: np.ndarray):
    """Voxel of each point as an index, its label (-1 in a layer), and whether the point is in the body at all."""
    index, inside = [], np.ones(len(points), bool)
    for k, edge in enumerate(_edges(fields)):
        slack = 1e-9 * (edge[-1] - edge[0])
        inside &= (points[:, k] >= edge[0] - slack) & (points[:, k] <= edge[-1] + slack)
        index.append(np.clip(np.searchsorted(edge, points[:, k], side="right") - 1, 0, len(edge) - 2))
    labels, level = fields.image.labels, index[-1] - fields.network.below
    ceramic = (level >= 0) & (level < labels.shape[-1])
    return tuple(index), np.where(ceramic, labels[(*index[:-1], np.where(ceramic, level, 0))], -1), inside
