"""Whatever is recorded about an occurrence can be told: its words are there, and every place in them is given."""

from __future__ import annotations

import ast
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from worker.notices.kinds import KINDS

PROJECT = Path(__file__).parents[2]
WORDS = tomllib.loads((PROJECT / "worker" / "messages" / "why.toml").read_text(encoding="utf-8"))
GIVEN_BY_ITSELF = {"person"}
ABOUT_NO_OCCURRENCE = {
    "no_dates",
    "plan_faulty",
    "plan_waits",
    "plan_ends",
    "record_sealed",
    "report",
    "sign_in",
    "inbox_unreadable",
} | {kind for kind in KINDS if kind.startswith(("hold_", "gestor_", "lists_", "medium_doubt", "alert"))}


def kinds_in(value: ast.expr, function: ast.FunctionDef, module: ast.Module) -> Iterator[str]:
    """The event kinds that `value`, the second argument of an append, may stand for; `x.*` for one put together."""
    if isinstance(value, ast.Constant):
        yield str(value.value)
    elif isinstance(value, ast.JoinedStr) and isinstance(start := value.values[0], ast.Constant):
        yield str(start.value) + "*"
    elif isinstance(value, ast.IfExp):
        yield from kinds_in(value.body, function, module)
        yield from kinds_in(value.orelse, function, module)
    elif isinstance(value, ast.Subscript):  # a table of kinds by something else
        yield from kinds_in(value.value, function, module)
    elif isinstance(value, ast.Dict):
        for each in value.values:
            yield from kinds_in(each, function, module)
    else:
        assert isinstance(value, ast.Name), f"{ast.unparse(value)}: this test cannot tell which event that is"
        yield from _behind(value.id, function, module)


def _behind(name: str, function: ast.FunctionDef, module: ast.Module) -> Iterator[str]:
    """What a name stands for: assigned in the function or its module, or handed in by the others of the module."""
    parameters = [each.arg for each in function.args.args]
    if name in parameters:
        place = parameters.index(name)
        for caller in functions_of(module):
            for node in ast.walk(caller):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == function.name:
                    yield from kinds_in(node.args[place], caller, module)
        return
    for node in [*ast.walk(function), *module.body]:
        if isinstance(node, ast.Assign) and any(ast.unparse(each) == name for each in node.targets):
            yield from kinds_in(node.value, function, module)


def functions_of(module: ast.Module) -> list[ast.FunctionDef]:
    """Every function that stands in no other, so that each call is seen once."""
    inner = {id(one) for each in ast.walk(module) if isinstance(each, ast.FunctionDef) for one in ast.walk(each)
             if one is not each}  # fmt: skip
    return [each for each in ast.walk(module) if isinstance(each, ast.FunctionDef) and id(each) not in inner]


def recorded() -> dict[str, list[tuple[str, set[str] | None]]]:
    """Event kind → where it is appended about an occurrence, with the names of its data; None where more is added."""
    found: dict[str, list[tuple[str, set[str] | None]]] = {}
    for path in sorted((PROJECT / "worker").rglob("*.py")):
        code = path.read_text(encoding="utf-8")
        if "events.append(" not in code:
            continue
        module = ast.parse(code)
        for function in functions_of(module):
            for call in ast.walk(function):
                if not isinstance(call, ast.Call) or ast.unparse(call.func) != "events.append":
                    continue
                names = {each.arg for each in call.keywords if each.arg}
                more = any(each.arg is None for each in call.keywords)
                if "occurrence" not in names and not more:
                    continue
                data = None if more else names
                for kind in kinds_in(call.args[1], function, module):
                    found.setdefault(kind, []).append((f"{path.name}:{call.lineno}", data))
    return found


RECORDED = recorded()


def test_the_search_finds_them_all() -> None:
    assert {"decision.approved", "decision.returned", "notice.failed", "approval.*"} <= set(RECORDED)


@pytest.mark.parametrize("kind", sorted(RECORDED))
def test_every_event_has_its_words_and_all_that_they_ask_for(kind: str) -> None:
    if kind.endswith("*"):
        assert any(name.startswith(kind[:-1]) for name in WORDS)
        return
    assert kind in WORDS, f"{RECORDED[kind][0][0]} records {kind}, and why.toml has no words for it"
    places = {name for _, name, _, _ in string.Formatter().parse(WORDS[kind]["cs"]) if name} - GIVEN_BY_ITSELF
    for where, names in RECORDED[kind]:
        assert names is None or places <= names, f"{where}: the words of {kind} want {sorted(places - names)} as well"


@pytest.mark.parametrize("kind", sorted(set(KINDS) - ABOUT_NO_OCCURRENCE))
def test_every_notice_about_an_occurrence_has_its_name(kind: str) -> None:
    assert f"notice_{kind}" in WORDS


def test_no_words_are_left_of_an_event_that_is_never_recorded() -> None:
    known = {name for name in WORDS if "." in name}
    put_together = tuple(kind[:-1] for kind in RECORDED if kind.endswith("*"))
    assert {name for name in known if name not in RECORDED and not name.startswith(put_together)} == set()
