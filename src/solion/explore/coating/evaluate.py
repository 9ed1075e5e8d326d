"""What a coating does with given numbers: conductivities, resistances, thresholds, shares of lithium. Arrays, SI."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from solion.balances.coating_paths import Path, PorePath, SymmetricExchange, share, threshold
from solion.balances.mixture import bruggeman
from solion.base.constants import BOLTZMANN, ELEMENTARY_CHARGE, thermal_voltage
from solion.explore.coating.candidate import CoatingCandidate
from solion.laws.coating import alloy_conductivity, range_current, tolerated_current
from solion.laws.nucleation import nucleation_overpotential
from solion.laws.plated_volume import capacity_limit, critical_strain, pressure_overpotential
from solion.laws.salt_limit import limiting_current, pore_limit, porous_diffusivity

Numbers = dict[str, Any]


class CoatingState(NamedTuple):
    """Numbers of a coating at its operating current; every field an array."""

    ion_resistance: Any
    electron_resistance: Any
    barrier: Any
    onset: Any  # measure 1 with the interface to lithium
    conservative: Any  # the same with the whole overpotential
    range_limit: Any  # measure 2, nan where no width is known
    naive: Any  # measure 3, nan of ion conductors
    tolerated: Any  # measure 4
    top_share: Any  # latched
    pore_share: Any
    capacity_limit: Any  # nan where nothing is known of its strength
    metal_overpotential: Any
    salt_limit: Any
    under: Any

    def as_dict(self) -> Numbers:
        return self._asdict()


def conductivities(candidate: CoatingCandidate, x: Numbers) -> tuple[list, list]:
    """(of lithium, of electrons) of each layer, S/m; the composite is the layer on lithium."""
    ions, electrons = [], []
    for k in range(len(candidate.layers)):
        where = f"layers.{k}."
        if where + "ion_conductivity" in x:
            ions.append(x[where + "ion_conductivity"])
        else:
            ions.append(
                alloy_conductivity(
                    x[where + "concentration"], diffusivity(x, k), x[where + "thermodynamic_factor"], x["temperature"]
                )
            )
        electrons.append(x[where + "electron_conductivity"])
    phi = candidate.shares
    if phi:
        for row, salt in ((ions, "salt_ion"), (electrons, "salt_electron")):
            own, other = np.broadcast_arrays(row[0], x[f"composite.{salt}"])
            parts = np.stack([own, other, 0.0 * own], axis=-1)
            row[0] = np.maximum(bruggeman(parts, _shares(phi, x)), 1e-30)
    return ions, electrons


def _shares(phi: dict[str, float], x: Numbers):
    pore = np.asarray(x.get("composite.pore", phi["pore"]))
    solid = phi["alloy"] + phi["salt"]
    return np.stack([(1 - pore) * phi["alloy"] / solid, (1 - pore) * phi["salt"] / solid, pore], axis=-1)


def diffusivity(x: Numbers, k: int):
    """D_chem of a layer at the temperature of the coating, m2/s."""
    where = f"layers.{k}."
    at = x.get(where + "diffusivity_temperature", x["temperature"])
    energy = x[where + "activation_energy"] * ELEMENTARY_CHARGE / BOLTZMANN
    return x[where + "diffusivity"] * np.exp(-energy * (1 / x["temperature"] - 1 / at))


def evaluate(candidate: CoatingCandidate, x: Numbers, shared: bool = True) -> CoatingState:
    """The coating with numbers ``x`` by path, each an array or a number; without ``shared`` no latched shares are solved."""
    ions, electrons = conductivities(candidate, x)
    lengths = [x[f"layers.{k}.thickness"] for k in range(len(ions))]
    down = sum(length / ion for length, ion in zip(lengths, ions, strict=True))
    up = sum(length / electron for length, electron in zip(lengths, electrons, strict=True))
    volt, i = thermal_voltage(x["temperature"]), x["operation.current"]
    barrier = x.get("interfaces.nucleation_overpotential")
    if barrier is None:
        cosine = np.cos(x["interfaces.contact_angle"])
        barrier = np.asarray(nucleation_overpotential(x["interfaces.lithium_energy"], cosine, x["temperature"]))
    outer, inner, top = (SymmetricExchange(x[f"interfaces.{name}"], volt) for name in ("i01", "i02", "i0T"))
    offset = pressure_overpotential(x["operation.pressure"])
    onset = np.asarray(threshold(Path(down, (inner,), offset), barrier))
    conservative = np.asarray(threshold(Path(down, (outer, inner), offset), barrier))
    salt = (x["electrolyte.diffusivity"], x["electrolyte.concentration"], x["electrolyte.transference"])
    pore = np.asarray(x.get("composite.pore", candidate.shares.get("pore", 0.0)))
    threshold_share = x.get("composite.threshold", 1 / 3)
    linked = pore > threshold_share if candidate.pore_connected is None else pore * 0 + candidate.pore_connected > 0
    area = np.where(linked, pore, 0.0)
    share_top = share_pore = np.zeros(np.shape(onset))
    if shared:
        limit = pore_limit(np.maximum(area, 1e-9), *salt, lengths[0]) / np.maximum(area, 1e-9)
        paths = (Path(down, (outer, inner), offset), Path(up, (top,)), PorePath(x["interfaces.i02"], limit, volt, area))
        currents = np.asarray(share(paths, i).currents)
        total = np.maximum(currents.sum(axis=-1), 1e-300)
        share_top, share_pore = currents[..., 1] / total, currents[..., 2] / total
    eps = x["operation.tolerated_share"]
    where = "layers.0."
    wide = _of(range_current, where, "phase_width", x, lengths[0])
    naive = _of(range_current, where, "concentration", x, lengths[0])
    strain = x.get(where + "fracture_strain")
    if where + "modulus" in x and where + "toughness" in x:
        strain = critical_strain(strain, x[where + "toughness"], x[where + "modulus"], lengths[0])
        bears = np.asarray(capacity_limit(strain, x["lithium.unevenness"], x["lithium.wavelength"]))
    else:
        bears = np.full(np.shape(onset), np.nan)
    separator = porous_diffusivity(salt[0], x["electrolyte.porosity"])
    return CoatingState(
        down, up, np.asarray(barrier), onset, conservative, wide, naive, np.asarray(tolerated_current(onset, down, up, eps)),
        share_top, share_pore, bears, np.asarray(inner.overpotential(i)) + offset,
        limiting_current(separator, *salt[1:], x["electrolyte.distance"]), (i < onset) | (share_top <= eps) & shared,
    )  # fmt: skip


def _of(law, where: str, what: str, x: Numbers, thickness):
    if where + "diffusivity" not in x or where + what not in x:
        return np.nan * np.asarray(thickness)
    return law(diffusivity(x, 0), x[where + what], thickness)
