from . import conduction as conduction
from .cell_test import CellTest as CellTest
from .cell_test import alternating as alternating
from .cell_test import run_cell as run_cell
from .cell_test import staircase as staircase
from .conduction import (
    AbstractEngine as AbstractEngine,
)
from .conduction import (
    AbstractMeasure as AbstractMeasure,
)
from .conduction import (
    Boundaries as Boundaries,
)
from .conduction import (
    Conduction as Conduction,
)
from .conduction import (
    CrossSection as CrossSection,
)
from .conduction import (
    Elements as Elements,
)
from .conduction import (
    Fields as Fields,
)
from .conduction import GrainRecipe as GrainRecipe
from .conduction import (
    HotSpotNorm as HotSpotNorm,
)
from .conduction import (
    ImpedanceSpectroscopy as ImpedanceSpectroscopy,
)
from .conduction import (
    MeanCurrent as MeanCurrent,
)
from .conduction import (
    Problem as Problem,
)
from .conduction import (
    Sizes as Sizes,
)
from .conduction import (
    Voxels as Voxels,
)
from .conduction import (
    conduct as conduct,
)
from .conduction import (
    hot_spot as hot_spot,
)
from .conduction import (
    impedance as impedance,
)
from .conduction import planes as planes
from .conduction import profile as profile
from .conduction import section as section
from .conduction import (
    sensitivity as sensitivity,
)
from .experiment import AbstractExperiment as AbstractExperiment
from .experiment import Stage as Stage
from .filament_cycling import FilamentCycling as FilamentCycling
from .filament_cycling import run_filament as run_filament
from .front_quadrature import QuasiSteady as QuasiSteady
from .front_quadrature import arrest as arrest
from .front_quadrature import fraction_in_time as fraction_in_time
from .front_quadrature import quasi_steady as quasi_steady
from .run_loop import Progress as Progress
from .transient import simulate as simulate
from .transient_experiment import Transient as Transient
