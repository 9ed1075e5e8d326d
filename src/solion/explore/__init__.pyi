from . import alloy_design as alloy_design
from . import critical_current as critical_current
from . import fitting as fitting
from . import front_shapes as front_shapes
from . import identify as identify
from . import sizing as sizing
from . import sweeps as sweeps
from . import tangents as tangents
from .layers import layer_map as layer_map
from .plasticity import (
    Disturb as Disturb,
)
from .plasticity import (
    PairPulse as PairPulse,
)
from .plasticity import (
    TimingWindow as TimingWindow,
)
from .plasticity import (
    decay_time as decay_time,
)
from .plasticity import (
    disturb as disturb,
)
from .plasticity import (
    pair_pulse as pair_pulse,
)
from .plasticity import (
    timing_window as timing_window,
)
from .sweeps import (
    hot_spot_extremes as hot_spot_extremes,
)
from .sweeps import (
    load_sweep as load_sweep,
)
from .sweeps import (
    seed_quantiles as seed_quantiles,
)
from .sweeps import (
    sweep as sweep,
)
from .synapse_limits import (
    Limit as Limit,
)
from .synapse_limits import (
    Limits as Limits,
)
from .synapse_limits import (
    Stack as Stack,
)
from .synapse_limits import (
    charging_energy as charging_energy,
)
from .synapse_limits import (
    diffusivity_needed as diffusivity_needed,
)
from .synapse_limits import (
    ions_of as ions_of,
)
from .synapse_limits import (
    limits as limits,
)
from .synapse_limits import (
    pulse_energy as pulse_energy,
)
from .synapse_limits import (
    settling_time as settling_time,
)
from .synapse_limits import (
    transit_time as transit_time,
)
from .synapse_requirements import (
    Goal as Goal,
)
from .synapse_requirements import (
    Requirements as Requirements,
)
from .synapse_requirements import (
    holding_time as holding_time,
)
from .synapse_requirements import (
    leak_resistance_needed as leak_resistance_needed,
)
from .synapse_requirements import (
    requirements as requirements,
)
from .synapse_requirements import (
    scan as scan,
)
