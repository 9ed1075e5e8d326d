"""The magnesium synapse of Schwacke et al. (2024) with its parts exchangeable, for tests."""

import dataclasses

import numpy as np
from scipy.optimize import brentq

from solion import laws
from solion import protocols as steps
from solion.base.constants import FARADAY, thermal_voltage
from solion.devices.ionic_synapse import ElectrolyteFilm, Gap, InsertionFilm, IonicSynapse, PinnedReservoir, Resolved
from solion.materials.electrolytes import succinonitrile_magnesium
from solion.materials.tungsten_oxide import magnesium_tungsten_oxide

VOLT = thermal_voltage(298.15)
HOST = magnesium_tungsten_oxide()
AREA, THICKNESS, BALANCED = 0.6e-4, 80e-9, 0.0136155
KINETICS = laws.InsertionButlerVolmer(exchange_current=0.1)
RESISTANCE, BLOCK = 2e-3 / 2.8e-3, 20.0  # rho_i and r_e, ohm m2
TRANSFER = 2 * VOLT / 0.1  # rho_ct of both interfaces, ohm m2


def charge(host=HOST, thickness=THICKNESS):
    """Charge per area that changes the mean composition by one, C/m2."""
    return float(host.charge * FARADAY * host.concentration * thickness)


def composition(conductance, host=HOST, thickness=THICKNESS):
    """x at which a gap five times as wide as long has this conductance."""
    return brentq(
        lambda x: 5 * thickness * float(host.conductivity.conductivity(host.electrons(x))) - conductance,
        1e-5,
        0.6,
        xtol=1e-16,
        rtol=1e-14,
    )


def synapse(
    x=0.02,
    reservoir=BALANCED,
    *,
    leak=True,
    pinned=False,
    depth=None,
    host=HOST,
    kinetics=KINETICS,
    area=AREA,
    thickness=THICKNESS,
    electrolyte=2e-3,
    **others,
):
    """The standard cell; ``leak`` may be False or a resistance in ohm m2 that replaces the electrolyte's."""
    material = succinonitrile_magnesium()
    if leak is not True:
        electronic = 0.0 if leak is False else electrolyte / leak
        material = dataclasses.replace(material, electronic_conductivity=electronic)
    behind = (
        PinnedReservoir(host, area, reservoir, kinetics) if pinned else InsertionFilm(host, thickness, area, reservoir, kinetics)
    )
    return IonicSynapse(
        behind,
        ElectrolyteFilm(material, electrolyte),
        InsertionFilm(host, thickness, area, x, kinetics),
        Gap(width=500e-6, length=100e-6),
        depth or Resolved(),
        **others,
    )


def train(count=10, current=10e-6, width=0.5, gap=10.0, samples=2):
    """``count`` pulses up and as many down."""
    one = dict(width=width, gap=gap, count=count, samples=samples)
    return steps.pulses(current=current, **one) + steps.pulses(current=-current, **one)


def at(dataset, name, time):
    """A variable of a run at an instant, which must be a sample."""
    moments = dataset["time"].values
    k = int(np.argmin(np.abs(moments - time)))
    assert abs(moments[k] - time) <= 1e-9 * max(time, 1e-30), f"{time} s is no sample"
    return float(dataset[name].values[k])
