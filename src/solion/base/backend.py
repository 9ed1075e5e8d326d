"""How JAX computes for this package: in double precision, and on a processor with whole time loops as single kernels.

XLA starts each small operation of a loop as a kernel of its own, at some 50 ns each; a time step has hundreds of them. Its
first option below lets it compile any loop that touches less than that many bytes into one kernel, which makes a
run about twice as fast. Such a kernel is compiled by one thread; the second option leaves its inner loops as they are rather than
repeating their bodies, which shortens that by a quarter and costs a run about 2 %. Both are read when JAX first computes: import
Solion before that, or go without.
"""

import os

import jax
from jax._src import xla_bridge

from solion.base.errors import RunError

_OPTIONS = {"xla_cpu_small_while_loop_byte_threshold": f"={2**26}", "xla_cpu_disable_loop_unrolling": ""}

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_include_full_tracebacks_in_locations", False)  # they are a quarter of a program on disk
jax.config.update("jax_traceback_in_locations_limit", 0)

LATE = xla_bridge.backends_are_initialized()  # whether the options below come too late to be read


FORKED = False  # whether this process is a copy of one whose threads JAX had begun, of which a copy has none


def _copied() -> None:
    global FORKED
    FORKED = FORKED or xla_bridge.backends_are_initialized()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_copied)


def refuse_forked() -> None:
    """Refuse to compute where JAX would wait for ever. Raises RunError with the remedy."""
    if FORKED:
        raise RunError(
            "this process was forked from one that had computed with JAX, whose threads it does not have, and would wait for"
            " ever; start processes anew, as multiprocessing.get_context('spawn') does, or use threads."
        )


def processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _flags(flags: str) -> str:
    """The user's flags and with them the options; an option that the user has set stays as it is."""
    ours = ",".join(f"{name}{value}" for name, value in _OPTIONS.items() if name not in flags)
    known = "--xla_backend_extra_options="
    if not ours:
        return flags
    if known in flags:  # XLA keeps the last of two such flags, so that they are joined
        return flags.replace(known, f"{known}{ours},")
    return f"{flags} {known}{ours}".strip()


os.environ["XLA_FLAGS"] = _flags(os.environ.get("XLA_FLAGS", ""))
