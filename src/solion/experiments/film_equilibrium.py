"""The film of an interface in equilibrium, along a line or over a plane of temperature and penalty or bulk composition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import xarray as xr

from solion.base.errors import InputError
from solion.base.parameters import parameter, positive_parameter, table
from solion.base.quantity import Quantity
from solion.devices.interfacial_film import InterfacialFilm
from solion.experiments.experiment import AbstractExperiment, refuse_resume, require
from solion.result import Result
from solion.result.description import describe, row_values
from solion.thermodynamics.complexions import bound, check_condition, clamped, classify, lowest, minima, transitions
from solion.thermodynamics.complexions.branches import branches
from solion.thermodynamics.complexions.minima import PARTIAL, STATES, WETTING
from solion.thermodynamics.complexions.prewetting import NAMES

PLANE = ("temperature", "control")
WETS = "infinite where a film wets"
MOST = 200_000  # states of a plane


class FilmEquilibrium(AbstractExperiment):
    """The lowest of all films at each state, all its jumps, and the bound -dgamma/dG ("lambda diagram").

    Controls go from ``low`` to ``high`` in equal ratios: J/m3 of a given penalty, or the share of solute in the bulk. Where
    another phase precipitates the film is that of the limit; where its own material is stable in bulk and wets, it is infinite.
    ``condition``: a user's own ``condition(dgamma f, dG h)`` of Eq. (2), refused where its sign is reversed.
    """

    low: float = positive_parameter(unit="1", doc="least control: dG in J/m3, or share of solute in the bulk")
    high: float = positive_parameter(unit="1", doc="greatest control")
    points: float = parameter(200.0, low=3, high=10_000, doc="number of controls")
    coldest: float = positive_parameter(298.15, unit="K", doc="first temperature")
    hottest: float = positive_parameter(298.15, unit="K", doc="last temperature, the first for a line of states")
    temperatures: float = parameter(1.0, low=1, high=1000, doc="number of temperatures")
    condition: Callable | None = None

    takes = InterfacialFilm
    verb = "film_equilibrium"
    quantities = (
        Quantity("thickness", "length", "thickness of the film", "field", dimensions=PLANE, missing=WETS),
        Quantity("composition", None, "share of solute in the film", "field", dimensions=PLANE),
        Quantity("energy", "surface_energy", "energy against the clean interface", "field", dimensions=PLANE),
        Quantity("bound", "length", "bound of the thickness, -dgamma/dG", "field", dimensions=PLANE, missing=WETS),
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
    )

    def check(self, device: Any) -> None:
        require(self.verb, device, InterfacialFilm)
        if not self.low < self.high:
            raise InputError(f"FilmEquilibrium.high = {self.high:g} has to be above low = {self.low:g}.")
        if self.hottest < self.coldest or (self.hottest > self.coldest) != (self.temperatures >= 2):
            raise InputError(
                f"FilmEquilibrium: {int(self.temperatures)} temperatures from {self.coldest:g} to {self.hottest:g} K; give two "
                "or more from the coldest up to the hottest, or one."
            )
        if self.points * self.temperatures > MOST:
            raise InputError(f"FilmEquilibrium: {int(self.points * self.temperatures)} states are more than {MOST}; give fewer.")
        if self.condition is not None:
            check_condition(self.condition)

    def run(self, device, *, on_progress=None, checkpoint=None, resume=False, title="") -> Result:
        refuse_resume(resume)
        self.check(device)
        film, second = device.energy, type(device.energy.penalty).controlled
        temperature = np.linspace(self.coldest, self.hottest, int(self.temperatures))
        control = np.geomspace(self.low, self.high, int(self.points))
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
            "bound": bound(film, films.penalty, films.saturating),
            "kind": state.kind.astype(float),
            "complexion": np.array([NAMES.index(name) for name in names], float),
            "minima": state.number.astype(float),
            "limited": limited.ravel().astype(float),
        }
        jumps = []
        for t, row in zip(temperature, held, strict=True):
            jumps += transitions(film, t, np.unique(row), tables=tables)
        events = {
            "jump_temperature": [jump.temperature for jump in jumps],
            "jump_control": [jump.control for jump in jumps],
            "thickness_below": [jump.thickness[0] for jump in jumps],
            "thickness_above": [jump.thickness[1] for jump in jumps],
            "composition_below": [jump.composition[0] for jump in jumps],
            "composition_above": [jump.composition[1] for jump in jumps],
        }
        declared = {item.name: item for item in self.quantities}
        variables = {name: (PLANE, value.reshape(shape), declared[name].attributes()) for name, value in found.items()}
        variables |= {name: (("jump",), np.asarray(value, float), declared[name].attributes()) for name, value in events.items()}
        coordinates = {
            "temperature": ("temperature", temperature, {"units": "K", "long_name": "temperature", "kind": "temperature"}),
            "control": ("control", control, {"units": second.unit, "long_name": second.meaning}),
        }
        dataset = xr.Dataset(variables, coordinates)
        warnings = film.doubts()
        if limited.any():
            warnings.append("where pure solute precipitates from the bulk, the film is that of the limit of solubility.")
        if np.any(state.kind == PARTIAL):
            warnings.append("at coexistence a finite film is lower than wetting: it stands beside drops of its bulk phase.")
        message = f"{int(np.sum(state.kind == WETTING))} of {state.kind.size} states wet, {len(jumps)} jumps."
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
