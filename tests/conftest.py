"""All tests run in float64, as `import solion` sets it, and a process of tests lets go of programs before they fill the memory."""

import gc
from pathlib import Path

import jax
import pytest

from solion.compiled import Program

jax.config.update("jax_enable_x64", True)

LIMIT = 2.5e9  # bytes of memory in use above which a process forgets its programs
ROOM = 1.0e9  # bytes that it may then grow by before it does so again, should the memory not come back


def memory() -> float:
    """Bytes of memory in use by this process; zero where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * 4096.0


@pytest.fixture(autouse=True, scope="module")
def _bounded_memory():
    """Forget compiled programs after a file of tests where they have become many; those on disk are read again."""
    global LIMIT
    yield
    if memory() < LIMIT:
        return
    for program in [entry for entry in gc.get_objects() if isinstance(entry, Program)]:
        with program._lock:
            program._known.clear()
    jax.clear_caches()
    gc.collect()
    LIMIT = max(LIMIT, memory() + ROOM)
