"""A film whose first cell is a lattice plane says so where no step is short enough to ask for it."""

import numpy as np

from solion.devices import magnesium_synapse
from solion.devices.ionic_synapse import Resolved
from solion.devices.synapse_warnings import _lattice


def told(cells, shortest):
    """Sentences on both films of the standard device, 80 nm each, in a run whose shortest step is ``shortest`` (s)."""
    device, depth = magnesium_synapse(), Resolved()
    widths = np.asarray(depth.grid(80e-9, cells).widths) * 80e-9
    centres = np.cumsum(widths) - 0.5 * widths
    places = np.concatenate([-centres[::-1], centres])
    return list(_lattice([device.channel, device.reservoir], float(depth.plane), places, shortest))


def test_two_hundred_cells_of_80_nm_are_a_lattice_gas():
    channel, reservoir = told(200, 0.5)
    assert "the first of 200 cells of the channel is one lattice plane, 3.8e-10 m" in channel
    assert "a lattice gas, not a continuum" in channel
    assert "take 105 cells or fewer" in channel
    assert "of the reservoir" in reservoir


def test_nothing_is_told_of_a_continuum_or_of_nanoseconds():
    assert told(105, 0.5) == []
    assert told(200, 1e-9) == []  # ions diffuse less than a plane: the lattice gas is what is wanted
