"""Legal studies drawn at random, as nested dictionaries of a study file: the same seed gives the same study.

Each family draws from a few structures (laws, kinds of contents) and from wide ranges of every number, so that few programs are
compiled; ``structures`` bounds how many. Protocols are of four steps of any kind, long and short ones mixed.
"""

from __future__ import annotations

import numpy as np

SAMPLES = 3


class Draw:
    """Random numbers with units, as texts of a study file."""

    def __init__(self, seed: int):
        self.random = np.random.default_rng(seed)

    def log(self, low: float, high: float) -> float:
        """Uniform in the logarithm."""
        return float(np.exp(self.random.uniform(np.log(low), np.log(high))))

    def signed(self, low: float, high: float) -> float:
        """The same with either sign."""
        return float(self.random.choice([-1, 1])) * self.log(low, high)

    def even(self, low: float, high: float) -> float:
        """Uniform."""
        return float(self.random.uniform(low, high))

    def of(self, *values):
        """One of them."""
        return values[self.random.integers(len(values))]

    def chance(self, share: float) -> bool:
        """True in that share of draws."""
        return bool(self.random.random() < share)


def steps(draw: Draw, volts, amperes, times, levels, count: int = 4) -> list[dict]:
    """A protocol; ``volts``, ``amperes`` and ``times`` are ranges with their unit, ``levels`` ranges of monitored quantities."""

    def text(range_, signed=False):
        low, high, unit = range_
        return f"{(draw.signed if signed else draw.log)(low, high):.8g} {unit}"

    found: list[dict] = []
    for _ in range(count):
        kind = draw.of("hold", "hold", "current", "ramp", "pulses", "rest", "open_circuit", "resistor", "step_train")
        duration = {"duration": text(times), "samples": SAMPLES}
        if kind == "hold":
            step = {"kind": "hold", "voltage": text(volts, True)} | duration
        elif kind == "current":
            step = {"kind": "hold", "current": text(amperes, True)} | duration
            if draw.chance(0.5):
                step["compliance"] = {"voltage": text(volts)}
        elif kind == "ramp":
            step = {"kind": "ramp", "voltage": [text(volts, True), text(volts, True)]} | duration
        elif kind == "pulses":
            what, range_ = draw.of(("voltage", volts), ("current", amperes))
            step = {"kind": "pulses", what: text(range_, True), "width": text(times), "gap": text(times), "count": 2}
            step["samples"] = SAMPLES
        elif kind == "resistor":
            step = {
                "kind": "resistor",
                "source_voltage": text(volts, True),
                "resistance": f"{draw.log(1, 1e6):.8g} ohm",
            } | duration
        elif kind == "step_train":
            step = {"kind": "step_train", "voltage": [text(volts, True), text(volts, True)]} | duration
        else:
            step = {"kind": kind} | duration
        if draw.chance(0.15):
            name, low, high, unit = draw.of(*levels)
            level = draw.even(low, high)
            level = f"{level:.8g} {unit}" if unit else level
            step["until"] = {"quantity": name, draw.of("above", "below"): level, "end_run": draw.chance(0.5)}
        found.append(step)
    return found


def film(draw: Draw, structures: int) -> dict:
    """A memristor's film, with or without wetting, in a loop and longer protocols."""
    laws = [
        ("butler_volmer", "butler_volmer"),
        ("marcus_hush_chidsey", "linear_transfer"),
        ("coupled_ion_electron_transfer",) * 2,
    ]
    which = int(draw.random.integers(min(structures, 2 * len(laws))))
    pair, wets = laws[which // 2], which % 2 == 1

    def contact(law):
        found: dict = {"law": law, "rate": draw.log(1e-14, 10)}
        if law in ("butler_volmer", "linear_transfer"):
            found["asymmetry"] = draw.even(0.05, 0.95)
        else:
            found["reorganization"] = draw.log(4, 40)
        if wets:
            found["wetting"] = {"law": "linear_wetting", "strength": draw.even(-1, 1)}
        return found

    filling = draw.of(draw.even(0.05, 0.95), draw.log(1e-6, 0.05), 1 - draw.log(1e-6, 0.05))
    span = draw.log(1, 3000)
    loop = {"kind": "cyclic_voltammetry", "limits": [f"{-span:.8g} V_T", f"{span:.8g} V_T"]}
    loop |= {"rate": f"{draw.log(0.01, 1000) * span:.8g} V_T/tau_D", "samples": SAMPLES}
    volts, amperes, times = (0.5, 500, "V_T"), (1e-6, 1, "i_D"), (1e-3, 100, "tau_D")
    later = steps(draw, volts, amperes, times, [(f"composition_{end}", 0.05, 0.95, "") for end in ("top", "bottom")], 3)
    device = {
        "kind": "film_memristor", "thickness": f"{draw.log(5, 1000):.8g} nm", "filling": filling,
        "area": f"{draw.log(1e-12, 1e-6):.8g} m^2", "series_resistance": f"{draw.of(0.0, draw.log(0.01, 1000)):.8g} V_T/i_D",
        "material": {"name": "lithium_titanate"}, "top": contact(pair[0]), "bottom": contact(pair[1]),
    }  # fmt: skip
    initial = draw.of({"kind": "phase_separated", "rich_at": draw.of("top", "bottom")}, {"kind": "uniform"})
    if not 0.05 <= filling <= 0.95:
        initial = {"kind": "uniform"}
    return {"device": device, "initial": initial, "protocol": [loop, *later], "numerics": {"cells": 12}}


def synapse(draw: Draw, structures: int) -> dict:
    """Two films, or a pinned reservoir, with leaks and hopping, or with a salt."""
    which = int(draw.random.integers(min(structures, 4)))
    area = f"{draw.log(1e-12, 1e-8):.8g} m^2"

    def part(content):
        host = {"name": "magnesium_tungsten_oxide", "diffusivity": f"{draw.log(1e-18, 1e-12):.8g} m^2/s"}
        kinetics = {"law": "insertion_butler_volmer", "exchange_current": f"{draw.log(1e-4, 100):.8g} A/m^2"}
        return {"host": host, "area": area, "composition": content, "kinetics": kinetics}

    channel = part(draw.log(1e-3, 0.3)) | {"thickness": f"{draw.log(5, 300):.8g} nm"}
    kind = "pinned_reservoir" if which % 2 else "insertion_film"
    reservoir = {"kind": kind} | part(draw.log(1e-3, 0.3))
    if kind == "insertion_film":
        reservoir["thickness"] = f"{draw.log(5, 300):.8g} nm"
    material: dict = {"name": "succinonitrile_magnesium", "ionic_conductivity": f"{draw.log(1e-6, 1e-1):.8g} S/m"}
    material["electronic_conductivity"] = f"{draw.of(0.0, draw.log(1e-15, 1e-8)):.8g} S/m"
    electrolyte: dict = {"material": material, "thickness": f"{draw.log(20, 1e6):.8g} nm"}
    if which < 2:
        electrolyte |= {"ionic": {"law": "hopping_conduction", "distance": f"{draw.log(0.1, 3):.8g} nm"}}
        electrolyte |= {"leak": {"law": "exponential_leak", "voltage": f"{draw.log(0.02, 3):.8g} V"}}
    else:
        electrolyte["salt"] = {"law": "binary_salt", "concentration": f"{draw.log(1, 1000):.8g} mol/m^3"}
        electrolyte["salt"]["diffusivity"] = f"{draw.log(1e-13, 1e-10):.8g} m^2/s"
        material["transference"] = draw.even(0.1, 0.95)
    device = {"kind": "ionic_synapse", "channel": channel, "reservoir": reservoir, "electrolyte": electrolyte}
    device["series_resistance"] = f"{draw.of(0.0, draw.log(1, 1e5)):.8g} ohm"
    device["gap"] = {"width": f"{draw.log(1, 500):.8g} um", "length": f"{draw.log(0.01, 200):.8g} um"}
    levels = [("voltage", -3, 3, "V"), ("conductance", 1e-6, 1e-3, "S")]
    protocol = steps(draw, (0.01, 5, "V"), (1e-12, 1e-5, "A"), (1e-6, 1e4, "s"), levels)
    return {"device": device, "protocol": protocol, "numerics": {"cells": 8}}


def alloy(draw: Draw, structures: int) -> dict:
    """A particle with a front."""
    which = int(draw.random.integers(min(structures, 3)))
    kind, key = (("wire", "wire_radius"), ("sphere", "sphere_radius"), ("plate", "half_thickness"))[which]
    shape = {"kind": kind, key: f"{draw.log(10, 3000):.8g} nm"}
    device = {"kind": "alloy_particle", "shape": shape, "material": {"name": draw.of("lithium_silicon", "lithium_germanium")}}
    protocol = steps(draw, (1e-3, 1.5, "V"), (1e-18, 1e-8, "A"), (1, 1e6, "s"), [("voltage", 0, 1, "V")])
    return {"device": device, "protocol": protocol, "numerics": {"cells": 16}}


def polycrystal(draw: Draw, structures: int) -> dict:
    """A plane of grains with boundaries, electrodes and layers, by finite elements."""
    size = draw.log(0.05, 50)
    thickness = f"{draw.log(0.1, 50):.8g} nm"

    def uniform():
        return {"law": "uniform_boundary", "thickness": thickness, "conductivity": f"{draw.log(1e-15, 1):.8g} S/m"}

    boundary = draw.of(
        {"law": "transparent_boundary"}, uniform(),
        {"law": "log_normal_boundary", "typical": uniform(), "spread": draw.log(0.1, 2), "seed": 3},
        {"law": "fast_boundary", "typical": uniform(), "excess": f"{draw.log(1e-4, 100):.8g} S/m"},
    )  # fmt: skip

    def electrode():
        return draw.of("equipotential", {"law": "charge_transfer", "resistance": f"{draw.log(1e-9, 1e5):.8g} ohm m^2"})

    layers = [
        {"thickness": f"{size * draw.log(1e-2, 3):.8g} um", "conductivity": f"{draw.log(1e-6, 1e6):.8g} S/m",
         "face": draw.of("top", "bottom"), "interface_resistance": f"{draw.of(0.0, draw.log(1e-9, 1)):.8g} ohm m^2"}
    ] if draw.chance(0.4) else []  # fmt: skip
    device = {"kind": "polycrystal", "grain": "llzo_grain", "boundary": boundary, "layers": layers}
    device |= {"bottom": electrode(), "top": electrode()}
    kind = draw.of("voronoi", "laguerre")
    shape = {"kind": kind, "box": [f"{size * draw.even(2, 4):.8g} um", f"{size * draw.even(1, 3):.8g} um"]}
    shape |= {"grain_size": f"{size:.8g} um", "seed": int(draw.random.integers(1000)), "surface": draw.of("cut", "mirror")}
    shape |= {"sides": draw.of("cut", "mirror"), "lloyd": int(draw.random.integers(3))}
    if kind == "laguerre":
        shape["spread"] = draw.even(0.01, 0.7)
    drive = draw.of({"current": f"{draw.signed(1e-4, 1e4):.8g} A/m^2"}, {"voltage": f"{draw.signed(1e-6, 10):.8g} V"})
    numerics = {"engine": "elements", "junctions": f"{size / 6:.8g} um", "faces": f"{size / 4:.8g} um"}
    numerics |= {"bulk": f"{size / 2:.8g} um", "order": int(draw.of(1, 2))}
    return {"device": device, "microstructure": shape, "numerics": numerics, "drive": drive}


def coating(draw: Draw, structures: int) -> dict:
    """An electrode under a coating: a scan of plating, a protocol in time, a spectrum."""
    count = min(int(draw.random.integers(1, 3)), structures)

    def exchange():
        return {"law": "insertion_butler_volmer", "exchange_current": f"{draw.log(1e-3, 1e5):.8g} A/m^2"}

    def layer(stores):
        concentration, factor = f"{draw.log(1e2, 1e5):.8g} mol/m^3", draw.log(1, 1e4)
        ions = f"{draw.log(1e-9, 10):.8g} S/m"
        transport = draw.of(
            {"law": "alloy_transport", "concentration": concentration, "thermodynamic_factor": factor,
             "diffusivity": f"{draw.log(1e-18, 1e-9):.8g} m^2/s", "phase_width": f"{draw.of(0.0, draw.log(1, 1e4)):.8g} mol/m^3"},
            {"law": "wagner_transport", "ion_conductivity": ions, "concentration": concentration, "thermodynamic_factor": factor},
            {"law": "ion_transport", "ion_conductivity": ions},
        )  # fmt: skip
        if stores and transport["law"] != "alloy_transport" and (structures == 1 or transport["law"] == "ion_transport"):
            return layer(stores)
        mixed = stores or transport["law"] == "wagner_transport"
        electrons = f"{draw.log(1e-12, 1e6):.8g} S/m" if mixed else f"{draw.of(0.0, draw.log(1e-12, 1e6)):.8g} S/m"
        return {"thickness": f"{draw.log(1, 1e5):.8g} nm", "electron_conductivity": electrons, "transport": transport}

    experiment = draw.of("plating", "transient", "transient", "coating_spectrum")
    device: dict = {"kind": "coated_electrode", "layers": [layer(experiment == "transient") for _ in range(count)]}
    device |= {name: exchange() for name in ("into", "bottom", "above")}
    device |= {"barrier": f"{draw.log(0.1, 500):.8g} mV", "pressure": f"{draw.of(0.0, draw.log(1e3, 1e9)):.8g} Pa"}
    device |= {"exposed": draw.of(1.0, draw.even(0, 1)), "area": f"{draw.log(1e-10, 1e-3):.8g} m^2"}
    device["drive"] = draw.of("adatom", "electrolyte")
    if draw.chance(0.3) and experiment == "plating":
        device["pores"] = {"kind": "connected_pores", "fraction": draw.even(0.01, 0.9)}
    study: dict = {"device": device}
    if experiment == "plating":
        low = draw.log(1e-6, 10)
        study["experiment"] = {"kind": "plating", "lowest": f"{low:.8g} A/m^2", "highest": f"{low * draw.log(2, 1e6):.8g} A/m^2"}
        study["experiment"] |= {"hold": f"{draw.log(1e-3, 1e5):.8g} s", "points": 12}
        study["experiment"]["strip"] = f"{draw.of(0.0, draw.log(1e-3, 1e3)):.8g} A/m^2"
    elif experiment == "coating_spectrum":
        study["experiment"] = {"kind": experiment, "electrolyte_resistance": f"{draw.of(0.0, draw.log(1e-6, 1)):.8g} ohm*m^2"}
        study["experiment"]["capacitance"] = f"{draw.log(1e-4, 10):.8g} F/m^2"
        study["spectrum"] = {"low": f"{draw.log(1e-6, 1):.8g} Hz", "high": f"{draw.log(10, 1e9):.8g} Hz", "per_decade": 3}
    else:
        study["experiment"] = {"kind": experiment}
        levels = [("voltage", -1, 1, "V"), ("supersaturation", 0.001, 0.5, "V")]
        study["protocol"] = steps(draw, (1e-4, 2, "V"), (1e-12, 1e-2, "A"), (1e-4, 1e5, "s"), levels)
        study["numerics"] = {"cells": 12}
    return study


def interface(draw: Draw, structures: int) -> dict:
    """An interface that may hold a film, in equilibrium along a line of states."""

    def energy():
        return f"{draw.signed(1e-3, 5):.8g} J/m^2"

    change = draw.of(
        {"law": "fixed_change", "energy": energy()}, {"law": "mixed_change", "host": energy(), "solute": energy()},
        {"law": "boundary_change", "film_side": f"{draw.log(1e-3, 5):.8g} J/m^2", "boundary": f"{draw.log(1e-3, 5):.8g} J/m^2"},
    )  # fmt: skip
    decay = draw.log(0.05, 10)
    coefficient = draw.of(
        {"law": "exponential_coefficient", "decay_length": f"{decay:.8g} nm"},
        {"law": "dispersion_coefficient", "cutoff": f"{decay:.8g} nm"},
        {"law": "cut_dispersion_coefficient", "cutoff": f"{decay:.8g} nm"},
        {"law": "layered_coefficient", "decay_length": f"{decay:.8g} nm", "layer": f"{draw.log(0.1, 3):.8g} nm",
         "amplitude": draw.even(0, 1), "layering_length": f"{decay * draw.log(0.1, 1):.8g} nm"},
    )  # fmt: skip
    forces = [
        {"law": "dispersion_force", "hamaker": f"{draw.signed(1e-22, 1.9e-19):.8g} J"},
        {"law": "double_layer_force", "strength": energy(), "screening_length": f"{draw.log(0.1, 30):.8g} nm"},
    ]
    melting = draw.even(200, 1500)
    penalty = draw.of(
        {"law": "given_penalty"},
        {"law": "linear_penalty", "entropy": f"{draw.log(1e3, 1e7):.8g} J/(m^3*K)", "transition": f"{melting:.8g} K"},
        {"law": "thompson_spaepen_penalty", "heat": f"{draw.log(1e6, 1e10):.8g} J/m^3", "transition": f"{melting:.8g} K"},
        {"law": "dilute_penalty", "heat": f"{draw.log(1e2, 1e5):.8g} J/mol", "melting_point": f"{melting:.8g} K",
         "molar_volume": f"{draw.log(3e-6, 1e-4):.8g} m^3/mol", "activity_coefficient": draw.log(1, 1e6)},
        {"law": "alloy_penalty", "crystal": {"constant": [draw.even(0, 5e4)], "per_kelvin": [0.0]},
         "melt": {"constant": [draw.even(-2e4, 2e4)], "per_kelvin": [0.0]},
         **{f"{who}_{what}": text for who in ("host", "solute") for what, text in (
             ("heat", f"{draw.log(1e3, 3e4):.8g} J/mol"), ("melting", f"{draw.even(200, 1500):.8g} K"),
             ("volume", f"{draw.log(3e-6, 1e-4):.8g} m^3/mol"))}},
    )  # fmt: skip
    device = {"kind": "interfacial_film", "film_tension": f"{draw.log(1e-3, 5):.8g} J/m^2", "change": change}
    device |= {"layer": f"{draw.log(0.1, 3):.8g} nm", "coefficient": coefficient, "penalty": penalty}
    device["forces"] = [force for force in forces if draw.chance(0.3)]
    solute = penalty["law"] in ("dilute_penalty", "alloy_penalty")
    low = draw.log(1e-9, 1e-3) if solute else draw.log(1e2, 1e8)
    high = min(low * draw.log(2, 1e4), 0.9) if solute else low * draw.log(2, 1e4)
    coldest, several = draw.even(150, 800), draw.chance(0.5)
    experiment = {"kind": "film_equilibrium", "low": low, "high": high, "points": 12, "coldest": f"{coldest:.8g} K"}
    experiment |= {"hottest": f"{coldest + several * draw.even(10, 500):.8g} K", "temperatures": 3 if several else 1}
    return {"device": device, "experiment": experiment}


FAMILIES = {
    "film": film,
    "synapse": synapse,
    "alloy": alloy,
    "polycrystal": polycrystal,
    "coating": coating,
    "interface": interface,
}


def random_study(family: str, seed: int, structures: int = 6) -> dict:
    """A legal study of a family."""
    return {"title": f"{family} {seed}"} | FAMILIES[family](Draw(seed), structures)
