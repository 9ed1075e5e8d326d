"""Functions compiled ahead of time and kept on disk as executables, so that a second process starts at once.

JAX's own cache saves the work of the compiler but not that of tracing, which takes as long again. An executable is
found by the shapes and structure of its arguments, the source of this package, the versions of JAX and the processor.
It is kept only where every part of the arguments is defined in this package: a user's own law may change without a
trace in its name, so it is compiled afresh in each process. Where they lie: :mod:`solion.base.cache`. (Not together with JAX's
cache: an executable that came from there loses its functions when it is written again.)
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import gc
import hashlib
import os
import pickle
import platform
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np
from jax.experimental import serialize_executable
from jaxlib import lapack

from solion.base import backend, cache
from solion.base.cache import source_digest

_listeners: list[Callable[[], None]] = []


@contextlib.contextmanager
def announced(tell: Callable[[], None]) -> Iterator[None]:
    """Within, call ``tell`` whenever a program that takes seconds is about to be compiled, from whichever thread."""
    _listeners.append(tell)
    try:
        yield
    finally:
        _listeners.remove(tell)


class Compiled(NamedTuple):
    """A program for one structure and shape of its arguments: the promise of an executable, and what that returns."""

    executable: Future
    structure: Any
    shapes: tuple[tuple[tuple[int, ...], str], ...]  # of the leaves, each with its type
    file: Path | None = None  # where it lies on disk, once it is written


class Program:
    """A function of pytrees of arrays, compiled once for each structure and shape of its arguments.

    ``static`` are the positions of arguments that are plain values, ``donate`` of those whose memory may be reused.
    One that is ``slow`` to compile is announced, see :func:`announced`. ``most`` executables are held, those used last, and of
    those that lie on disk ``few``: one of a time loop takes some 100 MB and is read again within a second or two, so that a
    process which goes through many structures does not fill the memory.
    """

    def __init__(
        self,
        function: Callable,
        static: tuple[int, ...] = (),
        donate: tuple[int, ...] = (),
        *,
        slow: bool = False,
        most: int = 64,
        few: int | None = None,
    ):
        self.function, self.static, self.donate, self.slow = function, static, donate, slow
        self.most, self.few = most, most if few is None else few
        self._known: dict[Any, Compiled] = {}
        self._lock = threading.Lock()

    def prepare(self, *arguments) -> Compiled:
        """Start to compile for these arguments (or their shapes) in the background."""
        backend.refuse_forked()
        key = self._key(arguments)
        with self._lock:  # of threads that meet a new shape at once, one compiles it
            found = self._known.pop(key, None) or self._obtain(key, arguments)
            self._known[key] = found  # the last one used is the last to go
            if len(self._known) > self.few:
                self._forget()
            return found

    def _forget(self) -> None:
        """Drop what was used longest ago: beyond ``few`` what can be read again, beyond ``most`` the rest."""
        for key, (*_, file) in list(self._known.items())[: -self.few]:
            if file is not None and file.is_file():
                del self._known[key]
        while len(self._known) > self.most:
            del self._known[next(iter(self._known))]

    def knows(self, *arguments) -> bool:
        """Whether it has been prepared for such arguments in this process."""
        return self._key(arguments) in self._known

    def shape(self, *arguments) -> Any:
        """What it returns for such arguments, shapes in the place of arrays; it is prepared, and nothing is computed."""
        found = self.prepare(*arguments)
        return jax.tree.unflatten(found.structure, [jax.ShapeDtypeStruct(*leaf) for leaf in found.shapes])

    def __call__(self, *arguments):
        found = self.prepare(*arguments)
        leaves, executable = jax.tree.leaves(self._dynamic(arguments)), found.executable.result()
        return jax.tree.unflatten(found.structure, executable(*_placed(executable, leaves)))

    def along(self, *first) -> Callable[[Any], Any]:
        """The program as a function of its last argument, an array of one shape: for calls by the hundred."""
        leaves, found = jax.tree.leaves(first), list[Compiled]()

        def call(last):
            if not found:
                found.append(self.prepare(*first, last))
            return jax.tree.unflatten(found[0].structure, found[0].executable.result()(*leaves, last))

        return call

    def _dynamic(self, arguments):
        return tuple(a for k, a in enumerate(arguments) if k not in self.static)

    def _key(self, arguments):
        leaves, structure = jax.tree.flatten(self._dynamic(arguments))
        shapes = tuple((leaf.shape, str(leaf.dtype)) for leaf in leaves)
        return structure, shapes, tuple(arguments[k] for k in self.static)

    def _obtain(self, key, arguments) -> Compiled:
        place = self._place(key, arguments)
        kept = cache.read(*place) if place is not None else None
        executable = Future()
        if place is not None and kept is not None:
            if b"lapack" in kept:
                # JAX readies LAPACK as it lowers a dense solve, not as it loads one: a loaded program would call address 0
                lapack.prepare_lapack_call("getrf_ffi", np.dtype(float))
            try:
                serialized, structure, shapes = pickle.loads(kept)
            except Exception:  # a cache that cannot be read is no cache; whatever is wrong with it, compile afresh
                cache.discard(place[0])
            else:
                _readers().submit(self._read, serialized, arguments, place, executable)
                return Compiled(executable, structure, shapes, place[0])
        lowered, structure, shapes = self._announced(arguments)
        _compilers().submit(_compile, lowered, structure, shapes, place, executable)
        return Compiled(executable, structure, shapes, None if place is None else place[0])

    def _read(self, serialized, arguments, place: tuple[Path, str], promise: Future) -> None:
        """Keep the promise of an executable by one from disk, or by compiling where it cannot be loaded."""
        try:
            *program, devices = serialized
            on = jax.devices()[:devices]  # else on all that there are, whatever it was compiled for
            promise.set_result(serialize_executable.deserialize_and_load(*program, execution_devices=on))
        except Exception:
            cache.discard(place[0])
            try:
                lowered = self._announced(arguments)
            except BaseException as error:
                promise.set_exception(error)
                return
            _compile(*lowered, place, promise)

    def _announced(self, arguments):
        """The function lowered, the structure of what it returns, and shapes and types of that; told where it is slow."""
        for tell in list(_listeners) if self.slow else ():
            tell()
        lowered, structure = self._lower(arguments)
        return lowered, structure, tuple((leaf.shape, str(leaf.dtype)) for leaf in lowered.out_info)

    def _lower(self, arguments):
        """The function of the arguments' leaves alone, lowered, and the structure of what it returns."""
        dynamic = self._dynamic(arguments)
        leaves, structure = jax.tree.flatten(dynamic)
        returned = []

        def flat(*leaves):
            rest = iter(jax.tree.unflatten(structure, leaves))
            whole = [argument if k in self.static else next(rest) for k, argument in enumerate(arguments)]
            out, out_structure = jax.tree.flatten(self.function(*whole))
            returned.append(out_structure)
            return tuple(out)

        positions = [k for k in range(len(arguments)) if k not in self.static]
        donated, start = [], 0
        for k, argument in zip(positions, dynamic, strict=True):
            count = len(jax.tree.leaves(argument))
            donated += range(start, start + count) if k in self.donate else ()
            start += count
        with _uncollected():
            lowered = jax.jit(flat, donate_argnums=tuple(donated), keep_unused=True).lower(*leaves)
        return lowered, returned[0]

    def _place(self, key, arguments) -> tuple[Path, str] | None:
        """File and key of the executable on disk; None where it is kept in this process only."""
        if jax.config.values["jax_compilation_cache_dir"] is not None or not all(map(_own, arguments)):
            return None
        if (folder := cache.program_folder()) is None:
            return None
        name = self.function.__name__.strip("_")
        digest = hashlib.sha256(repr((name, key, self.donate, _surroundings())).encode()).hexdigest()
        return folder / f"{name}-{digest[:32]}", digest


@contextlib.contextmanager
def _uncollected():
    """Without Python's search for cyclic garbage, which takes a tenth of the time of tracing and finds none worth it."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


@functools.cache
def _compilers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=2, thread_name_prefix="compile")


@functools.cache
def _readers() -> ThreadPoolExecutor:
    """They let go of the interpreter's lock: a time loop is read in half a second, in which other work goes on."""
    return ThreadPoolExecutor(max_workers=2, thread_name_prefix="read")


def _placed(executable: Any, leaves: list[Any]) -> list[Any]:
    """Arguments on the devices that a program expects them on; where it runs on one, as they are."""
    return jax.device_put(leaves, jax.tree.leaves(executable.input_shardings[0])) if _devices(executable) > 1 else leaves


def _devices(executable: Any) -> int:
    """How many devices a program runs on."""
    places = jax.tree.leaves(executable.input_shardings[0])
    return len(places[0].device_set) if places else 1


def wait() -> None:
    """Until every program that is being compiled or read is there, and on disk; none is begun afterwards."""
    for threads in (_compilers(), _readers()):
        threads.shutdown(wait=True)


def _compile(lowered, structure, shapes, place: tuple[Path, str] | None, promise: Future) -> None:
    """Keep the promise of an executable, and then write it to disk."""
    try:
        executable = lowered.compile()
    except BaseException as error:
        promise.set_exception(error)
        return
    promise.set_result(executable)
    if place is not None:
        # a full disk or a structure that cannot be written costs the next start some seconds, no more
        with contextlib.suppress(OSError, pickle.PicklingError, TypeError, ValueError):
            program = *serialize_executable.serialize(executable), _devices(executable)
            cache.write(*place, pickle.dumps((program, structure, shapes)))


def _own(value: Any) -> bool:
    """Whether everything in a pytree is a number, an array, or defined in this package."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        inside = all(_own(getattr(value, field.name)) for field in dataclasses.fields(value))
        return type(value).__module__.startswith("solion.") and inside
    if isinstance(value, dict):
        return all(_own(entry) for entry in value.values())
    if isinstance(value, tuple | list):
        return all(_own(entry) for entry in value)
    return value is None or not callable(value)


@functools.cache
def _surroundings() -> tuple[str, ...]:
    """Everything else that an executable depends on."""
    try:
        processor = "".join(line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("flags"))
    except OSError:
        processor = platform.processor()
    versions = (jax.__version__, platform.python_version(), platform.platform(), str(jax.devices()))
    flags = os.environ.get("XLA_FLAGS", "") + (" read too late" if backend.LATE else "")
    return (source_digest(), hashlib.sha256(processor.encode()).hexdigest(), flags, *versions)
