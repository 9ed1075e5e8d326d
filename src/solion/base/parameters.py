"""Numbers with a unit, an allowed range and a source; the parts that own them.

A *part* is an immutable pytree (equinox module) whose numbers are declared with :func:`parameter`.
Constructing a part checks every number against its range, once, by name. A material or a paper's
device passes ``sources`` beside the numbers, so that each value knows whether it was stated,
derived, taken from the literature, assumed, calibrated, or set by the user.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal, TypeVar, dataclass_transform, get_type_hints

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

import solion.base.backend  # noqa: F401
from solion.base.errors import InputError

P = TypeVar("P", bound="Part")
Provenance = Literal["stated", "derived", "literature", "assumed", "calibrated", "user"]


@dataclasses.dataclass(frozen=True)
class Source:
    """Where a number comes from: its kind and a sentence or reference (DOI) a reader can check."""

    provenance: Provenance
    reference: str


@dataclasses.dataclass(frozen=True)
class Sourced:
    """A number together with its source, as materials and papers write it."""

    value: float
    source: Source


def stated(value: float, reference: str) -> Sourced:
    """The source says this number."""
    return Sourced(value, Source("stated", reference))


def derived(value: float, reference: str) -> Sourced:
    """Follows by arithmetic from numbers of the source."""
    return Sourced(value, Source("derived", reference))


def literature(value: float, reference: str) -> Sourced:
    """From other publications than the one modelled."""
    return Sourced(value, Source("literature", reference))


def assumed(value: float, reason: str) -> Sourced:
    """A choice where the sources are silent; the text says why this one."""
    return Sourced(value, Source("assumed", reason))


def calibrated(value: float, reason: str) -> Sourced:
    """Fitted to a measurement named in the text."""
    return Sourced(value, Source("calibrated", reason))


USER = Source("user", "set by the user")
DEFAULT = Source("assumed", "default of the part, unless given")


def parameter(
    default: Any = dataclasses.MISSING,
    *,
    unit: str = "1",
    printed: str = "",
    low: float = -np.inf,
    high: float = np.inf,
    open_low: bool = False,
    open_high: bool = False,
    source: Sourced | None = None,
    doc: str = "",
    kw_only: bool = False,
) -> Any:
    """Declare a number of a part: its unit, allowed range (closed unless ``open_*``), default's source and meaning.

    ``printed`` is the unit of the device (i_D, V_T/i_D, k_BT) in which papers print it, that of a plain number in a study file.
    """
    metadata = {
        "parameter": True,
        "unit": unit,
        "printed": printed,
        "low": low,
        "high": high,
        "open_low": open_low,
        "open_high": open_high,
        "source": source.source if source else None,
        "doc": doc,
    }
    if default is dataclasses.MISSING:
        return eqx.field(metadata=metadata, kw_only=kw_only)
    return eqx.field(default=default, metadata=metadata, kw_only=kw_only)


def inline(default: Any = dataclasses.MISSING) -> Any:
    """Declare a part whose numbers a study file writes one level up, beside those of the part that holds it."""
    return eqx.field(metadata={"inline": True}, **({} if default is dataclasses.MISSING else {"default": default}))


def positive_parameter(default: Any = dataclasses.MISSING, **declared: Any) -> Any:
    """Declare a number that must be above zero; the arguments are those of :func:`parameter`."""
    return parameter(default, low=0, open_low=True, **declared)


@dataclass_transform(field_specifiers=(parameter, positive_parameter, inline, eqx.field, dataclasses.field))
class Part(eqx.Module):
    """A piece of a device or a law: immutable, differentiable, its numbers checked at construction.

    ``stacked``: whether each number may be an array, of many such parts side by side. ``holds_at``: the temperature (K) at which
    its numbers hold, and those of its parts, or the name of the number that says it; None where they do not depend on it.
    """

    stacked: ClassVar[bool] = False
    holds_at: ClassVar[float | str | None] = None

    sources: tuple[tuple[str, Sourced], ...] = eqx.field(static=True, default=(), kw_only=True, repr=False)

    def __check_init__(self):
        owner = type(self).__name__
        for field in dataclasses.fields(self):
            value, kind = getattr(self, field.name), _kinds(type(self)).get(field.name)
            if field.metadata.get("parameter"):
                _check(owner, field, value, self.stacked)
                known = not isinstance(value, Tracer)
                if known and not self.stacked and field.type in ("float", float) and np.ndim(value):
                    object.__setattr__(self, field.name, float(np.reshape(value, ())))  # an array of one number is it
            elif kind is not None and not isinstance(value, kind):
                raise InputError(f"{owner}.{field.name} = {value!r} is not a {kind.__name__.removeprefix('Abstract')} object.")

    def _repr_html_(self) -> str:
        """For a notebook: what it is, and its numbers with their units, allowed ranges and sources."""
        from solion.base.html_table import headed, html_table

        rows = [
            (row.path, f"{row.value:.6g}", "" if row.unit == "1" else row.unit, row.range, row.provenance, row.doc)
            for row in table(self)
        ]
        line = re.sub(r":\w+:`~?|`", "", (inspect.getdoc(type(self)) or "").partition("\n")[0])
        heads = ("number", "value", "unit", "allowed", "source", "meaning")
        name = getattr(self, "name", "")
        title = type(self).__name__ + (f" {name}" if isinstance(name, str) and name else "")
        return headed(title, line, html_table(heads, rows) if rows else "<p>It has no numbers.</p>")


@functools.cache
def _kinds(part: type) -> dict[str, type]:
    """The fields of a part that hold other parts, with the class that each must be of."""
    hints = get_type_hints(part)
    return {name: kind for name, kind in hints.items() if isinstance(kind, type) and issubclass(kind, Part)}


def build(part: type[P], /, **fields: Any) -> P:
    """Construct ``part``, taking each :class:`Sourced` field as its value and remembering its source."""
    sources = tuple((name, value) for name, value in fields.items() if isinstance(value, Sourced))
    plain = {name: value.value if isinstance(value, Sourced) else value for name, value in fields.items()}
    return part(**plain, sources=sources)


def allowed_range(metadata: Mapping[str, Any]) -> str:
    """The allowed range of a parameter in interval notation, e.g. ``(0, 1)`` or ``[0, inf)``."""
    left = "(" if metadata["open_low"] or metadata["low"] == -np.inf else "["
    right = ")" if metadata["open_high"] or metadata["high"] == np.inf else "]"
    return f"{left}{metadata['low']:g}, {metadata['high']:g}{right}"


def _check(owner: str, field: dataclasses.Field, value: Any, many: bool) -> None:
    if isinstance(value, Tracer):
        return  # under jit, vmap or differentiation the value is not known; it was checked when it was
    meta = field.metadata
    try:
        if value is None or isinstance(value, (str, bytes, bool, np.bool_)):
            raise TypeError
        number = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise InputError(f"{owner}.{field.name} = {value!r} is not a number; give it in {meta['unit']}.") from None
    if number.size != 1 and not many and field.type in ("float", float):
        raise InputError(
            f"{owner}.{field.name} is an array of shape {number.shape}, where one number belongs; for many values build one part"
            " for each, or sweep it."
        )
    inside = np.isfinite(number)
    inside &= (number > meta["low"]) if meta["open_low"] else (number >= meta["low"])
    inside &= (number < meta["high"]) if meta["open_high"] else (number <= meta["high"])
    if not np.all(inside):
        unit = "" if meta["unit"] == "1" else f" {meta['unit']}"
        wrong = number if number.ndim == 0 else number[~inside][0]
        raise InputError(f"{owner}.{field.name} = {wrong:g}{unit} is outside its allowed range {allowed_range(meta)}{unit}.")


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the parameter table of a device."""

    path: str
    value: float
    unit: str
    range: str
    provenance: str
    reference: str
    doc: str
    holds_at: float | None = None  # K


def table(part: Any, path: str = "", holds_at: float | None = None) -> Iterator[Row]:
    """Walk a part and everything it contains; yield one :class:`Row` for each number, those of a list by their places.

    A source holds only while the value it came with is unchanged; a value that is neither sourced nor the
    declared default was set by the user.
    """
    if isinstance(part, tuple):
        for place, entry in enumerate(part):
            if isinstance(entry, Part):
                yield from table(entry, f"{path}.{place}", holds_at)
        return
    if not dataclasses.is_dataclass(part) or isinstance(part, type):
        return
    sources = dict(getattr(part, "sources", ()))
    own = part.holds_at if isinstance(part, Part) else None
    holds_at = holds_at if own is None else float(getattr(part, own) if isinstance(own, str) else own)
    for field in dataclasses.fields(part):
        value = getattr(part, field.name)
        here = f"{path}.{field.name}" if path else field.name
        if not field.metadata.get("parameter"):
            yield from table(value, here, holds_at)
            continue
        number = np.asarray(value, dtype=float)
        source = _source(field, number, sources.get(field.name))
        places = [(here, number)] if number.ndim == 0 else [(f"{here}.{k}", one) for k, one in enumerate(number.ravel())]
        for place, one in places:
            yield Row(
                place,
                float(one),
                field.metadata["unit"],
                allowed_range(field.metadata),
                source.provenance,
                source.reference,
                field.metadata["doc"],
                None if field.metadata["unit"] == "K" else holds_at,
            )


def _source(field: dataclasses.Field, number: np.ndarray, known: Sourced | None) -> Source:
    if known is not None and np.all(number == known.value):
        return known.source
    if field.default is not dataclasses.MISSING and np.all(number == field.default):
        return field.metadata["source"] or DEFAULT
    return USER


def annotate(part: Any, sources: Mapping[str, Source]) -> Any:
    """The same part, or tuple of parts, with sources for some of its numbers, by their paths in :func:`table`."""
    deeper: dict[str, dict[str, Source]] = {}
    own = []
    for path, source in sources.items():
        head, _, rest = path.partition(".")
        if isinstance(part, tuple) or isinstance(getattr(part, head), (Part, tuple)):
            deeper.setdefault(head, {})[rest] = source
        else:
            own.append((head, Sourced(getattr(part, head), source)))
    if isinstance(part, tuple):
        return tuple(annotate(entry, deeper.get(str(place), {})) for place, entry in enumerate(part))
    children = {head: annotate(getattr(part, head), inner) for head, inner in deeper.items()}
    return dataclasses.replace(part, sources=(*part.sources, *own), **children)


def without_sources(part: P) -> P:
    """The same part with its sources forgotten, so that parts of equal structure are of equal type to a compiler.

    Its numbers are not checked again, which would take longer than the rest of the preparation of a run.
    """
    bare = object.__new__(type(part))
    for name, value in vars(part).items():
        value = () if name == "sources" else without_sources(value) if isinstance(value, Part) else value
        object.__setattr__(bare, name, value)
    return bare


def as_arrays(tree):
    """The same pytree with every number a double-precision array, so that a change of value never recompiles."""
    return jax.tree.map(_number, tree)


def _number(value):
    """As an array; one that is known by way of NumPy, since JAX compiles even the conversion of a number."""
    return jnp.asarray(value, float) if isinstance(value, Tracer) else jax.device_put(np.asarray(value, float))
