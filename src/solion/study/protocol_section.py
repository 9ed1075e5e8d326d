"""Sections of protocol steps, made from the signatures of the functions in :mod:`solion.protocols`."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import typing
from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal

from pydantic import PrivateAttr, create_model
from pydantic_core import core_schema

from solion.base.errors import nearest
from solion.base.exports import Export
from solion.protocols import Protocol
from solion.study.catalogue import protocols
from solion.study.quantities import Context, File, Measure, Whole, problem
from solion.study.section import Section, choice

MOST_STEPS = 100_000
CURRENT = ("A", "A/m^2")
MEASURES = {
    "voltage": Measure(("V",), many=True),
    "current": Measure(CURRENT, many=True),
    "limits": Measure(("V",), many=True),
    "rate": Measure(("V/s",), per_second=True),
    "resistance": Measure(("ohm", "ohm*m^2")),
    **dict.fromkeys(("start", "read", "source_voltage"), Measure(("V",))),
    **dict.fromkeys(("duration", "width", "gap", "read_width", "begin"), Measure(("s",))),
    "straight": Measure(("V", *CURRENT)),
}
Count = Annotated[int, Whole(1, MOST_STEPS)]


class ComplianceSection(Section):
    """Limits of |voltage| and |current|, held where a step would exceed them."""

    voltage: Annotated[float, Measure(("V",))] | None = None
    current: Annotated[float, Measure(CURRENT)] | None = None


@dataclasses.dataclass(frozen=True)
class Level:
    """A value of the quantity that the same section names, in the unit of that quantity."""

    def __get_pydantic_core_schema__(self, _source, _handler):
        return core_schema.with_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, _schema, _handler) -> dict[str, Any]:
        return {"type": ["number", "string"]}

    def read(self, value: Any, info) -> float:
        """The value in the unit in which the device reports the quantity."""
        unit = info.context.monitors.get(info.data.get("quantity"), "1")
        return Measure(CURRENT if unit == "A" else (unit,)).read(value, info)


class UntilSection(Section):
    """End of a step, or of the run, when a quantity of the device goes above or below a value."""

    quantity: str
    above: Annotated[float, Level()] | None = None
    below: Annotated[float, Level()] | None = None
    end_run: bool = False

    def build(self, context: Context) -> UntilSection:
        if self.quantity not in context.monitors:
            known = ", ".join(context.monitors)
            reason = f"= {self.quantity!r} is unknown{nearest(self.quantity, context.monitors)}; known: {known}"
            raise problem(reason, key="quantity")
        if self.above is None and self.below is None:
            raise problem("is missing, and so is below; give one of them or both", key="above")
        return self


class StepSection(Section):
    """One entry of the protocol: a function of :mod:`solion.protocols` by name, and its arguments."""

    function: ClassVar[Callable[..., Protocol]]
    kind: str
    repeat: Count = 1
    compliance: ComplianceSection | None = None
    until: UntilSection | None = None
    _arguments: dict[str, Any] = PrivateAttr(default_factory=dict)

    def build(self, context: Context) -> Protocol:
        arguments = {key: value for key in type(self).model_fields if (value := getattr(self, key)) is not None}
        repeat, kind = arguments.pop("repeat"), arguments.pop("kind")
        compliance, until = arguments.pop("compliance", None), arguments.pop("until", None)
        if context.samples is not None and "samples" not in self.model_fields_set:
            arguments["samples"] = context.samples
        terminal = arguments.get("terminal")
        if terminal is not None and terminal not in context.terminals:
            known = ", ".join(context.terminals)
            raise problem(f"= {terminal!r} is unknown{nearest(terminal, context.terminals)}; known: {known}", key="terminal")
        if arguments.get("cycles", arguments.get("count", 1)) * repeat > MOST_STEPS:
            raise problem(f"makes {kind} longer than {MOST_STEPS} repetitions", key="repeat")
        self._arguments = arguments
        protocol = type(self).function(**arguments)
        if compliance is not None:
            protocol = protocol.with_compliance(**compliance.model_dump(exclude_none=True))
        if until is not None:
            protocol = protocol.until(**until.model_dump(exclude_none=True))
        return protocol.repeat(repeat)

    def call(self, writer: Any) -> Any:
        """The Python that makes these steps, for :func:`solion.study.script.script`."""
        from solion.study.script import Call

        function = type(self).function
        usual = inspect.signature(function).parameters

        def written(given: dict[str, Any]) -> tuple[tuple[str, str, str], ...]:
            unit = {key: MEASURES[key].units[0] for key in given if key in MEASURES}
            return tuple((key, writer.value(value, unit.get(key, "")), "") for key, value in given.items())

        call = Call(writer.name(function), written({k: v for k, v in self._arguments.items() if v != usual[k].default}))
        for method, section in (("with_compliance", self.compliance), ("until", self.until)):
            if section is not None:
                call = Call(f".{method}", written(section.model_dump(exclude_none=True, exclude_defaults=True)), after=call)
        return call if self.repeat == 1 else Call(".repeat", (("", str(self.repeat), ""),), after=call)


def _field(name: str, hint: Any, default: Any) -> Any:
    required = default is inspect.Parameter.empty
    if name in MEASURES:
        kind: Any = Annotated[Any, MEASURES[name]]
    elif hint is int:
        kind = Count
    elif hint == bool | None:
        kind = bool
    elif hint in (str, str | None):
        kind = str
    elif "PathLike" in str(hint):
        kind = Annotated[Any, File()]
    else:
        kind = Annotated[Any, Measure((), many=True)]
    return (kind, ...) if required else (kind | None, None if default is None else default)


@functools.cache
def _step(entry: Export) -> type[StepSection]:
    function = entry.load()
    hints = typing.get_type_hints(function)
    fields: Any = {
        key: _field(key, hints.get(key), entry.default) for key, entry in inspect.signature(function).parameters.items()
    }
    fields["kind"] = (Literal[entry.name], ...)
    section = create_model(f"Step_{entry.name}", __base__=StepSection, __doc__=inspect.getdoc(function), **fields)
    section.function = staticmethod(function)
    return section


STEP = choice("Step", "kind", {name: functools.partial(_step, entry) for name, entry in protocols().items()})
