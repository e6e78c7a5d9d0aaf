"""The table of legal moves (I8): nothing else moves a row, and a move happens only from where the row stands."""

from __future__ import annotations

import ast
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from threading import Barrier, Event, Thread
from typing import Any

import pytest
from sqlalchemy import Connection, Table, insert, select, update

from tests.store.sample import NOW, PRESS, ROOT, add_people, approved_draft
from worker.store import states, tables
from worker.store.columns import metadata
from worker.store.database import Database
from worker.store.states import (
    CLOSED_OCCURRENCES,
    FINAL_DELIVERIES,
    MOVES,
    DeliveryState,
    IllegalMove,
    LostMove,
    MailingState,
    NoticeState,
    OccurrenceState,
    PublicationState,
    RecipientMailState,
    lock_occurrence,
    move,
    move_occurrence,
    try_move_occurrence,
)

STATES: dict[str, type[StrEnum]] = {
    "occurrences": OccurrenceState,
    "mailings": MailingState,
    "deliveries": DeliveryState,
    "publications": PublicationState,
    "notices": NoticeState,
    "recipient_mails": RecipientMailState,
    "canaries": RecipientMailState,
}


def _mailing(tx: Connection, draft: Any) -> int:
    values = {
        "occurrence_id": PRESS, "draft_id": draft.id, "lists": ["media"], "state": MailingState.SENDING,
        "key_id": "k", "domain": "example.org", "audience": 1, "resend_after_crash": False, "frozen_at": NOW,
        "pauses": 0, "reason": "",
    }  # fmt: skip
    number: int = tx.execute(insert(tables.mailings).values(values).returning(tables.mailings.c.id)).scalar_one()
    return number


@pytest.fixture
def rows(database: Database) -> Database:
    """One row in each of the tables that have states."""
    with database.write() as tx:
        draft = approved_draft(tx, "press-release")
        mailing = _mailing(tx, draft)
        (recipient,) = add_people(tx, "media", [1])
        delivery = {
            "mailing_id": mailing, "recipient_id": recipient, "address": "a@example.org", "greeting": "",
            "state": DeliveryState.QUEUED, "attempts": 0, "copies": 0, "reply": "",
        }  # fmt: skip
        tx.execute(insert(tables.deliveries).values(delivery))
        publication = {
            "occurrence_id": PRESS, "draft_id": draft.id, "medium": "stranka", "channel": "archive",
            "state": PublicationState.QUEUED, "attempts": 0, "due_at": NOW, "person": "", "address": "",
            "reference": "", "reason": "",
        }  # fmt: skip
        tx.execute(insert(tables.publications).values(publication))
        notice = {
            "key": "k", "kind": "missed", "person": "koordinator", "data": {}, "state": NoticeState.QUEUED,
            "attempts": 0, "due_at": NOW, "created_at": NOW, "reply": "",
        }  # fmt: skip
        tx.execute(insert(tables.notices).values(notice))
        mail = {
            "key": "k", "purpose": "confirm", "address": "a@example.org", "data": {}, "language": "cs",
            "state": RecipientMailState.QUEUED, "attempts": 0, "due_at": NOW, "created_at": NOW, "reply": "",
        }  # fmt: skip
        tx.execute(insert(tables.recipient_mails).values(mail))
        canary = {
            "mailing_id": mailing, "state": RecipientMailState.QUEUED, "attempts": 0, "due_at": NOW, "created_at": NOW,
            "reply": "",
        }  # fmt: skip
        tx.execute(insert(tables.canaries).values(canary))
    return database


def test_the_table_names_every_state_of_every_table() -> None:
    assert set(MOVES) == set(STATES)
    for name, moves in MOVES.items():
        assert set(moves) == set(STATES[name])
        assert {new for allowed in moves.values() for new in allowed} <= set(STATES[name])
        assert not any(old in allowed for old, allowed in moves.items())


def test_the_states_are_those_of_the_design() -> None:
    assert " ".join(OccurrenceState) == (
        "planned preparing asked returned approved sending done missed dropped held historical"
    )
    assert " ".join(DeliveryState) == "queued sending sent retry failed suppressed expired unknown"
    assert {str(state) for state in FINAL_DELIVERIES} == {"sent", "failed", "suppressed", "expired", "unknown"}
    assert {str(state) for state in CLOSED_OCCURRENCES} == {"done", "dropped", "historical"}


def test_what_is_final_stays_and_unknown_is_only_settled() -> None:
    moves = MOVES["deliveries"]
    for state in FINAL_DELIVERIES - {DeliveryState.UNKNOWN, DeliveryState.FAILED}:
        assert moves[state] == frozenset()
    assert moves[DeliveryState.FAILED] == {DeliveryState.QUEUED}, "sent again by order of a person"
    assert moves[DeliveryState.UNKNOWN] == {DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.QUEUED}


def test_a_message_is_sent_only_after_its_intent() -> None:
    for name in ("deliveries", "notices"):
        before_sent = {str(old) for old, allowed in MOVES[name].items() if "sent" in allowed}
        assert before_sent <= {"sending", "unknown"}
    assert {str(old) for old, new in MOVES["publications"].items() if PublicationState.ASKED in new} == {"sending"}


def test_what_is_published_is_never_published_again() -> None:
    assert MOVES["publications"][PublicationState.PUBLISHED] == frozenset()
    assert {old for old, new in MOVES["occurrences"].items() if OccurrenceState.SENDING in new} == {"approved"}


def test_what_was_held_goes_out_only_by_way_of_a_new_approval() -> None:
    moves = MOVES["occurrences"]
    assert moves[OccurrenceState.HELD] == {"asked", "returned", "dropped", "done"}
    assert {old for old, new in moves.items() if OccurrenceState.HELD in new} == {
        "asked", "returned", "approved", "missed",
    }  # fmt: skip


def test_every_state_but_the_last_has_a_way_out_and_every_state_is_reached() -> None:
    first = {"occurrences": "planned", "mailings": "sending"} | dict.fromkeys(
        ("deliveries", "publications", "notices", "recipient_mails", "canaries"), "queued"
    )
    for name, moves in MOVES.items():
        seen = {STATES[name](first[name])}
        while more := {new for old in seen for new in moves[old]} - seen:
            seen |= more
        assert seen == set(STATES[name])


@pytest.mark.parametrize("name", sorted(MOVES))
def test_only_legal_moves_happen(rows: Database, name: str) -> None:
    table: Table = metadata.tables[name]
    with rows.write() as tx:
        for old in STATES[name]:
            for new in STATES[name]:
                tx.execute(update(table).values(state=old))
                if new in MOVES[name][old]:
                    assert move(tx, table, old, new) == 1
                    assert tx.execute(select(table.c.state)).scalar_one() == new
                else:
                    with pytest.raises(IllegalMove):
                        move(tx, table, old, new)
                    assert tx.execute(select(table.c.state)).scalar_one() == old


def test_a_row_that_stands_elsewhere_is_left_alone(rows: Database) -> None:
    with rows.write() as tx:
        assert move(tx, tables.deliveries, DeliveryState.SENDING, DeliveryState.SENT) == 0
        assert move(tx, tables.deliveries, DeliveryState.QUEUED, DeliveryState.SENDING) == 1
        assert move(tx, tables.deliveries, DeliveryState.QUEUED, DeliveryState.SENDING) == 0


def test_values_are_set_with_the_move_or_not_at_all(rows: Database) -> None:
    with rows.write() as tx:
        nobody = tables.deliveries.c.recipient_id == -1
        assert move(tx, tables.deliveries, DeliveryState.QUEUED, DeliveryState.SENDING, nobody, attempts=7) == 0
        assert tx.execute(select(tables.deliveries.c.attempts)).scalar_one() == 0
        assert try_move_occurrence(tx, PRESS, OccurrenceState.SENDING, OccurrenceState.DONE, NOW) is True
        assert try_move_occurrence(tx, PRESS, OccurrenceState.SENDING, OccurrenceState.DONE, NOW) is False


def test_who_comes_second_leaves_nothing_behind(rows: Database) -> None:
    with rows.write() as tx:
        row = lock_occurrence(tx, PRESS)
        assert row is not None and row.state == "sending"
        move_occurrence(tx, PRESS, OccurrenceState.SENDING, OccurrenceState.DONE, NOW)
        assert lock_occurrence(tx, "newsletter/1999") is None
    with pytest.raises(LostMove), rows.write() as tx:
        tx.execute(update(tables.deliveries).values(attempts=7))
        move_occurrence(tx, PRESS, OccurrenceState.SENDING, OccurrenceState.DONE, NOW)
    with rows.read() as tx:
        assert tx.execute(select(tables.deliveries.c.attempts)).scalar_one() == 0


def test_an_occurrence_that_is_locked_is_waited_for(rows: Database) -> None:
    held, seen = Event(), []

    def second() -> None:
        held.wait()
        with rows.write() as tx:
            row = lock_occurrence(tx, PRESS)
            assert row is not None
            seen.append(row.state)

    def first() -> None:
        with rows.write() as tx:
            lock_occurrence(tx, PRESS)
            held.set()
            waiting.join(0.2)
            move_occurrence(tx, PRESS, OccurrenceState.SENDING, OccurrenceState.DONE, NOW)

    waiting = Thread(target=second)
    waiting.start()
    first()
    waiting.join()
    assert seen == ["done"]


def test_of_many_that_move_one_row_at_once_one_succeeds(rows: Database) -> None:
    moved: list[int] = []
    start = Barrier(8)

    def claim() -> None:
        start.wait()
        with rows.write() as tx:
            moved.append(move(tx, tables.deliveries, DeliveryState.QUEUED, DeliveryState.SENDING))

    _together([claim] * 8)
    assert sorted(moved) == [0] * 7 + [1]


def _together(work: list[Callable[[], None]]) -> None:
    threads = [Thread(target=each) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_nothing_but_move_assigns_a_state() -> None:
    own = Path(states.__file__)
    found = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in sorted((ROOT / "worker").rglob("*.py"))
        if path != own
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "values"
        and any(keyword.arg == "state" for keyword in call.keywords)
        and "update(" in ast.unparse(call.func)
    ]
    assert found == []
