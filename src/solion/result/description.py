"""What every result says of itself beside its numbers: the attributes of its dataset, JSON where they have structure."""

from __future__ import annotations

import functools
import json
import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import jax
import numpy as np

from solion.base.parameters import Row

ROW = ("path", "value", "unit", "range", "provenance", "reference", "doc", "holds_at")  # of a number, in a result
PLAIN = ("title", "device", "experiment", "status", "message", "sign_convention")


def describe(**given: Any) -> dict[str, Any]:
    """Attributes of a dataset: sentences as they are, everything else as JSON, and the versions of the software."""
    given = given | {"versions": dict(versions())}
    return {name: printable(value) if name in PLAIN else json.dumps(value) for name, value in given.items()}


def printable(text: str) -> str:
    """The text with a mark in place of what would steer a terminal or break a page: control characters but line ends."""
    return "".join(sign if sign.isprintable() or sign in "\n\t" else "\ufffd" for sign in text)


def row_values(row: Row) -> dict[str, Any]:
    """A number of a device with its unit, range, provenance and reference, for JSON."""
    return {name: getattr(row, name) for name in ROW}


@functools.cache
def versions() -> Mapping[str, str]:
    """Versions of what computed, read from the installed packages once."""
    try:
        own = version("solion")
    except PackageNotFoundError:  # used from a source tree that is not installed
        own = "source tree"
    return {
        "solion": own,
        "jax": jax.__version__,
        "numpy": np.__version__,
        "xarray": version("xarray"),
        "python": platform.python_version(),
    }
