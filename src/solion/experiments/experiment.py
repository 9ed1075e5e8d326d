"""What an experiment is: something done with a device, as an object with one run interface; each run ends in a Result."""

from __future__ import annotations

import dataclasses
from abc import abstractmethod
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Self

import equinox as eqx
import jax
from jax.core import Tracer

from solion.base.backend import refuse_forked
from solion.base.errors import InputError
from solion.base.names import snake
from solion.base.parameters import Part, Row, table
from solion.base.quantity import Quantity
from solion.devices.specimen import AbstractSpecimen
from solion.laws.law_check import check_own
from solion.result.result import Result


class Stage(NamedTuple):
    """How far an experiment is that goes on in stages: the share that is done, and words for what it does now."""

    fraction: float
    words: str


def placed(table: str, default: Any = dataclasses.MISSING, *, form: str = "", **metadata: Any) -> Any:
    """A field of an experiment that a study file holds in its own ``[table]``, not in ``[experiment]``.

    ``form``: how the file spells it where its type does not say so (see :mod:`solion.study.forms`). ``unit``, ``low``, ``high``
    and ``doc`` are those of :func:`solion.base.parameters.parameter`.
    """
    metadata |= {"table": table, "form": form}
    return eqx.field(metadata=metadata, **({} if default is dataclasses.MISSING else {"default": default}))


class AbstractExperiment(Part):
    """What is done with a device. Its fields are what a study file can say of it.

    ``takes``: the class of devices it is for; ``verb``: what a script calls to do the same; ``quantities``: what it reports,
    where that does not depend on the device. ``spectral``: its field ``frequencies`` is where it gives an impedance. ``streams``:
    its :meth:`run` takes ``fields``, a Zarr store for fields that do not fit in memory.
    """

    takes: ClassVar[type[AbstractSpecimen]] = AbstractSpecimen
    verb: ClassVar[str] = ""
    quantities: ClassVar[tuple[Quantity, ...]] = ()
    spectral: ClassVar[bool] = False
    streams: ClassVar[bool] = False

    @abstractmethod
    def run(
        self,
        device: Any,
        *,
        on_progress: Callable[[Any], None] | None = None,
        checkpoint: str | PathLike | None = None,
        resume: bool = False,
        title: str = "",
    ) -> Result:
        """Do it. Raises InputError for a device or numbers that cannot be; what goes wrong in a run stands in the Result.

        ``on_progress`` is told of :class:`Progress` or :class:`Stage`. With ``checkpoint`` the run saves itself there now and
        then, where it can, and ``resume`` goes on from it; an experiment done in one go refuses ``resume``.
        """

    def completed(self, device: Any) -> Self:
        """The same with what it leaves to the device filled in."""
        return self

    def check(self, device: Any) -> None:
        """Refuse, before anything runs, what cannot."""
        require(type(self).verb, device, type(self).takes)

    def outline(self, device: Any) -> dict[str, str]:
        """What it will do, in a few short lines, each with its heading."""
        return {}

    def rows(self) -> list[Row]:
        """Its numbers with units, meanings and sources, for the table of parameters."""
        return list(table(self, "experiment"))

    def settings(self) -> dict[str, dict[str, Any]]:
        """Tables and keys of a study file with values that the file may leave out, spelled out for the copy of a run."""
        return {}

    def write_fields(self, result: Result, folder: Path) -> None:
        """Write what the dataset of a result cannot hold."""


def kind_of(part: type[Part]) -> str:
    """The name of a class of devices or experiments in a study file."""
    return snake(part.__name__)


def require(verb: str, device: Any, takes: type[AbstractSpecimen]) -> None:
    """Refuse a device that an experiment cannot take, and say what can be done with it; try the laws that are the user's own."""
    refuse_forked()
    if isinstance(device, takes):
        refuse_traced(verb, device)
        check_own(device)
        return
    known = ", ".join(device.experiments) if isinstance(device, AbstractSpecimen) else ""
    name = takes.__name__.removeprefix("Abstract")
    remedy = f"what can be done with it: {known} (solion.experiments)" if known else "give a device of solion.devices"
    raise InputError(f"{verb}: the device, a {type(device).__name__}, is not a {name}; {remedy}.")


def refuse_traced(verb: str, *parts: Any) -> None:
    """Refuse numbers that JAX traces: a run calls compiled programs and looks at what they return."""
    if any(isinstance(leaf, Tracer) for leaf in jax.tree.leaves(parts)):
        raise InputError(
            f"{verb}: it cannot stand inside jax.grad, jax.jvp, jax.vmap or jax.jit; solion.explore.tangents.differentiate gives"
            " derivatives of a run, tangents.outcome is a run as a pure function, and solion.explore.sweep makes many runs."
        )


def refuse_resume(resume: bool) -> None:
    """Refuse to go on from a checkpoint, of an experiment that saves none."""
    if resume:
        raise InputError(
            "this experiment is done in one go and keeps nothing on the way, so there is nothing to resume; give the command "
            "without --resume."
        )
