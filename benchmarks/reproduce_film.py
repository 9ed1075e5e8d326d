"""How long ``solion reproduce film`` takes in a fresh process, with an empty and with a warm cache of executables.

Run: ``python benchmarks/reproduce_film.py``. Prints wall and processor time of each, and the share of the cold run that
compiling takes: what the warm one saves. The aim is 180 s of wall time on two idle cores from a warm cache.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def once(cache: Path, out: Path) -> tuple[float, float]:
    """Wall and processor seconds of one reproduction."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "solion", "reproduce", "film", "--quiet", "--out", str(out)]
    subprocess.run(command, check=True, env={**os.environ, "SOLION_CACHE": str(cache)}, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - began, used


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (cold, cold_used), (warm, warm_used) = (once(root / "cache", root / name) for name in ("cold", "warm"))
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print("| cache | wall s | processor s |\n|---|---|---|")
    print(f"| cold | {cold:.0f} | {cold_used:.0f} |\n| warm | {warm:.0f} | {warm_used:.0f} |")
    print(f"Compiling takes {100 * (1 - warm_used / cold_used):.0f} % of the processor time of the cold run.")


if __name__ == "__main__":
    main()
