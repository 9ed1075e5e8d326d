"""How much memory a calculation may take, so that one that cannot fit is refused before it begins."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from solion.base.errors import InputError

FILE_SHARE = 0.25  # of the memory that the unpacked content of one file may take
CONTROL_GROUPS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def memory_limit() -> float:
    """Bytes that this process may use: the least of the machine's memory, its own limit and that of its control group."""
    limits = [float("inf")]
    with contextlib.suppress(AttributeError, OSError, ValueError):  # not told by every system
        limits.append(float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")))
    with contextlib.suppress(ImportError):  # not on Windows
        import resource

        own = [resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_AS, resource.RLIMIT_DATA)]
        limits += [float(size) for size in own if size != resource.RLIM_INFINITY]
    for place in CONTROL_GROUPS:
        with contextlib.suppress(OSError):
            text = Path(place).read_text().strip()
            limits += [float(text)] if text.isdigit() else []
    return min(limits)


def refuse_larger(path: object, size: float) -> None:
    """Refuse a file that unpacks, by its own header, to more bytes than can be held and worked with."""
    most = FILE_SHARE * memory_limit()
    if size > most:
        raise InputError(
            f"{path}: it unpacks to {size / 1e9:.3g} GB, more than the {most / 1e9:.3g} GB that one file may take here; cut a"
            " part out of it, or make it coarser."
        )
