"""How much memory a calculation may take, so that one that cannot fit is refused before it begins."""

from __future__ import annotations

import os
from pathlib import Path

CONTROL_GROUPS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def memory_limit() -> float:
    """Bytes that this process may use: the least of the machine's memory, its own limit and that of its control group."""
    limits = [float("inf")]
    try:
        limits.append(float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")))
    except (AttributeError, OSError, ValueError):  # not told by this system
        pass
    try:
        import resource

        limits += [float(bytes_) for name in (resource.RLIMIT_AS, resource.RLIMIT_DATA)
                   if (bytes_ := resource.getrlimit(name)[0]) != resource.RLIM_INFINITY]  # fmt: skip
    except ImportError:
        pass
    for place in CONTROL_GROUPS:
        try:
            text = Path(place).read_text().strip()
        except OSError:
            continue
        if text.isdigit():
            limits.append(float(text))
    return min(limits)
