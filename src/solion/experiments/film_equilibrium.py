"""The film of an interface in equilibrium, along a line or over a plane of temperature and penalty or bulk composition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import xarray as xr

from solion.base.errors import InputError
from solion.base.parameters import assumed, parameter, positive_parameter, table
from solion.base.quantity import Quantity
from solion.devices.interfacial_film import InterfacialFilm
from solion.experiments.experiment import AbstractExperiment, refuse_resume, require
from solion.result import Result
from solion.result.description import describe, row_values
from solion.thermodynamics.complexions import (
    FilmEnergy,
    check_condition,
    clamped,
    classify,
    film_lines,
    follow,
    lowest,
    minima,
    stability_limits,
    transitions,
)
from solion.thermodynamics.complexions.branches import branches
from solion.thermodynamics.complexions.minima import PARTIAL, STATES, WETTING
from solion.thermodynamics.complexions.prewetting import NAMES

PLANE = ("temperature", "control")
WETS = "infinite where a film wets"
MOST = 200_000  # states of a plane


class FilmEquilibrium(AbstractExperiment):
    """The lowest of all films at each state, all its jumps, and the bound of its thickness, -dgamma/dG ("lambda diagram").

    Controls go from ``low`` to ``high``, by equal ratios where ``low`` is above 0 and by equal steps where it is not: what the
    penalty asks for (J/m3, a share of solute, J/mol). One control and many temperatures are a path of temperatures. Where
    another phase precipitates the film is that of the limit; where its own material is stable in bulk and wets, it is infinite.
    ``trace``: follow every first-order line of a plane to its critical end; ``spinodals``: where films of a path stop to exist.
    ``hysteresis``: the thickness on the way up a path and down it, a film keeping its minimum until that is gone or the barrier
    pi tau^2/|dPhi| of a nucleus in the plane is below 40 k_B T.
    ``condition``: a user's own ``condition(dgamma f, dG h)`` of Eq. (2), refused where its sign is reversed.
    """

    low: float = parameter(unit="1", doc="least control: dG or an offset in J/m3, share of solute in the bulk, or mu in J/mol")
    high: float = parameter(unit="1", doc="greatest control")
    points: float = parameter(200.0, low=1, high=10_000, doc="number of controls")
    coldest: float = positive_parameter(298.15, unit="K", doc="first temperature")
    hottest: float = positive_parameter(298.15, unit="K", doc="last temperature, the first for a line of states")
    temperatures: float = parameter(1.0, low=1, high=1000, doc="number of temperatures")
    trace: bool = False
    spinodals: bool = False
    hysteresis: bool = False
    line_tension: float = parameter(
        1e-11,
        unit="J/m",
        low=0,
        doc="tau of a nucleus in the plane; 0 is equilibrium",
        source=assumed(1e-11, "order of magnitude of an atom's edge"),
    )
    condition: Callable[[float, float], bool] | None = None

    takes = InterfacialFilm
    verb = "film_equilibrium"
    quantities = (
        Quantity("thickness", "length", "thickness of the film", "field", dimensions=PLANE, missing=WETS),
        Quantity("composition", None, "share of solute in the film", "field", dimensions=PLANE),
        Quantity("energy", "surface_energy", "energy against the clean interface", "field", dimensions=PLANE),
        Quantity("bound", "length", "bound of the thickness, -dgamma f/dG", "field", "bound", PLANE, missing=WETS),
        Quantity("thickness_rising", "length", "thickness on the way up the path", "field", "rising", PLANE, missing=WETS),
        Quantity("thickness_falling", "length", "thickness on the way down", "field", "falling", PLANE, missing=WETS),
        Quantity("kind", None, "state, by number: " + ", ".join(STATES), "field", dimensions=PLANE),
        Quantity("complexion", None, "complexion, by number: " + ", ".join(NAMES), "field", dimensions=PLANE),
        Quantity("minima", None, "local minima, the clean interface among them", "field", dimensions=PLANE),
        Quantity("limited", None, "whether another phase precipitates from the bulk", "field", dimensions=PLANE),
        Quantity("jump_temperature", "temperature", "temperature of a jump", "event", dimensions=("jump",)),
        Quantity("jump_control", None, "control at a jump", "event", dimensions=("jump",)),
        Quantity("thickness_below", "length", "thickness at the lower control", "event", dimensions=("jump",), missing=WETS),
        Quantity("thickness_above", "length", "thickness at the higher control", "event", dimensions=("jump",), missing=WETS),
        Quantity("composition_below", None, "composition at the lower control", "event", dimensions=("jump",)),
        Quantity("composition_above", None, "composition at the higher control", "event", dimensions=("jump",)),
        Quantity("line_temperature", "temperature", "temperature on a first-order line", "event", dimensions=("place",)),
        Quantity("line_control", None, "control on a first-order line", "event", dimensions=("place",)),
        Quantity("line_number", None, "which line", "event", dimensions=("place",)),
        Quantity(
            "line_thinner", "length", "thickness of the thinner film on a line", "event", dimensions=("place",), missing=WETS
        ),
        Quantity(
            "line_thicker", "length", "thickness of the thicker film on a line", "event", dimensions=("place",), missing=WETS
        ),
        Quantity("critical_temperature", "temperature", "temperature of a critical point", "event", dimensions=("critical",)),
        Quantity("critical_control", None, "control at a critical point", "event", dimensions=("critical",)),
        Quantity("critical_thickness", "length", "thickness at a critical point", "event", dimensions=("critical",)),
        Quantity("critical_composition", None, "composition at a critical point", "event", dimensions=("critical",)),
        Quantity("limit_temperature", "temperature", "temperature of a spinodal", "event", dimensions=("spinodal",)),
        Quantity("limit_control", None, "control at a spinodal", "event", dimensions=("spinodal",)),
        Quantity("limit_thickness", "length", "thickness of the film that is lost there", "event", dimensions=("spinodal",)),
        Quantity("limit_composition", None, "composition of the film that is lost there", "event", dimensions=("spinodal",)),
    )

    def check(self, device: Any) -> None:
        require(self.verb, device, InterfacialFilm)
        one = self.points < 2
        if self.low > self.high or (self.low == self.high) != one:
            raise InputError(
                f"FilmEquilibrium: {int(self.points)} controls from {self.low:g} to {self.high:g}; give two or more from low up "
                "to a higher one, or one control as both."
            )
        controlled = type(device.energy.penalty).controlled
        if controlled.kind is None and not 0 < self.low <= self.high < 1:
            raise InputError(
                f"FilmEquilibrium: low = {self.low:g} and high = {self.high:g} are shares of solute in the bulk; their allowed "
                "range is (0, 1)."
            )
        if self.hottest < self.coldest or (self.hottest > self.coldest) != (self.temperatures >= 2):
            raise InputError(
                f"FilmEquilibrium: {int(self.temperatures)} temperatures from {self.coldest:g} to {self.hottest:g} K; give two "
                "or more from the coldest up to the hottest, or one."
            )
        if one and self.temperatures < 2:
            raise InputError("FilmEquilibrium: one control and one temperature are a single state; use lowest(minima(...)).")
        if self.hysteresis and min(self.points, self.temperatures) > 1:
            raise InputError("FilmEquilibrium.hysteresis needs one path; give one temperature, or one control.")
        if self.trace and (one or self.temperatures < 2):
            raise InputError("FilmEquilibrium.trace follows lines in a plane; give two or more temperatures and controls.")
        if self.points * self.temperatures > MOST:
            raise InputError(f"FilmEquilibrium: {int(self.points * self.temperatures)} states are more than {MOST}; give fewer.")
        if self.condition is not None:
            check_condition(self.condition)

    def _events(self, film: FilmEnergy, temperature, control, held, tables) -> tuple[dict[str, Any], str]:
        """Jumps, lines and spinodals, and what a reader has to know of them."""
        paths = (np.broadcast_to(temperature[:, None], held.shape), held)
        paths = tuple(each.T for each in paths) if len(control) == 1 else paths
        jumps = transitions(film, *paths, tables=tables)
        found: dict[str, Any] = {
            "jump_temperature": [jump.temperature for jump in jumps],
            "jump_control": [jump.control for jump in jumps],
        }
        for what, name in enumerate(("below", "above")):
            found[f"thickness_{name}"] = [jump.thickness[what] for jump in jumps]
            found[f"composition_{name}"] = [jump.composition[what] for jump in jumps]
        plane = (self.coldest, self.hottest), (self.low, self.high)
        lines = film_lines(film, jumps, *plane) if self.trace else []
        joined = lambda parts: np.concatenate([np.zeros(0), *parts])  # noqa: E731
        found["line_temperature"] = joined(line.temperature for line in lines)
        found["line_control"] = joined(line.control for line in lines)
        found["line_number"] = joined(np.full(len(line.control), k) for k, line in enumerate(lines))
        found["line_thinner"] = joined(line.thickness.min(axis=1) for line in lines)
        found["line_thicker"] = joined(line.thickness.max(axis=1) for line in lines)
        ends = np.reshape([end for line in lines for end in line.critical], (-1, 4))
        limits = stability_limits(film, *paths, tables=tables) if self.spinodals else []
        places = np.reshape([tuple(each) for each in limits], (-1, 4))
        for k, name in enumerate(("temperature", "control", "thickness", "composition")):
            found[f"critical_{name}"], found[f"limit_{name}"] = ends[:, k], places[:, k]
        counted = Counter(end for line in lines for end in line.ends).most_common()
        ends = ", ".join(f"{number} at {what}" for what, number in counted)
        return found, f" {len(lines)} first-order lines, whose ends are {ends}." if lines else ""

    def run(self, device, *, on_progress=None, checkpoint=None, resume=False, title="") -> Result:
        refuse_resume(resume)
        self.check(device)
        film, second = device.energy, type(device.energy.penalty).controlled
        temperature = np.linspace(self.coldest, self.hottest, int(self.temperatures))
        spaced = np.geomspace if self.low > 0 else np.linspace
        control = spaced(self.low, self.high, int(self.points))
        grid = np.meshgrid(temperature, control, indexing="ij")
        shape, tables = grid[0].shape, branches(film)
        held, limited = clamped(film, *grid)
        films = minima(film, grid[0], held, tables)
        state = lowest(films)
        names = classify(state, device.layer)
        found = {
            "thickness": state.thickness,
            "composition": state.composition,
            "energy": state.energy,
            "bound": films.bound,
            "kind": state.kind.astype(float),
            "complexion": np.array([NAMES.index(name) for name in names], float),
            "minima": state.number.astype(float),
            "limited": limited.ravel().astype(float),
        }
        if self.hysteresis:
            path, tension = (grid[0].ravel(), held.ravel()), self.line_tension
            found["thickness_rising"] = follow(film, *path, line_tension=tension).thickness
            back = follow(film, *(each[::-1] for each in path), line_tension=tension)
            found["thickness_falling"] = back.thickness[::-1]
        events, said = self._events(film, temperature, control, held, tables)
        declared = {item.name: item for item in self.quantities}
        variables: dict[str, Any] = {
            name: (PLANE, value.reshape(shape), declared[name].attributes()) for name, value in found.items()
        }
        for name, value in events.items():
            variables[name] = (declared[name].dimensions, np.asarray(value, float), declared[name].attributes())
        coordinates = {
            "temperature": ("temperature", temperature, {"units": "K", "long_name": "temperature", "kind": "temperature"}),
            "control": ("control", control, {"units": second.unit, "long_name": second.meaning}),
        }
        dataset = xr.Dataset(variables, coordinates)
        warnings = film.doubts(self.coldest, self.hottest)
        if limited.any():
            warnings.append("where pure solute precipitates from the bulk, the film is that of the limit of solubility.")
        if np.any(state.kind == PARTIAL):
            warnings.append("at coexistence a finite film is lower than wetting: it stands beside drops of its bulk phase.")
        wet = int(np.sum(state.kind == WETTING))
        message = f"{wet} of {state.kind.size} states wet, {len(events['jump_control'])} jumps.{said}"
        dataset.attrs = describe(
            title=title or "Interfacial film in equilibrium",
            device=type(device).__name__,
            experiment=type(self).__name__,
            status="finished",
            message=message,
            sign_convention=device.sign_convention,
            parameters=[row_values(row) for row in (*table(device), *self.rows())],
            settings={},
            audit={},
            warnings=warnings,
        )
        return Result(dataset)
