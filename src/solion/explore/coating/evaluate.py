"""What a coating does with given numbers: conductivities, resistances, thresholds, shares of lithium. Arrays, SI."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from solion.balances import mixture
from solion.balances.coating_paths import Path, PorePath, SymmetricExchange, share, threshold
from solion.balances.resistor_network import NetworkTable, network_table
from solion.base.constants import BOLTZMANN, ELEMENTARY_CHARGE, thermal_voltage
from solion.base.errors import InputError
from solion.explore.coating.candidate import CoatingCandidate
from solion.laws.coating import alloy_conductivity, range_current, tolerated_current
from solion.laws.interphase_growth import coulombic_efficiency, interphase_charge, parabolic_thickness
from solion.laws.nucleation import nucleation_overpotential
from solion.laws.plated_volume import capacity_limit, critical_strain, lithiation_strain, pressure_overpotential
from solion.laws.salt_limit import limiting_current, pore_limit, porous_diffusivity

Numbers = dict[str, Any]
THICK = 30  # grains of a network, beyond which a film is as good as infinite


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
    crack_share: Any  # through cracks, where the capacity opens them
    capacity_limit: Any  # nan where nothing is known of its strength
    interphase: Any  # its thickness after the first cycle, m
    efficiency: Any  # Coulombic, of the first cycle
    metal_overpotential: Any
    salt_limit: Any
    under: Any

    def as_dict(self) -> Numbers:
        return self._asdict()


def looked_up(candidate: CoatingCandidate, x: Numbers) -> Numbers:
    """``x`` with what its tables say at its temperature and compositions, where it has no number of its own."""
    found = dict(x)
    for path, table in candidate.tables.items():
        if path not in x:
            found[path] = table.at(x["temperature"], x.get(f"{path.rpartition('.')[0]}.composition", 1.0))
    return found


def conductivities(candidate: CoatingCandidate, x: Numbers) -> tuple[list, list]:
    """(of lithium, of electrons) of each layer, S/m; the composite is the layer on lithium."""
    x = looked_up(candidate, x)
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
    if candidate.shares:
        for row, salt in ((ions, "salt_ion"), (electrons, "salt_electron")):
            row[0] = np.maximum(_mixed(candidate, row[0], x[f"composite.{salt}"], x), 1e-30)
    return ions, electrons


class LayerNetwork(NamedTuple):
    """Grains along the thickness of a composite, and the table of their arrangements."""

    layers: int
    table: NetworkTable


def network_of(candidate: CoatingCandidate) -> LayerNetwork:
    """The network of a composite at the medians of thickness and grain. Raises InputError where it is too thick for one."""
    thickness, grain = (float(candidate.numbers[path].at(0.5)) for path in ("layers.0.thickness", "composite.grain"))
    layers = max(round(thickness / grain), 1)
    if layers > THICK:
        raise InputError(
            f"{candidate.file}: composite.grain: the layer is {layers} grains thick, and a network is for up to {THICK}; take"
            " the model bruggeman or general, which are those of an infinite composite."
        )
    return LayerNetwork(layers, network_table(*(candidate.shares[name] for name in ("alloy", "salt", "pore")), layers))


def _mixed(candidate: CoatingCandidate, alloy, salt, x: Numbers):
    """Conductivity of alloy, salt and insulating pores by the candidate's model, S/m."""
    if candidate.model == "network":
        return network_of(candidate).table.conductivity(alloy, salt, np.log2(x["composite.arrangement"]))
    own, other = np.broadcast_arrays(alloy, salt)
    parts, shares = np.stack([own, other, 0.0 * own], axis=-1), _shares(candidate.shares, x)
    if candidate.model == "general":  # of the alloy in a matrix of salt and pores
        rest = 1 - shares[..., 0]
        some = np.where(rest > 0, rest, 1.0)[..., None]
        weights = np.where(rest[..., None] > 0, shares[..., 1:] / some, np.array([1.0, 0.0]))
        matrix = np.asarray(mixture.bruggeman(parts[..., 1:], weights))
        better = own >= matrix
        share = np.where(better, shares[..., 0], rest)
        numbers = (x[f"composite.{name}"] for name in ("alloy_threshold", "exponent_below", "exponent_above"))
        return np.asarray(mixture.general_medium(np.minimum(own, matrix), np.maximum(own, matrix), share, *numbers))
    models = {
        "bruggeman": mixture.bruggeman,
        "parallel": mixture.parallel,
        "series": mixture.series,
        "hashin_shtrikman_lower": lambda *given: mixture.hashin_shtrikman(*given)[0],
        "hashin_shtrikman_upper": lambda *given: mixture.hashin_shtrikman(*given)[1],
    }
    return np.asarray(models[candidate.model](parts, shares))


def _shares(phi: dict[str, float], x: Numbers):
    pore = np.asarray(x.get("composite.pore", phi["pore"]))
    solid = phi["alloy"] + phi["salt"]
    return np.stack([(1 - pore) * phi["alloy"] / solid, (1 - pore) * phi["salt"] / solid, pore], axis=-1)


def _cosine(x: Numbers):
    """cos(theta) of lithium on the coating by Young, its interfaces lowered by their films."""
    energy = x["interfaces.lithium_energy"]
    films = x.get("interfaces.film_energy", 0.0) - x.get("interfaces.buried_film_energy", 0.0)
    if "interfaces.outer_energy" in x:
        clean = (x["interfaces.outer_energy"] - x["interfaces.buried_energy"]) / energy
    else:
        clean = np.cos(x["interfaces.contact_angle"])
    return np.clip(clean + films / energy, -1.0, 1.0)


def diffusivity(x: Numbers, k: int):
    """D_chem of a layer at the temperature of the coating, m2/s."""
    where = f"layers.{k}."
    at = x.get(where + "diffusivity_temperature", x["temperature"])
    energy = x[where + "activation_energy"] * ELEMENTARY_CHARGE / BOLTZMANN
    return x[where + "diffusivity"] * np.exp(-energy * (1 / x["temperature"] - 1 / at))


def separator(x: Numbers) -> tuple[Any, Any, Any]:
    """(D of the salt within the pores, its concentration, t_+) of the separator."""
    salt = (x[f"electrolyte.{name}"] for name in ("concentration", "transference"))
    return (porous_diffusivity(x["electrolyte.diffusivity"], x["electrolyte.porosity"]), *salt)


def evaluate(candidate: CoatingCandidate, x: Numbers, shared: bool = True) -> CoatingState:
    """The coating with numbers ``x`` by path, each an array or a number; without ``shared`` no latched shares are solved."""
    x = looked_up(candidate, x)
    ions, electrons = conductivities(candidate, x)
    lengths = [x[f"layers.{k}.thickness"] for k in range(len(ions))]
    down = sum(length / ion for length, ion in zip(lengths, ions, strict=True))
    with np.errstate(divide="ignore"):
        up = sum(length / np.asarray(electron, float) for length, electron in zip(lengths, electrons, strict=True))
    conducts = np.isfinite(up)  # without electrons nothing grows on top
    volt, i = thermal_voltage(x["temperature"]), x["operation.current"]
    barrier = x.get("interfaces.nucleation_overpotential")
    if barrier is None:
        barrier = np.asarray(
            nucleation_overpotential(x["interfaces.lithium_energy"], _cosine(x), x["temperature"], x["interfaces.rate_ratio"])
        )
    outer, inner, top = (SymmetricExchange(x[f"interfaces.{name}"], volt) for name in ("i01", "i02", "i0T"))
    offset = pressure_overpotential(x["operation.pressure"])
    onset = np.asarray(threshold(Path(down, (inner,), offset), barrier))
    conservative = np.asarray(threshold(Path(down, (outer, inner), offset), barrier))
    salt = (x["electrolyte.diffusivity"], x["electrolyte.concentration"], x["electrolyte.transference"])
    charge, where = x["operation.capacity"], "layers.0."
    strain = x.get(where + "fracture_strain")
    if where + "modulus" in x and where + "toughness" in x:
        strain = critical_strain(strain, x[where + "toughness"], x[where + "modulus"], lengths[0])
        own = lithiation_strain(x.get(where + "partial_volume", 0.0), x.get(where + "swing", 0.0))
        bears = np.asarray(capacity_limit(np.maximum(strain - own, 0.0), x["lithium.unevenness"], x["lithium.wavelength"]))
    else:
        bears = np.full(np.shape(onset), np.nan)
    open_share = np.where(bears < charge, x["interphase.cracked"], 0.0)
    pore = np.asarray(x.get("composite.pore", candidate.shares.get("pore", 0.0)))
    threshold_share = x.get("composite.threshold", 1 / 3)
    linked = pore > threshold_share if candidate.pore_connected is None else pore * 0 + candidate.pore_connected > 0
    area = np.where(linked, pore, 0.0)
    share_top = share_pore = share_crack = np.zeros(np.shape(onset))
    if shared:
        limit = pore_limit(np.maximum(area, 1e-9), *salt, lengths[0]) / np.maximum(area, 1e-9)
        cracks = PorePath(x["interfaces.i02"], pore_limit(1.0, *salt, lengths[0]), volt, open_share)
        above = Path(np.where(conducts, up, 1.0), (top,), area=np.where(conducts, 1.0, 0.0))
        paths = (Path(down, (outer, inner), offset), above, PorePath(x["interfaces.i02"], limit, volt, area))
        eta, currents = map(np.asarray, share(paths, i))
        total = np.maximum(currents.sum(axis=-1), 1e-300)
        share_top, share_pore = currents[..., 1] / total, currents[..., 2] / total
        crack = np.asarray(cracks.current(eta))  # at the overpotential of the coating before it cracked, an upper bound
        share_crack = crack / (i + crack)
    eps = x["operation.tolerated_share"]
    wide = _of(range_current, where, "phase_width", x, lengths[0])
    naive = _of(range_current, where, "concentration", x, lengths[0])
    start, stored = x["interphase.start"], x["interphase.lithium"]
    grown = np.asarray(parabolic_thickness(start, x["interphase.rate"], 2 * (charge / i + x["operation.rest"])))
    bared = interphase_charge(start, stored, 1.0, open_share)  # formed anew on what cracks lay bare
    efficiency = coulombic_efficiency(
        np.where(i < onset, 0.0, share_top),
        charge,
        interphase_charge(grown - start, stored, 1.0),
        bared,
        x["interphase.top_efficiency"],
        x["interphase.under_efficiency"],
    )
    return CoatingState(
        down,
        up,
        np.asarray(barrier),
        np.where(conducts, onset, np.inf),
        np.where(conducts, conservative, np.inf),
        wide,
        naive,
        np.where(conducts, tolerated_current(onset, down, np.where(conducts, up, 1.0), eps), np.inf),
        share_top,
        share_pore,
        share_crack,
        bears,
        grown,
        np.asarray(efficiency),
        np.asarray(inner.overpotential(i)) + offset,
        limiting_current(*separator(x), x["electrolyte.distance"]),
        (i < onset) | ~conducts | (share_top <= eps) & shared,
    )


def _of(law, where: str, what: str, x: Numbers, thickness):
    if where + "diffusivity" not in x or where + what not in x:
        return np.nan * np.asarray(thickness)
    return law(diffusivity(x, 0), x[where + what], thickness)
