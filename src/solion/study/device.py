"""Sections of devices: how a table of a study file becomes a device of the library."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import create_model

from solion import laws
from solion.base.parameters import Part
from solion.devices import (
    Contact,
    ElectrolyteFilm,
    Film,
    FilmMemristor,
    Gap,
    InsertionFilm,
    IonicSynapse,
    PinnedReservoir,
    Resolved,
    WellMixed,
    at_conductance,
)
from solion.materials import ElectrolyteMaterial, InsertionHost, MixedConductor
from solion.study.catalogue import snake
from solion.study.parts import law_field, material_field, number_fields, numbers
from solion.study.quantities import Context, Measure, problem
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
    contact = law_field(laws.AbstractChargeTransfer, "wetting", laws.AbstractWetting)
    fields: dict[str, Any] = {
        "kind": (Literal["film_memristor"], ...), **number_fields(Film), "material": (material_field(MixedConductor), ...),
        "top": (contact, ...), "bottom": (contact, ...), **number_fields(FilmMemristor),
    }  # fmt: skip
    return create_model("FilmMemristorDevice", __base__=FilmMemristorSection, **fields)


class PartSection(Section):
    """A part of a device: its numbers, and the laws and materials inside it; what the file leaves out is the part's own."""

    part: ClassVar[type[Part]]

    def given(self) -> dict[str, Any]:
        """The fields of the part that the file gives."""
        names = [name for name in type(self).model_fields if name in self.part.__dataclass_fields__]
        values = {name: getattr(self, name) for name in names}
        return {
            name: value.built if isinstance(value, Section) else value
            for name, value in values.items()
            if value is not None
        }

    def build(self, context: Context) -> Any:
        return self.part(**self.given())


def part_section(
    part: type[Part], base: type[PartSection] = PartSection, kind: str = "", /, **inside: Any
) -> type[PartSection]:
    """The section of a part of a device: its numbers, and the fields ``inside``; ``kind`` is its name among others."""
    fields: dict[str, Any] = {"kind": (Literal[kind], ...)} if kind else {}
    fields |= {**number_fields(part), **inside}
    section = create_model(f"{part.__name__}{kind}", __base__=base, __doc__=part.__doc__, **fields)
    section.part = part
    return section


class ChannelSection(PartSection):
    """The channel starts at a composition or at a conductance between source and drain."""

    composition: float | None = None
    conductance: float | None = None

    def build(self, context: Context) -> Any:
        if (self.composition is None) == (self.conductance is None):
            wrong = "is missing" if self.composition is None else "stands beside conductance"
            raise problem(f"{wrong}; give the start as one of composition and conductance", key="composition")
        return self.part(**{"composition": float(self.given()["host"].free_energy.capacity) / 2, **self.given()})


class IonicSynapseSection(PartSection):
    """An ionic synapse: reservoir, electrolyte, channel, and the gap through which the channel is read."""

    def build(self, context: Context) -> IonicSynapse:
        device: Any = super().build(context)
        given: Any = self
        start = given.channel.conductance
        return device if start is None else at_conductance(device, start)


def _ionic_synapse() -> type[Section]:
    host, kinetics = material_field(InsertionHost), law_field(laws.AbstractChargeTransfer)
    film: dict[str, Any] = {"host": (host, ...), "kinetics": (kinetics, ...)}
    reservoirs = {
        snake(part.__name__): part_section(part, PartSection, snake(part.__name__), **film)
        for part in (InsertionFilm, PinnedReservoir)
    }
    composition = number_fields(InsertionFilm, optional=True)["composition"]
    siemens: Any = Annotated[float, Measure(("S",))]
    channel = part_section(
        InsertionFilm,
        ChannelSection,
        **film,
        composition=composition,
        conductance=(siemens | None, None),
    )
    electrolyte = part_section(
        ElectrolyteFilm, material=(material_field(ElectrolyteMaterial), ...),
        ionic=(law_field(laws.AbstractIonicConduction) | None, None), leak=(law_field(laws.AbstractLeak) | None, None),
        salt=(law_field(laws.AbstractSalt) | None, None),
    )  # fmt: skip
    depths = {
        snake(part.__name__): part_section(part, PartSection, snake(part.__name__)) for part in (Resolved, WellMixed)
    }
    return part_section(
        IonicSynapse, IonicSynapseSection, "ionic_synapse", reservoir=(one_of("kind", reservoirs), ...),
        electrolyte=(electrolyte, ...), channel=(channel, ...), gap=(part_section(Gap), ...),
        depth=(one_of("kind", depths) | None, None),
    )  # fmt: skip


DEVICES = {"film_memristor": _film_memristor(), "ionic_synapse": _ionic_synapse()}
DeviceField = one_of("kind", DEVICES)
