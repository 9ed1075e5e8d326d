"""Sections of materials: a material by its name, with any of its numbers and laws replaced."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, create_model

from solion.base.errors import nearest
from solion.base.exports import Export
from solion.base.names import snake
from solion.base.parameters import Part
from solion.study import catalogue
from solion.study.part_section import SPECIAL, Fields, law_field, number, numbers, section_of
from solion.study.quantities import Context, Measure, problem
from solion.study.section import Section, choice, read_one
from solion.study.user_code import load_code


class MaterialSection(Section):
    """A material by its name, with any of its numbers or laws replaced."""

    material: ClassVar[Any]
    name: str

    def build(self, context: Context) -> Part:
        return self.replaced(self.material(), context)

    def replaced(self, material: Any, context: Context) -> Part:
        """The material with what the table gives in place."""
        given = {key: getattr(self, key) for key in type(self).model_fields if key != "name"}
        laws = {key: value.built for key, value in given.items() if isinstance(value, Section)}
        material = dataclasses.replace(material, **laws)
        for key, value in given.items():
            if value is not None and key not in laws:
                material = _replace(material, _owner(material, key), key, value)
        for key, value in (self.model_extra or {}).items():
            owner = _owner(material, key)
            metadata = owner.__dataclass_fields__[key].metadata
            annotation = Annotated[float, Measure((metadata["unit"],), metadata)]
            material = _replace(material, owner, key, read_one(key, annotation, value, context))
        return material


class CodeMaterialSection(MaterialSection):
    """A material that a function ``"file.py:name"`` returns; its numbers may be replaced by their names."""

    model_config = ConfigDict(extra="allow")
    kind: ClassVar[type[Part]]

    def build(self, context: Context) -> Part:
        function = load_code(self.name, context)
        material = function() if callable(function) else function
        if not isinstance(material, self.kind):
            raise problem(f"= {self.name!r} returns no material of the kind {self.kind.__name__}", key="name")
        return self.replaced(material, context)


@functools.cache
def material_field(kind: type[Part]) -> Any:
    """A field that takes any exported material of one class, one of the user's, or, of a class without a name of its own, a
    table of its numbers."""
    sections: dict[str, Any] = {}
    own = snake(kind.__name__)
    nameless = "name" not in kind.__dataclass_fields__
    if nameless:
        sections[own] = functools.partial(section_of, kind, "name", own)
    sections |= {name: functools.partial(_material_section, entry) for name, entry in catalogue.materials(kind.__name__).items()}
    more: dict[str, Any] = {"usual": lambda _: own} if nameless else {}
    return choice(kind.__name__, "name", sections, other=functools.partial(_code_section, kind), **more)


@functools.cache
def _material_section(entry: Export) -> type[Section]:
    function = entry.load()
    material = function()
    fields: Fields = {}
    for field, owner in reversed(list(walk(material))):
        fields[field] = (number(owner.__dataclass_fields__[field]) | None, None)
    for field in dataclasses.fields(material):
        law = _law_kind(getattr(material, field.name))
        if law is not None:
            fields[field.name] = (law_field(law) | None, None)
    fields["name"] = (Literal[entry.name], ...)
    title = f"Material_{entry.name}"
    section = create_model(title, __base__=MaterialSection, __doc__=inspect.getdoc(function), **fields)
    section.material = staticmethod(function)
    return section


@functools.cache
def _code_section(kind: type[Part]) -> type[Section]:
    section = create_model(f"{kind.__name__}Code", __base__=CodeMaterialSection)
    section.kind = kind
    return section


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


def _law_kind(value: Any) -> type[Part] | None:
    """The class of laws that a value belongs to."""
    return next((kind for kind in type(value).__mro__ if kind.__name__ in catalogue.LAWS), None)


SPECIAL.append(lambda kind: material_field(kind) if kind.__name__ in catalogue.exports("materials") else None)
