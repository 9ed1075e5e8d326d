"""A study as a Python script that does the same: ``solion script STUDY``.

The device and the experiment that a file was read to are written as the calls that make them, every number with all of its
digits, so that the script computes the same numbers. What stands at its default is left out, a material that comes with Solion
is called by its name, and a number with a source has it as a comment.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib
import inspect
import json
import math
from pathlib import Path
from typing import Any

import equinox as eqx
import numpy as np

import solion
from solion import __version__, units
from solion.base.errors import InputError
from solion.base.names import snake
from solion.base.parameters import Part
from solion.study import catalogue
from solion.study.study import Study

WIDTH = 110  # of a line of the script
MANY = 400  # numbers of an array that are still written out
ROOMS = ("experiments", "devices", "analysis")  # where a name is public that lives elsewhere
OWN = "solion_user_"  # how modules of a user's files begin
PREFIXES = {
    "m": ("nm", "um", "mm", "m"),
    "V": ("mV", "V"),
    "A": ("nA", "uA", "mA", "A"),
    "s": ("ns", "us", "ms", "s"),
    "V/s": ("mV / s", "V / s"),
    "ohm": ("kohm", "ohm"),
}  # multipliers of solion.units, of the units of declared numbers


@dataclasses.dataclass(frozen=True)
class Call:
    """A call to be written: ``name(key=value, ...)``; a key may be empty, a comment too. ``after``: what it is a method of.

    With other ``ends`` it is a list; a call without a name is a tuple.
    """

    name: str
    arguments: tuple[tuple[str, Call | str, str], ...] = ()
    after: Call | None = None
    ends: str = "()"

    def flat(self) -> str:
        """On one line."""
        inside = ", ".join(f"{key}={_flat(value)}" if key else _flat(value) for key, value, _ in self.arguments)
        inside += "," if not self.name and self.ends == "()" and len(self.arguments) == 1 else ""
        return f"{'' if self.after is None else self.after.flat()}{self.name}{self.ends[0]}{inside}{self.ends[1]}"

    def commented(self) -> bool:
        """Whether a comment stands in it."""
        inside = any(comment or (isinstance(value, Call) and value.commented()) for _, value, comment in self.arguments)
        return inside or (self.after is not None and self.after.commented())

    def text(self, indent: int = 0, room: int = WIDTH) -> str:
        """On one line where it fits and has no comments, else an argument a line."""
        if not self.commented() and indent + len(self.flat()) <= room:
            return self.flat()
        if not self.arguments:
            return f"{'' if self.after is None else self.after.text(indent, room)}{self.name}()"
        space, lines = " " * (indent + 4), []
        for key, value, comment in self.arguments:
            head = f"{key}=" if key else ""
            written = value.text(indent + 4, room - len(head) - 1) if isinstance(value, Call) else value
            lines.append(f"{space}{head}{written},{f'  # {comment}' if comment else ''}")
        before = "" if self.after is None else self.after.text(indent, room)
        return "\n".join([f"{before}{self.name}{self.ends[0]}", *lines, f"{' ' * indent}{self.ends[1]}"])


def _text(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)


def _flat(value: Call | str) -> str:
    return value.flat() if isinstance(value, Call) else value


class Writer:
    """Values as the code that makes them; the other attributes are what the script has to import for them."""

    def __init__(self):
        self.units: set[str] = set()
        self.own: dict[Path, set[str]] = {}
        self.modules: set[str] = set()
        self.parts: dict[str, str] = {}

    def value(self, value: Any, unit: str = "") -> Call | str:
        """The code of a value whose numbers have this unit. Raises InputError for one that has none."""
        if isinstance(value, (str, Path)):
            return _text(str(value))
        if isinstance(value, (bool, int)) or value is None:
            return repr(value)
        if isinstance(value, (tuple, list)):
            inside = tuple(("", self.value(entry, unit), "") for entry in value)
            return Call("", inside, ends="[]" if isinstance(value, list) else "()")
        if isinstance(value, dict):
            inside = [f"{_text(key)}: {_flat(self.value(entry, unit))}" for key, entry in value.items()]
            return f"{{{', '.join(inside)}}}"
        if callable(value) and hasattr(value, "__qualname__") and not isinstance(value, eqx.Module):
            return self.name(value)
        if isinstance(value, Part) and (made := self._material(value)) is not None:
            return made
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return self._part(value)
        return self._number(value, unit)

    def _number(self, value: Any, unit: str) -> str:
        try:
            array = np.asarray(value)
        except Exception:  # jax may refuse anything
            array = np.asarray(object())
        if array.dtype.kind not in "fiub" or array.size > MANY:
            raise InputError(f"script: a {type(value).__name__} has no form as text; run the study instead.")
        if array.ndim:
            self.modules.add("numpy as np")
            for even in ("geomspace", "linspace") if array.ndim == 1 and array.size > 2 and array.min() > 0 else ():
                if np.array_equal(array, getattr(np, even)(array[0], array[-1], array.size)):
                    return f"np.{even}({array[0].item()!r}, {array[-1].item()!r}, {array.size})"
            return f"np.array({array.tolist()!r})"
        number = array.item()
        return self.measured(number, unit) if isinstance(number, float) else repr(number)

    def measured(self, number: float, unit: str) -> str:
        """A number with a multiplier of :mod:`solion.units` where the product is this very number."""
        if not math.isfinite(number):
            return f'float("{number}")'
        found: list[tuple[bool, int, str]] = []
        for words in PREFIXES.get(unit, ()) if number else ():
            size = eval(words, dict(vars(units)))  # of our own table
            short = float(f"{number / size:.12g}")
            digits = f"{short:g}" if float(f"{short:g}") == short else repr(short)
            if eval(f"{digits} * {words}", dict(vars(units))) == number and 1e-3 <= abs(short) < 1e4:
                found.append((not 1 <= abs(short) < 1000, len(digits), f"{digits} * {words}"))
        best = min(found, default=(False, 0, repr(number)))[-1]
        self.units |= {word for word in best.replace("/", " ").replace("*", " ").split() if word.isidentifier()}
        return best

    def name(self, thing: Any) -> str:
        """A class or a function by the shortest public name; those of a user's file are imported from it."""
        name, module = thing.__qualname__, thing.__module__
        if not name.isidentifier():
            raise InputError(f"script: {name} of {module} is made on the way and has no name; run the study instead.")
        if module.startswith(OWN):
            self.own.setdefault(Path(inspect.getfile(thing)), set()).add(name)
            return name
        own = module.split(".")
        rooms = ["solion", *[f"solion.{room}" for room in dict.fromkeys((*own[1:2], *ROOMS)) if hasattr(solion, room)]]
        for room in rooms if own[0] == "solion" else ():
            if getattr(importlib.import_module(room), name, None) is thing:
                return f"so{room.removeprefix('solion')}.{name}"
        if getattr(importlib.import_module(module), name, None) is thing:
            self.parts[name] = module
            return name
        raise InputError(f"script: {name} of {module} has no public name; run the study instead.")

    def _part(self, part: Any) -> Call:
        found = []
        sources = dict(getattr(part, "sources", ()))
        for field in dataclasses.fields(part):
            value = getattr(part, field.name)
            if field.name == "sources" or not field.init or _same(value, _default(field)):
                continue
            known = sources.get(field.name)
            comment = f"{known.source.provenance}: {known.source.reference}" if known is not None else ""
            found.append((field.name, self.value(value, field.metadata.get("unit", "")), comment))
        return Call(self.name(type(part)), tuple(found))

    def _material(self, part: Part) -> Call | None:
        """A material that comes with Solion, with what is different in this one; None for another part."""
        known = [made for made in _materials(type(part).__name__) if type(made[1]) is type(part)]
        ranked = [(len(_differences(part, one)), name, one) for name, one in known]
        if not ranked:
            return None
        count, name, nearest = min(ranked, key=lambda entry: entry[0])
        call = Call(f"so.materials.{name}")
        if not count:
            return call
        if getattr(part, "name", None) != getattr(nearest, "name", ""):
            return None
        self.modules.add("dataclasses")
        changed = [
            (field.name, self.value(getattr(part, field.name), field.metadata.get("unit", "")), "")
            for field in _differences(part, nearest)
        ]
        return Call("dataclasses.replace", (("", call, ""), *changed))


def _default(field: dataclasses.Field) -> Any:
    return field.default if field.default_factory is dataclasses.MISSING else field.default_factory()


def _bare(value: Any) -> Any:
    """The same without the sources of its numbers."""
    if isinstance(value, tuple):
        return tuple(_bare(entry) for entry in value)
    if not isinstance(value, Part):
        return value
    fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    deeper = {name: _bare(entry) for name, entry in fields.items() if isinstance(entry, (Part, tuple)) and name != "sources"}
    return dataclasses.replace(value, sources=(), **deeper)


def _same(one: Any, other: Any) -> bool:
    """Whether two values are the same but for the sources of their numbers."""
    one, other = _bare(one), _bare(other)
    if type(one) is not type(other) and not (isinstance(one, (int, float)) and isinstance(other, (int, float))):
        return False
    if isinstance(one, (bool, int, float, str)):
        return one == other
    return bool(eqx.tree_equal(one, other))


def _differences(part: Any, other: Any) -> list[dataclasses.Field]:
    return [
        field
        for field in dataclasses.fields(part)
        if field.name != "sources" and not _same(getattr(part, field.name), getattr(other, field.name))
    ]


@functools.cache
def _materials(kind: str) -> tuple[tuple[str, Any], ...]:
    """The materials of a class that come with Solion, made."""
    if kind not in catalogue.exports("materials"):
        return ()
    return tuple((name, entry.load()()) for name, entry in catalogue.materials(kind).items())


def script(study: Study) -> str:
    """The Python that does what the study does. Raises InputError where a part of it has no form as text."""
    writer = Writer()
    device = writer.value(study.device)
    parts, given = [], []
    fields = [field for field in dataclasses.fields(study.experiment) if not _left_out(study, field)]
    for field in fields:
        value = getattr(study.experiment, field.name)
        sections = getattr(study.file, field.name, None) or getattr(study.file, field.metadata.get("table", ""), None)
        written = _from_sections(writer, sections)
        if written is None:
            written = writer.value(value, field.metadata.get("unit", ""))
        if (isinstance(written, Call) and len(written.flat()) > 60) or not isinstance(written, (Call, str)):
            parts.append(f"{field.name} = {_joined(written)}")
            written = field.name
        given.append(("" if field.default is dataclasses.MISSING else field.name, written, ""))
    verb = getattr(solion, type(study.experiment).verb, None)
    title = (("title", _text(study.title), ""),)
    plain = verb is not None and {field.name for field in fields} | {"title"} <= set(inspect.signature(verb).parameters)
    if plain:
        run = Call(f"so.{type(study.experiment).verb}", (("", "device", ""), *given, *title))
    else:
        named = tuple((field.name, value, "") for field, (_, value, _) in zip(fields, given, strict=True))
        made = Call(writer.name(type(study.experiment)), named)
        run = Call(".run", (("", "device", ""), *title), after=made)
    assert isinstance(device, Call)  # a device is a part
    body = [f"device = {device.text()}", *parts, f"result = {run.text()}", _ending(study)]
    return f"{_head(study, writer)}\n\n" + "\n".join(body) + "\n"


def _left_out(study: Study, field: dataclasses.Field) -> bool:
    """Whether the experiment is the same without this field: at its default, or at what the device chooses."""
    if field.name == "sources" or field.default is dataclasses.MISSING:
        return field.name == "sources"
    plain = dataclasses.replace(study.experiment, **{field.name: field.default})
    return _same(plain.completed(study.device), study.experiment)


def _from_sections(writer: Writer, sections: Any) -> list[Call] | Call | None:
    """The calls of the tables of a file that are calls themselves, such as the steps of a protocol; None where they are not."""
    several = sections if isinstance(sections, list) else [sections]
    if not several or not all(hasattr(type(entry), "call") for entry in several):
        return None
    calls = [entry.call(writer) for entry in several]
    return calls if isinstance(sections, list) else calls[0]


def _joined(written: Call | list[Call]) -> str:
    """One call, or several with a plus between them."""
    if isinstance(written, Call):
        return written.text()
    if len(written) == 1:
        return written[0].text()
    return "(\n    " + "\n    + ".join(call.text(4) for call in written) + "\n)"


def _head(study: Study, writer: Writer) -> str:
    """What the script is and what it imports."""
    words = f"{study.title}: what `solion run {study.shown}` does (solion {__version__})."
    lines = [f'"""{words}'.replace("\\", "\\\\")]
    lines[0] += '"""' if '"' not in words[-1:] else ' """'
    standard = sorted({"dataclasses"} & writer.modules | ({"sys"} if writer.own else set()))
    lines += ["", *[f"import {name}" for name in standard], *([""] if standard else [])]
    lines += [f"import {name}" for name in sorted(writer.modules - {"dataclasses"})] + ["import solion as so"]
    lines += [f"from {room} import {name}" for name, room in sorted(writer.parts.items(), key=lambda entry: entry[::-1])]
    lines += [f"from solion.units import {', '.join(sorted(writer.units))}"] if writer.units else []
    for path, names in writer.own.items():
        lines += ["", f"sys.path.insert(0, {str(path.parent)!r})  # where the study's own Python lies"]
        lines += [f"from {path.stem} import {', '.join(sorted(names))}  # noqa: E402"]
    return "\n".join(lines)


def _ending(study: Study) -> str:
    return f'print(result.summary())\nresult.report("{snake(study.name).replace("_", "-")}-report")'
