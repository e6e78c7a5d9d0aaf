"""The form of `schedules.yaml` that editors read: current, Czech, and true of every plan we ship."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tools.schema import SCHEMA, text
from worker.plan.reading.file import Defaults, Exemption, Lead, PlanFile, PlanHead, Row, Send, keys
from worker.positions import read_yaml

PROJECT = Path(__file__).parents[2]
PLANS = sorted([PROJECT / "schedules.yaml", *(PROJECT / "examples").glob("*/schedules.yaml")])
SAID: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
_TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool,
    "null": type(None),
}  # fmt: skip


def _wrong(value: Any, schema: dict[str, Any], where: str = "") -> Iterator[str]:
    """What JSON Schema 2020-12 has against `value`, for the words our schema uses; any other word is a KeyError."""
    for word, said in schema.items():
        match word:
            case "$schema" | "title" | "description" | "examples" | "properties":
                pass
            case "type":
                names = [said] if isinstance(said, str) else said
                wanted = tuple(kind for name in names for kind in _flat(_TYPES[name]))
                if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
                    yield f"{where}: {value!r} is not {said}"
            case "enum" if value not in said:
                yield f"{where}: {value!r} is not among {said}"
            case "pattern" if isinstance(value, str) and not re.search(said, value):
                yield f"{where}: {value!r} does not look like {said}"
            case "maxLength" if isinstance(value, str) and len(value) > said:
                yield f"{where}: longer than {said}"
            case "minItems" if isinstance(value, list) and len(value) < said:
                yield f"{where}: fewer than {said}"
            case "required" if isinstance(value, dict):
                yield from (f"{where}: without {name}" for name in said if name not in value)
            case "items" if isinstance(value, list):
                for number, item in enumerate(value):
                    yield from _wrong(item, said, f"{where}[{number}]")
            case "propertyNames":
                for name in value if isinstance(value, dict) else ():
                    yield from _wrong(name, said, f"{where}.{name}")
            case "additionalProperties" if isinstance(value, dict):
                yield from _wrong_entries(value, schema, where)
            case "enum" | "pattern" | "maxLength" | "minItems" | "required" | "items" | "additionalProperties":
                pass
            case "patternProperties":
                pass
            case _:
                raise KeyError(word)


def _wrong_entries(value: dict[str, Any], schema: dict[str, Any], where: str) -> Iterator[str]:
    by_pattern = schema.get("patternProperties", {})
    for name, entry in value.items():
        known = schema.get("properties", {}).get(name)
        known = known or next((each for pattern, each in by_pattern.items() if re.search(pattern, name)), None)
        if known is None:
            yield f"{where}: no key {name}"
        else:
            yield from _wrong(entry, known, f"{where}.{name}")


def _flat(kind: Any) -> tuple[type, ...]:
    return kind if isinstance(kind, tuple) else (kind,)


def test_the_file_is_what_the_models_say() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == text(), "run `make schema`"


@pytest.mark.parametrize("plan", PLANS, ids=[str(plan.relative_to(PROJECT)) for plan in PLANS])
def test_every_shipped_plan_keeps_to_it(plan: Path) -> None:
    written = read_yaml(plan).data
    assert list(_wrong(written, SAID)) == []
    PlanFile.model_validate(written)


@pytest.mark.parametrize("plan", PLANS, ids=[str(plan.relative_to(PROJECT)) for plan in PLANS])
def test_every_shipped_plan_tells_editors_where_it_is(plan: Path) -> None:
    first = plan.read_text(encoding="utf-8").splitlines()[0]
    named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert named is not None
    assert (plan.parent / named[1]).resolve() == SCHEMA


def _plan(**row: Any) -> dict[str, Any]:
    head = {"title": "Plán", "from": "2024-01-01", "to": "31. 12. 2027"}
    return {"plan": head, "activities": [{"id": "a", "activity": "Zpráva", "place": "1. řádek", **row}]}


GOOD: dict[str, dict[str, Any]] = {
    "only what must be": {},
    "left empty": {"target": None, "kinds": None, "send": None, "crisis": None},
    "a year alone is a number to YAML": {"when": 2026},
    "a day with its dot is one too": {"send": {"day": 15.0, "time": "9.30", "holidays": "keep"}},
    "a kind of a single body": {"kinds": ["press-release", "press-release--rsk-ps-socialni-zaclenovani"]},
    "one instead of a list": {"kinds": "newsletter", "lists": "media", "dates": "8. prosince 2026"},
    "exceptions": {"exceptions": {"2026-12": {"move": "17. 12. 2026", "why": "Rada"}, "2027-W09.2": {"drop": "volby"}}},
    "deadlines": {"deadlines": {"2026-Q4": "2026–11–05"}, "max_lateness": "90 minut", "crisis": True},
}
BAD: dict[str, dict[str, Any]] = {
    "unknown key": {"periodicty": "1x"},
    "unknown key in send": {"send": {"hour": "10:00"}},
    "unknown key in an exception": {"exceptions": {"2026-12": {"moved": "17. 12. 2026"}}},
    "no period": {"deadlines": {"prosinec": "5. 11. 2026"}},
    "no day": {"dates": ["zítra"]},
    "an hour without minutes": {"send": {"time": "10"}},
    "no choice": {"send": {"holidays": "nikdy"}},
    "capitals in an id": {"id": "Tisková zpráva"},
    "a path as a template": {"template": "../tajne"},
    "words for a number": {"max_lateness": "dvě hodiny"},
    "words instead of a map": {"lead": "5 dní"},
    "yes in Czech": {"crisis": "ano"},
    "a map instead of words": {"topic": {"cs": "Implementace"}},
}


@pytest.mark.parametrize("row", GOOD.values(), ids=GOOD)
def test_what_the_loader_reads_is_no_fault_to_an_editor(row: dict[str, Any]) -> None:
    assert list(_wrong(_plan(**row), SAID)) == []
    PlanFile.model_validate(_plan(**row))


@pytest.mark.parametrize("row", BAD.values(), ids=BAD)
def test_what_is_wrong_is_seen(row: dict[str, Any]) -> None:
    assert list(_wrong(_plan(**row), SAID)) != []
    with pytest.raises(ValidationError):
        PlanFile.model_validate(_plan(**row))


def _descriptions(schema: dict[str, Any], name: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for each, part in schema.get("properties", {}).items():
        yield f"{name}.{each}", part
        yield from _descriptions(part, f"{name}.{each}")
    for inner in (schema.get("items"), *schema.get("patternProperties", {}).values()):
        if inner:
            yield from _descriptions(inner, name)


def test_every_key_is_explained_in_czech_with_an_example() -> None:
    described = dict(_descriptions(SAID))
    assert len(described) > 40
    for name, part in described.items():
        assert part["title"] and part["description"].endswith((".", "“")), name
        # An hour would be put in without its quotes; a choice of words shows itself.
        assert "examples" in part or "enum" in part or name.endswith((".time", ".activities")), name
    english = [
        part["description"] for part in described.values() if re.search(r"\b(the|of|what)\b", part["description"])
    ]
    assert english == []


def test_every_example_is_itself_right() -> None:
    for name, part in _descriptions(SAID):
        for example in part.get("examples", ()):
            inner = {**part, "required": []} if isinstance(example, dict) else part
            assert list(_wrong(example, inner)) == [], name


def test_keys_are_those_written_in_the_file() -> None:
    assert keys(PlanHead) == ("title", "place", "from", "to")
    assert keys(PlanFile) == ("plan", "defaults", "activities")
    assert set(keys(Send)) == {"day", "time", "holidays"}
    assert {*keys(Defaults), *keys(Lead), *keys(Exemption)}.isdisjoint({"from_", "model_config"})
    assert {"when", "periodicity", "anchor", "exceptions", "watch"} <= set(keys(Row))
