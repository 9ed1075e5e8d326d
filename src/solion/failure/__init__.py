"""From flux to failure: where lithium penetrates a ceramic, at which current a cell shorts, and the filament as a memristor.

Nano-electrodes are in :mod:`solion.failure.disk` and :mod:`solion.failure.tip`, criteria of penetration in
:mod:`solion.failure.initiation`, cells in :mod:`solion.failure.critical_current` and :mod:`solion.failure.staircase`,
the memristor in :mod:`solion.failure.filament`. What is calibrated, predicted or contradicted is kept in a
:class:`Panel`.
"""

from solion.failure.boundary_map import BoundaryMap
from solion.failure.contact_fraction import (
    Contact,
    constriction_resistance,
    decompose,
    interaction,
    interface_resistance,
)
from solion.failure.critical_current import (
    Cell,
    Interface,
    calibrate,
    calibrate_pressure,
    critical_current,
    implied_flaw,
    layer_resistance,
    limiting_current,
)
from solion.failure.disk import Disk, equivalent_radius
from solion.failure.filament import FilamentMemristor
from solion.failure.filament_run import run_filament
from solion.failure.honesty import Entry, Panel
from solion.failure.indentation import Tip, effective_modulus, modulus_for_area
from solion.failure.initiation import (
    AbstractInitiation,
    DefectPower,
    Griffith,
    InterfacialPressure,
    Local,
    LocalCurrent,
    ShearStability,
    toughness_ratio,
)
from solion.failure.staircase import CellTest, alternating, run_cell, staircase
from solion.failure.tip import NanoElectrode
from solion.failure.trigger import Trigger, poisson_voronoi_density, touch_probability

__all__ = [
    "AbstractInitiation",
    "BoundaryMap",
    "Cell",
    "CellTest",
    "Contact",
    "DefectPower",
    "Disk",
    "Entry",
    "FilamentMemristor",
    "Griffith",
    "Interface",
    "InterfacialPressure",
    "Local",
    "LocalCurrent",
    "NanoElectrode",
    "Panel",
    "ShearStability",
    "Tip",
    "Trigger",
    "alternating",
    "calibrate",
    "calibrate_pressure",
    "constriction_resistance",
    "critical_current",
    "decompose",
    "effective_modulus",
    "equivalent_radius",
    "implied_flaw",
    "interaction",
    "interface_resistance",
    "layer_resistance",
    "limiting_current",
    "modulus_for_area",
    "poisson_voronoi_density",
    "run_cell",
    "run_filament",
    "staircase",
    "touch_probability",
    "toughness_ratio",
]
