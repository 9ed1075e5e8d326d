"""Electrodes on a network of voxels: the potential that voltage or current, contact and kinetics bring about.

At the bottom the metal has the voltage V, at the top 0. With phi the potential of an outermost cell, r the resistance of
its half and s the share of the face in contact, a linear electrode of admittance Y (S/m2, for the whole face) lets

    j = s (V_metal - phi) / (r + s/Y)

into the solid; a law f of the overpotential eta lets j = s f(eta) in, where r f(eta) + eta = V_metal - phi. The network
with such laws derives from a convex energy; Newton's iteration with halved steps finds its only minimum. Currents follow from
differences of a potential in twice the precision (:mod:`solion.balances.potential`), so that they balance behind boundaries
that resist any number of times more than grains.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import ndimage

from solion.balances.conduction_voxels import Network, assemble, groups
from solion.balances.electrode import Electrode
from solion.balances.potential import Potential
from solion.balances.voxel_currents import imbalance
from solion.base.errors import InputError, RunError
from solion.numerics.elliptic.iterative import LIMIT, TOLERANCE, Elliptic, SolveStatus

STEPS = 120  # iterations of the field
BALANCED = 1e-12  # of the current through the electrodes: the sum of what is left over in all cells
VISIBLE = 1e-10  # of the current: rounding of potentials above it is corrected for
ACCEPTED = 1e-8  # of the current, where no step helps: the audit of a run judges it
SLOW = 60  # inner iterations beyond which the multigrid hierarchy is set up again


class VoxelSolution(NamedTuple):
    """Potential (V) of every cell; the voltage; current densities (A/m2, along +z) of the columns at bottom and top; heat
    lost at the electrodes (W/m2); Newton iterations (0: linear) and the status of the (worst) linear solve."""

    potential: Potential
    voltage: float
    bottom: np.ndarray
    top: np.ndarray
    electrode_heat: float
    newton: int
    status: SolveStatus
    solver: Elliptic


def conduct(
    net: Network,
    bottom: Electrode,
    top: Electrode,
    *,
    voltage: float | None = None,
    current: float | None = None,
    tolerance: float = TOLERANCE,
    limit: int = LIMIT,
) -> VoxelSolution:
    """The stationary potential for a ``voltage`` (V) or a mean ``current`` density (A/m2, along +z).

    Raises InputError where no path leads from electrode to electrode and RunError where a solve does not converge.
    """
    ends = bottom.conductance(net.half[0]), top.conductance(net.half[1])
    floating = afloat(net, *ends)
    matrix = assemble(net, *ends)
    if floating is not None:
        matrix.setdiag(matrix.diagonal() + np.where(floating.reshape(-1), np.abs(matrix.diagonal()), 0))
    solver = Elliptic(matrix, groups(net))
    right = np.zeros(net.shape)
    right[..., 0] = ends[0]
    unit, status = solver.solve(right.reshape(-1), tolerance=tolerance, limit=limit)
    _require(status, tolerance)
    unit = unit.reshape(net.shape)
    factor = voltage if current is None else current / float((ends[0] * (1 - unit[..., 0])).mean())
    assert factor is not None
    start = Potential.of(factor * unit)
    if bottom.law is not None or top.law is not None:
        return _newton(net, (bottom, top), solver, ends, start, factor, current, tolerance, limit)
    return _refined(net, (bottom, top), solver, ends, start, factor, current, tolerance, limit, status)


def _refined(net, terminals, solver, ends, potential, voltage, current, tolerance, limit, status) -> VoxelSolution:
    """The field of linear electrodes, corrected where the rounding of potentials shows in currents."""
    before, left, through = np.inf, np.inf, 1.0
    for _ in range(STEPS):
        entering, leaving = ends[0] * potential.below(voltage, (..., 0)), -ends[1] * potential.below(0.0, (..., -1))
        through = float(np.abs(entering).sum())
        rounding = np.finfo(float).eps * float(np.linalg.norm(solver.matrix.diagonal() * potential.values.reshape(-1)))
        fine = rounding <= VISIBLE * float(np.linalg.norm(entering))
        out, floor = (None, 0.0) if fine else imbalance(net, potential)
        if out is not None:
            out[..., 0] -= entering
            out[..., -1] += leaving
        left = 0.0 if out is None else float(np.abs(out).sum())
        settled = left <= ACCEPTED * through and left >= 0.5 * before
        if left <= max(max(tolerance, BALANCED) * through, floor) or settled:
            if current is not None and out is not None and abs(entering.mean() / current - 1) > 1e-12:
                scale = float(current / entering.mean())
                potential, voltage = Potential.of(potential.values * scale), voltage * scale
                current, before = None, np.inf
                continue
            heat = _electrode_heat(terminals, net, potential, voltage, entering, leaving)
            return VoxelSolution(potential, voltage, entering, leaving, heat, 0, status, solver)
        assert out is not None
        change, status = solver.solve(-out.reshape(-1), tolerance=max(tolerance, 1e-8), limit=limit)
        _require(status, max(tolerance, 1e-8))
        potential, before = potential.plus(change.reshape(net.shape)), left
    raise RunError(
        f"the currents of voxels did not balance: {left / through:.1e} of them is left over; conductivities or resistances that "
        "differ by more than fifteen orders of magnitude are the usual cause; look for a misplaced unit."
    )


def _newton(net, terminals, solver, ends, potential, voltage, current, tolerance, limit) -> VoxelSolution:
    bottom, top = terminals
    bare = solver.matrix.copy()
    diagonal = bare.diagonal().reshape(net.shape)
    diagonal[..., 0] -= ends[0]
    diagonal[..., -1] -= ends[1]
    worst = SolveStatus(True, 0, 0.0)

    def state(potential, voltage):
        """Current out of each cell less that let in by the electrodes, what is missing of a given one out of the top, flows and
        slopes at the electrodes, and the rounding of the sum of all currents."""
        entering, first = bottom.current_behind(potential.below(voltage, (..., 0)), net.half[0])
        exiting, last = top.current_behind(potential.below(0.0, (..., -1)), net.half[1])
        out, rounding = imbalance(net, potential)
        out[..., 0] -= entering
        out[..., -1] -= exiting
        miss = 0.0 if current is None else -float(exiting.mean()) - current
        return out, miss, (entering, exiting), (first, last), rounding

    out, miss, flows, slopes, rounding = state(potential, voltage)
    active, left, through, step = solver, np.inf, 1.0, 0
    for step in range(1, STEPS + 1):
        tangent = diagonal.copy()
        tangent[..., 0] += slopes[0]
        tangent[..., -1] += slopes[1]
        matrix = bare.copy()
        matrix.setdiag(tangent.reshape(-1))
        active = active.updated(matrix) if worst.iterations < SLOW else Elliptic(matrix, groups(net))
        # the last correction must bring the balance of every grain to rounding, hence no looser tolerance
        change, status = active.solve(-out.reshape(-1), tolerance=max(tolerance, 1e-8), limit=limit)
        worst = max(worst, status, key=lambda s: s.residual)
        _require(status, max(tolerance, 1e-8))
        change, shift = change.reshape(net.shape), 0.0
        if current is not None:  # at the top, where the response is no small difference of large numbers
            drive = np.zeros(net.shape)
            drive[..., 0] = slopes[0]
            response, status = active.solve(drive.reshape(-1), tolerance=max(tolerance, 1e-8), limit=limit)
            _require(status, max(tolerance, 1e-8))
            response = response.reshape(net.shape)
            gain = float((slopes[1] * response[..., -1]).mean())
            shift = -(miss + float((slopes[1] * change[..., -1]).mean())) / gain
            shift = (voltage + shift) - voltage  # as far as a voltage is known
            change = change + shift * response
        size, reduced = _size(out, miss), 1.0
        while True:
            trial = potential.plus(reduced * change), voltage + reduced * shift
            following = state(*trial)
            if _size(following[0], following[1]) < size or reduced < 1e-6:
                break
            reduced /= 2
        if reduced >= 1e-6:
            (potential, voltage), (out, miss, flows, slopes, rounding) = trial, following
        through = float(np.abs(flows[0]).sum())
        left = float(np.abs(out).sum()) + abs(miss) * flows[0].size
        if left <= max(BALANCED * through, rounding) or (reduced < 1e-6 and left <= ACCEPTED * through):
            heat = _electrode_heat(terminals, net, potential, voltage, flows[0], -flows[1])
            return VoxelSolution(potential, voltage, flows[0], -flows[1], heat, step, worst, active)
        if reduced < 1e-6:
            break
    raise RunError(
        f"Newton's iteration for the electrodes' kinetics stopped after {step} steps with an imbalance of "
        f"{left / max(through, 1e-300):.2g} of the current; try a smaller voltage, or approach it in steps."
    )


def _size(out: np.ndarray, miss: float) -> float:
    return float(np.sqrt((out**2).sum() + miss**2))


def _electrode_heat(terminals, net, potential: Potential, voltage, entering, leaving) -> float:
    """W/m2 lost between metal and the outer faces of the outermost cells."""
    heat = 0.0
    cases = (
        (terminals[0], net.half[0], potential.below(voltage, (..., 0)), entering),
        (terminals[1], net.half[1], -potential.below(0.0, (..., -1)), leaving),
    )
    for terminal, half, drop, flow in cases:
        own = np.where(terminal.touching(half), half, 0.0)
        heat += float((flow * drop - flow**2 * own).mean())
    return heat


def afloat(net: Network, bottom: np.ndarray, top: np.ndarray) -> np.ndarray | None:
    """Cells from which no conducting path leads to an electrode, None where there are none.

    Raises InputError where no piece reaches both electrodes.
    """
    if net.solid is None and bottom.all() and top.all():
        return None
    if net.solid is None:
        pieces = np.ones(net.shape, np.int32)
    else:
        pieces = np.zeros(net.shape, np.int32)
        ndimage.label(net.solid, output=pieces)
    count = int(pieces.max())
    touches = []
    for face, conductance in ((0, bottom), (-1, top)):
        present = np.zeros(count + 1, bool)
        present[np.unique(pieces[..., face][conductance > 0])] = True
        present[0] = False
        touches.append(present)
    if net.grains.periodic and count > 1:
        touches = _across(pieces, touches)
    if not (touches[0] & touches[1]).any():
        raise InputError(
            "no conducting path leads from the bottom electrode to the top one: pores or missing contact cut it; "
            "check the pores of the image and where the electrodes touch."
        )
    alone = ~(touches[0] | touches[1])
    alone[0] = False
    return alone[pieces] if alone.any() else None


def _across(pieces: np.ndarray, touches: list[np.ndarray]) -> list[np.ndarray]:
    """Let pieces that meet across periodic sides share what they touch."""
    pairs = []
    for axis in range(pieces.ndim - 1):
        low, high = np.take(pieces, 0, axis).ravel(), np.take(pieces, -1, axis).ravel()
        both = (low > 0) & (high > 0)
        pairs.append(np.unique(np.column_stack((low[both], high[both])), axis=0))
    joined = np.concatenate(pairs)
    for reached in touches:
        while True:
            either = reached[joined[:, 0]] | reached[joined[:, 1]]
            if (reached[joined] == either[:, None]).all():
                break
            reached[joined[either].ravel()] = True
    return touches


def _require(status: SolveStatus, tolerance: float) -> None:
    if not status.converged:
        raise RunError(
            f"conjugate gradients did not converge: after {status.iterations} iterations the residual is {status.residual:.2g}, "
            f"above {tolerance:g}; no field is given. Conductivities or resistances that differ by more than ten orders of "
            "magnitude are the usual cause; look for a misplaced unit, or loosen the engine's tolerance."
        )
