"""Stationary currents through broken elements between two faces: potentials given or total current given.

The unknowns are phi and, where the current is given, the voltage V of the bottom face; the top one is grounded. phi and V
minimise a convex energy, so Newton's method with a search along its step converges from anywhere; a linear problem
takes the same steps with one factorisation. Residuals are summed from differences of potentials within cells and across
boundaries, phi being known in twice the precision (:mod:`solion.balances.potential`), so that currents balance to round-off
however unlike conductivities and resistances are. Before each step every *island*, a part that conducts within and touches
others through resistive boundaries only, is moved as a whole until its currents balance: what no factors of the assembled
matrix can tell, where a boundary's conductance is below the rounding of the grains'.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.sparse import coo_array, csc_array, diags_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

from solion.balances import simplices
from solion.balances.conduction_elements import BrokenSpace
from solion.balances.electrode import Electrode
from solion.balances.potential import Potential
from solion.base.errors import InputError, RunError
from solion.grids.meshes.mesh import Facets
from solion.numerics.elliptic.direct import Factors

STEPS = 60
BALANCED = 1e-14  # of all currents: what is left over is rounding
ACCEPTED = 1e-8  # of all currents, where more steps change nothing; the audit of a run judges it
WEAK = 1e-11  # conductance out of an island over the largest entry: below it, factors of the matrix would be rounding
SHIFT = 1e-13  # of the diagonal, added to the factored matrix then; islands are balanced apart from it


class Face(NamedTuple):
    """A face of the solid: its facets, and the electrode there."""

    facets: Facets
    electrode: Electrode


class Tangent(NamedTuple):
    """Conductances of the faces as a ``matrix``, and factors of everything with them and of the conductances between ``islands``
    (None where there are none)."""

    matrix: Any
    factors: Factors
    islands: Any


class MeshSolution(NamedTuple):
    """phi (V) at the degrees of freedom, V between the faces, currents (A/m in the plane, A in space) into the solid at the
    bottom and out of it at the top, the last tangent made ready and the number of Newton steps."""

    phi: Potential
    voltage: float
    current_bottom: float
    current_top: float
    tangent: Tangent
    steps: int


class ConductionBalance:
    """sigma for each cell (S/m), a resistance for each jump of the space (ohm m2), and the two faces.

    ``along``: degrees of freedom and blocks of currents along boundaries (:meth:`BrokenSpace.along`).
    """

    def __init__(self, space: BrokenSpace, conductivity, resistance, bottom: Face, top: Face, along=None):
        self.space, self.conductivity, self.resistance, self.along = space, conductivity, resistance, along
        self.faces = (bottom, top)
        self.bulk: csc_array = space.stiffness(conductivity) + space.jump(1 / resistance)
        if along is not None:
            self.bulk = self.bulk + space.along_matrix(*along)
        self.fixed = [np.unique(space.facet_dofs(f.facets[np.isinf(f.electrode.admittance)])) for f in self.faces]
        self.free = np.setdiff1d(np.arange(space.size), np.concatenate(self.fixed))

    @cached_property
    def linear(self) -> bool:
        """Whether no face has a law that is not linear."""
        return all(face.electrode.law is None for face in self.faces)

    @cached_property
    def _rules(self):
        """Per face: dofs (m, k), sizes times Gauss weights (m, q), which facets exchange charge; shape functions (q, k)."""
        places, rule = simplices.GAUSS[self.space.corners - 1]
        found = []
        for face in self.faces:
            admittance = face.electrode.admittance
            some = np.isfinite(admittance) & (admittance > 0)
            facets = face.facets[some]
            weights = self.space.sizes(facets)[:, None] * rule if len(facets) else np.zeros((0, len(rule)))
            found.append((self.space.facet_dofs(facets)[:, 0], weights, some))
        return found, simplices.values(self.space.order, places)

    def reaction(self, phi: Potential) -> np.ndarray:
        """``bulk`` times phi, by differences."""
        total = self.space.residual(self.conductivity, phi) + self.space.jump_residual(1 / self.resistance, phi)
        if self.along is None:
            return total
        dofs, block = self.along
        return total + self.space.along_residual(dofs, block, phi)

    @cached_property
    def _islands(self) -> np.ndarray:
        """The island of each degree of freedom, numbered from 0; -1 where it is held by an equipotential face."""
        dofs: Any = self.space.dofs
        first, others = np.repeat(dofs[:, 0], dofs.shape[1] - 1), dofs[:, 1:].ravel()
        graph = coo_array((np.ones(len(first), np.int8), (first, others)), shape=(self.space.size,) * 2)
        island = connected_components(graph, directed=False)[1]
        loose = ~np.isin(island, np.unique(island[np.concatenate(self.fixed)]))
        number = np.full(self.space.size, -1)
        number[loose] = np.unique(island[loose], return_inverse=True)[1]
        return number

    def _between_islands(self, borders: np.ndarray):
        """Factors of the conductances between islands, ``borders`` those of the faces by degree of freedom, and the least that
        leads out of any island; None and inf without islands."""
        island, count = self._islands, int(self._islands.max()) + 1
        if not count:
            return None, np.inf
        dofs = self.space.facet_dofs(self.space.jumps)
        ends = island[dofs[:, :, 0]]
        weight = self.space.sizes(self.space.jumps) / self.resistance
        own = np.bincount(island[island >= 0], borders[island >= 0], count)
        for side in (0, 1):
            some = (ends[:, side] >= 0) & (ends[:, 0] != ends[:, 1])
            own += np.bincount(ends[some, side], weight[some], count)
        both = (ends >= 0).all(axis=1) & (ends[:, 0] != ends[:, 1])
        rows = np.concatenate((ends[both, 0], ends[both, 1], np.arange(count)))
        columns = np.concatenate((ends[both, 1], ends[both, 0], np.arange(count)))
        return splu(coo_array((np.concatenate((-weight[both], -weight[both], own)), (rows, columns))).tocsc()), own.min()

    def exchange(self, phi: Potential, potentials, slopes=None):
        """What the faces feed in: -int j v (size,), its tangent, and per face (int j, slope of j (m, q), int slope v, power).

        ``slopes``: of both faces, where j = slope (V - phi) instead of their laws.
        """
        rules, shape = self._rules
        residual = np.zeros(self.space.size)
        tangent: Any = 0.0
        totals = []
        for side, (face, metal, (dofs, weights, some)) in enumerate(zip(self.faces, potentials, rules, strict=True)):
            eta, electrode = phi.below(metal, dofs) @ shape.T, face.electrode
            if electrode.law is None or slopes is not None:
                slope = np.broadcast_to(electrode.admittance[some][:, None], eta.shape) if slopes is None else slopes[side]
                current = slope * eta
            else:
                current, slope = (electrode.share[some][:, None] * value for value in electrode.current(eta))
            load = np.bincount(dofs.ravel(), ((weights * current) @ shape).ravel(), self.space.size)
            border = np.bincount(dofs.ravel(), ((weights * slope) @ shape).ravel(), self.space.size)
            residual -= load
            blocks = np.einsum("mq,qi,qj->mij", weights * slope, shape, shape)
            tangent = tangent + self.space._assemble(dofs, blocks)
            power = (weights * current * eta).sum()
            totals.append(((weights * current).sum(), slope, border, power))
        return residual, tangent, totals

    def solve(self, *, voltage: float | None = None, current: float | None = None) -> MeshSolution:
        """The field for a voltage (V) or for a total current (A/m, in space A) from bottom to top. RunError if none is found."""
        if voltage is None and current is None:
            raise InputError("a voltage or a current must be given.")
        nothing = Potential.of(np.zeros(self.space.size))
        slopes = self._slopes((1.0, 1.0))
        unit = self._linear(nothing, 1.0, slopes)
        if not self.linear:  # far from rest the slope at rest is no guide, the ratio j/eta at the mean current is
            unit = self._linear(unit.phi, 1.0, self._slopes(self._secants(unit, voltage, current)))
        scale = float(voltage) if current is None else float(current / unit.current_bottom)  # pyright: ignore[reportArgumentType]
        phi = Potential.of(unit.phi.values * scale)
        return self._linear(phi, scale, slopes, unit.tangent) if self.linear else self._newton(phi, scale, current)

    def _slopes(self, factors: tuple[float, float]) -> list[np.ndarray]:
        """j/(V - phi) of both faces at the places of their rules, these times their admittances at rest."""
        return [
            np.broadcast_to(factor * face.electrode.admittance[some][:, None], weights.shape)
            for factor, face, (_, weights, some) in zip(factors, self.faces, self._rules[0], strict=True)
        ]

    def _secants(self, unit: MeshSolution, voltage, current) -> tuple[float, float]:
        """j/eta over its value at rest, on each face, were the current uniform."""
        sides = []
        for sign, face in zip((1, -1), self.faces, strict=True):
            electrode = face.electrode
            if electrode.law is not None:
                sizes = self.space.sizes(face.facets)
                sides.append((sign, electrode, float(sizes @ electrode.share), float(sizes @ electrode.admittance)))
        inner = 1 / unit.current_bottom - sum(1 / admittance for *_, admittance in sides)

        def overpotentials(total):
            return [electrode.overpotential(sign * total / size) for sign, electrode, size, _ in sides]

        if current is None:

            def excess(total):
                etas = overpotentials(total)
                return inner * total + sum(side[0] * eta for side, eta in zip(sides, etas, strict=True)) - voltage

            low = min(0.0, voltage) * 2 * unit.current_bottom
            high = max(0.0, voltage) * 2 * unit.current_bottom
            while excess(low) > 0:
                low *= 4
            while excess(high) < 0:
                high *= 4
            current = _root(excess, low, high)
        ratios = [1.0, 1.0]
        for (sign, _, _, admittance), eta in zip(sides, overpotentials(current), strict=True):
            if eta:
                ratios[0 if sign == 1 else 1] = abs(current / eta) / admittance
        return ratios[0], ratios[1]

    def _linear(self, phi: Potential, voltage: float, slopes, tangent: Tangent | None = None) -> MeshSolution:
        """The field at a voltage, j = slope (V - phi) at the faces, from a guess; ``tangent``: that of these slopes if known."""
        phi, before, error, size = self._held(phi, voltage), np.inf, np.inf, 1.0
        for _ in range(STEPS):
            loads, matrix, totals = self.exchange(phi, (voltage, 0.0), slopes)
            tangent = tangent or self._ready(matrix, totals)
            inner = self.reaction(phi)
            residual = inner + loads
            error, size = np.abs(residual[self.free]).sum(), np.abs(inner).sum()
            if error <= BALANCED * size or (error <= ACCEPTED * size and error >= 0.5 * before):
                return MeshSolution(phi, voltage, *self._currents(inner, totals), tangent, 1)
            phi, before = phi.plus(self._towards(-residual, tangent)), error
        raise RunError(f"the currents did not balance: {error / size:.1e} of them is left over after {STEPS} corrections.")

    def _currents(self, inner, totals) -> tuple[float, float]:
        bottom, top = (inner[fixed].sum() + total[0] for fixed, total in zip(self.fixed, totals, strict=True))
        return float(bottom), float(-top)

    def _ready(self, matrix, totals) -> Tangent:
        islands, least = self._between_islands(totals[0][2] + totals[1][2])
        whole = (self.bulk + matrix)[self.free][:, self.free]
        if least < WEAK * whole.diagonal().max():
            whole = whole + SHIFT * diags_array(whole.diagonal())
        return Tangent(matrix, Factors(whole, self.space.places[self.free]), islands)

    def _newton(self, phi: Potential, voltage: float, current: float | None) -> MeshSolution:
        """Newton's method from a guess at a voltage, which moves where a current is given."""
        phi = self._held(phi, voltage)

        def state(phi, voltage):
            loads, matrix, totals = self.exchange(phi, (voltage, 0.0))
            inner = self.reaction(phi)
            # the current is that out of the top, where what it changes by is no small difference of large numbers
            excess = 0.0 if current is None else self._currents(inner, totals)[1] - current
            return inner + loads, excess, matrix, totals, inner

        before, error, size = np.inf, np.inf, 1.0
        for step in range(1, STEPS + 1):
            residual, excess, matrix, totals, inner = state(phi, voltage)
            error, size = np.abs(residual[self.free]).sum() + abs(excess), np.abs(inner).sum()
            tangent = self._ready(matrix, totals)
            if error <= BALANCED * size or (error <= ACCEPTED * size and error >= 0.5 * before):
                return MeshSolution(phi, voltage, *self._currents(inner, totals), tangent, step)
            before = error
            direction, rise = self._towards(-residual, tangent), 0.0
            if current is not None:
                answer = self._linear(Potential.of(np.zeros(len(residual))), 1.0, [total[1] for total in totals], tangent)
                moved = totals[1][2] @ direction - self.reaction(Potential.of(direction))[self.fixed[1]].sum()
                rise = -float(excess + moved) / answer.current_top
                rise = (voltage + rise) - voltage  # as far as a voltage is known: phi must not rise further
                direction = direction + rise * answer.phi.values
            length = self._length(state, phi, voltage, direction, rise, residual, excess)
            following = voltage + length * rise
            phi, voltage = self._held(phi.plus(length * direction), following), following
        raise RunError(
            f"the electrode kinetics did not converge in {STEPS} Newton steps at {voltage:.3g} V (imbalance {error / size:.1e} "
            "of the current); apply less voltage or current."
        )

    def _held(self, phi: Potential, voltage: float) -> Potential:
        """phi with the equipotential faces at their potentials."""
        values, rest = phi.values.copy(), phi.rest.copy()
        for dofs, metal in zip(self.fixed, (voltage, 0.0), strict=True):
            values[dofs], rest[dofs] = metal, 0.0
        return Potential(values, rest)

    def _towards(self, right: np.ndarray, tangent: Tangent) -> np.ndarray:
        """A change of phi that balances ``right``: islands as a whole first, then everything."""
        change, free = np.zeros(self.space.size), self.free
        if tangent.islands is not None:
            loose = self._islands >= 0
            island = self._islands[loose]
            change[loose] = tangent.islands.solve(np.bincount(island, right[loose]))[island]
            right = right - self.space.jump_residual(1 / self.resistance, Potential.of(change)) - tangent.matrix @ change
        change[free] += tangent.factors.solve(right[free])
        return change

    def _length(self, state, phi: Potential, voltage, direction, rise, residual, excess) -> float:
        """Length of a step along which the convex energy falls: its slope there must not have risen to the other sign."""
        free = self.free
        slope = residual[free] @ direction[free] + excess * rise
        length = 1.0
        for _ in range(40):
            there = voltage + length * rise
            with np.errstate(over="ignore", invalid="ignore"):
                trial, over, *_ = state(self._held(phi.plus(length * direction), there), there)
                along = trial[free] @ direction[free] + over * rise
            if np.isfinite(along) and along <= 0.5 * abs(slope):
                return length
            length /= 2
        return length


def _root(function, low: float, high: float) -> float:
    root: Any = brentq(function, low, high, xtol=1e-12)
    return float(root)
