"""A stranger's experiment in one file: no time in it, but the potential of a film at rest over its filling."""

import numpy as np
import xarray as xr

from solion.base.parameters import parameter, table
from solion.base.quantity import Quantity
from solion.devices import FilmMemristor
from solion.experiments.experiment import AbstractExperiment
from solion.result import Result
from solion.result.description import describe, row_values
from solion.thermodynamics import phase_diagram


class RestPotential(AbstractExperiment):
    """Potential of the neutral species at rest: flat between the two phases, that of the one phase elsewhere."""

    points: float = parameter(51.0, low=3, high=1000, doc="number of fillings")

    takes = FilmMemristor
    verb = "rest_potential"
    quantities = (
        Quantity("potential", "voltage", "potential of ions and electrons at rest", "field", dimensions=("filling",)),
        Quantity("plateau", "voltage", "potential at which both phases rest side by side"),
    )

    def run(self, device, *, on_progress=None, checkpoint=None, resume=False, title=""):
        self.check(device)
        import jax

        from solion.laws.free_energy import total_potential

        material, volt = device.film.material, float(device.scales().voltage)
        phases, energy = phase_diagram(material), device.film.material.free_energy
        filling = np.linspace(0.01, 0.99, int(self.points)) * float(energy.capacity)
        potential = np.asarray(jax.vmap(lambda c: total_potential(energy, c))(filling))
        plateau = phases.plateau if phases.two_phase else np.nan
        if phases.two_phase:
            between = (filling > phases.binodal[0]) & (filling < phases.binodal[-1])
            potential = np.where(between, plateau, potential)
        whole, flat = self.quantities
        dataset = xr.Dataset(
            {"potential": ("filling", potential * volt, whole.attributes()), "plateau": ((), plateau * volt, flat.attributes())},
            {"filling": ("filling", filling, {"units": "1", "long_name": "mean composition c/c_0"})},
        )
        dataset.attrs = describe(
            title=title or "Potential at rest",
            device=type(device).__name__,
            experiment=type(self).__name__,
            status="finished",
            message="found.",
            sign_convention=device.sign_convention,
            parameters=[row_values(row) for row in table(device)],
            settings={},
            audit={},
            warnings=[],
        )
        return Result(dataset)
