"""Where the runs of a sweep are worked off: threads, processes, a Dask cluster, or an executor of the user's.

All of them are a :class:`concurrent.futures.Executor`. Threads share their compiled programs and run side by side, since
compiled programs hold no lock of the interpreter; processes are started afresh, because JAX does not survive a fork.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any, NamedTuple

from solion import __version__
from solion.base.backend import processors
from solion.base.errors import InputError, nearest
from solion.base.extras import missing
from solion.explore.sweeps.task import run_task

KINDS = ("threads", "processes")
MOST_WORKERS = 1024
ANSWER = 5.0  # s that a scheduler has to answer in
LONGEST = 2**32  # bytes of a scheduler's greeting; text of another kind of server reads as a larger number
AHEAD = 4  # runs that wait at the workers, for each that is under way


class Pool(NamedTuple):
    """An executor ready for tasks: what to call there, how many runs to hand in at a time, and what it is in words.

    ``renewed`` puts a fresh executor in the place of one that broke; None where that is not ours to do. ``check`` raises
    KeyboardInterrupt if Ctrl-C was pressed.
    """

    executor: Executor
    call: Callable
    window: int
    words: str
    renewed: Callable[[], Executor] | None = None
    check: Callable[[], None] = lambda: None


@contextlib.contextmanager
def opened(kind: str | Executor, workers: int | None, scheduler: str | None) -> Iterator[Pool]:
    """The executor that the user asked for; on the way out its workers end, at once where an error or Ctrl-C led there.

    Raises :class:`InputError` for an unknown kind, a wrong number of workers, or a scheduler that does not answer.
    """
    with _patience() as check, _pool(kind, workers, scheduler) as pool:
        yield pool._replace(check=check)


@contextlib.contextmanager
def _patience() -> Iterator[Callable[[], None]]:
    """A function that raises KeyboardInterrupt if Ctrl-C was pressed, which else comes in the midst of an executor's lock.

    A second Ctrl-C raises at once. Only the main thread hears signals.
    """
    pressed: list[bool] = []

    def check() -> None:
        if pressed:
            raise KeyboardInterrupt

    def note(*_) -> None:
        pressed.append(True)
        restore()

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    if threading.current_thread() is not threading.main_thread():
        yield check
        return
    heard = [signal.SIGINT]
    if callable(signal.getsignal(signal.SIGTERM)):  # the command takes it for Ctrl-C; a script may not
        heard.append(signal.SIGTERM)
    before = {number: signal.signal(number, note) or signal.SIG_DFL for number in heard}
    try:
        yield check
    finally:
        restore()


def _pool(kind: str | Executor, workers: int | None, scheduler: str | None) -> contextlib.AbstractContextManager[Pool]:
    if scheduler is not None:
        if workers is not None or kind != "threads":
            raise InputError("a scheduler has workers of its own; leave out the executor and the number of workers.")
        return _dask(scheduler)
    if isinstance(kind, Executor):
        if workers is not None:
            raise InputError("the executor that was given has workers of its own; leave out their number.")
        return contextlib.nullcontext(Pool(kind, run_task, AHEAD * processors(), type(kind).__name__))
    if kind not in KINDS:
        raise InputError(f"the executor {kind!r} is unknown{nearest(kind, KINDS)}; known: {', '.join(KINDS)}.")
    workers = processors() if workers is None else workers
    if isinstance(workers, bool) or not isinstance(workers, int) or not 1 <= workers <= MOST_WORKERS:
        raise InputError(f"workers = {workers!r} is no whole number in [1, {MOST_WORKERS}].")
    return _threads(workers) if kind == "threads" else _processes(workers)


@contextlib.contextmanager
def _threads(workers: int) -> Iterator[Pool]:
    stop = threading.Event()
    executor = ThreadPoolExecutor(workers, thread_name_prefix="sweep")
    try:
        yield Pool(executor, functools.partial(run_task, stop=stop.is_set), 2 * workers, _count(workers, "thread"))
    finally:
        stop.set()  # runs under way look at this and end
        executor.shutdown(wait=True, cancel_futures=True)


@contextlib.contextmanager
def _processes(workers: int) -> Iterator[Pool]:
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        os._exit(1)  # a worker that runs a script without a __main__ guard: the first process says so, once
    made: list[Any] = []

    def make() -> Executor:
        for old in made:
            _end(old)
        executor = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_start_worker)
        made[:] = [executor]
        with _deaf():
            for _ in range(workers):  # each starts a worker
                executor.submit(os.getpid)
        return executor

    try:
        yield Pool(make(), run_task, 2 * workers, _count(workers, "process"), make)
    finally:
        for executor in made:
            _end(executor)


def _end(executor: ProcessPoolExecutor) -> None:
    """End the workers without waiting for their runs; those of a sweep that is complete have none."""
    processes = list((getattr(executor, "_processes", None) or {}).values())
    executor.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
    for process in processes:
        process.join()


@contextlib.contextmanager
def _deaf() -> Iterator[None]:
    """Hold Ctrl-C back; processes that are started here never hear it, not even before they can say so themselves."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_worker() -> None:
    """Leave Ctrl-C to the parent, and end when it is gone, killed or not."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def follow() -> None:
        assert parent is not None
        parent.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


@contextlib.contextmanager
def _dask(address: str) -> Iterator[Pool]:
    """A Dask cluster by the address of its scheduler, which runs a task again elsewhere when its worker dies."""
    try:
        from distributed import Client
    except ImportError:
        raise missing("--scheduler", "distributed", "dask") from None

    class Connection(Client):
        def __del__(self):
            """One that never came up has nothing to close; the others are closed below."""

    with _silent("distributed", "distributed.client"):  # what goes wrong is said once, by us
        reason = _no_answer(address)
        client: Any = None
        if reason is None:
            try:
                client = Connection(address, timeout=ANSWER, set_as_default=False, name="solion-sweep")
            except (OSError, TimeoutError):
                reason = f"it does not answer within {ANSWER:g} s"
            except Exception as error:  # what another kind of server says can make anything go wrong
                reason = f"what answers there is no Dask scheduler ({type(error).__name__})"
        if reason is not None:
            raise InputError(f"the scheduler at {address} cannot be reached: {reason}.")
        try:
            _check_workers(client, address)
            threads = sum(client.nthreads().values())
            words = f"{_count(threads, 'thread')} of the cluster at {address}"
            # a call is never taken for an equal one of earlier: the sweep itself knows what has been run
            yield Pool(client.get_executor(pure=False), run_task, AHEAD * max(threads, processors()), words)
        finally:
            client.close(timeout=ANSWER)


@contextlib.contextmanager
def _silent(*names: str) -> Iterator[None]:
    """Keep these loggers quiet for a while."""
    loggers = [logging.getLogger(name) for name in names]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _no_answer(address: str) -> str | None:
    """Why nothing answers at an address, or None where something does or it cannot be told beforehand."""
    scheme, mark, place = address.rpartition("://")
    if mark and scheme not in ("tcp", "tls"):
        return None
    host, _, port = place.rpartition(":")
    if not host or not port.isdecimal():
        return "its address is not of the form tcp://host:port"
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=ANSWER) as line:
            greeting = line.recv(8) if scheme != "tls" else b""  # a scheduler speaks first, a length in eight bytes
    except TimeoutError:
        return f"it does not answer within {ANSWER:g} s"
    except (OSError, OverflowError) as error:
        return f"{getattr(error, 'strerror', None) or error}".lower()
    if scheme != "tls" and not 0 < int.from_bytes(greeting, "little") < LONGEST:
        return "what answers there is no Dask scheduler"
    return None


def worker_version() -> str:
    """Version of solion where this is called."""
    return __version__


def _check_workers(client: Any, address: str) -> None:
    """Refuse a cluster whose workers cannot run this version of solion; one that has no workers yet may get some."""
    if not client.nthreads():
        return
    try:
        versions = client.run(worker_version)
    except Exception as error:  # what a worker without the package raises
        raise InputError(f"the workers at {address} cannot import solion ({type(error).__name__}: {error}).") from None
    for worker, version in versions.items():
        if version != __version__:
            raise InputError(f"the worker {worker} has solion {version} where this is {__version__}; install one version.")


def _count(number: int, word: str) -> str:
    plural = {"process": "processes"}.get(word, f"{word}s")
    return f"{number} {word if number == 1 else plural}"
