"""The viscoplastic shell of a wire (closure W3): plane strain, incompressible, von Mises, traction-free outside.

    div sigma = 0, div u = 0, s = 2 sigma_Y/(3 e) eps, e = sqrt(2 eps:eps/3 + e_0^2); u = (beta - 1) v n on the front

Rate-independent flow: only ratios of speeds count. e_0 regularises it; e_0 of 1e-2 of v/a changes a circular shell's
stress by less than 1 %. Taylor-Hood elements on a quarter (every wire axis here has two mirror planes), viscosity by Picard
iteration.
scikit-fem assembles (extra ``shapes``).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.sparse import bmat, csr_matrix
from scipy.sparse.linalg import splu

from solion.base.errors import InputError

RINGS = 10
REGULAR = 1e-2  # e_0 over the mean speed of the front's product over the mean core
ITERATIONS = 12  # a step; the last step's viscosity is where they begin
CLOSE = 2e-3  # of the velocity, between two iterations


class PlasticFlow(NamedTuple):
    """``leaving``: area through each outer node, over the quarter's nodes. ``pressed``: -sigma_nn/sigma_Y on the front.

    ``strain_rate``: e of the elements' quadrature points, from which the next step starts.
    """

    leaving: np.ndarray
    pressed: np.ndarray
    strain_rate: np.ndarray


class ViscoplasticSwelling:
    """Called as :func:`.swelling.darcy`; ``pressed`` is of the last call. Directions: a multiple of four."""

    def __init__(self) -> None:
        self.pressed = np.zeros(0)
        self._before: np.ndarray | None = None

    def __call__(self, core: np.ndarray, outer: np.ndarray, supply: np.ndarray, turn: float) -> np.ndarray:
        if len(core) % 4:
            raise InputError(f"directions = {len(core)}: a viscoplastic shell needs a multiple of 4.")
        quarter = len(core) // 4
        angle = turn * np.arange(quarter + 1)
        given = supply[: quarter + 1].copy()
        given[[0, -1]] /= 2
        found = plastic(core[: quarter + 1], outer[: quarter + 1], given, angle, self._before)
        self._before = found.strain_rate
        leaving = found.leaving.copy()
        leaving[[0, -1]] *= 2
        self.pressed = _mirrored(found.pressed)
        return _mirrored(leaving)


def _mirrored(part: np.ndarray) -> np.ndarray:
    """The whole circle of a quarter, 0 to 90 degrees."""
    half = np.concatenate([part, part[-2::-1]])
    return np.concatenate([half, half[-2:0:-1]])


def plastic(core: np.ndarray, outer: np.ndarray, supply: np.ndarray, angle: np.ndarray, before: np.ndarray | None) -> PlasticFlow:
    """Flow of the shell between ``core`` and ``outer`` radii along ``angle`` (0 to 90 degrees) as ``supply`` enters by node."""
    from skfem import Basis, BilinearForm, ElementTriP1, ElementTriP2, ElementVector, FacetBasis, LinearForm, MeshTri, condense
    from skfem.helpers import div, dot, sym_grad

    count = len(core)
    share = np.linspace(0, 1, RINGS) ** 1.3
    radius = core + share[:, None] * (outer - core)
    x = np.stack([(radius * np.cos(angle)).ravel(), (radius * np.sin(angle)).ravel()])
    x[0].reshape(RINGS, count)[:, -1] = 0.0  # on the mirror plane to the last bit
    node = np.arange(RINGS * count).reshape(RINGS, count)
    mesh = MeshTri(x, _triangles(node).T)
    inner, rim = _boundary(mesh, node[0]), _boundary(mesh, node[-1])
    inner = inner[np.argsort(np.asarray(mesh.facets)[:, inner].min(0))]  # as nodes run
    flow = Basis(mesh, ElementVector(ElementTriP2()), intorder=4)
    press = flow.with_element(ElementTriP1())
    normals = _normals(x[:, node[0]])
    entering = supply * normals / np.sum(normals**2, 0)  # its flux is the supply, exactly
    corners, middles = np.asarray(flow.nodal_dofs)[:, node[0]], np.asarray(flow.facet_dofs)[:, inner]
    u = np.zeros(flow.N)
    u[corners], u[middles] = entering, 0.5 * (entering[:, 1:] + entering[:, :-1])
    ends = np.concatenate([corners.ravel(), middles.ravel()])
    flat = flow.get_dofs(lambda p: np.abs(p[1]) < 1e-12).all("u^2"), flow.get_dofs(lambda p: np.abs(p[0]) < 1e-12).all("u^1")
    held = np.unique(np.concatenate([ends, *flat]))

    # dissipation of each pair of an element's functions per viscosity, once for all iterations
    strains = np.stack([np.asarray(sym_grad(*function)) for function in flow.basis])
    paired = 2 * np.einsum("iabeq,jabeq,eq->ijeq", strains, strains, flow.dx, optimize=True)
    places = np.broadcast_arrays(flow.element_dofs[:, None], flow.element_dofs[None])
    places = places[0].ravel(), places[1].ravel()

    @BilinearForm
    def divergence(u, q, w):
        return -div(u) * q

    coupling = divergence.assemble(flow, press)
    mean = float(np.sum(supply) / (0.5 * np.pi * np.mean(core) ** 2))
    rate = np.full((mesh.nelements, flow.X.shape[-1]), mean) if before is None or before.shape[0] != mesh.nelements else before
    pressure = np.zeros(press.N)
    for _ in range(ITERATIONS):
        entries = np.einsum("ijeq,eq->ije", paired, 1 / (3 * rate))
        viscous = csr_matrix((entries.ravel(), places), (flow.N, flow.N))
        matrix = bmat([[viscous, coupling.T], [coupling, None]], "csc")
        whole, load, known, free = condense(matrix, np.zeros(matrix.shape[0]), np.concatenate([u, pressure]), D=held)
        found = known.copy()
        found[free] = splu(whole.tocsc()).solve(load)
        moved = np.linalg.norm(found[: flow.N] - u) / np.linalg.norm(found[: flow.N])
        u, pressure = found[: flow.N], found[flow.N :]
        strain = np.asarray(sym_grad(flow.interpolate(u)))  # pyright: ignore[reportArgumentType]  # one field, not several
        rate = np.sqrt(2 / 3 * np.sum(strain**2, axis=(0, 1)) + (REGULAR * mean) ** 2)
        if moved < CLOSE:
            break
    edge = FacetBasis(mesh, ElementVector(ElementTriP2()), facets=rim, intorder=4)
    through = LinearForm(lambda q, w: dot(w.flow, w.n) * q).assemble(edge.with_element(ElementTriP1()), flow=edge.interpolate(u))
    # the residual of the momentum balance on the front is its nodal force: traction without differentiating
    force = viscous @ u + coupling.T @ pressure
    nodal = force[corners].copy()
    nodal[:, :-1] += 0.5 * force[middles]
    nodal[:, 1:] += 0.5 * force[middles]
    pressed = np.sum(nodal * normals, 0) / np.sum(normals**2, 0)
    return PlasticFlow(through[node[-1]], pressed, rate)


def _triangles(node: np.ndarray) -> np.ndarray:
    """Quadrilaterals between rings and directions cut in two, mirrored at the middle direction, as <100> is there.

    A neck that perfect plasticity does not heal grows from any asymmetry: with one way to cut, its maximum came to 53 degrees.
    """
    a, b, c, d = node[:-1, :-1], node[1:, :-1], node[:-1, 1:], node[1:, 1:]
    half = slice(None, a.shape[1] // 2), slice(a.shape[1] // 2, None)
    cuts = ((a, b, d), (a, d, c)), ((a, b, c), (b, d, c))
    return np.concatenate(
        [np.stack([t[:, s] for t in three], -1).reshape(-1, 3) for s, cut in zip(half, cuts, strict=True) for three in cut]
    )


def _boundary(mesh, nodes):
    """Facets with both ends among the nodes."""
    edges = mesh.boundary_facets()
    return edges[np.isin(mesh.facets[:, edges], nodes).all(0)]


def _normals(points: np.ndarray) -> np.ndarray:
    """Half the normals times the lengths of a node's two edges, outward; along the mirror planes at both ends."""
    edge = np.diff(points, axis=1)
    normal = np.stack([edge[1], -edge[0]]) / 2
    whole = np.zeros_like(points)
    whole[:, :-1] += normal
    whole[:, 1:] += normal
    whole[1, 0] = whole[0, -1] = 0.0
    return whole
