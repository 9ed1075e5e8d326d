"""Where the cases of a paper do their runs: a few threads, results shared between cases, a count of what was done.

Compiled programs run outside the interpreter's lock, so threads use every core while they share one compilation.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from solion.base.backend import processors
from solion.base.errors import RunError
from solion.devices.device import AbstractDevice
from solion.experiments.transient import simulate
from solion.protocols.protocol import Protocol
from solion.result.result import Result

Item = TypeVar("Item")
Made = TypeVar("Made")


class RunPool:
    """What a case works with. ``quick`` asks for its coarse form; ``workers`` are the threads, one a core unless given."""

    def __init__(self, *, quick: bool = False, workers: int | None = None):
        self.quick = quick
        self._pool = ThreadPoolExecutor(workers or processors(), thread_name_prefix="run")
        self._lock = threading.Lock()
        self._shared: dict[str, Future] = {}
        self._first: dict[Any, threading.Lock] = {}
        self.runs = 0

    def __enter__(self) -> RunPool:
        return self

    def __exit__(self, *error) -> None:
        self.close()

    def close(self) -> None:
        """Start no more runs; those under way end."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def map(self, function: Callable[[Item], Made], items: Iterable[Item]) -> list[Made]:
        """``function`` of each item, in order, on the threads. To be called by a case, not by one of its items."""
        return list(self._pool.map(function, items))

    def once(self, name: str, make: Callable[[], Made]) -> Made:
        """What ``make`` returns, made by the first case that asks for it by this name and handed to all others."""
        with self._lock:
            mine = name not in self._shared
            promise = self._shared.setdefault(name, Future())
        if mine:
            try:
                promise.set_result(make())
            except BaseException as error:
                promise.set_exception(error)
                raise
        return promise.result()

    def count(self, runs: int) -> None:
        """Count runs that were not made through :meth:`simulate`."""
        with self._lock:
            self.runs += runs

    def simulate(self, device: AbstractDevice, protocol: Protocol, **options) -> Result:
        """:func:`solion.simulate`, counted; raises RunError where the run failed."""
        shape = (options.get("cells"), tuple(step.samples for step in protocol.steps))
        with self._lock:
            self.runs += 1
            new = shape not in self._first
            gate = self._first.setdefault(shape, threading.Lock())
            if new:
                gate.acquire()  # runs of a new shape wait for the first to compile
        try:
            if not new:
                with gate:
                    pass
            result = simulate(device, protocol, **options)
        finally:
            if new:
                gate.release()
        if result.status == "failed":
            raise RunError(f"{result.dataset.attrs['title']}: {result.message}")
        return result
