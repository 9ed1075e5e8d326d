"""Sections of devices: how a table of a study file becomes a device of the library."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import create_model

from solion import laws
from solion.devices import Contact, Film, FilmMemristor
from solion.study.parts import law_field, material_field, number_fields, numbers
from solion.study.quantities import Context
from solion.study.section import Section, one_of


class FilmMemristorSection(Section):
    """An intercalation film between two contacts."""

    def build(self, context: Context) -> FilmMemristor:
        given: Any = self
        film = {field.name: getattr(self, field.name) for field in numbers(Film)}
        device = {field.name: getattr(self, field.name) for field in numbers(FilmMemristor)}
        return FilmMemristor(
            top=_contact(given.top), film=Film(given.material.built, **film), bottom=_contact(given.bottom), **device
        )


def _contact(section: Any) -> Contact:
    return Contact(section.built) if section.wetting is None else Contact(section.built, wetting=section.wetting.built)


def _film_memristor() -> type[Section]:
    contact = law_field(laws.AbstractTransfer, "wetting", laws.AbstractWetting)
    fields: dict[str, Any] = {
        "kind": (Literal["film_memristor"], ...), **number_fields(Film), "material": (material_field(), ...),
        "top": (contact, ...), "bottom": (contact, ...), **number_fields(FilmMemristor),
    }  # fmt: skip
    return create_model("FilmMemristorDevice", __base__=FilmMemristorSection, **fields)


DEVICES = {"film_memristor": _film_memristor()}
DeviceField = one_of("kind", DEVICES)
