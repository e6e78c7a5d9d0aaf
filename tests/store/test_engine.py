"""Many messages at once: they share commits, nothing is lost or doubled, and the lease is kept and obeyed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Timer
from typing import Any

import pytest
from sqlalchemy import event, select, text, update

from tests.fixtures.smtp_server import HANG_UP, ScriptedRelay, Then
from tests.store.desk import begin, deliver, mailing, rows, states
from tests.store.sample import NOW, address
from worker.delivery import engine, slices
from worker.delivery.engine import SliceResult
from worker.office import Office
from worker.record import tallies
from worker.smtp.relays import RelayCarrier
from worker.store import tables

MINUTE = timedelta(minutes=1)
PEOPLE = 60


@pytest.fixture
def busy(office: Office) -> Office:
    """An office with eight connections to its relay."""
    return replace(office, relay=replace(office.relay, connections=8))


def send(office: Office, *, batch: int = engine.BATCH, seconds: float = 30, now: datetime | None = None) -> SliceResult:
    """One pass over the first slice that is due."""
    carrier = RelayCarrier(office.relay)

    def clock() -> datetime:
        return now or datetime.now(UTC)

    with office.database.write() as tx:
        hold = slices.take(tx, "a test", clock())
    assert hold is not None
    try:
        until = time.monotonic() + seconds
        result = engine.send_slice(office, carrier, hold, clock, lambda: False, until, batch=batch)
    finally:
        carrier.close()
    with office.database.write() as tx:
        slices.free(tx, hold, clock(), result.waits_until)
    return result


@contextmanager
def counted_commits(office: Office) -> Iterator[list[str]]:
    """The group commits made meanwhile."""
    made: list[str] = []

    def look(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "UPDATE slices SET lease_until" in statement:
            made.append(statement)

    event.listen(office.database.engine, "before_cursor_execute", look)
    try:
        yield made
    finally:
        event.remove(office.database.engine, "before_cursor_execute", look)


def assert_counted(office: Office, number: int) -> None:
    """The slices' tallies are the rows' own numbers."""
    with office.database.read() as tx:
        assert tallies.of_mailing(tx, number) == Counter(states(office))


@pytest.mark.parametrize(("batch", "fewest", "most"), [(engine.BATCH, 1, PEOPLE // 2), (1, PEOPLE, 3 * PEOPLE)])
def test_those_who_wait_share_a_commit(busy: Office, relay: ScriptedRelay, batch: int, fewest: int, most: int) -> None:
    number = begin(busy, PEOPLE)
    with counted_commits(busy) as made:
        result = send(busy, batch=batch)
    assert (result.tried, result.accepted, result.more) == (PEOPLE, PEOPLE, False)
    assert fewest <= len(made) <= most
    assert states(busy) == ["sent"] * PEOPLE
    assert sorted(each.recipient for each in relay.received) == [address(each) for each in range(1, PEOPLE + 1)]
    assert 1 < relay.connections <= 8
    assert_counted(busy, number)


def test_every_answer_among_many_makes_its_own_row_what_it_says(busy: Office, relay: ScriptedRelay) -> None:
    number = begin(busy, PEOPLE)
    for each in (3, 30):
        relay.answer_to(address(each), "550 no such mailbox")
    for each in (4, 40, 44):
        relay.answer_to(address(each), "450 later")
    result = send(busy, now=NOW)
    assert (result.accepted, result.failed) == (PEOPLE - 5, 2)
    ended = dict(enumerate(states(busy), start=1))
    assert {who for who, state in ended.items() if state == "failed"} == {3, 30}
    assert {who for who, state in ended.items() if state == "retry"} == {4, 40, 44}
    assert_counted(busy, number)
    with busy.database.read() as tx:
        assert tx.execute(select(tables.slices.c.due_at)).scalar_one() == NOW + 5 * MINUTE


def test_a_relay_in_trouble_leaves_every_row_with_its_answer_or_as_it_was(busy: Office, relay: ScriptedRelay) -> None:
    number = begin(busy, PEOPLE)
    relay.answer("DOT", *["250 ok"] * 20, "421 enough")
    relay.always("CONNECT", "421 enough")
    result = send(busy)
    assert result.trouble is not None and "421" in result.trouble
    assert set(states(busy)) <= {"sent", "queued", "unknown"}
    assert states(busy).count("sent") == len(relay.received) == result.accepted
    assert all(row.copies == (row.state != "queued") and row.attempts == 0 for row in rows(busy))
    assert_counted(busy, number)


def test_a_relay_that_hangs_up_now_and_then_loses_and_doubles_nothing(busy: Office, relay: ScriptedRelay) -> None:
    """Whether it counts as trouble depends on how much that connection had carried before."""
    begin(busy, PEOPLE)
    relay.answer("RCPT", *["250 ok"] * 9, HANG_UP, *["250 ok"] * 20, HANG_UP)
    passes = 1
    while send(busy).more:
        passes += 1
        assert passes <= 3
    assert states(busy) == ["sent"] * PEOPLE
    assert len(relay.received) == PEOPLE
    assert all((row.copies, row.attempts) == (1, 0) for row in rows(busy))


def test_time_that_is_up_leaves_the_rest_for_the_next_turn(busy: Office, relay: ScriptedRelay) -> None:
    number = begin(busy, PEOPLE)
    relay.always("DOT", Then("250 ok", act=lambda: time.sleep(0.2)))
    result = send(busy, seconds=1)
    assert result.more and 0 < result.accepted < PEOPLE
    assert Counter(states(busy)) == {"sent": result.accepted, "queued": PEOPLE - result.accepted}
    relay.accept_everything()
    deliver(busy, datetime.now(UTC))
    assert states(busy) == ["sent"] * PEOPLE
    assert len(relay.received) == PEOPLE
    assert mailing(busy, number).state == "done"


def test_whose_lease_is_over_when_the_commit_returns_sends_nothing(
    busy: Office, relay: ScriptedRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine that slept in its commit: its clock stood still for nobody else. What it had begun, it leaves."""
    begin(busy, 3)
    monkeypatch.setattr(slices, "LEASE", timedelta(0))
    assert send(busy).tried == 0
    assert relay.received == []
    assert states(busy) == ["queued"] * 3


def test_the_lease_is_renewed_though_there_is_nothing_to_write(
    busy: Office, relay: ScriptedRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(busy, 1)
    monkeypatch.setattr(slices, "LEASE", timedelta(seconds=1.2))
    monkeypatch.setattr(slices, "SKEW", timedelta(days=1))
    taken = []

    def long_after() -> None:
        time.sleep(2)
        with busy.database.write() as tx:
            taken.append(slices.take(tx, "another", datetime.now(UTC)))

    relay.answer("DOT", Then("250 ok", act=long_after))
    send(busy)
    assert taken == [None]
    assert states(busy) == ["sent"]


def _break(office: Office) -> None:
    with office.database.write() as tx:
        if office.database.is_sqlite:
            tx.execute(text("CREATE TRIGGER broken BEFORE UPDATE ON deliveries BEGIN SELECT RAISE(ABORT, 'full'); END"))
        else:
            tx.execute(text("CREATE OR REPLACE FUNCTION full() RETURNS trigger LANGUAGE plpgsql AS"
                            " $$ BEGIN RAISE EXCEPTION 'full'; END $$"))  # fmt: skip
            tx.execute(text("CREATE TRIGGER broken BEFORE UPDATE ON deliveries FOR EACH ROW EXECUTE FUNCTION full()"))


def _mend(office: Office) -> None:
    with office.database.write() as tx:
        tx.execute(text("DROP TRIGGER broken" if office.database.is_sqlite else "DROP TRIGGER broken ON deliveries"))


def test_what_the_database_refuses_for_a_while_is_written_when_it_takes_it(busy: Office, relay: ScriptedRelay) -> None:
    """The relay told its answers once: they are kept, nothing more is sent, and nobody gets a second copy."""
    number = begin(busy, PEOPLE)
    mending: list[Timer] = []

    def breaks() -> None:
        _break(busy)
        mending.append(Timer(0.7, _mend, [busy]))
        mending[0].start()

    relay.answer("DOT", *["250 ok"] * 10, Then("250 ok", act=breaks))
    result = send(busy)
    mending[0].join()
    assert result.accepted == len(relay.received) < PEOPLE
    assert Counter(states(busy)) == {"sent": result.accepted, "queued": PEOPLE - result.accepted}
    assert_counted(busy, number)
    deliver(busy, datetime.now(UTC))
    assert Counter(each.recipient for each in relay.received) == Counter(
        [address(each) for each in range(1, PEOPLE + 1)]
    )


def test_a_mailing_is_cut_into_slices_that_know_their_numbers(office: Office, relay: ScriptedRelay) -> None:
    number = begin(office, 7)
    with office.database.write() as tx:
        tx.execute(tables.slices.delete())
        assert slices.cut(tx, number, 3) == [0, 1, 2]
        ids = [row.recipient_id for row in rows(office)]
        cut = tx.execute(select(tables.slices).order_by(tables.slices.c.number)).all()
        assert [(each.first, each.last) for each in cut] == [(ids[0], ids[2]), (ids[3], ids[5]), (ids[6], ids[6])]
        assert [each.tallies for each in cut] == [{"queued": 3}, {"queued": 3}, {"queued": 1}]
        assert [slices.number_of(tx, number, each) for each in ids] == [0, 0, 0, 1, 1, 1, 2]
    deliver(office)
    assert states(office) == ["sent"] * 7
    assert len(relay.received) == 7
    assert mailing(office, number).state == "done"


@pytest.mark.parametrize(("people", "cut"), [(0, []), (1, [1]), (2, [2]), (3, [2, 1]), (4, [2, 2])])
def test_slices_end_where_the_audience_does(office: Office, people: int, cut: list[int]) -> None:
    number = begin(office, people)
    with office.database.write() as tx:
        tx.execute(tables.slices.delete())
        slices.cut(tx, number, 2)
        found = tx.execute(select(tables.slices.c.tallies).order_by(tables.slices.c.number)).scalars().all()
    assert [each["queued"] for each in found] == cut


def test_several_machines_have_a_share_each_of_a_smaller_mailing() -> None:
    assert slices.rows_of(1_000_000, machines=False) == slices.rows_of(1_000_000, machines=True) == slices.ROWS
    assert slices.rows_of(32_000, machines=False) == slices.ROWS
    assert slices.rows_of(32_000, machines=True) == 2_000
    assert slices.rows_of(50, machines=True) == slices.FEWEST_ROWS


def test_a_slice_is_due_again_when_its_first_row_is_and_never_further_ahead_than_a_retry(office: Office) -> None:
    number = begin(office, 3)
    found = tables.deliveries.c.mailing_id == number
    first, second, third = (row.recipient_id for row in rows(office))

    def freed(states_and_dues: dict[int, tuple[str, datetime | None]], waits_until: datetime | None = None) -> Any:
        with office.database.write() as tx:
            for recipient, (state, due_at) in states_and_dues.items():
                one = update(tables.deliveries).where(found, tables.deliveries.c.recipient_id == recipient)
                tx.execute(one.values({"state": state, "due_at": due_at}))
            tx.execute(tables.slices.update().values(due_at=NOW))
            hold = slices.take(tx, "a test", NOW)
            assert hold is not None
            due_at = slices.free(tx, hold, NOW, waits_until)
            assert tx.execute(select(tables.slices.c.due_at)).scalar_one() == due_at
            return due_at

    later, much_later = ("retry", NOW + MINUTE), ("retry", NOW + timedelta(days=3))
    assert freed({first: ("sent", None), second: later, third: much_later}) == NOW + MINUTE
    assert freed({second: ("failed", None)}) == NOW + timedelta(hours=4), "a clock that went back is looked at again"
    assert freed({second: ("queued", None)}) == slices.AT_ONCE
    assert freed({third: ("sent", None)}, NOW + 2 * MINUTE) == NOW + 2 * MINUTE
    assert freed({third: later}, NOW + 2 * MINUTE) == NOW + MINUTE
    assert freed({second: ("suppressed", None), third: ("expired", None)}, NOW + MINUTE) is None
