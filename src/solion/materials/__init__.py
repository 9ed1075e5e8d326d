"""Materials: one function per file, every number with its source; and how fast ions move in hosts of which no more is known."""

from collections.abc import Callable

from solion.materials.alloy_host import AlloyHost
from solion.materials.amorphous_lithium_silicon import (
    amorphous_lithium_silicon,
    amorphous_lithium_silicon_first,
    amorphous_lithium_silicon_second,
)
from solion.materials.conductor import AnisotropicConductor, Conductor
from solion.materials.diffusivity import Diffusivity
from solion.materials.electrolytes import (
    EFFECTIVE_THICKNESS,
    ElectrolyteMaterial,
    oxide_ion_electrolyte,
    proton_glass,
    solid_magnesium_electrolyte,
    succinonitrile_magnesium,
)
from solion.materials.hosts import (
    bilayer_graphene,
    expanded_molybdenum_disulfide,
    graphite,
    lithium_cobalt_oxide,
    lithium_iron_phosphate,
    lithium_titanate_host,
    molybdenum_disulfide,
)
from solion.materials.insertion_host import InsertionHost
from solion.materials.layered_conductor import LayeredConductor
from solion.materials.layered_graphite import layered_graphite
from solion.materials.lithium_coatings import DiffusivityRow, coating_row, coating_table, handbook_factors
from solion.materials.lithium_germanium import lithium_germanium
from solion.materials.lithium_magnesium import lithium_magnesium_film
from solion.materials.lithium_phosphorus import lithium_phosphorus
from solion.materials.lithium_silicon import lithium_silicon
from solion.materials.lithium_titanate import lithium_titanate
from solion.materials.llzo import llzo_boundary, llzo_grain
from solion.materials.misfits import graphite_misfit, lithium_cobalt_oxide_misfit, lithium_iron_phosphate_misfit
from solion.materials.mixed_conductor import MixedConductor
from solion.materials.sodium_antimony import sodium_antimony
from solion.materials.sodium_germanium import sodium_germanium
from solion.materials.sodium_phosphorus import sodium_phosphorus
from solion.materials.sodium_tin import sodium_tin, sodium_tin_first, sodium_tin_second
from solion.materials.temperature import arrhenius, at_temperature, critical_temperature, energies_scaled
from solion.materials.tungsten_oxide import (
    hydrogen_tungsten_oxide,
    magnesium_tungsten_oxide,
    magnesium_tungsten_oxide_thin,
    oxygen_tungsten_oxide,
)
from solion.materials.working_ions import Quoted, WorkingIon, working_ions

__all__ = [
    "EFFECTIVE_THICKNESS",
    "AlloyHost",
    "AnisotropicConductor",
    "Conductor",
    "Diffusivity",
    "DiffusivityRow",
    "ElectrolyteMaterial",
    "InsertionHost",
    "LayeredConductor",
    "MixedConductor",
    "Quoted",
    "WorkingIon",
    "amorphous_lithium_silicon",
    "amorphous_lithium_silicon_first",
    "amorphous_lithium_silicon_second",
    "arrhenius",
    "at_temperature",
    "catalogue",
    "coating_row",
    "coating_table",
    "critical_temperature",
    "diffusivities",
    "energies_scaled",
    "graphite_misfit",
    "handbook_factors",
    "hydrogen_tungsten_oxide",
    "layered_graphite",
    "lithium_cobalt_oxide_misfit",
    "lithium_germanium",
    "lithium_iron_phosphate_misfit",
    "lithium_magnesium_film",
    "lithium_phosphorus",
    "lithium_silicon",
    "lithium_titanate",
    "llzo_boundary",
    "llzo_grain",
    "magnesium_tungsten_oxide",
    "magnesium_tungsten_oxide_thin",
    "oxide_ion_electrolyte",
    "oxygen_tungsten_oxide",
    "proton_glass",
    "sodium_antimony",
    "sodium_germanium",
    "sodium_phosphorus",
    "sodium_tin",
    "sodium_tin_first",
    "sodium_tin_second",
    "solid_magnesium_electrolyte",
    "succinonitrile_magnesium",
    "working_ions",
]

_FUNCTIONS = (
    lithium_titanate,
    layered_graphite,
    magnesium_tungsten_oxide,
    magnesium_tungsten_oxide_thin,
    hydrogen_tungsten_oxide,
    oxygen_tungsten_oxide,
    succinonitrile_magnesium,
    solid_magnesium_electrolyte,
    oxide_ion_electrolyte,
    proton_glass,
    llzo_grain,
    lithium_silicon,
    amorphous_lithium_silicon,
    amorphous_lithium_silicon_first,
    amorphous_lithium_silicon_second,
    lithium_germanium,
    sodium_germanium,
    sodium_tin,
    sodium_tin_first,
    sodium_tin_second,
    sodium_antimony,
    sodium_phosphorus,
    lithium_phosphorus,
)
_HOSTS = (
    lithium_titanate_host,
    lithium_iron_phosphate,
    molybdenum_disulfide,
    expanded_molybdenum_disulfide,
    lithium_cobalt_oxide,
    graphite,
    bilayer_graphene,
)


def catalogue() -> dict[str, tuple[Callable, str]]:
    """Name of each material, with the function that makes it and the first line of what it says of itself."""
    return {function.__name__: (function, (function.__doc__ or "").partition("\n")[0]) for function in _FUNCTIONS}


def diffusivities() -> dict[str, Diffusivity]:
    """How fast ions move in each host that has an entry, by name, in the order of Tian and Bazant, Fig. 5."""
    return {function.__name__.removesuffix("_host"): function() for function in _HOSTS}
