"""The temperature at which the numbers of a part hold, and parts that are put together with numbers of different ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from solion.base.constants import ROOM_TEMPERATURE, SAME_TEMPERATURE
from solion.base.parameters import assumed, parameter, table


def reference_temperature() -> Any:
    """Declare the temperature (K) of all numbers of a part that has no laws to take them to another one.

    Used together with ``holds_at = "reference_temperature"``. Whoever gives numbers of another temperature sets it.
    """
    return parameter(
        ROOM_TEMPERATURE,
        unit="K",
        low=1,
        high=3000,
        doc="T_ref, at which its numbers hold",
        source=assumed(ROOM_TEMPERATURE, "room temperature, where the source names none"),
        kw_only=True,
    )


def temperatures_apart(device: Any) -> Iterator[str]:
    """A sentence for each part at another temperature (K) than that at which numbers of others hold, with the remedy."""
    rows = list(table(device))
    held = {row.path.rpartition(".")[0]: row.holds_at for row in rows if row.holds_at is not None}
    for row in rows:
        if row.unit != "K" or row.path.rpartition(".")[0] in held:
            continue
        apart = [path for path, at in held.items() if abs(at - row.value) > SAME_TEMPERATURE]
        others = [path for path in apart if path.rpartition(".")[0] not in apart]  # a law is named with its host
        if others:
            yield (
                f"{row.path} is {row.value:g} K, but the numbers of {', '.join(others)} hold at {held[others[0]]:g} K and are"
                f" used as they are; give numbers that hold at {row.value:g} K, and reference_temperature = {row.value:g} K"
                f" beside them."
            )
