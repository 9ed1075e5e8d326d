"""The tables of a study file that belong to its experiment, made from the fields that the experiment declares."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import typing
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, create_model

from solion.base.names import snake
from solion.devices.specimen import AbstractSpecimen
from solion.experiments.experiment import AbstractExperiment
from solion.protocols import Protocol
from solion.result.standing import STANDINGS
from solion.study import catalogue
from solion.study.forms import FORMS, Form
from solion.study.part_section import MISSING, Fields, code_section, field_annotation, optional, plain, section_of
from solion.study.protocol_section import Count
from solion.study.quantities import Context, problem
from solion.study.section import Section, choice

OWN = "experiment"  # the table of fields that name no other


class PrintedSection(Section):
    """A number that the source of the study prints, held against a metric of the run or against a sentence."""

    name: str
    printed: str
    metric: str | None = None
    found: str | None = None
    standing: str
    why: str

    def build(self, context: Context) -> dict[str, Any]:
        if self.standing not in STANDINGS:
            raise problem(f"= {self.standing!r} is unknown; known: {', '.join(STANDINGS)}", key="standing")
        if (self.metric is None) == (self.found is None):
            raise problem("or found is needed, and one of them only: a metric of the run, or a sentence", key="metric")
        return {key: getattr(self, key) for key in type(self).model_fields}


class TableSection(Section):
    """A table of an experiment: what it was built to is the values of the experiment's fields."""

    forms: ClassVar[dict[str, Form | None]]

    def build(self, context: Context) -> dict[str, Any]:
        if "samples" in type(self).model_fields:
            context.samples = getattr(self, "samples")  # noqa: B009  (a field that not every table has)
        found = {}
        for name, form in self.forms.items():
            value = plain(getattr(self, name)) if form is None else form.build(self, context)
            if value is not None:
                found[name] = value
        return found


def _plain_text(value: Any) -> Any:
    """Text as people write it: a control character would break the files and pages that hold it."""
    if isinstance(value, str) and any(not sign.isprintable() and sign not in "\n\t" for sign in value):
        raise problem("holds control characters; write plain text")
    return value


PlainText = Annotated[str, BeforeValidator(_plain_text)]


def _listed(value: Any) -> Any:
    if not isinstance(value, list):
        raise problem("is not a list of tables; begin each with [[printed]]")
    return value


class StudyFile(Section):
    """A study file of Solion (TOML): a device, what is done with it, and what becomes of the result."""

    forms: ClassVar[dict[str, tuple[str, Form]]]  # of whole tables, by their names: the field and its form
    experiment_class: ClassVar[type[AbstractExperiment]]

    def experiment_of(self, context: Context) -> AbstractExperiment:
        """The experiment that the file describes."""
        given: dict[str, Any] = {}
        for name in type(self).model_fields:
            value = getattr(self, name)
            if name in self.forms and value is not None:
                field, form = self.forms[name]
                given[field] = form.build(value, context)
            elif isinstance(value, TableSection):
                given |= value.built
        return self.experiment_class(**given)


@functools.cache
def device_field() -> Any:
    """A field that takes any device."""
    sections = {name: functools.partial(_device, entry, name) for name, entry in catalogue.devices().items()}
    return choice("Device", "kind", sections, other=functools.partial(code_section, (AbstractSpecimen,)))


def _device(entry: Any, name: str) -> Any:
    return section_of(entry.load(), "kind", name)


@functools.cache
def study_file(experiment: type[AbstractExperiment]) -> type[StudyFile]:
    """The whole file of studies with this experiment."""
    hints = typing.get_type_hints(experiment)
    tables: dict[str, Fields] = {"output": {"figures": (bool, True)}}
    entries: dict[str, dict[str, Form | None]] = {"output": {}}
    forms: dict[str, tuple[str, Form]] = {}
    fields: Fields = {}
    for field in dataclasses.fields(experiment):
        if field.name == "sources":
            continue
        protocol = hints[field.name] is Protocol
        table = field.name if protocol else field.metadata.get("table", OWN)
        form = FORMS["protocol"] if protocol else FORMS.get(field.metadata.get("form", ""))
        needed = field.default is MISSING
        if protocol:
            tables["output"]["samples"] = (optional(Count), None)
        if form is not None and form.whole:
            annotation: Any = form.fields(table)[table][0]
            fields[table] = (annotation, ...) if needed else (annotation | None, None)
            forms[table] = (field.name, form)
            continue
        if form is not None:
            own = form.fields(field.name)
        else:
            annotation = field_annotation(experiment, field, hints[field.name])
            if annotation is None:
                continue
            plain_default = isinstance(field.default, (bool, int, float, str))
            own = {
                field.name: (annotation, ...)
                if needed
                else (annotation, field.default)
                if plain_default
                else (annotation | None, None)
            }
        tables.setdefault(table, {}).update(own)
        entries.setdefault(table, {})[field.name] = form
    head: Fields = {"title": (PlainText, ""), "description": (PlainText, ""), "sources": (dict[str, str], {})}
    head["views"] = (list[str], [])
    head |= {"device": (device_field(), ...), OWN: (_table(experiment, OWN, tables.pop(OWN, {}), entries), None)}
    for name in [name for name in tables if name not in fields]:
        head[name] = (_table(experiment, name, tables[name], entries), None)
    head |= fields | {"printed": (Annotated[list[PrintedSection], BeforeValidator(_listed)], [])}
    if tables_needed := [name for name in (OWN, *tables) if _needed(head[name][0])]:
        for name in tables_needed:
            head[name] = (head[name][0], ...)
    model = create_model(f"{experiment.__name__}Study", __base__=StudyFile, __doc__=inspect.getdoc(experiment), **head)
    model.forms, model.experiment_class = forms, experiment
    return model


def _table(experiment: type, name: str, fields: Fields, entries: dict[str, dict[str, Form | None]]) -> Any:
    kind: Fields = {"kind": (str, snake(experiment.__name__))} if name == OWN else {}
    section = create_model(f"{experiment.__name__}_{name}", __base__=TableSection, **kind, **fields)
    section.forms = entries.get(name, {})
    return section


def _needed(table: Any) -> bool:
    return (
        inspect.isclass(table)
        and issubclass(table, Section)
        and any(field.is_required() for field in table.model_fields.values())
    )
