"""Sections of parts, made from what their classes declare: numbers, laws, materials, other parts, functions of the user's."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import types
import typing
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field, create_model
from pydantic_core import core_schema

from solion.base.names import snake
from solion.base.parameters import Part
from solion.devices.specimen import AbstractSpecimen, Alternative
from solion.study import catalogue
from solion.study.quantities import Context, File, Measure, Whole, problem
from solion.study.section import Section, choice, is_code, nested
from solion.study.user_code import load_code

Fields = dict[str, Any]
MISSING = dataclasses.MISSING
SPECIAL: list[Callable[[type[Part]], Any]] = []  # fields of classes that are read in their own way, such as materials
CALLABLE = typing.get_origin(Callable[..., Any])
MOST = 2**31  # of a whole number, such as a seed


def numbers(part: type[Part] | Part) -> list[dataclasses.Field]:
    """The numbers that a part declares."""
    return [field for field in dataclasses.fields(part) if field.metadata.get("parameter")]


def number(field: dataclasses.Field, *, many: bool = False) -> Any:
    """The annotation of a number with its unit and its range."""
    meta = field.metadata
    of = "a number" if meta["unit"] == "1" else f"in {meta['unit']}"
    text = Field(description=", ".join(part for part in (meta.get("doc", ""), of) if part))
    return Annotated[Any if many else float, Measure((meta["unit"],), meta if "low" in meta else None, many=many), text]


def optional(annotation: Any) -> Any:
    """A field that a file may leave out."""
    return annotation | None


class PartSection(Section):
    """A part by its numbers and the parts inside it; what a file leaves out is the part's own.

    ``holder``: a part that holds this one in a field of that name, and whose other fields stand in the same table.
    """

    part: ClassVar[type[Part]]
    holder: ClassVar[tuple[type[Part], str] | None] = None
    function: ClassVar[Any] = None

    def build(self, context: Context) -> Any:
        given = {} if self.function is None else {"function": self.function}
        built = built_part(self.part, self, **given)
        if self.holder is not None:
            return built_part(self.holder[0], self, **{self.holder[1]: built})
        for entry in alternatives(self.part):
            value = getattr(getattr(self, entry.field), entry.name)
            built = built if value is None else entry.apply(built, value)
        return built


@functools.cache
def _hints(part: type[Part]) -> dict[str, Any]:
    """The kinds of a part's fields, which Python reads from text each time that it is asked."""
    return typing.get_type_hints(part)


def built_part(part: type[Part], section: Any, **given: Any) -> Any:
    """A part from the section that holds its fields."""
    hints = _hints(part)
    for field in dataclasses.fields(part):
        if field.metadata.get("inline") and field.name not in given:
            given[field.name] = built_part(hints[field.name], section)
        elif field.name in type(section).model_fields and field.name not in given:
            value = plain(getattr(section, field.name))
            if value is not None:
                given[field.name] = value
    return part(**given)


def alternatives(part: type[Part]) -> tuple[Alternative, ...]:
    """The numbers that a file may give instead of those of a device."""
    return part.alternatives if issubclass(part, AbstractSpecimen) else ()


class AlternativeSection(PartSection):
    """A part with a number that may be given in another way."""

    alternative: ClassVar[Alternative]

    def build(self, context: Context) -> Any:
        entry = self.alternative
        number, other = getattr(self, entry.instead_of), getattr(self, entry.name)
        if (number is None) == (other is None):
            wrong = "is missing" if number is None else f"stands beside {entry.name}"
            reason = f"{wrong}; give the start as one of {entry.instead_of} and {entry.name}"
            raise problem(reason, key=entry.instead_of)
        if number is not None:
            return built_part(self.part, self)
        given = {name: plain(getattr(self, name)) for name in type(self).model_fields}
        return built_part(self.part, self, **{entry.instead_of: entry.guess(given)})


def _alternative_section(part: type[Part], entry: Alternative) -> type[Section]:
    fields = part_fields(part)
    fields[entry.instead_of] = (number(part.__dataclass_fields__[entry.instead_of]) | None, None)
    fields[entry.name] = (optional(Annotated[float, Measure((entry.unit,))]), None)
    section = create_model(f"{part.__name__}Or{entry.name.title()}", __base__=AlternativeSection, **fields)
    section.part, section.alternative = part, entry
    return section


def plain(value: Any) -> Any:
    """What a section, a list or a table of them stands for."""
    if isinstance(value, Section):
        return value.built
    if isinstance(value, dict):
        return {name: plain(entry) for name, entry in value.items()}
    return tuple(plain(entry) for entry in value) if isinstance(value, list) else value


def part_fields(part: type[Part]) -> Fields:
    """The fields of a part as fields of a section, those of parts written inline beside its own."""
    hints, fields = _hints(part), {}
    for field in dataclasses.fields(part):
        hint = hints[field.name]
        if field.name in ("sources", "function"):
            continue
        if field.metadata.get("inline"):
            fields |= {} if inspect.isabstract(hint) else part_fields(hint)
            continue
        entry = next((entry for entry in alternatives(part) if entry.field == field.name), None)
        annotation = field_annotation(part, field, hint) if entry is None else _alternative_section(hint, entry)
        if annotation is None:
            continue
        if field.default is MISSING and field.default_factory is MISSING:
            fields[field.name] = (annotation, ...)
        elif field.metadata.get("parameter") or isinstance(field.default, (bool, int, str)):
            fields[field.name] = (annotation, field.default)
        else:
            fields[field.name] = (annotation | None, None)
    return fields


def field_annotation(part: type, field: dataclasses.Field, hint: Any) -> Any:
    """How a field is read, by its declaration and its type; None where a file cannot say it."""
    if field.metadata.get("parameter"):
        return number(field, many=hint is not float)
    members = [entry for entry in members_of(hint) if entry is not types.NoneType]
    parts = [entry for entry in members if inspect.isclass(entry) and issubclass(entry, Part)]
    functions = any(typing.get_origin(entry) is CALLABLE for entry in members)
    if parts:
        annotation = one_of_parts(*parts)
        return Annotated[Any, Function(annotation)] if functions else annotation
    if functions:
        return Annotated[Any, Function(None)]
    hint = members[0] if len(members) == 1 else hint
    if typing.get_origin(hint) is Literal or hint in (str, bool):
        return hint
    if hint is int:
        return Annotated[int, Whole(field.metadata.get("low", 0), field.metadata.get("high", MOST))]
    if hint is Path:
        return Annotated[Any, File()]
    if hint is float:
        return number(field) if "unit" in field.metadata else Annotated[float, Measure(("1",))]
    inside = [entry for entry in typing.get_args(hint) if entry is not ...]
    if typing.get_origin(hint) is tuple and set(inside) <= {float, int}:
        return Annotated[Any, Measure(("1",), many=True)]
    if typing.get_origin(hint) in (tuple, dict) and inspect.isclass(inside[-1]) and issubclass(inside[-1], Part):
        one = one_of_parts(inside[-1])
        return list[one] if typing.get_origin(hint) is tuple else dict[str, one]  # pyright: ignore
    return None


def members_of(hint: Any) -> tuple[Any, ...]:
    """The alternatives of a type."""
    return typing.get_args(hint) if typing.get_origin(hint) in (typing.Union, types.UnionType) else (hint,)


@dataclasses.dataclass(frozen=True, eq=False)
class Function:
    """A function of the user's, "file.py:name", or a law that can stand for it where there is a kind of such laws."""

    law: Any

    def __get_pydantic_core_schema__(self, _source, handler):
        return core_schema.with_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, _schema, _handler) -> dict[str, Any]:
        law = [] if self.law is None else [typing.get_args(self.law)[1].__get_pydantic_json_schema__(None, None)]
        return {"anyOf": [{"type": "string"}, *law]}

    def read(self, value: Any, info) -> Any:
        """The function, or the section of a law."""
        if is_code(value) and callable(found := load_code(value, info.context)) and not inspect.isclass(found):
            return found
        if self.law is None:
            raise problem(f'= {value!r} is not a function of yours; name one as "file.py:name"')
        return typing.get_args(self.law)[1].read(value, info)


@functools.cache
def one_of_parts(*kinds: type[Part]) -> Any:
    """A field that takes a part of one of these classes: a law, a material, or a plain part, by their names where several."""
    kind = kinds[0]
    special = next((found for make in SPECIAL if (found := make(kind)) is not None), None)
    if special is not None:
        return special
    held = inline_law(kind)
    if held is not None:
        return law_field(held[1], (kind, held[0]))
    if any(base.__name__ in catalogue.LAWS for base in kind.__mro__):
        return law_field(kind)
    if len(kinds) == 1 and not inspect.isabstract(kind):
        return section_of(kind)
    known = [kind] if inspect.isabstract(kind) else list(kinds)
    found = {name: entry for name, entry in catalogue.by_name({n: e for k in known for n, e in _exported(k).items()}).items()}
    sections = {name: functools.partial(_named_section, entry, "kind", name) for name, entry in found.items()}
    return choice(" or ".join(k.__name__ for k in kinds), "kind", sections, other=functools.partial(code_section, kinds))


def _exported(kind: type[Part]) -> dict[str, Any]:
    package = kind.__module__.split(".")[1] if kind.__module__.startswith("solion.") else "devices"
    if inspect.isabstract(kind):
        return catalogue.subclasses(package, kind.__name__)
    return {kind.__name__: catalogue.exports(package)[kind.__name__]}


def _named_section(entry: Any, key: str, name: str) -> type[PartSection]:
    return section_of(entry.load(), key, name)


@functools.cache
def section_of(
    part: type[Part], key: str = "", name: str = "", holder: tuple[type[Part], str] | None = None
) -> type[PartSection]:
    """The section of a class of parts; ``key = name`` tells it among others."""
    fields: Fields = {key: (Literal[name], ...)} if key else {}
    fields |= part_fields(part)
    if holder is not None:
        fields |= {one: entry for one, entry in part_fields(holder[0]).items() if one not in fields}
    title = f"{part.__name__}{'In' + holder[0].__name__ if holder else ''}"
    section = create_model(title, __base__=PartSection, __doc__=inspect.getdoc(part), **fields)
    section.part, section.holder = part, holder
    section.instead = part.instead if issubclass(part, AbstractSpecimen) else {}
    return section


def inline_law(part: type[Part]) -> tuple[str, type[Part]] | None:
    """The field of a part, and its kind, whose law stands in the part's own table; None where there is none."""
    hints = _hints(part)
    for field in dataclasses.fields(part):
        if field.metadata.get("inline") and inspect.isabstract(hints[field.name]):
            return field.name, hints[field.name]
    return None


@functools.cache
def law_field(kind: type[Part], holder: tuple[type[Part], str] | None = None) -> Any:
    """A field that takes any law of one kind, with the other fields of the part that holds it."""
    base = next(above.__name__ for above in kind.__mro__ if above.__name__ in catalogue.LAWS)
    known = catalogue.laws_of(base)
    if base != kind.__name__:
        known = {name: entry for name, entry in known.items() if entry.derives_from(kind.__name__)}
    sections: Mapping[str, Any] = {name: functools.partial(_law_section, entry, name, holder) for name, entry in known.items()}
    title = kind.__name__.removeprefix("Abstract") + (f" of {holder[0].__name__}" if holder else "")
    only = next(iter(known)) if len(known) == 1 else None
    return choice(title, "law", sections, other=functools.partial(code_section, (kind,), "law", holder), usual=lambda _: only)


def _law_section(entry: Any, name: str, holder: Any) -> type[PartSection]:
    return section_of(entry.load(), "law", name, holder)


class CodeSection(Section):
    """A part from a Python file beside the study: ``"file.py:name"`` of a class, or of a function that a law can hold."""

    model_config = ConfigDict(extra="allow")
    key: ClassVar[str]
    kinds: ClassVar[tuple[type[Part], ...]]
    holder: ClassVar[tuple[type[Part], str] | None] = None

    def build(self, context: Context) -> Any:
        name = getattr(self, self.key)
        thing = load_code(name, context)
        raw = {self.key: name, **(self.model_extra or {})}
        if inspect.isclass(thing):
            if not issubclass(thing, self.kinds) or inspect.isabstract(thing):
                raise problem(f"= {name!r} is a class that is no {self.kinds[0].__name__}", key=self.key)
            section = section_of(thing, self.key, name, self.holder)
        else:
            package = self.kinds[0].__module__.split(".")[1]
            wrapper = catalogue.wrapper_of(self.kinds[0].__name__, package)
            if wrapper is None or not callable(thing):
                needed = f"a class of {self.kinds[0].__name__}" if wrapper is None else "a function"
                raise problem(f"= {name!r} is not {needed}", key=self.key)
            section = section_of.__wrapped__(wrapper.load(), self.key, name, self.holder)  # one for each function
            section.function = staticmethod(thing)
        return nested(lambda: section.model_validate(raw, context=context), raw).built


@functools.cache
def code_section(
    kinds: tuple[type[Part], ...], key: str = "kind", holder: tuple[type[Part], str] | None = None
) -> type[CodeSection]:
    """The section of a part of the user's, of one of these classes."""
    words = f"{snake(kinds[0].__name__)}_code{'_' + snake(holder[0].__name__) if holder else ''}"
    fields: Fields = {key: (str, ...)}
    section = create_model(words, __base__=CodeSection, **fields)
    section.key, section.kinds, section.holder = key, kinds, holder
    return section
