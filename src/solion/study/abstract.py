"""What every study is: a name, a device, the file it came from; how it runs and what becomes of its result."""

from __future__ import annotations

import copy
import dataclasses
import typing
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from solion import __version__
from solion.analysis.metric import Metric
from solion.base.errors import InputError, nearest
from solion.base.parameters import Provenance, Row, Source, table
from solion.study import files
from solion.study.quantities import Context
from solion.study.section import Section, is_code

KINDS = tuple(kind for kind in typing.get_args(Provenance) if kind != "user")
PATHS = ("source", "image")  # keys of a file whose text is the path of another one


@dataclasses.dataclass(frozen=True)
class AbstractStudy(ABC):
    """A device, what is asked of it, and the settings of the run. ``data`` is the file with all overrides.

    A family of studies is a subclass: ``devices`` are the sections of the kinds of device that it takes, ``file`` the whole
    file, ``marker`` the name of the result in the folder of a run.
    """

    name: str
    shown: str
    title: str
    description: str
    device: Any
    figures: bool
    data: dict[str, Any]

    devices: ClassVar[Mapping[str, type[Section]]]
    file: ClassVar[type[Section]]
    marker: ClassVar[str]

    @classmethod
    @abstractmethod
    def read(cls, data: dict[str, Any], device: Any, name: str, shown: str, context: Context) -> AbstractStudy:
        """The study of a file's nested tables; ``device`` is what its first reading gave, None where it names none."""

    @staticmethod
    @abstractmethod
    def stored(path: Path) -> Any:
        """The result in the file ``marker`` of an earlier run, with a method ``report(folder)``."""

    @abstractmethod
    def run(
        self,
        *,
        on_progress: Callable[[Any], None] | None = None,
        checkpoint: str | PathLike | None = None,
        resume: bool = False,
    ) -> Any:
        """Run it. The result has ``status``, ``message``, ``dataset`` (with an audit in its attributes) and ``summary()``."""

    @abstractmethod
    def write(self, result: Any, folder: Path) -> None:
        """Write all files of a result into a folder, with its report unless ``figures`` is off."""

    @abstractmethod
    def metrics(self, result: Any) -> Iterable[Metric]:
        """The numbers of a run, named alike in all runs of a sweep."""

    @abstractmethod
    def outline(self) -> str:
        """The checked study in a few lines."""

    @property
    @abstractmethod
    def sign_convention(self) -> str:
        """What a positive voltage and a positive current are, in a sentence."""

    def scales(self, result: Any) -> dict[str, float]:
        """Scales of the device that a sweep keeps beside the metrics."""
        return {}

    def curves(self, result: Any) -> dict[str, np.ndarray]:
        """What a sweep keeps of the terminals where it is asked to; raises InputError where nothing varies in time."""
        raise InputError(f"{self.shown}: curves: nothing in this study varies in time, so there are none to keep.")

    def rows(self) -> list[Row]:
        """Every number of the study that has a meaning and a source, by its path."""
        return list(table(self.device))

    def meaning(self, key: str) -> str:
        """What a key of the file is, in the words of the number's declaration where it is one."""
        rows = {row.path: row.doc for row in self.rows()}
        return rows.get(path_of(key, rows) or "", key)

    def to_toml(self) -> str:
        """The study as a file, with overrides applied, settings spelled out and paths made absolute."""
        head = f"# {self.shown}, as solion {__version__} ran it: overrides applied, settings spelled out.\n\n"
        return head + files.dump(self.data)


def sources_of(paths: Iterable[str], sources: Mapping[str, str]) -> dict[str, Source]:
    """The sources that a file gives for numbers with these paths: ``"device.top.rate" = "stated: where it stands"``.

    A key names the number of the device whose path in the table of parameters holds its words in this order.
    """
    paths, found = list(paths), {}
    for key, text in sources.items():
        kind, _, reference = (part.strip() for part in text.partition(":"))
        if kind not in KINDS or not reference:
            raise InputError(
                f"sources: {key} = {text!r} does not begin with one of {', '.join(KINDS)} and a colon, and say where."
            )
        path = path_of(key, paths)
        if path is None:
            known = [path if path.startswith("microstructure.") else f"device.{path}" for path in paths]
            words = "study" if any(path.startswith("microstructure.") for path in paths) else "device"
            raise InputError(f"sources: {key} is no number of the {words}{nearest(key, known)}.")
        found[path] = Source(kind, reference)  # pyright: ignore[reportArgumentType]
    return found


def path_of(key: str, paths: Iterable[str]) -> str | None:
    """The path in a table of parameters that a key of a file stands for, or None where it is no such number."""
    words, paths = key.split("."), list(paths)
    if key in paths:
        return key
    fitting = [path for path in paths if words[0] == "device" and _in_order(words[1:], path.split("."))]
    return min(fitting, key=len, default=None)


def _in_order(words: list[str], path: list[str]) -> bool:
    rest = iter(path)
    return bool(words) and words[-1] == path[-1] and all(word in rest for word in words)


def absolute(value: Any, folder: Path) -> Any:
    """Nested tables with the paths in them made absolute, as they are written beside a result."""
    if isinstance(value, dict):
        return {
            key: str((folder / entry).resolve()) if key in PATHS and isinstance(entry, str) else absolute(entry, folder)
            for key, entry in value.items()
        }
    if isinstance(value, list):
        return [absolute(entry, folder) for entry in value]
    if is_code(value):
        file, _, name = value.rpartition(":")
        return f"{(folder / file).resolve()}:{name}"
    return copy.deepcopy(value)
