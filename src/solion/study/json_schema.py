"""The JSON schema of study files, for editors: choices become definitions that are made when something refers to them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from solion.study.section import CHOICES, Section


def schema_of(files: Iterable[type[Section]]) -> dict[str, Any]:
    """The schema of these kinds of file, with one definition for each choice and each of its sections."""
    definitions: dict[str, Any] = {}
    result: dict[str, Any] = {"anyOf": [_model(file, definitions) for file in files]}
    while missing := [title for title in CHOICES if _name(title) in _references(definitions) - definitions.keys()]:
        for title in missing:
            choice = CHOICES[title]
            made = [make() for make in choice.sections.values()]
            text = {"type": "string", "enum": list(choice.sections)}
            other = [{"type": "string", "pattern": r"\.py:"}] if choice.other is not None else []
            definitions[_name(title)] = {"anyOf": [text, *other, *(_model(section, definitions) for section in made)]}
    return result | {"$defs": definitions}


def _model(section: type[Section], definitions: dict[str, Any]) -> dict[str, Any]:
    """A reference to the definition of a section, which is made where it is not there."""
    if section.__name__ not in definitions:
        found = _referring(section.model_json_schema())
        definitions |= found.pop("$defs", {})
        definitions[section.__name__] = found
    return {"$ref": f"#/$defs/{section.__name__}"}


def _referring(schema: Any) -> Any:
    """The schema with each choice as a reference."""
    if isinstance(schema, dict):
        if set(schema) >= {"choice"} and isinstance(schema["choice"], str):
            return {"$ref": f"#/$defs/{_name(schema['choice'])}"}
        return {key: _referring(value) for key, value in schema.items()}
    return [_referring(value) for value in schema] if isinstance(schema, list) else schema


def _references(schema: Any) -> set[str]:
    if isinstance(schema, dict):
        own = {schema["$ref"].rpartition("/")[2]} if isinstance(schema.get("$ref"), str) else set()
        return own.union(*(_references(value) for value in schema.values()))
    return set().union(*(_references(value) for value in schema)) if isinstance(schema, list) else set()


def _name(title: str) -> str:
    return title.replace(" ", "_")
