from . import analysis as analysis
from . import compact as compact
from . import devices as devices
from . import experiments as experiments
from . import explore as explore
from . import laws as laws
from . import materials as materials
from . import papers as papers
from . import protocols as protocols
from . import readers as readers
from . import study as study
from . import thermodynamics as thermodynamics
from . import units as units
from . import views as views
from .base.errors import InputError as InputError
from .base.errors import RunError as RunError
from .base.errors import SolionError as SolionError
from .devices import (
    ByRegion as ByRegion,
)
from .devices import (
    Contact as Contact,
)
from .devices import (
    Film as Film,
)
from .devices import (
    FilmMemristor as FilmMemristor,
)
from .devices import (
    PhaseSeparated as PhaseSeparated,
)
from .devices import (
    Polycrystal as Polycrystal,
)
from .devices import (
    Profile as Profile,
)
from .devices import (
    Uniform as Uniform,
)
from .experiments import (
    Elements as Elements,
)
from .experiments import (
    Progress as Progress,
)
from .experiments import (
    Voxels as Voxels,
)
from .experiments import (
    conduct as conduct,
)
from .experiments import (
    impedance as impedance,
)
from .experiments import (
    simulate as simulate,
)
from .grids.grains.image_files import read_labels as read_labels
from .grids.grains.labels import LabelImage as LabelImage
from .grids.grains.micrograph import segment_micrograph as segment_micrograph
from .grids.grains.tessellation import voronoi as voronoi
from .materials import MixedConductor as MixedConductor
from .numerics.stepping.integrate import Tolerance as Tolerance
from .protocols import Protocol as Protocol
from .readers import read as read
from .result import Result as Result
from .result import load as load

__version__: str
