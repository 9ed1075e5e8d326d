"""How fields of experiments stand in a study file whose types alone do not say it: protocols, start states, tolerances.

A field names its form by ``placed(..., form="tolerance")``; a protocol has its form by its type.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator

from solion.base.errors import nearest
from solion.devices.start import AbstractInitial
from solion.protocols import Protocol
from solion.study.part_section import Fields, one_of_parts, optional, plain
from solion.study.protocol_section import CURRENT, STEP
from solion.study.quantities import Context, Measure, bounds, problem
from solion.study.section import read_one

Allowed = Annotated[float, Measure(("1",), bounds(1e-13, 0.1))]
ERRORS = ("relative", "absolute", "guard")


class Form(NamedTuple):
    """``fields``: keys that stand in the table of the field, or, where ``whole``, the one annotation of the table itself.

    ``build(section, context)`` makes the value, from the section of the table or, where ``whole``, from what was read.
    """

    fields: Callable[[str], Fields]
    build: Callable[[Any, Context], Any]
    whole: bool = False


def whole(annotation: Callable[[], Any], build: Callable[[Any, Context], Any] = lambda read, _: plain(read)) -> Form:
    """A form that is a table of its own."""
    return Form(lambda name: {name: (annotation(), ...)}, build, True)


def _protocol(read: Any, _: Context) -> Protocol:
    return Protocol(tuple(step for entry in read for step in entry.built.steps))


def _not_empty(value: Any) -> Any:
    if not isinstance(value, list) or not value:
        raise problem("is not a list of steps; begin each with [[protocol]]")
    return value


def _errors(section: Any, _: Context) -> dict[str, float] | None:
    return {name: value for name in ERRORS if (value := getattr(section, name)) is not None}


def _levels(section: Any, context: Context) -> dict[str, float] | None:
    if section.watch is None:
        return None
    levels = {}
    for name, value in section.watch.items():
        if name not in context.monitors:
            known = ", ".join(context.monitors)
            reason = f"is not a quantity of the device{nearest(name, context.monitors)}; known: {known}"
            raise problem(reason, key=f"watch.{name}")
        unit = context.monitors[name]
        measure = Measure(CURRENT if unit == "A" else (unit,))
        levels[name] = read_one(name, Annotated[float, measure], value, context, "watch")
    return levels


def _microstructure() -> Any:
    from solion.study.microstructure_section import MICROSTRUCTURE

    return MICROSTRUCTURE


def _engine() -> Any:
    from solion.study.conduction_sections import ENGINE

    return ENGINE


def _frequencies() -> Any:
    from solion.study.conduction_sections import SpectrumSection

    return SpectrumSection


FORMS = {
    "protocol": whole(lambda: Annotated[list[STEP], BeforeValidator(_not_empty)], _protocol),
    "start": whole(lambda: one_of_parts(AbstractInitial)),
    "tolerance": Form(lambda _: {name: (optional(Allowed), None) for name in ERRORS}, _errors),
    "levels": Form(lambda name: {name: (dict[str, Any] | None, None)}, _levels),
    "microstructure": whole(_microstructure),
    "engine": whole(_engine),
    "frequencies": whole(_frequencies),
}
