"""Names of classes as study files write them, and what a class says of itself."""

from __future__ import annotations

import inspect
import re


def snake(name: str) -> str:
    """ButlerVolmer -> butler_volmer."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def first_line(thing: object) -> str:
    """First line of the docstring of a class or a function."""
    return (inspect.getdoc(thing) or "").partition("\n")[0]
