"""Sections of laws and materials, made from the numbers that the laws and materials declare."""

from __future__ import annotations

import dataclasses
import functools
import importlib.util
import inspect
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, ConfigDict, Field, create_model

from solion.base.errors import InputError, nearest
from solion.base.parameters import Part
from solion.study.catalogue import LAW_KINDS, laws_of, material_functions, snake, wrapper_of
from solion.study.quantities import Context, Measure, Whole, problem
from solion.study.section import Section, assumed, is_code, nested, one_of, read_one

Fields = dict[str, Any]


def numbers(part: type[Part] | Part) -> list[dataclasses.Field]:
    """The numbers that a part declares."""
    return [field for field in dataclasses.fields(part) if field.metadata.get("parameter")]


def number_fields(part: type[Part], *, optional: bool = False) -> Fields:
    """The numbers of a part as fields of a section; ``optional`` ones are None where the file is silent."""
    fields: Fields = {}
    for field in numbers(part):
        kind = Annotated[float, Measure((field.metadata["unit"],), field.metadata)]
        text = Field(description=f"{field.metadata['doc']}, in {field.metadata['unit']}")
        if optional or field.default is not dataclasses.MISSING:
            fields[field.name] = (Annotated[kind | None, text] if optional else Annotated[kind, text],
                                  None if optional else field.default)  # fmt: skip
        else:
            fields[field.name] = (Annotated[kind, text], ...)
    return fields


def whole_fields(part: type[Part]) -> Fields:
    """The whole numbers of a part that are no parameters, such as the seed of a random law."""
    hints = typing.get_type_hints(part)
    return {
        field.name: (Annotated[int, Whole(0, 2**31)], ... if field.default is dataclasses.MISSING else field.default)
        for field in dataclasses.fields(part)
        if hints.get(field.name) is int
    }


class LawSection(Section):
    """A law by its name, its numbers, and the laws inside it."""

    part: ClassVar[type[Part]]
    function: ClassVar[Any] = None

    def build(self, context: Context) -> Part:
        names = [*(field.name for field in numbers(self.part)), *whole_fields(self.part)]
        given = {name: getattr(self, name) for name in names}
        inside = {
            name: section.built for name in _inner_laws(self.part) if (section := getattr(self, name)) is not None
        }
        for name, kind in _needed_laws(self.part).items():
            inside[name] = read_one(name, law_field(kind), getattr(self, name), context).built
        for name, kind in _functions(self.part).items():
            inside[name] = self._function(name, kind, getattr(self, name), context)
        return self.part(**given, **inside, **({} if self.function is None else {"function": self.function}))

    def _function(self, name: str, kind: type[Part] | None, value: Any, context: Context) -> Any:
        """A function of the user's, or a law of a ``kind`` that can stand for it."""
        if is_code(value) and callable(function := load_code(value, context)) and not inspect.isclass(function):
            return function
        if kind is None:
            raise problem(f'= {value!r} is not a function of yours; name one as "file.py:name"', key=name)
        return read_one(name, law_field(kind), value, context).built


def _inner_laws(part: type[Part]) -> dict[str, type[Part]]:
    """The laws that are fields of a law and have a default, with the kind of each."""
    defaults = {field.name: field.default for field in dataclasses.fields(part)}
    return {name: kind for name, value in defaults.items() if (kind := _law_kind(value)) is not None}


def _needed_laws(part: type[Part]) -> dict[str, type[Part]]:
    """The laws that are fields of a law and have no default, with the kind of each. Such a kind may hold itself."""
    hints = typing.get_type_hints(part)
    needed: dict[str, Any] = {
        field.name: hints.get(field.name) for field in dataclasses.fields(part) if _lacking(field)
    }
    return {name: kind for name, kind in needed.items() if inspect.isclass(kind) and issubclass(kind, LAW_KINDS)}


def _functions(part: type[Part]) -> dict[str, type[Part] | None]:
    """The functions that are fields of a law and have no default, with the kind of law that can stand for each."""
    found: dict[str, type[Part] | None] = {}
    for field in dataclasses.fields(part):
        hint = typing.get_type_hints(part).get(field.name)
        kinds: Any = typing.get_args(hint) if typing.get_origin(hint) is not _CALLABLE else (hint,)
        if _lacking(field) and field.name != "function" and any(typing.get_origin(k) is _CALLABLE for k in kinds):
            laws: list[Any] = [kind for kind in kinds if inspect.isclass(kind) and issubclass(kind, LAW_KINDS)]
            found[field.name] = laws[0] if laws else None
    return found


def _lacking(field: dataclasses.Field) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


_CALLABLE = typing.get_origin(Callable[..., Any])


def law_section(part: type[Part], name: str, extra: Fields | None = None) -> type[LawSection]:
    """The section of one law; ``extra`` fields stand beside its numbers and the laws inside it."""
    inside: Fields = {key: (law_field(kind) | None, None) for key, kind in _inner_laws(part).items()}
    inside |= {key: (Any, ...) for key in (*_needed_laws(part), *_functions(part))}
    fields: Fields = {
        "law": (Literal[name], ...),
        **number_fields(part),
        **whole_fields(part),
        **inside,
        **(extra or {}),
    }
    title = f"{part.__name__}{'Contact' if extra else ''}"
    section = create_model(title, __base__=LawSection, __doc__=inspect.getdoc(part), **fields)
    section.part = part
    return section


class CodeSection(Section):
    """A law from a Python file beside the study: ``"file.py:name"`` of a function or of a class of laws."""

    model_config = ConfigDict(extra="allow")
    law: str
    kind: ClassVar[type[Part]]
    reserved: ClassVar[tuple[str, ...]] = ()

    def build(self, context: Context) -> Part:
        thing = load_code(self.law, context)
        numbers_given = {key: value for key, value in (self.model_extra or {}).items() if key not in self.reserved}
        raw = {"law": self.law, **numbers_given}
        if inspect.isclass(thing):
            if not issubclass(thing, self.kind) or inspect.isabstract(thing):
                raise problem(f"= {self.law!r} is a class that is no {self.kind.__name__}", key="law")
            section = law_section(thing, self.law)
        else:
            wrapper = wrapper_of(self.kind)
            if wrapper is None or not callable(thing):
                needed = f"a class of {self.kind.__name__}" if wrapper is None else "a function"
                raise problem(f"= {self.law!r} is not {needed}", key="law")
            section = law_section(wrapper, self.law)
            section.function = staticmethod(thing)
        return nested(lambda: section.model_validate(raw, context=context), raw).built


def load_code(name: str, context: Context) -> Any:
    """The object ``name`` of the form "file.py:name", the file relative to the study."""
    file, _, attribute = name.rpartition(":")
    path = (context.folder / file).resolve()
    if path not in context.modules:
        context.modules[path] = _load_module(path, file)
    module = context.modules[path]
    if not hasattr(module, attribute):
        raise InputError(f"{file} has no {attribute!r}{nearest(attribute, vars(module))}.")
    return getattr(module, attribute)


def _load_module(path: Path, shown: str) -> ModuleType:
    if not path.is_file():
        raise InputError(f"{shown} is not a file ({path}).")
    specification = importlib.util.spec_from_file_location(path.stem, path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    try:
        specification.loader.exec_module(module)
    except Exception as error:  # the user's code may raise anything
        raise InputError(f"{shown} cannot be loaded: {type(error).__name__}: {error}.") from error
    return module


@functools.cache
def law_field(kind: Any, extra_name: str | None = None, extra_kind: Any = None) -> Any:
    """A field that takes any law of one kind, with a law of another kind beside it where one is named."""
    extra: Fields = {}
    if extra_name is not None and extra_kind is not None:
        extra[extra_name] = (law_field(extra_kind) | None, None)
    sections = {name: law_section(part, name, extra) for name, part in laws_of(kind).items()}
    code: Any = create_model(f"{kind.__name__.removeprefix('Abstract')}Code", __base__=CodeSection, **extra)
    code.kind = kind
    code.reserved = tuple(extra)
    return one_of("law", sections, code)


class MaterialSection(Section):
    """A material by its name, with any of its numbers or laws replaced."""

    name: str

    def make(self, context: Context) -> Any:
        """The material as its source gives it."""
        return material_functions()[self.name]()

    def build(self, context: Context) -> Part:
        material = self.make(context)
        given = {key: getattr(self, key) for key in type(self).model_fields if key != "name"}
        laws = {key: value.built for key, value in given.items() if isinstance(value, Section)}
        material = dataclasses.replace(material, **laws)
        for key, value in given.items():
            if value is not None and key not in laws:
                material = _replace(material, _owner(material, key), key, value)
        for key, value in (self.model_extra or {}).items():
            owner = _owner(material, key)
            metadata = owner.__dataclass_fields__[key].metadata
            number = Annotated[float, Measure((metadata["unit"],), metadata)]
            material = _replace(material, owner, key, read_one(key, number, value, context))
        return material


class CodeMaterialSection(MaterialSection):
    """A material that a function ``"file.py:name"`` returns; its numbers may be replaced by their names."""

    model_config = ConfigDict(extra="allow")
    kind: ClassVar[type[Part]]

    def make(self, context: Context) -> Any:
        function = load_code(self.name, context)
        material = function() if callable(function) else function
        if not isinstance(material, self.kind):
            raise problem(f"= {self.name!r} returns no material of the kind {self.kind.__name__}", key="name")
        return material


def walk(part: Any) -> Iterator[tuple[str, Part]]:
    """Name of each number of a part, then of the parts inside it, with the part that owns it.

    Of two numbers of one name the outer one comes first, and is the one that a file means.
    """
    for field in numbers(part):
        yield field.name, part
    for field in dataclasses.fields(part):
        if isinstance(value := getattr(part, field.name), Part):
            yield from walk(value)


def _owner(part: Any, key: str) -> Part:
    """The part, itself or inside, that declares the number ``key``."""
    owners: dict[str, Part] = {}
    for name, owner in walk(part):
        owners.setdefault(name, owner)
    if key not in owners:
        raise problem(f"is not a known key{nearest(key, owners)}; known here: {', '.join(owners)}", key=key)
    return owners[key]


def _replace(part: Any, owner: Part, key: str, value: Any) -> Any:
    if part is owner:
        return dataclasses.replace(part, **{key: value})
    inside = {field.name: getattr(part, field.name) for field in dataclasses.fields(part)}
    changed = {
        name: _replace(entry, owner, key, value)
        for name, entry in inside.items()
        if isinstance(entry, Part) and any(found is owner for _, found in walk(entry))
    }
    return dataclasses.replace(part, **changed)


@functools.cache
def material_field(kind: type[Part], plain: type[Section] | None = None) -> Any:
    """A field that takes any exported material of one kind, or one of the user's.

    ``plain`` is the section of a table that names no material, its own name being that of the class.
    """
    sections: dict[str, type[Section]] = {}
    if plain is not None:
        sections[snake(kind.__name__)] = plain
    for name, function in material_functions(kind).items():
        material = function()
        fields: Fields = {}
        for _, owner in walk(material):
            fields = number_fields(type(owner), optional=True) | fields
        for field in dataclasses.fields(material):
            law = _law_kind(getattr(material, field.name))
            if law is not None:
                fields[field.name] = (law_field(law) | None, None)
        fields["name"] = (Literal[name], ...)
        sections[name] = create_model(
            f"Material_{name}", __base__=MaterialSection, __doc__=inspect.getdoc(function), **fields
        )
    code: Any = create_model(f"{kind.__name__}Code", __base__=CodeMaterialSection)
    code.kind = kind
    field = one_of("name", sections, code)
    if plain is None:
        return field
    own = snake(kind.__name__)
    return Annotated[field, BeforeValidator(lambda value: assumed("name", own, value))]


def _law_kind(value: Any) -> type[Part] | None:
    return next((kind for kind in LAW_KINDS if isinstance(value, kind)), None)
