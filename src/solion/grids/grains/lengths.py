"""Lengths as users give them: one number in metres, in a range that tells a forgotten unit."""

from __future__ import annotations

from typing import Any

import numpy as np

from solion.base.errors import InputError

SLIPS = ((1e-6, "um"), (1e-9, "nm"))


def one_number(name: str, value: Any, meaning: str = "") -> float:
    """A number as a float: of any kind, 0-d and one-element arrays too. Raises InputError, by ``name``, for anything else."""
    try:
        if isinstance(value, str | bytes) or value is None:
            raise TypeError
        number = np.asarray(value, float)
        if number.size != 1:
            raise ValueError
        return float(number.reshape(()))
    except (TypeError, ValueError):
        raise InputError(f"{name} = {value!r} is not one number{meaning}.") from None


def one_length(name: str, value: Any, span: tuple[float, float] = (0.0, np.inf)) -> float:
    """A positive length in m as a float.

    Raises InputError, by ``name``, for what is no number, and for a length outside ``span``, with the unit that was probably
    forgotten.
    """
    length = one_number(name, value, "; it is a length in metres, such as 0.25e-6")
    if not (np.isfinite(length) and length > 0):
        raise InputError(f"{name} = {length:g} m must be a positive length in metres.")
    if not span[0] <= length <= span[1]:
        fits = (
            f": {length:g} {unit} are {length * size:g} m"
            for size, unit in SLIPS
            if length > span[1] and span[0] <= length * size <= span[1]
        )
        raise InputError(
            f"{name} = {length:g} m is outside its allowed range [{span[0]:g}, {span[1]:g}] m; lengths are in "
            f"metres{next(fits, '')}."
        )
    return length
