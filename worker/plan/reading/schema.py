"""The form of `schedules.yaml` as a JSON Schema, for editors that complete keys and explain them."""

from __future__ import annotations

from typing import Any

from worker.plan.reading.file import PlanFile

_FIRST = ("$schema", "title", "description", "type", "enum", "pattern", "required", "properties")


def json_schema() -> dict[str, Any]:
    """The schema (2020-12) with Czech titles and descriptions, everything in its place.

    Nothing is referred to and no choice is nested where a list of types says the same: editors show the description
    of what they find on the spot. Only words that draft 7 knows as well are used, because most of them stop there.
    """
    made = PlanFile.model_json_schema()
    definitions = made.pop("$defs")
    schema: dict[str, Any] = _in_order(
        {
            **_settled(made, definitions),
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Plán komunikace (schedules.yaml)",
            "description": "Klíče jsou anglické, hodnoty slovy plánu. Soubor ověří „hlasatel check“.",
        }
    )
    return schema


def _settled(part: Any, definitions: dict[str, Any]) -> Any:
    """`part` with every reference replaced by what it means, and without what pydantic adds for Python alone."""
    if isinstance(part, list):
        return [_settled(each, definitions) for each in part]
    if not isinstance(part, dict):
        return part
    if reference := part.get("$ref"):
        model = definitions[reference.rpartition("/")[2]]
        # The words of a class are for developers; what an editor shows stands at the key.
        meant = {name: value for name, value in model.items() if name not in ("title", "description")}
        return _settled({**meant, **{name: value for name, value in part.items() if name != "$ref"}}, definitions)
    made = {name: _settled(value, definitions) for name, value in part.items() if name != "default"}
    if choices := made.pop("anyOf", None):
        made = {**_merged(choices), **made}
    if "patternProperties" in made:
        made["additionalProperties"] = False
    return made


def _merged(choices: list[dict[str, Any]]) -> dict[str, Any]:
    """Several types in one: the other words of each choice concern its own type alone."""
    merged: dict[str, Any] = {}
    for choice in choices:
        merged.update({name: value for name, value in choice.items() if name != "type"})
    types = [choice["type"] for choice in choices if choice["type"] != "null" or "enum" not in merged]
    return {"type": types if len(types) > 1 else types[0], **merged}


def _in_order(part: Any) -> Any:
    """What a person reads first comes first."""
    if isinstance(part, list):
        return [_in_order(each) for each in part]
    if not isinstance(part, dict):
        return part
    first = [name for name in _FIRST if name in part and not isinstance(part[name], dict)]
    return {name: _in_order(part[name]) for name in [*first, *(name for name in part if name not in first)]}
