"""A number with a unit given on the command line, read and refused as in a study file."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from pydantic_core import PydanticCustomError

from solion.base.errors import InputError
from solion.study.quantities import EXAMPLES, Context, Measure, Units

PLAIN = {"s": "10 ms", "V": "1 V", "A": "1 uA"}  # in place of examples in units of a device, which is not known here


def quantity(
    name: str,
    text: str,
    unit: str,
    *,
    low: float = 0.0,
    high: float = float("inf"),
    other: tuple[str, ...] = (),
    scales: Any = None,
) -> float:
    """``text`` such as "10 ns" in ``unit``, above ``low`` and up to ``high``. Raises InputError in one sentence that names it.

    ``other``: units per area that it may have as well; ``scales``: of a device whose own units may be used.
    """
    metadata = {"unit": unit, "low": low, "high": high, "open_low": True, "open_high": False}
    surroundings: Any = SimpleNamespace(context=Context(Path(), Units(scales) if scales else Units(), preliminary=False))
    try:
        return cast(float, Measure((unit, *other), metadata).read(text, surroundings))
    except PydanticCustomError as error:
        reason = error.message().replace(f'"{EXAMPLES.get(unit)}"', f'"{PLAIN.get(unit, EXAMPLES.get(unit))}"')
        raise InputError(f"{name} = {text!r} {reason}.") from None
