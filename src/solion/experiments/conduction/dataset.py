"""The dataset of a run of ``conduct``: every number with unit, meaning and source, and the audit."""

from __future__ import annotations

import numpy as np
import xarray as xr

from solion.analysis import hot_spots
from solion.analysis.polycrystal_limits import blocking, brick_layer, uniform_current
from solion.base.errors import InputError
from solion.base.parameters import table
from solion.base.quantity import UNITS
from solion.base.reference_temperature import temperatures_apart
from solion.experiments.conduction.planes import hot_spot, maximum
from solion.experiments.conduction.problem import CrossSection, Fields, Problem
from solion.result.description import describe, row_values
from solion.result.ledger import judged

WINDOWS = (20e-9, 100e-9, 500e-9, 1e-6)
DEPTHS = (0.02e-6, 0.05e-6, 0.1e-6, 0.2e-6, 0.5e-6, 1e-6, 1.5e-6, 2e-6, 3e-6, 5e-6, 7.5e-6, 10e-6, 20e-6, 50e-6)
MODES = 100
UNEVEN = 0.01  # share of the cell's resistance by which two estimates of an electrode's may differ
CHANGE = 0.05  # a hot-spot factor is said to be converged where its two estimates differ by less


def build_dataset(problem: Problem, fields: Fields, title: str, engine: str) -> xr.Dataset:
    """Numbers of a field that an ``engine`` found."""
    grains, device = problem.microstructure, problem.polycrystal
    names = list(fields.sections)
    warnings = [*fields.problems, *temperatures_apart(device)]
    current = 0.5 * (fields.current_bottom + fields.current_top)
    variables: dict = {
        "voltage": _number(fields.voltage, "V", "voltage of the bottom electrode against the top one"),
        "current_density": _number(current, "A/m2", "mean current density along +z, by the conservative flux"),
        "resistance": _number(fields.voltage / current, "ohm m2", "area-specific resistance of the whole cell"),
    }
    layers = sum(layer.thickness / layer.conductivity + layer.interface_resistance for layer in device.layers)
    meaning = "area-specific resistance of all layers with their interfaces, at uniform current"
    variables["layer_resistance"] = _number(layers, "ohm m2", meaning)
    variables |= _conductivities(problem, fields, current, warnings)
    for name, value in fields.dissipation.items():
        variables[f"dissipation_{name}"] = _number(value, "W/m2", f"power lost in {name}, per area of face", "loss")
    windows = fields.windows or WINDOWS
    factors = np.full((3, len(names), len(windows)), np.nan)
    for row, name in enumerate(names):
        face = name.partition("_")[0]
        beyond = name.endswith("electrode") and f"{face}_ceramic" in names
        variables |= _section(name, fields.sections[name], {"face": face, "beyond_layer": int(beyond)})
        for column, window in enumerate(windows):
            factors[:, row, column] = _factor(name, fields.sections[name], window, warnings)
    meaning = "largest mean of j_z over the window, over the mean of the plane"
    change = "relative difference to H(w) by a less accurate flux: the mesh's error is below it"
    of_windows = {
        "hot_spot": {"units": "1", "of": "hot spot", "long_name": f"H(w): {meaning}"},
        "hot_spot_position": {"units": "m", "of": "hot spot", "long_name": "x of that window's centre"},
        "hot_spot_change": {"units": "1", "of": "hot spot's change", "long_name": change},
    }
    for (name, attributes), values in zip(of_windows.items(), factors, strict=True):
        missing = "the plane is narrower than the window, or no current passes it"
        variables[name] = (("plane", "window"), values, attributes | {"missing": missing})
    variables |= _shares(fields)
    variables |= _decay(problem, fields)
    audit = _audit(fields, current)
    status, message = judged("finished", "solved.", audit)
    dataset = xr.Dataset(
        variables,
        {
            "plane": ("plane", names, {"long_name": "plane through which the current is given"}),
            "window": ("window", np.array(windows), {"units": "m", "long_name": "window of the mean"}),
        },
    )
    dataset.attrs = describe(
        title=title or "Polycrystal",
        device=type(device).__name__,
        experiment="Conduction",
        status=status,
        message=message,
        sign_convention=device.sign_convention,
        parameters=[row_values(row) for row in table(device)],
        microstructure=shape_of(grains),
        settings={"engine": engine, **fields.mesh},
        audit=audit,
        warnings=warnings,
    ) | {
        "periodic": int(next(iter(fields.sections.values())).periodic),
        "box": list(grains.box),
        "layer_thickness_bottom": float(sum(layer.thickness for layer in device.stack("bottom"))),
        "layer_thickness_top": float(sum(layer.thickness for layer in device.stack("top"))),
    }
    return declared(dataset)


def declared(dataset: xr.Dataset) -> xr.Dataset:
    """The dataset with kind, role and place of every variable, in place; a kind follows from its unit."""
    kinds = {unit: kind for kind, unit in UNITS.items()}
    for variable in dataset.variables.values():
        kind = kinds.get(variable.attrs.get("units", ""), "")
        variable.attrs = {"units": "1", "kind": kind, "role": "state", "place": ""} | variable.attrs
    return dataset


def shape_of(grains) -> dict:
    """What the grains are."""
    words = {key: getattr(grains, key) for key in ("surface", "sides") if hasattr(grains, key)}
    return {"box": list(grains.box), "grain_size": grains.grain_size, **words}


def _number(value, unit: str, meaning: str, role: str = "state", headline: bool = False, missing: str = ""):
    first = {"headline": "yes"} if headline else {}
    why = {"missing": missing} if missing and np.isnan(value) else {}
    return ((), float(value), {"units": unit, "long_name": meaning, "role": role} | first | why)


def _in_series(problem: Problem, fields: Fields, current: float, warnings: list[str]) -> float:
    """Area-specific resistance of layers, interfaces and electrodes at uniform current, ohm m2.

    NaN, with a warning, where an electrode is too uneven for the current to be uniform there.
    """
    device, resistance = problem.polycrystal, fields.voltage / current
    total = sum(layer.thickness / layer.conductivity + layer.interface_resistance for layer in device.layers)
    for name, electrode, sign in (("bottom", device.bottom, 1.0), ("top", device.top, -1.0)):
        section = fields.sections[f"{name}_electrode"]
        record = electrode.contact(section.position)
        even, following, touching = record.resistances(sign * current, section.size)
        constricting = touching < 0.999
        if constricting and even <= UNEVEN * resistance:
            warnings.append(
                f"the {name} electrode touches {touching:.3g} of its face; effective_conductivity includes the constriction of"
                " the current below it."
            )
        elif max(abs(even - following), constricting * even) > UNEVEN * resistance:
            warnings.append(
                f"effective_conductivity is not given: the {name} electrode is uneven, its resistance {following:.3g} to"
                f" {even:.3g} of the cell's {resistance:.3g} ohm m2, so that it cannot be told from that of the ceramic; take"
                " even electrodes."
            )
            return float("nan")
        total += even
    return float(total)


def _conductivities(problem: Problem, fields: Fields, current: float, warnings: list[str]) -> dict:
    device, grains = problem.polycrystal, problem.microstructure
    height, volume = grains.box[-1], float(np.prod(grains.box))
    ceramic = fields.voltage / current - _in_series(problem, fields, current, warnings)
    found = {
        "effective_conductivity": _number(
            height / ceramic,
            "S/m",
            "height of the ceramic over the resistance without that of layers and electrodes at uniform current",
            headline=True,
            missing="an electrode is too uneven to be told from the ceramic (see the warning)",
        )
    }
    inner = fields.boundaries
    sigma = float(device.grain.conductivity)
    mean = float(inner.resistance @ inner.size / inner.size.sum()) if inner is not None and inner.size.size else 0.0
    ratio = mean * sigma / grains.grain_size
    meaning = "Lambda = mean R_gb sigma_g / d, d the mean size of uncut grains"
    found["boundary_ratio"] = _number(ratio, "1", meaning, headline=True)
    found["brick_layer"] = _number(brick_layer(sigma, mean, grains.grain_size), "S/m", "brick-layer estimate")
    if inner is not None and inner.size.size:
        bottom, top = (_ceramic(fields, face) for face in ("bottom", "top"))
        numbers = np.unique(np.concatenate((inner.grains.ravel(), bottom, top)))
        resistivity = float(np.mean(1 / device.grain.conductivities(numbers))) if device.grain.scatter else 1 / sigma
        if not device.grain.scatter and device.grain.isotropic and fields.dense:
            bound = uniform_current(resistivity, volume, inner.size, inner.resistance, inner.tilt)
            meaning = "lower bound, exact to first order in Lambda: uniform current"
            found["uniform_current_bound"] = _number(bound, "S/m", meaning)
        if device.boundary.lengthwise:  # a current along boundaries passes by the network across them
            return found
        conductance = blocking(inner.grains, inner.size, inner.resistance, bottom, top)[0]
        meaning = "upper bound, exact at large Lambda: network of boundaries between grains without resistance"
        if np.isfinite(conductance):  # boundaries without resistance bound nothing
            found["blocking_bound"] = _number(conductance * height**2 / volume, "S/m", meaning)
    return found


def _ceramic(fields: Fields, face: str) -> np.ndarray:
    section = fields.sections.get(f"{face}_ceramic", fields.sections[f"{face}_electrode"])
    return np.unique(section.grain[section.grain >= 0])


def _section(name: str, section: CrossSection, where: dict) -> dict:
    """The current through a plane, found by ``place`` and by what each variable is ``of``."""
    piece = f"{name}_piece"
    words = name.replace("_", " ")
    place = (piece, "axis") if section.position.shape[1] > 1 else (piece,)
    position = section.position if section.position.shape[1] > 1 else section.position[:, 0]
    unit = "m" if section.position.shape[1] == 1 else "m2"
    second = np.full(len(section.size), np.nan) if section.second_density is None else section.second_density
    attributes = {
        "units": "A/m2",
        "of": "density",
        "long_name": f"mean j_z of pieces of the {words}",
        "height": section.height,
        "spacing": section.spacing,
        "smooth": int(section.smooth),
    }
    if section.shape is not None:
        attributes["shape"] = list(section.shape)
    meaning = {"of": "second density", "units": "A/m2", "long_name": "the same, by a less accurate flux"}
    found = {
        "position": (place, position, {"of": "position", "units": "m", "long_name": f"centres of pieces of the {words}"}),
        "size": (piece, section.size, {"of": "size", "units": unit, "long_name": f"sizes of pieces of the {words}"}),
        "current_density": (piece, section.current_density, attributes | where),
        "second_density": (piece, second, meaning),
        "grain": (piece, section.grain, {"of": "grain", "long_name": "grain number there, -1 in a layer"}),
    }
    return {f"{name}_{part}": (*value, told | {"place": name}) for part, (*value, told) in found.items()}


def window_name(length: float) -> str:
    """A length in nm below a micrometre, in um from there on."""
    return f"{length * 1e9:.4g} nm" if length < 0.9995e-6 else f"{length * 1e6:.4g} um"


def _factor(name, section, window, warnings):
    """H(w), where, and its change with the estimate of the flux; NaN where the mesh or the plane cannot give it."""
    try:
        found = hot_spot(section, window)
    except InputError as error:
        warnings.append(f"{name.replace('_', ' ')}: H({window_name(window)}) is not given: {error}")
        return np.nan, np.nan, np.nan
    change = np.nan
    if section.second_density is not None:
        second = maximum(section, section.second_density, window)
        # over the same mean: that of the second estimate is itself a little off
        other = second.factor * float(section.second_density @ section.size / section.size.sum()) / section.mean
        change = abs(other / found.factor - 1)
        if change > CHANGE:
            warnings.append(
                f"{name.replace('_', ' ')}: H({window_name(window)}) = {found.factor:.3g} has not converged: two estimates of "
                f"the current differ by {change:.0%}; take smaller mesh sizes or a larger window."
            )
    return found.factor, found.position[0], change


def _shares(fields: Fields) -> dict:
    """Current and contact of each grain on either face of the ceramic."""
    found = {}
    for face in ("bottom", "top"):
        section = fields.sections.get(f"{face}_ceramic", fields.sections[f"{face}_electrode"])
        numbers, size, current = section.contacts or contacts(section.grain, section.size, section.size * section.current_density)
        unit, factor = "m" if section.position.shape[1] == 1 else "m2", current / size * size.sum() / current.sum()
        rows = (
            ("number", numbers, "1", f"grains on the {face} face of the ceramic"),
            ("contact", size, unit, "length or area of contact"),
            ("share", current / current.sum(), "1", "share of the current through this grain"),
            ("factor", factor, "1", "mean j_z of the grain over that of the face"),
        )
        for part, values, unit, meaning in rows:
            told = {"units": unit, "long_name": meaning, "place": face, "of": f"grain {part}"}
            found[f"{face}_grain_{part}"] = (f"{face}_grain", values, told)
    return found


def contacts(grain, size, current) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Grains, and the sizes and currents of the pieces that each of them has."""
    numbers, where = np.unique(grain, return_inverse=True)
    return numbers, np.bincount(where, size), np.bincount(where, current)


def _decay(problem: Problem, fields: Fields) -> dict:
    """Maximum, spread and spectrum against the distance from the ceramic, for each stack of layers."""
    found = {}
    height = problem.microstructure.box[-1]
    for face in ("bottom", "top"):
        thickness = sum(layer.thickness for layer in problem.polycrystal.stack(face))
        depths = np.array([depth for depth in DEPTHS if fields.resolution <= depth < 0.999 * thickness])
        if not len(depths):
            continue
        planes = [fields.section(-depth if face == "bottom" else height + depth) for depth in depths]
        numbers = np.array([hot_spots.spread(plane.size, plane.current_density) for plane in planes])
        dimension = f"{face}_depth"
        found[dimension] = (dimension, depths, {"units": "m", "long_name": "distance from the ceramic"})
        meaning = "largest mean of j_z over a piece of the mesh (below 0.1 um it depends on the mesh), over the mean"
        highest = {"units": "1", "long_name": meaning, "place": face, "of": "maximum over depth"}
        spread = {"units": "1", "long_name": "standard deviation over mean of j_z", "place": face, "of": "deviation over depth"}
        found[f"{face}_maximum"] = (dimension, numbers[:, 0], highest)
        found[f"{face}_deviation"] = (dimension, numbers[:, 1], spread)
        if planes[0].shape is None:
            spectra = [
                hot_spots.power_spectrum(
                    np.concatenate(([0.0], np.cumsum(plane.size))), plane.current_density, MODES, plane.periodic
                )
                for plane in planes
            ]
            mode = f"{face}_wave_number"
            found[mode] = (mode, spectra[0][0], {"units": "1/m", "long_name": "wave number"})
            found[f"{face}_power"] = (
                (dimension, mode),
                np.array([power for _, power in spectra]),
                {
                    "units": "1",
                    "long_name": "P(k, z): share of this wave in the variance of j_z over its mean",
                    "place": face,
                    "of": "spectrum over depth",
                },
            )
    return found


def _audit(fields: Fields, current: float) -> dict:
    power, limit = fields.voltage * current, fields.tolerance
    checks = {
        "conservation": (
            abs(fields.current_bottom / fields.current_top - 1),
            limit,
            "current in at the bottom against out at the top",
        ),
        "dissipation": (
            abs(sum(fields.dissipation.values()) / power - 1),
            limit,
            "power lost in all parts against V I, relative",
        ),
        "second law": (-min(fields.dissipation.values()) / power, limit, "most negative share of a part in the power"),
    }
    for name, section in fields.sections.items():
        meaning = f"mean of j_z over the {name.replace('_', ' ')} against the conservative flux, relative"
        checks[f"flux at the {name.replace('_', ' ')}"] = (abs(section.mean / current - 1), max(1e-7, limit), meaning)
    return {
        name: {"value": float(value), "limit": limit, "meaning": meaning, "ok": bool(value <= limit)}
        for name, (value, limit, meaning) in checks.items()
    }
