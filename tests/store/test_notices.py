"""The queue of notices: one mail per reason, tried again for a while, never lost and never twice by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Row

from tests.store.sample import NOW, PRESS, occurrence_values
from worker.notices import queue
from worker.store import outbox
from worker.store.database import Database
from worker.store.states import OccurrenceState
from worker.store.tables import notices, occurrences

MINUTE = timedelta(minutes=1)


def put(tx: Connection, key: str = "k", at: datetime = NOW) -> bool:
    return queue.put(tx, key, "missed", "koordinator", at, year=2026)


def only(tx: Connection) -> Row[Any]:
    return tx.execute(notices.select()).one()


def begin(tx: Connection, at: datetime) -> Row[Any]:
    row = queue.next_due(tx, at)
    assert row is not None
    assert queue.OUTBOX.begin(tx, row.id) is True
    return row


def test_a_reason_is_told_once_for_ever(database: Database) -> None:
    with database.write() as tx:
        assert put(tx) is True
        assert put(tx) is False
        assert put(tx, at=NOW + timedelta(days=400)) is False
        assert put(tx, "another") is True
    with database.write() as tx:
        assert put(tx) is False
        with pytest.raises(KeyError):
            queue.put(tx, "x", "no such kind", "koordinator", NOW)


def test_the_oldest_due_notice_comes_first(database: Database) -> None:
    with database.write() as tx:
        put(tx, "b", NOW)
        put(tx, "a", NOW - MINUTE)
        put(tx, "later", NOW + MINUTE)
        assert [begin(tx, NOW).key, begin(tx, NOW).key] == ["a", "b"]
        assert queue.next_due(tx, NOW) is None


def test_one_sender_gets_a_notice(database: Database) -> None:
    with database.write() as tx:
        put(tx)
        row = begin(tx, NOW)
        assert queue.OUTBOX.begin(tx, row.id) is False
        queue.OUTBOX.sent(tx, row.id, NOW, "250 ok")
        assert (only(tx).state, only(tx).settled_at, only(tx).reply) == ("sent", NOW, "250 ok")
        assert queue.next_due(tx, NOW + timedelta(days=1)) is None


def test_a_deferred_notice_waits_longer_each_time_and_is_given_up_at_last(database: Database) -> None:
    now, delays = NOW, []
    with database.write() as tx:
        put(tx)
        while only(tx).state == "queued":
            row = begin(tx, now)
            queue.OUTBOX.later(tx, row, now, "451 later", spent=True)
            delays.append(only(tx).due_at - now)
            assert only(tx).state == "failed" or queue.next_due(tx, only(tx).due_at - MINUTE) is None
            now = only(tx).due_at
        assert (only(tx).state, only(tx).attempts, only(tx).reply) == ("failed", outbox.MAX_ATTEMPTS, "451 later")
    assert len(delays) == outbox.MAX_ATTEMPTS
    assert delays[:3] == [2 * MINUTE, 4 * MINUTE, 8 * MINUTE]
    assert max(delays) == outbox.MAX_BACKOFF


def test_the_relays_own_trouble_spends_no_attempt(database: Database) -> None:
    now = NOW
    with database.write() as tx:
        put(tx)
        for _ in range(outbox.MAX_ATTEMPTS * 2):
            queue.OUTBOX.later(tx, begin(tx, now), now, "421 busy", spent=False)
            now = only(tx).due_at
        assert (only(tx).state, only(tx).attempts) == ("queued", 0)


def test_a_notice_whose_sender_died_is_sent_once_more(database: Database) -> None:
    with database.write() as tx:
        put(tx)
        begin(tx, NOW)
        assert queue.take_over(tx, NOW) == 1
        begin(tx, NOW)
        assert queue.take_over(tx, NOW) == 0
        assert (only(tx).state, only(tx).reply) == ("failed", "interrupted")


def test_what_a_person_publishes_is_never_handed_over_twice(database: Database) -> None:
    with database.write() as tx:
        queue.put(tx, "k", "handoff", "koordinator", NOW)
        begin(tx, NOW)
        assert queue.take_over(tx, NOW) == 0
        assert only(tx).state == "failed"


def test_silence_after_the_dot_is_answered_once_and_never_for_a_hand_off(database: Database) -> None:
    with database.write() as tx:
        put(tx)
        queue.OUTBOX.doubtful(tx, begin(tx, NOW), NOW, "no answer")
        assert only(tx).state == "queued"
        later = only(tx).due_at
        queue.OUTBOX.doubtful(tx, begin(tx, later), later, "no answer")
        assert (only(tx).state, only(tx).reply) == ("failed", "no answer")
        queue.put(tx, "h", "handoff", "koordinator", later)
        queue.OUTBOX.doubtful(tx, begin(tx, later), later, "no answer")
        assert {row.state for row in tx.execute(notices.select())} == {"failed"}


def test_a_notice_that_cannot_be_made_stops_no_other(database: Database) -> None:
    with database.write() as tx:
        put(tx, "broken")
        put(tx, "whole")
        row = queue.next_due(tx, NOW)
        assert row is not None and row.key == "broken"
        queue.OUTBOX.unmakeable(tx, row.id, NOW, "why")
        assert begin(tx, NOW).key == "whole"


def test_a_clock_that_went_back_delays_nobody(database: Database) -> None:
    with database.write() as tx:
        put(tx)
        queue.OUTBOX.later(tx, begin(tx, NOW), NOW, "451 later", spent=True)
        assert queue.next_due(tx, NOW) is None
        assert queue.next_due(tx, NOW - timedelta(days=400)) is not None


def test_one_that_is_due_later_leaves_then(database: Database) -> None:
    with database.write() as tx:
        queue.put(tx, "k", "missed", "koordinator", NOW, due_at=NOW + 15 * MINUTE)
        assert queue.next_due(tx, NOW + 14 * MINUTE) is None
        assert queue.next_due(tx, NOW + 15 * MINUTE) is not None


def test_its_message_id_is_known_before_it_leaves(database: Database) -> None:
    with database.write() as tx:
        put(tx)
        assert queue.OUTBOX.begin(tx, only(tx).id, "<one@example.org>") is True
        assert (only(tx).state, only(tx).message_id) == ("sending", "<one@example.org>")


def test_what_asks_one_person_is_withdrawn_alone(database: Database) -> None:
    with database.write() as tx:
        tx.execute(occurrences.insert().values(occurrence_values(PRESS, OccurrenceState.ASKED)))
        for person in ("tiskovy-mluvci", "reditel"):
            queue.put(tx, f"k/{person}", "approval", person, NOW, occurrence_id=PRESS)
        queue.withdraw(tx, PRESS, NOW, person="reditel")
        states = {row.person: row.state for row in tx.execute(notices.select())}
        assert states == {"tiskovy-mluvci": "queued", "reditel": "withdrawn"}
        assert queue.told(tx, "k/reditel") is False
