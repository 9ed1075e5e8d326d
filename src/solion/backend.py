"""How JAX computes for this package: in double precision, and on a processor with whole time loops as single kernels.

XLA starts each small operation of a loop as a kernel of its own, at some 50 ns each; a time step has hundreds of them. Its
option below lets it compile any loop that touches less than that many bytes into one kernel, which makes a
run about twice as fast. It is read when JAX first computes: import Solion before that, or go without.
"""

import os

import jax
from jax._src import xla_bridge

_OPTION = "xla_cpu_small_while_loop_byte_threshold"
_BYTES = 2**26

jax.config.update("jax_enable_x64", True)

LATE = xla_bridge.backends_are_initialized()  # whether the option below comes too late to be read


def processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


if _OPTION not in os.environ.get("XLA_FLAGS", ""):
    flags = f"{os.environ.get('XLA_FLAGS', '')} --xla_backend_extra_options={_OPTION}={_BYTES}"
    os.environ["XLA_FLAGS"] = flags.strip()
