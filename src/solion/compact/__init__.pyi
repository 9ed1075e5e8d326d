from .batch import integrated_train as integrated_train
from .batch import spread as spread
from .batch import train as train
from .cell import (
    CompactCell as CompactCell,
)
from .cell import (
    Flow as Flow,
)
from .cell import (
    GateDrive as GateDrive,
)
from .cell import (
    current_drive as current_drive,
)
from .cell import (
    voltage_drive as voltage_drive,
)
from .counting import Counted as Counted
from .counting import count as count
from .integrate import (
    Passed as Passed,
)
from .integrate import (
    Segment as Segment,
)
from .integrate import (
    advance as advance,
)
from .integrate import (
    after_segments as after_segments,
)
from .integrate import (
    filling_of as filling_of,
)
from .integrate import (
    logit_of as logit_of,
)
from .integrate import (
    run_through as run_through,
)
from .integrate import (
    sequence as sequence,
)
from .network import (
    PRESETS as PRESETS,
)
from .network import (
    device_to_device as device_to_device,
)
from .network import (
    linear_step as linear_step,
)
from .network import (
    piecewise_step as piecewise_step,
)
from .pulse_maps import (
    PulseMap as PulseMap,
)
from .pulse_maps import (
    compose as compose,
)
from .pulse_maps import (
    conductance_after as conductance_after,
)
from .pulse_maps import (
    iterate as iterate,
)
from .pulse_maps import (
    leaves as leaves,
)
from .pulse_maps import (
    pulse_map as pulse_map,
)
from .pulse_maps import (
    record_of as record_of,
)
from .pulse_maps import (
    repeat as repeat,
)
