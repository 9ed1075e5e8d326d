"""Tables of a study file: a pydantic model that knows its keys, and the sentence a wrong one earns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Union

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    PrivateAttr,
    Tag,
    ValidationError,
    create_model,
    model_validator,
)

from solion.base.errors import InputError, nearest
from solion.study.quantities import Context, problem


class Section(BaseModel):
    """A table of a study file. Unknown keys are refused with the nearest known one."""

    model_config = ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=True, allow_inf_nan=False)
    _built: Any = PrivateAttr(None)

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, data: Any) -> Any:
        if isinstance(data, dict) and cls.model_config.get("extra") == "forbid":
            for key in data:
                if key not in cls.model_fields:
                    known = ", ".join(cls.model_fields)
                    reason = f"is not a known key{nearest(key, cls.model_fields)}; known here: {known}"
                    raise problem(reason, key=str(key))
        return data

    @model_validator(mode="after")
    def _make(self, info) -> Section:
        try:
            self._built = self.build(info.context)
        except InputError as error:
            raise problem(str(error).rstrip("."), whole=True) from None
        return self

    def build(self, context: Context) -> Any:
        """What the table describes, as the library's own object."""
        return self

    @property
    def built(self) -> Any:
        """The object that :meth:`build` made when the table was read."""
        return self._built


def one_of(key: str, sections: Mapping[str, type[Section]], other: type[Section] | None = None) -> Any:
    """A field that takes the section named by its ``key``; text alone stands for a table with that key only.

    ``other`` takes names of the form "file.py:name".
    """
    keys = {known for section in sections.values() for known in section.model_fields}

    def tag(value: Any) -> str:
        name = value.get(key) if isinstance(value, dict) else getattr(value, key)
        return "other" if other is not None and is_code(name) else str(name)

    def checked(value: Any) -> Any:
        value = {key: value} if isinstance(value, str) else value
        if isinstance(value, Section):
            return value
        if not isinstance(value, dict):
            raise problem(f"is not a table with a key {key!r}")
        if key not in value:
            for wrong in value:
                if wrong not in keys and nearest(wrong, [key]):
                    raise problem(f"is not a known key{nearest(wrong, [key])}", key=str(wrong))
            raise problem(f"is missing; known: {', '.join(sections)}", key=key)
        name = value[key]
        if not (isinstance(name, str) and name in sections) and not (other is not None and is_code(name)):
            raise problem(f"= {name!r} is unknown{nearest(name, sections)}; known: {', '.join(sections)}", key=key)
        return value

    members = [Annotated[section, Tag(name)] for name, section in sections.items()]
    if other is not None:
        members.append(Annotated[other, Tag("other")])
    if len(members) == 1:
        return Annotated[members[0], BeforeValidator(checked)]
    return Annotated[Union[tuple(members)], Discriminator(tag), BeforeValidator(checked)]  # noqa: UP007


def assumed(key: str, name: str, value: Any) -> Any:
    """A table with ``key = name`` put in where it is missing, in place, so that errors find their way through it."""
    if isinstance(value, dict):
        value.setdefault(key, name)
    return value


def is_code(name: Any) -> bool:
    """Whether a name points into a Python file of the user's: "file.py:name"."""
    return isinstance(name, str) and ".py:" in name


def nested(read: Callable[[], Any], raw: Any) -> Any:
    """``read()``, with the error of a section inside passed on to the section around it."""
    try:
        return read()
    except ValidationError as error:
        path, reason = _first(error, raw)
        raise problem(reason, key=path) from None


def read_one(key: str, kind: Any, value: Any, context: Context, inside: str = "") -> Any:
    """One value read as a field of its own, for keys that no section lists."""
    fields: dict[str, Any] = {key: (kind, ...)}
    section: Any = create_model("Value", __base__=Section, **fields)
    raw = {key: value}
    try:
        return getattr(section.model_validate(raw, context=context), key)
    except ValidationError as error:
        path, reason = _first(error, raw)
        raise problem(reason, key=f"{inside}.{path}" if inside else path) from None


def sentence(error: ValidationError, raw: Any) -> str:
    """One sentence: key, value and what is wrong with it."""
    path, reason = _first(error, raw)
    return f"{path}{'' if reason.startswith(':') or not path else ' '}{reason}."


def _first(error: ValidationError, raw: Any) -> tuple[str, str]:
    first = error.errors(include_url=False)[0]
    context = first.get("ctx", {})
    path = _keys(first["loc"], raw)
    if "key" in context:
        path = ".".join(part for part in (path, context["key"]) if part)
        return path, context["reason"]
    if first["type"] == "missing":
        return path, "is missing"
    if context.get("whole"):
        return path, f": {context['reason']}"
    reason = (
        context["reason"] if first["type"] == "study" else first["msg"].replace("Input should", "should").rstrip(".")
    )
    shown = repr(first["input"])
    return path, f"= {shown if len(shown) < 60 else shown[:57] + '...'} {reason}"


def _keys(location: tuple[int | str, ...], raw: Any) -> str:
    """The location of an error as dotted keys of the file, without pydantic's names of alternatives."""
    parts: list[str] = []
    for entry in location:
        inside = raw if isinstance(raw, dict) else {}
        if isinstance(entry, str) and entry not in inside and (entry == "other" or entry in _names(inside)):
            continue
        parts.append(str(entry))
        try:
            raw = raw[entry]
        except (KeyError, IndexError, TypeError):
            raw = None
    return ".".join(parts)


def _names(table: dict) -> list[Any]:
    return [table.get(key) for key in ("kind", "law", "name", "engine")]
