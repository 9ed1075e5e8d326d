from . import synaptic as synaptic
from .boundary_map import BoundaryMap as BoundaryMap
from .contact_fraction import (
    constriction_resistance as constriction_resistance,
)
from .contact_fraction import (
    decompose as decompose,
)
from .contact_fraction import (
    interaction as interaction,
)
from .contact_fraction import (
    interface_resistance as interface_resistance,
)
from .data import Data as Data
from .extremes import fit_extremes as fit_extremes
from .extremes import sample_quantile as sample_quantile
from .hot_spots import windowed_maximum as windowed_maximum
from .hot_spots import windowed_maximum_of_map as windowed_maximum_of_map
from .hysteresis import Loop as Loop
from .hysteresis import loops as loops
from .loop_pattern import Pattern as Pattern
from .loop_pattern import pattern as pattern
from .metric import Metric as Metric
from .resistance import VoltagePassage as VoltagePassage
from .resistance import on_off_ratio as on_off_ratio
from .resistance import read_pulses as read_pulses
from .resistance import readings as readings
from .spectra.circuit_fit import fit_circuit as fit_circuit
from .spectra.circuits import Capacitor as Capacitor
from .spectra.circuits import ConstantPhase as ConstantPhase
from .spectra.circuits import FiniteLengthWarburg as FiniteLengthWarburg
from .spectra.circuits import FiniteSpaceWarburg as FiniteSpaceWarburg
from .spectra.circuits import Inductor as Inductor
from .spectra.circuits import Resistor as Resistor
from .spectra.circuits import Zarc as Zarc
from .spectra.circuits import custom_circuit as custom_circuit
from .spectra.consistency import kramers_kronig as kramers_kronig
from .spectra.relaxation import relaxation_times as relaxation_times
from .state_resistance import (
    frozen_current as frozen_current,
)
from .state_resistance import (
    frozen_resistance as frozen_resistance,
)
from .state_resistance import (
    low_bias_resistance as low_bias_resistance,
)
from .state_resistance import (
    phase_profile as phase_profile,
)
from .switching import (
    STATES as STATES,
)
from .switching import (
    Switch as Switch,
)
from .switching import (
    SwitchingTimes as SwitchingTimes,
)
from .switching import (
    polarization as polarization,
)
from .switching import (
    states as states,
)
from .switching import (
    switches as switches,
)
from .switching import (
    switching_times as switching_times,
)
from .trigger import (
    Trigger as Trigger,
)
from .trigger import (
    poisson_voronoi_density as poisson_voronoi_density,
)
from .trigger import (
    touch_probability as touch_probability,
)
