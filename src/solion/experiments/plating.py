"""Plating at rest: a current scanned up and down, how the paths share it, whether the top nucleates, and every threshold."""

from __future__ import annotations

from typing import Any, ClassVar

import equinox as eqx
import numpy as np
import xarray as xr

from solion.balances.coating_paths import Path, alone, carried, share
from solion.balances.electrode import LIMIT
from solion.base.constants import FARADAY
from solion.base.errors import InputError
from solion.base.parameters import assumed, parameter, table
from solion.base.quantity import Quantity
from solion.base.reference_temperature import temperatures_apart
from solion.devices.coated_electrode import CoatedElectrode
from solion.experiments.experiment import AbstractExperiment, refuse_resume
from solion.result.description import describe, row_values
from solion.result.result import Result

SCAN = ("scan",)
ALONG = tuple(
    Quantity(*entry, dimensions=SCAN)  # pyright: ignore[reportArgumentType]
    for entry in (
        ("current_density", "current_density", "plating current density", "terminal", "top"),
        ("voltage", "voltage", "plating overpotential", "terminal", "top"),
        ("supersaturation", "voltage", "overpotential less that of desolvation: the drive of adatoms on top"),
        ("part_transfer", "voltage", "overpotential at electrolyte|coating", "part", "electrolyte"),
        ("part_layers", "voltage", "drop over the layers", "part", "layers"),
        ("part_lithium", "voltage", "overpotential at coating|lithium", "part", "lithium"),
        ("part_pressure", "voltage", "work against the pressure, V_Li p/F", "part", "pressure"),
        ("share_underneath", None, "share of the current that plates underneath", "share", "underneath"),
        ("share_top", None, "share of the current that plates on top, f_top", "share", "top"),
        ("share_pores", None, "share of the current that passes pores, not selective", "share", "pores"),
        ("top_thickness", "length", "lithium on top, as a film"),
        ("nucleated", None, "whether lithium has nucleated on top"),
    )
)
NEVER = "infinite where lithium never plates on top"
SINGLE = (
    Quantity("onset_up", "current_density", "1: a sweep up nucleates the top above it (adatom drive)", missing=NEVER),
    Quantity(
        "onset_down", "current_density", "of a sweep down: a nucleated top grows above it, until it is stripped", missing=NEVER
    ),
    Quantity(
        "onset_electrolyte", "current_density", "1: the same driven by the whole overpotential, conservative", missing=NEVER
    ),
    Quantity("onset_closed", "current_density", "1: layers alone, sigma_Li eta_nuc/L"),
    Quantity("phase_range", "current_density", "2: flux that the narrowest known phase field carries, F D dc/L"),
    Quantity("naive", "current_density", "3: F D c/L, for comparison only"),
    Quantity(
        "tolerated", "current_density", "4: the top takes the tolerated share above it (barrier always paid)", missing=NEVER
    ),
    Quantity("latched_share", None, "share of a nucleated top with quick interfaces, t_e of the stack"),
    Quantity(
        "scanned_onset",
        "current_density",
        "the first current of the scan at which the top nucleated",
        missing="the scan nucleates no top",
    ),
)


class Plating(AbstractExperiment):
    """A plating current scanned up and down through steady states, each held for a while, with the latch of a nucleated top.

    The top nucleates when its drive passes the barrier; from then on it grows without one at any plating current, until it has
    been stripped. ``strip``: current density at which the scan ends in reverse, none where 0.
    """

    lowest: float = parameter(0.1, unit="A/m2", low=0, open_low=True, doc="first current", source=assumed(0.1, "0.01 mA/cm2"))
    highest: float = parameter(1000.0, unit="A/m2", low=0, open_low=True, doc="largest", source=assumed(1000.0, "100 mA/cm2"))
    hold: float = parameter(60.0, unit="s", low=0, doc="time at each current", source=assumed(60.0, "a minute"))
    strip: float = parameter(0.0, unit="A/m2", low=0, doc="reverse current at the end", source=assumed(0.0, "none"))
    dead: float = parameter(0.0, low=0, high=1, doc="share of the top that never comes off", source=assumed(0.0, "none"))
    points: int = eqx.field(static=True, default=60)

    takes: ClassVar = CoatedElectrode
    verb: ClassVar = "plating"
    quantities: ClassVar = (*ALONG, *SINGLE)

    def __check_init__(self):
        if not self.lowest < self.highest:
            raise InputError(f"Plating.highest = {self.highest:g} A/m2 is not above lowest = {self.lowest:g} A/m2.")
        if not 2 <= self.points <= 10_000:
            raise InputError(f"Plating.points = {self.points} is outside its allowed range [2, 10000].")

    @property
    def currents(self) -> np.ndarray:
        """The scan: up by equal ratios, down again, and as long again in reverse where wanted."""
        up = np.geomspace(self.lowest, self.highest, self.points)
        back = np.full(2 * self.points if self.strip else 0, -self.strip)
        return np.concatenate([up, up[::-1][1:], back])

    def run(self, device, *, on_progress=None, checkpoint=None, resume=False, title=""):
        refuse_resume(resume)
        self.check(device)
        return plate(device, self, title)

    def outline(self, device):
        return {"scan": f"{self.lowest:.4g} to {self.highest:.4g} A/m2 and back, {self.currents.size} steady states"}


def plate(electrode: CoatedElectrode, scan: Plating, title: str = "") -> Result:
    """The steady states of a scan. Raises InputError where an interface cannot carry its currents."""
    current = scan.currents
    under, top, pores = electrode.paths()
    nucleable = np.asarray(top.area, float) > 0
    volt = electrode.thermal_voltage
    if float(np.max(np.asarray(pores.area))) == 0:  # all of it must pass the layers until the top nucleates
        for item in under.exchanges:
            _refuse(current, alone(item, current), volt)
    closed = share((under, eqx.tree_at(lambda path: path.area, top, 0.0), pores), current)
    latched = share((under, top, pores), current)
    for found in (closed, latched):
        _refuse(current, found.overpotential, volt)
    drive = np.asarray(_parts(under, np.asarray(closed.currents)[:, 0])[0])
    full = np.asarray(closed.overpotential)
    driven = (full if electrode.drive == "electrolyte" else full - drive) > electrode.barrier
    state, thickness = _latch(np.asarray(latched.currents)[:, 1], driven & nucleable, scan)
    chosen = state[:, None]
    currents = np.where(chosen, np.asarray(latched.currents), np.asarray(closed.currents))
    voltage = np.where(state, np.asarray(latched.overpotential), full)
    transfer, layers, lithium = _parts(under, currents[:, 0])
    pressure = np.full(current.shape, float(electrode.offset))
    shares = currents / current[:, None]
    columns = (
        *(current, voltage, voltage - transfer, transfer, layers, lithium, pressure),
        *(*shares.T, thickness * float(electrode.lithium_volume) / FARADAY, state.astype(float)),
    )
    known = electrode.thresholds()
    first = current[state][0] if state.any() else np.inf
    dataset = xr.Dataset(
        {item.name: (SCAN, values, item.attributes()) for item, values in zip(ALONG, columns, strict=True)}
        | {
            item.name: ((), float(value), item.attributes())
            for item, value in zip(SINGLE, (*known, first), strict=True)
            if value is not None
        },
        coords={"scan": ("scan", np.arange(current.size), {"units": "1", "long_name": "steady state"})},
    )
    most = float(np.max(np.asarray(latched.currents)[:, 1] / current))
    said = "lithium plates underneath at every current of the scan"
    if state.any() and most > electrode.tolerated:
        said = f"the top nucleates at {first:.4g} A/m2 and then takes up to {most:.3g} of the current"
    elif state.any():
        said += f": from {first:.4g} A/m2 on the top nucleates, but takes no more than {most:.3g} of it for lack of electrons"
    dataset.attrs = describe(
        title=title or "Plating of a coated electrode",
        device=type(electrode).__name__,
        experiment="Plating",
        status="finished",
        message=f"{said}.",
        sign_convention=electrode.sign_convention,
        parameters=[row_values(row) for row in (*table(electrode), *table(scan, "experiment"))],
        settings={"drive": electrode.drive, "points": scan.points},
        audit={},
        warnings=_warnings(electrode, known),
    )
    return Result(dataset)


def _refuse(current: np.ndarray, overpotential: Any, thermal_voltage: Any) -> None:
    """Refuse currents that nothing carries."""
    bad = ~np.asarray(carried(overpotential, thermal_voltage))
    if bad.any():
        raise InputError(
            f"plating: no path carries {current[bad][0]:.4g} A/m2 below {0.99 * LIMIT * float(thermal_voltage):.3g} V (an"
            " interface's law levels off, its exchange current is too small, or the layers resist too much); end the scan below"
            " it, or give larger exchange currents or thinner layers."
        )


def _parts(under: Path, current: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Overpotentials of the path underneath at its own current: at the electrolyte, over the layers, at the lithium."""
    transfer, lithium = (np.asarray(alone(item, current)) for item in under.exchanges)
    return transfer, float(under.resistance) * current, lithium


def _latch(on_top: np.ndarray, driven: np.ndarray, scan: Plating) -> tuple[np.ndarray, np.ndarray]:
    """Whether the top is nucleated at each point, and its charge density (C/m2) after it."""
    state, charge, nucleated, held, most = np.zeros(driven.shape, bool), np.zeros(driven.shape), False, 0.0, 0.0
    for place, (begins, flows) in enumerate(zip(driven, on_top, strict=True)):
        nucleated = nucleated or bool(begins)
        state[place] = nucleated
        held = max(held + flows * scan.hold, 0.0) if nucleated else held
        most = max(most, held)
        nucleated = nucleated and not (flows < 0 and held <= scan.dead * most)
        charge[place] = held
    return state, charge


def _warnings(electrode: CoatedElectrode, known: Any) -> list[str]:
    found = list(temperatures_apart(electrode))
    if not np.isfinite(electrode.electron_resistance):
        found.append("a layer conducts no electrons: lithium cannot plate on top at any current, onsets are infinite.")
    if known.phase_range is None:
        found.append("measure 2 is not known: no layer says how wide its phase field is (phase_width).")
    if known.phase_range is not None and known.phase_range < known.onset_closed:
        found.append(
            f"the phase field carries {known.phase_range:.4g} A/m2, less than the onset of {known.onset_closed:.4g} A/m2: a"
            " second phase appears in the layer before the top is supersaturated."
        )
    if electrode.barrier == 0:
        found.append("no barrier: lithium plates on top at any current (a lithiophilic top).")
    return found
