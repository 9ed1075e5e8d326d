"""The table of Tian and Bazant, Fig. 5: diffusion and switching times of hosts at one thickness."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from solion.base.errors import InputError, nearest
from solion.explore.sizing.dimensions import RATIO, diffusion_time
from solion.materials import Diffusivity, diffusivities

THICKNESS = 50e-9  # m; Tian and Bazant, Fig. 5
ROOM = 298.15  # K


class Speed(NamedTuple):
    """One host: ``diffusivity`` (m^2/s), ``diffusion`` time h^2/D and ``switching`` time (s), each from low to high."""

    name: str
    host: Diffusivity
    diffusivity: tuple[float, float]
    diffusion: tuple[float, float]
    switching: tuple[float, float]


def chosen(names: tuple[str, ...] | None) -> dict[str, Diffusivity]:
    """The entries of these names, all of them for None. Raises InputError for a name without an entry."""
    known = diffusivities()
    for name in names or ():
        if name not in known:
            raise InputError(
                f"design: material = {name!r} has no diffusivity entry{nearest(name, known)}; known: {', '.join(known)}."
            )
    return {name: known[name] for name in names or known}


def speeds(
    *,
    thickness: float = THICKNESS,
    ratio: float = RATIO,
    temperature: float = ROOM,
    hosts: Mapping[str, Diffusivity] | None = None,
) -> list[Speed]:
    """tau_D = h^2/D and tau_switch = ratio tau_D of each host at one thickness (m) and temperature (K)."""
    rows = []
    for name, host in (diffusivities() if hosts is None else hosts).items():
        low, high = host.range_at(temperature)
        slow, fast = (float(diffusion_time(thickness, value)) for value in (low, high))
        rows.append(Speed(name, host, (low, high), (fast, slow), (ratio * fast, ratio * slow)))
    return rows
