"""Tables of a study file: a pydantic model that knows its keys, and the sentence a wrong one earns."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, PrivateAttr, ValidationError, create_model, model_validator
from pydantic_core import core_schema

from solion.base.errors import InputError, nearest
from solion.study.quantities import Context, problem


class Section(BaseModel):
    """A table of a study file. Unknown keys are refused with the nearest known one, or with what is given ``instead`` of them."""

    model_config = ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=True, allow_inf_nan=False)
    instead: ClassVar[Mapping[str, str]] = {}
    _built: Any = PrivateAttr(None)

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, data: Any) -> Any:
        if isinstance(data, dict) and cls.model_config.get("extra") == "forbid":
            for key in data:
                if key not in cls.model_fields:
                    known = ", ".join(cls.model_fields)
                    reason = f"is not a known key{nearest(key, cls.model_fields)}; known here: {known}"
                    raise problem(f"{reason}; {other}" if (other := cls.instead.get(key)) else reason, key=str(key))
        return data

    @model_validator(mode="wrap")
    @classmethod
    def _say_what_is_missing(cls, data: Any, handler) -> Any:
        try:
            return handler(data)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            if first["type"] != "missing" or len(first["loc"]) != 1:
                raise
            name = str(first["loc"][0])
            said = cls.model_fields[name].description
            raise problem(f"is missing{f'; give {said}' if said else ''}", key=name) from None

    @model_validator(mode="after")
    def _make(self, info) -> Section:
        try:
            self._built = self.build(info.context)
        except InputError as error:
            raise problem(str(error).rstrip("."), whole=True) from None
        return self

    def build(self, context: Context) -> Any:
        """What the table describes, as the library's own object."""
        return self

    @property
    def built(self) -> Any:
        """The object that :meth:`build` made when the table was read."""
        return self._built


@dataclasses.dataclass(frozen=True, eq=False)
class OneOf:
    """A field that takes the section named by its ``key``; text alone stands for a table with that key only.

    ``sections`` makes each of them when a file names it, ``other`` that of names of the form "file.py:name", which are the
    user's. ``usual``: the name of a table that gives none. Every choice has a ``title`` of its own in the JSON schema.
    """

    title: str
    key: str
    sections: Mapping[str, Callable[[], type[Section]]]
    other: Callable[[], type[Section]] | None = None
    usual: Callable[[dict], str | None] = lambda _: None

    def __post_init__(self):
        CHOICES[self.title] = self

    def __get_pydantic_core_schema__(self, _source, _handler):
        return core_schema.with_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, _schema, _handler) -> dict[str, Any]:
        return {"choice": self.title}

    def read(self, value: Any, info) -> Section:
        """The section of a table."""
        value = {self.key: value} if isinstance(value, str) else value
        if isinstance(value, Section):
            return value
        if not isinstance(value, dict):
            raise problem(f"is not a table with a key {self.key!r}")
        if self.key not in value and (usual := self.usual(value)) is not None:
            value[self.key] = usual  # in place, so that errors find their way through it
        if self.key not in value:
            self._refuse_nameless(value)
        name = value[self.key]
        if self.other is not None and is_code(name):
            section = self.other()
        elif isinstance(name, str) and name in self.sections:
            section = self.sections[name]()
        else:
            known = ", ".join(self.sections)
            own = "; or your own in a Python file beside the study, 'file.py:name'" if self.other is not None else ""
            raise problem(f"= {name!r} is unknown{nearest(name, self.sections)}; known: {known}{own}", key=self.key)
        return nested(lambda: section.model_validate(value, context=info.context), value)

    def _refuse_nameless(self, value: dict) -> None:
        for wrong in value:
            if nearest(wrong, [self.key]) and not any(wrong in make().model_fields for make in self.sections.values()):
                raise problem(f"is not a known key{nearest(wrong, [self.key])}", key=str(wrong))
        raise problem(f"is missing; known: {', '.join(self.sections)}", key=self.key)


CHOICES: dict[str, OneOf] = {}  # by title


def choice(title: str, key: str, sections: Mapping[str, Callable[[], type[Section]]], **more: Any) -> Any:
    """The annotation of a field that is a :class:`OneOf`."""
    return Annotated[Any, OneOf(title, key, sections, **more)]


def is_code(name: Any) -> bool:
    """Whether a name points into a Python file of the user's: "file.py:name"."""
    return isinstance(name, str) and ".py:" in name


def nested(read: Callable[[], Any], raw: Any) -> Any:
    """``read()``, with the error of a section inside passed on to the section around it."""
    try:
        return read()
    except ValidationError as error:
        path, reason = _first(error, raw)
        raise problem(reason, key=path) from None


def read_one(key: str, kind: Any, value: Any, context: Context, inside: str = "") -> Any:
    """One value read as a field of its own, for keys that no section lists."""
    fields: dict[str, Any] = {key: (kind, ...)}
    section: Any = create_model("Value", __base__=Section, **fields)
    raw = {key: value}
    try:
        return getattr(section.model_validate(raw, context=context), key)
    except ValidationError as error:
        path, reason = _first(error, raw)
        raise problem(reason, key=f"{inside}.{path}" if inside else path) from None


def sentence(error: ValidationError, raw: Any) -> str:
    """One sentence: key, value and what is wrong with it."""
    path, reason = _first(error, raw)
    return f"{path}{'' if reason.startswith(':') or not path else ' '}{reason}."


def _first(error: ValidationError, raw: Any) -> tuple[str, str]:
    first = error.errors(include_url=False)[0]
    context = first.get("ctx", {})
    path = _keys(first["loc"], raw)
    if "key" in context:
        path = ".".join(part for part in (path, context["key"]) if part)
        return path, context["reason"]
    if first["type"] == "missing":
        return path, "is missing"
    if context.get("whole"):
        return path, f": {context['reason']}"
    reason = context["reason"] if first["type"] == "study" else first["msg"].replace("Input should", "should").rstrip(".")
    shown = repr(first["input"])
    return path, f"= {shown if len(shown) < 60 else shown[:57] + '...'} {reason}"


def _keys(location: tuple[int | str, ...], raw: Any) -> str:
    """The location of an error as dotted keys of the file, without pydantic's names of validators."""
    parts: list[str] = []
    for entry in location:
        inside: Any = raw
        try:
            raw = raw[entry]
        except (KeyError, IndexError, TypeError):
            raw = None
        if isinstance(entry, str) and not isinstance(inside, (dict, list)) and parts:
            continue
        parts.append(str(entry))
    return ".".join(parts)
