"""What a potential on a network of voxels means: currents, heat, and what each boundary and grain contributes.

Currents are densities per area of a column of voxels (A/m2), along +z or towards the next voxel of an axis.
"""

from __future__ import annotations

import numpy as np

from solion.balances.conduction_voxels import Network, face_derivatives, half_resistances, pair_conductivity, pair_of
from solion.balances.potential import Potential


def along(net: Network, potential: Potential, axis: int) -> np.ndarray:
    """Current density from each cell to the next one along an axis, the last to the first where sides are periodic."""
    flow = potential.ahead(axis)
    flow *= net.links[axis]
    return flow


def imbalance(net: Network, potential: Potential) -> tuple[np.ndarray, float]:
    """Current out of each cell to its neighbours, and the rounding of their sum: both per area of a column, A/m2."""
    out, size = np.zeros(net.shape), 0.0
    for axis in range(len(net.shape)):
        flow = along(net, potential, axis)
        size += float(np.abs(flow).sum())
        out += flow
        out -= np.roll(flow, 1, axis)
    return out, 4 * np.finfo(float).eps * size


def upward(net: Network, potential: Potential) -> np.ndarray:
    """Current density along +z through the planes between cells, shape (nx[, ny], nz - 1)."""
    return net.links[-1][..., :-1] * potential.step((..., slice(None, -1)), (..., slice(1, None)))


def dissipation(net: Network, potential: Potential, bottom: np.ndarray, top: np.ndarray) -> dict[str, float]:
    """Heat, W per m2 of electrode, in ``grains``, ``boundaries``, ``layers`` and ``interfaces`` of layers.

    ``bottom``, ``top``: current densities along +z at the electrodes; what is lost within the electrodes is not counted.
    The current being homogeneous in conductivities and 1/R, boundaries lose -V sum R dI/dR of the power V I: on a face
    that is j^2 R dR_face/dR, which is j^2 R_face where a boundary lies flat, is transparent or blocks. In between the staircase's
    correction stands for current that flows along the steps, inside the grains, and the rest belongs there.
    """
    grains, vertical = net.grains, len(net.shape) - 1
    halves = half_resistances(grains)
    total = boundary = 0.0
    ceramic = 0.0
    for axis, faces in enumerate(grains.facets.faces):
        flow = along(net, potential, axis)
        drop = potential.ahead(axis)
        boundary += float((flow.reshape(-1)[_cells(net, faces)] ** 2 * _lost(net, axis, faces)).sum())
        drop *= flow
        total += float(drop.sum())
        inside = net.ceramic if axis < vertical else slice(net.below, net.ceramic.stop - 1)
        ceramic += float(drop[..., inside].sum())
    rising = upward(net, potential)
    sheets = [(net.below - 1, 0, net.below > 0), (net.ceramic.stop - 1, -1, net.ceramic.stop < net.shape[-1])]
    for plane, face, layered in sheets:
        current = rising[..., plane] if layered else (bottom if face == 0 else top)
        half = halves[grains.labels[..., face]]
        heat = float((current**2 * np.where(np.isfinite(half), half, 0.0)).sum())
        ceramic += heat
        if not layered:
            total += heat
    for current, half, layered in ((bottom, net.half[0], sheets[0][2]), (top, net.half[1], sheets[1][2])):
        if layered:
            total += float((current**2 * half).sum())
    interfaces = sum(float((rising[..., plane] ** 2).sum() * resistance) for plane, resistance in net.joints)
    columns = bottom.size
    return {
        "grains": (ceramic - boundary) / columns,
        "boundaries": boundary / columns,
        "layers": (total - ceramic - interfaces) / columns,
        "interfaces": interfaces / columns,
    }


def sensitivities(net: Network, potential: Potential, adjoint: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Derivatives of a measure J by the resistance of each boundary (1/(ohm m2)) and by the conductivity of each label.

    ``adjoint`` solves A lambda = dJ/dphi; then dJ/dp = -lambda^T (dA/dp) phi = sum over faces of g^2 dR/dp (phi_i - phi_j)
    (lambda_i - lambda_j). What J takes from the electrodes' half cells directly is added by the caller.
    """
    grains = net.grains
    by_boundary = np.zeros(len(grains.facets.pairs))
    by_label = np.zeros(len(grains.conductivity))
    halves = half_resistances(grains)
    with np.errstate(divide="ignore", invalid="ignore"):
        by_half = np.where(np.isfinite(halves), -halves / grains.conductivity, 0.0)  # of h/(2 sigma)
    for axis, faces in enumerate(grains.facets.faces):
        product = along(net, potential, axis) * along(net, Potential.of(adjoint), axis)
        inner = product[..., net.ceramic]
        ahead = np.roll(product, 1, axis)[..., net.ceramic]  # the face before each voxel
        total = np.bincount(grains.labels.ravel(), (inner + ahead).ravel(), len(by_label))
        by_label += by_half * total
        there = product.reshape(-1)[_cells(net, faces)]
        first, second = pair_of(grains, axis, faces)
        sigma = pair_conductivity(grains, first, second)
        by_resistance, by_sigma = face_derivatives(grains.resistance[faces.facet], faces.along, faces.across, grains.reach, sigma)
        by_boundary += np.bincount(faces.facet, there * by_resistance, len(by_boundary))
        for one, other in ((first, second), (second, first)):
            share = 2 * (grains.conductivity[other] / (grains.conductivity[one] + grains.conductivity[other])) ** 2
            by_label += np.bincount(one, there * by_sigma * share, len(by_label))
    return by_boundary, by_label


def _cells(net: Network, faces) -> np.ndarray:
    """Flat index on the grid with layers of the voxel before each boundary face."""
    column, level = np.divmod(faces.lower.astype(np.int64), net.grains.labels.shape[-1])
    return column * net.shape[-1] + level + net.below


def _lost(net: Network, axis: int, faces) -> np.ndarray:
    """R dR_face/dR of each boundary face of an axis, ohm m2."""
    grains = net.grains
    sigma = pair_conductivity(grains, *pair_of(grains, axis, faces))
    resistance = grains.resistance[faces.facet]
    return resistance * face_derivatives(resistance, faces.along, faces.across, grains.reach, sigma)[0]
