"""Stationary currents through broken elements between two faces: potentials given or total current given.

The unknowns are phi and, where the current is given, the voltage V of the bottom face; the top one is grounded. phi and V
minimise a convex energy, so Newton's method with a search along its step converges from anywhere; a linear problem
takes one step.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.sparse import csc_array

from solion.balances import simplices
from solion.balances.conduction_elements import BrokenSpace
from solion.balances.electrode import Electrode
from solion.base.errors import InputError, RunError
from solion.grids.meshes.mesh import Facets
from solion.numerics.elliptic.direct import Factors

STEPS = 60


class Face(NamedTuple):
    """A face of the solid: its facets, and the electrode there."""

    facets: Facets
    electrode: Electrode


class MeshSolution(NamedTuple):
    """phi (V) at the degrees of freedom, V between the faces, currents (A/m in the plane, A in space) into the solid at the
    bottom and out of it at the top, the factors of the last tangent and the number of Newton steps."""

    phi: np.ndarray
    voltage: float
    current_bottom: float
    current_top: float
    factors: Factors
    steps: int


class ConductionBalance:
    """sigma for each cell (S/m), a resistance for each jump of the space (ohm m2), and the two faces.

    ``along``: a further matrix of conductances, that of currents along boundaries.
    """

    def __init__(self, space: BrokenSpace, conductivity, resistance, bottom: Face, top: Face, along=None):
        self.space, self.conductivity, self.resistance = space, conductivity, resistance
        self.faces = (bottom, top)
        self.bulk: csc_array = space.stiffness(conductivity) + space.jump(1 / resistance)
        if along is not None:
            self.bulk = self.bulk + along
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

    def exchange(self, phi, potentials, secants: tuple[float, float] | None = None):
        """What the faces feed in: -int j v (size,), its tangent, and per face (int j, int slope, int slope v, power).

        ``secants``: the faces as linear ones with so many times their admittance at rest.
        """
        rules, shape = self._rules
        residual = np.zeros(self.space.size)
        tangent: Any = 0.0
        totals = []
        for side, (face, metal, (dofs, weights, some)) in enumerate(zip(self.faces, potentials, rules, strict=True)):
            eta, electrode = metal - phi[dofs] @ shape.T, face.electrode
            if electrode.law is None or secants is not None:
                factor = 1.0 if secants is None else secants[side]
                slope = np.broadcast_to(factor * electrode.admittance[some][:, None], eta.shape)
                current = slope * eta
            else:
                current, slope = (electrode.share[some][:, None] * value for value in electrode.current(eta))
            load = np.bincount(dofs.ravel(), ((weights * current) @ shape).ravel(), self.space.size)
            border = np.bincount(dofs.ravel(), ((weights * slope) @ shape).ravel(), self.space.size)
            residual -= load
            blocks = np.einsum("mq,qi,qj->mij", weights * slope, shape, shape)
            tangent = tangent + self.space._assemble(dofs, blocks)
            power = (weights * current * eta).sum()
            totals.append(((weights * current).sum(), (weights * slope).sum(), border, power))
        return residual, tangent, totals

    def solve(self, *, voltage: float | None = None, current: float | None = None) -> MeshSolution:
        """The field for a voltage (V) or for a total current (A/m, in space A) from bottom to top. RunError if none is found."""
        start = self._linear_solution((1.0, 1.0))
        if not self.linear:  # far from rest the slope at rest is no guide, the ratio j/eta at the mean current is
            start = self._linear_solution(self._secants(start, voltage, current))
        if current is not None:
            scale = current / start.current_bottom
        elif voltage is not None:
            scale = voltage
        else:
            raise InputError("a voltage or a current must be given.")
        if self.linear:
            currents = start.current_bottom * scale, start.current_top * scale
            return MeshSolution(start.phi * scale, float(scale), *currents, start.factors, 1)
        return self._newton(start.phi * scale, float(scale), current)

    def _linear_solution(self, secants) -> MeshSolution:
        """One volt, the faces linear."""
        phi = np.zeros(self.space.size)
        phi[self.fixed[0]] = 1.0
        residual, tangent, _ = self.exchange(phi, (1.0, 0.0), secants)
        matrix = self.bulk + tangent
        factors = Factors(matrix[self.free][:, self.free], self.space.places[self.free])
        phi[self.free] -= factors.solve((self.bulk @ phi + residual)[self.free])
        return MeshSolution(phi, 1.0, *self._currents(phi, 1.0, secants), factors, 1)

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

    def _currents(self, phi, voltage, secants=None):
        reaction = self.bulk @ phi
        totals = self.exchange(phi, (voltage, 0.0), secants)[2]
        bottom, top = (reaction[fixed].sum() + total[0] for fixed, total in zip(self.fixed, totals, strict=True))
        return float(bottom), float(-top)

    def _newton(self, phi, voltage, current) -> MeshSolution:
        free, fixed = self.free, self.fixed[0]
        galvanostatic = current is not None

        def state(phi, voltage):
            loads, tangent, totals = self.exchange(phi, (voltage, 0.0))
            inner = self.bulk @ phi
            excess = inner[fixed].sum() + totals[0][0] - (current if galvanostatic else 0.0)
            return inner + loads, excess, tangent, totals, np.abs(inner).sum()

        factors = None
        for step in range(1, STEPS + 1):
            residual, excess, tangent, totals, size = state(phi, voltage)
            error = np.abs(residual[free]).sum() + (abs(excess) if galvanostatic else 0.0)
            matrix = (self.bulk + tangent)[free]
            factors = Factors(matrix[:, free], self.space.places[free])
            if error <= 1e-13 * size:
                return MeshSolution(phi, voltage, *self._currents(phi, voltage), factors, step)
            change, rise = -factors.solve(residual[free]), 0.0
            if galvanostatic:  # border: the voltage moves the equipotential part of the bottom and drives its exchange
                column = self.bulk[:, fixed].sum(axis=1) - totals[0][2]
                answer = -factors.solve(column[free])
                corner = column[fixed].sum() + totals[0][1]
                rise = -(excess + column[free] @ change) / (corner + column[free] @ answer)
                change = change + rise * answer
            direction = np.zeros_like(phi)
            direction[free], direction[fixed] = change, rise
            length = self._length(state, phi, voltage, direction, rise, residual, excess, galvanostatic)
            moved = length * max(np.abs(direction).max(), abs(rise))
            phi, voltage = phi + length * direction, voltage + length * rise
            # convergence is quadratic: the next step would be its square
            if moved <= 1e-10 * max(np.abs(phi).max(), abs(voltage)):
                return MeshSolution(phi, voltage, *self._currents(phi, voltage), factors, step)
        raise RunError(
            f"the electrode kinetics did not converge in {STEPS} Newton steps at {voltage:.3g} V; apply less voltage or current."
        )

    def _length(self, state, phi, voltage, direction, rise, residual, excess, galvanostatic):
        """Length of a step along which the convex energy falls: its slope there must not have risen to the other sign."""
        free = self.free
        slope = residual[free] @ direction[free] + (excess * rise if galvanostatic else 0.0)
        length = 1.0
        for _ in range(40):
            with np.errstate(over="ignore", invalid="ignore"):
                trial, over, *_ = state(phi + length * direction, voltage + length * rise)
                there = trial[free] @ direction[free] + (over * rise if galvanostatic else 0.0)
            if np.isfinite(there) and there <= 0.5 * abs(slope):
                return length
            length /= 2
        return length


def _root(function, low: float, high: float) -> float:
    root: Any = brentq(function, low, high, xtol=1e-12)
    return float(root)
