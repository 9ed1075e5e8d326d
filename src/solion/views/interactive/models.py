"""Models of BokehJS as plain data: what a page in a file needs, without importing or building models of Bokeh in Python.

Figures are drawn with any *kit* of models: :data:`PLAIN` for a page in a file, the module ``bokeh.models`` where a server keeps
the models alive. What is not set has the default of BokehJS, which is that of Bokeh.
"""

from __future__ import annotations

import base64
import gzip
import json
import math
from typing import Any

import numpy as np


class PlainModel:
    """A model by its name in Bokeh, with what was set of it as attributes."""

    def __init__(self, name: str, values: dict[str, Any]):
        self.__dict__["_name"], self.__dict__["_values"] = name, values

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(f"{self._name}.{name} was not set") from None

    def __setattr__(self, name: str, value: Any) -> None:
        self._values[name] = value

    def update(self, **values: Any) -> None:
        """Set several attributes."""
        self._values.update(values)

    def js_on_change(self, event: str, callback: PlainModel) -> None:
        """Let the browser call ``callback`` when an attribute changes."""
        self._values.setdefault("js_property_callbacks", {}).setdefault(f"change:{event}", []).append(callback)


class PlainKit:
    """Makes plain models: ``PLAIN.Range1d(start=0, end=1)``."""

    def __getattr__(self, name: str) -> Any:
        return lambda **values: PlainModel(name, values)


PLAIN = PlainKit()


class Encoder:
    """Plain models as BokehJS reads them: whole where it meets one first, by its number afterwards."""

    def __init__(self):
        self.numbers: dict[int, str] = {}

    def number(self, model: PlainModel) -> str:
        """The number by which a model is known."""
        return self.numbers.setdefault(id(model), f"p{len(self.numbers) + 1}")

    def __call__(self, value: Any) -> Any:
        """What stands for a value in JSON."""
        if value is None or isinstance(value, (str, bool)):
            return value
        if isinstance(value, PlainModel):
            known = id(value) in self.numbers
            number = {"id": self.number(value)}
            if known:
                return number
            attributes = {name: self(entry) for name, entry in value._values.items()}
            return {"type": "object", "name": value._name, **number, "attributes": attributes}
        if isinstance(value, (float, np.floating)):
            number = float(value)
            return number if math.isfinite(number) else {"type": "number", "value": _NOT_FINITE.get(number, "nan")}
        if isinstance(value, (int, np.integer)):
            return int(value)
        if isinstance(value, np.ndarray):
            return self._array(value)
        if isinstance(value, dict):
            if all(isinstance(key, str) and key not in ("type", "id") for key in value):
                return {key: self(entry) for key, entry in value.items()}
            return {"type": "map", "entries": [[self(key), self(entry)] for key, entry in value.items()]}
        return [self(entry) for entry in value]

    def _array(self, values: np.ndarray) -> Any:
        packed = gzip.compress(np.ascontiguousarray(values).tobytes(), mtime=1)
        content = {"type": "bytes", "data": base64.b64encode(packed).decode()}
        order = "little" if np.little_endian else "big"
        return {"type": "ndarray", "array": content, "shape": list(values.shape), "dtype": values.dtype.name, "order": order}


_NOT_FINITE = {math.inf: "+inf", -math.inf: "-inf"}


def as_json(version: str, roots: list[PlainModel]) -> tuple[str, list[str]]:
    """A document of BokehJS that holds these models, for a script of HTML, and the numbers of the models."""
    encode = Encoder()
    content = [encode(root) for root in roots]
    document = {"figures": {"version": version, "title": "", "roots": content}}
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.replace("<", "\\u003c"), [encode.number(root) for root in roots]
