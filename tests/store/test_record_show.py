"""Who did what, when, from where, on which version: held for every kind of event that a person causes."""

from __future__ import annotations

import ast
import csv
import io
import json
from pathlib import Path

import pytest

from tests.fixtures.office import Office as Commands
from tests.house.test_story_words import functions_of, kinds_in
from tests.store.desk import ASKED, approve, asked
from tests.store.sample import NOW, PRESS
from tests.store.test_story_page import visiting
from worker.office import Office
from worker.record import acting, events, listed
from worker.record.listed import Wanted
from worker.record.whose import KINDS, Whose, whose
from worker.store.database import Database

PROJECT = Path(__file__).parents[2]
BY_OTHERS = ("comment.replied", "publication.told", "publication.declined", "publication.again", "record.exported")
"""Told by a helper that passes on what its caller says, or by more than one."""


def appended() -> dict[str, list[set[str] | None]]:
    """Event kind → the names of what is said at each place that records it; None where more is passed on."""
    found: dict[str, list[set[str] | None]] = {}
    for path in sorted((PROJECT / "worker").rglob("*.py")):
        code = path.read_text(encoding="utf-8")
        if "events.append" not in code:
            continue
        module = ast.parse(code)
        for function in functions_of(module):
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and ast.unparse(call.func) in ("events.append", "events.append_all"):
                    names = {each.arg for each in call.keywords if each.arg}
                    more = any(each.arg is None for each in call.keywords)
                    for kind in kinds_in(call.args[1], function, module):
                        found.setdefault(kind, []).append(None if more else names)
    return found


APPENDED = appended()


def test_no_kind_stands_in_the_table_that_is_never_recorded() -> None:
    put_together = tuple(kind[:-1] for kind in APPENDED if kind.endswith("*"))
    assert {each for each in KINDS if each not in APPENDED and not each.startswith(put_together)} <= set(BY_OTHERS)


@pytest.mark.parametrize("kind", sorted(APPENDED))
def test_every_place_that_records_what_a_person_does_names_her(kind: str) -> None:
    places = [names for names in APPENDED[kind] if names is not None]
    if whose(kind) is Whose.PERSON:
        assert all("person" in names for names in places), f"{kind} is a person's and does not name her"
    elif whose(kind) is Whose.WORKER:
        assert not any("person" in names for names in places), f"{kind} names a person: put it into record/whose.py"


def test_from_where_and_on_which_version_is_added_to_what_a_person_does(database: Database) -> None:
    with database.write() as tx, acting.apart():
        acting.comes_from("command")
        events.append(tx, "hold.began", NOW, person="koordinator", hold=1)
        events.append(tx, "recipient.topics", NOW, recipient=1)
    with database.read() as tx:
        first, second = listed.lines(tx, Wanted())
    assert first.data == {"hold": 1, "whence": "command"} and second.data == {"recipient": 1}


@pytest.mark.usefixtures("already_asked")
def test_what_is_done_on_an_occurrence_says_its_version(office: Office) -> None:
    approve(office, asked(office), ASKED)
    with visiting(office) as visit, office.database.write() as tx:
        assert visit.base
        events.append(tx, "archive.themes", ASKED, occurrence=PRESS, person="koordinator", themes=[])
    with office.database.read() as tx:
        own = [each for each in listed.lines(tx, Wanted(occurrence=PRESS)) if each.person is not None]
    assert {each.kind for each in own} >= {"decision.approved", "archive.themes"}
    assert all(each.data["version"] == 1 for each in own)


def test_it_is_listed_by_person_time_occurrence_and_kind(sqlite_office: Commands) -> None:
    sqlite_office.tick("2026-12-01T10:00")
    sqlite_office.run("hold", "begin", "--until", "2027-01-05", "--reason", "=státní smutek")
    everything = json.loads(sqlite_office.run("record", "show", "--format", "json"))
    assert [each["seq"] for each in everything] == list(range(1, len(everything) + 1))
    (hold,) = [each for each in everything if each["kind"] == "hold.began"]
    assert (hold["person"], hold["whence"], hold["whose"]) == ("koordinator", "command", "person")
    own = json.loads(sqlite_office.run("record", "show", "--person", "koordinator", "--format", "json"))
    assert hold in own and len(own) < len(everything)
    assert json.loads(sqlite_office.run("record", "show", "--kind", "hold", "--format", "json")) == [hold]
    assert json.loads(sqlite_office.run("record", "show", "--until", "2020-01-01", "--format", "json")) == []
    table = sqlite_office.run("record", "show", "--kind", "hold.began", "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(table.removeprefix("\ufeff")), delimiter=";")
    assert row["odkud"] == "příkaz na serveru" and row["druh"] == "hold.began"
    told = sqlite_office.run("record", "show", "--occurrence", PRESS, "--since", "2026-01-01")
    assert "předložena ke schválení" in told and "@" not in told


def test_a_line_that_cannot_be_read_any_more_is_passed_over(database: Database) -> None:
    with database.write() as tx:
        for hold in (1, 2, 3):
            events.append(tx, "hold.began", NOW, person="koordinator", hold=hold)
        unreadable = "'před chvílí', data = x'ff00'" if database.is_sqlite else "'infinity', data = '5'"
        tx.exec_driver_sql(f"UPDATE events SET at = {unreadable} WHERE seq = 2")
        tx.exec_driver_sql("UPDATE events SET data = '5' WHERE seq = 3")
    with database.read() as tx:
        assert [(each.seq, each.data.get("hold")) for each in listed.lines(tx, Wanted())] == [(1, 1), (3, None)]
