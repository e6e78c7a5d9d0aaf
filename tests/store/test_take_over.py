"""After a kill: whoever takes a slice settles what the dead one left, and the dead one can do nothing any more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from tests.fixtures.smtp_server import ScriptedRelay, Then
from tests.store.desk import at_work, begin, deliver, mailing, read, recorded, rows, states, told
from tests.store.sample import NEWSLETTER, NOW, PRESS, address
from worker.delivery import doubtful, slices, spliced
from worker.delivery.ledger import Ledger, Outcome
from worker.delivery.slices import LEASE, SKEW, Fenced, Hold
from worker.jobs.deliver import Deliver
from worker.office import Office
from worker.smtp.single import SmtpConnection
from worker.store import tables
from worker.store.lock import worker_lock
from worker.store.states import FINAL_DELIVERIES, DeliveryState
from worker.store.tables import deliveries

LATER = NOW + timedelta(minutes=1)
QUEUED, SENDING, SENT = DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.SENT


def take(
    office: Office,
    now: datetime = NOW,
    owner: str = "a sender",
    mailing_id: int | None = None,
    number: int | None = None,
) -> Hold | None:
    with office.database.write() as tx:
        return slices.take(tx, owner, now, mailing_id=mailing_id, number=number)


@contextmanager
def ledger_of(office: Office, hold: Hold) -> Iterator[Ledger]:
    with Ledger(office, hold, None) as ledger:
        yield ledger


def let_all_go(office: Office) -> int:
    with office.database.write() as tx:
        return slices.let_all_go(tx)


def die_after_the_dot(office: Office) -> None:
    """Do what a worker does up to the first acceptance, then stop existing before that is written."""
    connection = SmtpConnection(office.relay)
    with worker_lock(office.database, "the one who dies"):
        let_all_go(office)
        hold = take(office)
        assert hold is not None
        with ledger_of(office, hold) as ledger, office.database.read() as tx:
            mailing = tx.execute(select(tables.mailings).where(tables.mailings.c.id == hold.mailing_id)).one()
            first = ledger.page(hold.first - 1, NOW)[0]
        letter = spliced.load(office, mailing)
        connection.begin(letter.sender, first.address)
        with ledger_of(office, hold) as ledger:
            assert ledger.commit([], [first.recipient_id], NOW).granted == {first.recipient_id}
        connection.finish(b"".join(letter.message(first)), first.address)
        connection.close()


def test_one_in_sending_is_for_a_person_and_the_others_go_out(office: Office, relay: ScriptedRelay) -> None:
    number = begin(office, 4)
    die_after_the_dot(office)
    assert states(office) == ["sending", "queued", "queued", "queued"]
    deliver(office, LATER)
    assert states(office) == ["unknown", "sent", "sent", "sent"]
    assert (rows(office)[0].copies, rows(office)[0].reply, rows(office)[0].settled_at) == (1, "interrupted", LATER)
    assert [each.recipient for each in relay.received] == [address(each) for each in (1, 2, 3, 4)]
    assert mailing(office, number).state == "done"
    assert told(office) == ["mailing_unknown"]


def test_a_newsletter_in_sending_is_sent_once_more_with_the_same_bytes(office: Office, relay: ScriptedRelay) -> None:
    begin(office, 2, "newsletter", NEWSLETTER, ("vsichni",))
    die_after_the_dot(office)
    deliver(office, LATER)
    assert states(office) == ["sent", "sent"]
    assert [row.copies for row in rows(office)] == [2, 1]
    first, second = relay.received_by(address(1))
    assert first.data == second.data
    assert len({read(each)["Message-ID"] for each in relay.received}) == 2


def test_a_newsletter_is_never_sent_a_third_time(office: Office, relay: ScriptedRelay) -> None:
    number = begin(office, 2, "newsletter", NEWSLETTER, ("vsichni",))
    die_after_the_dot(office)
    die_after_the_dot(office)
    deliver(office, LATER)
    assert states(office) == ["unknown", "sent"]
    assert [row.copies for row in rows(office)] == [2, 1]
    assert [len(relay.received_by(address(each))) for each in (1, 2)] == [2, 1]
    assert mailing(office, number).state == "done"


def test_a_cancelled_newsletter_in_sending_is_not_sent_once_more(office: Office, relay: ScriptedRelay) -> None:
    number = begin(office, 2, "newsletter", NEWSLETTER, ("vsichni",))
    die_after_the_dot(office)
    let_all_go(office)
    with office.database.write() as tx:
        tx.execute(tables.mailings.update().values(cancelled_at=NOW))
        hold = slices.take(tx, "whoever cancels", NOW, mailing_id=number, number=0, cancelled=True)
    assert hold is not None
    assert states(office) == ["unknown", "queued"]


def test_refusals_before_a_kill_count_as_no_copies(office: Office, relay: ScriptedRelay) -> None:
    begin(office, 1, "newsletter", NEWSLETTER, ("vsichni",))
    relay.answer("DOT", "451 later", "421 busy")
    deliver(office)
    deliver(office, NOW + timedelta(minutes=5))
    assert rows(office)[0].copies == 0
    relay.accept_everything()
    deliver(office, NOW + timedelta(minutes=6))
    assert (states(office), rows(office)[0].copies) == (["sent"], 1)


def test_what_is_final_is_left_alone(office: Office) -> None:
    begin(office, 5)
    assert take(office) is not None
    with office.database.write() as tx:
        ids = tx.execute(select(deliveries.c.recipient_id).order_by(deliveries.c.recipient_id)).scalars().all()
        for recipient, state in zip(ids, sorted(FINAL_DELIVERIES), strict=True):
            tx.execute(deliveries.update().where(deliveries.c.recipient_id == recipient).values(state=state))
    assert let_all_go(office) == 1
    assert take(office) is not None
    assert states(office) == sorted(FINAL_DELIVERIES)


def test_of_a_slice_that_somebody_holds_nothing_is_taken(office: Office) -> None:
    begin(office, 2)
    first = take(office)
    assert first is not None and (first.epoch, first.lease_until) == (1, NOW + LEASE)
    assert take(office) is None
    assert take(office, NOW + LEASE - timedelta(seconds=1)) is None
    second = take(office, NOW + LEASE, "the next")
    assert second is not None and second.epoch == 2


def test_a_clock_that_went_back_keeps_no_slice_from_being_taken(office: Office) -> None:
    begin(office, 2)
    assert take(office, NOW + timedelta(days=400)) is not None
    assert take(office, NOW + timedelta(days=400) - SKEW) is None, "another machine's clock may be a little behind"
    assert take(office, NOW) is not None


def test_a_slice_is_taken_by_name(office: Office) -> None:
    number = begin(office, 2)
    assert take(office, mailing_id=number + 1, number=0) is None
    assert take(office, mailing_id=number, number=1) is None
    assert take(office, mailing_id=number, number=0) is not None


def test_one_whose_slice_has_passed_can_write_nothing(office: Office) -> None:
    begin(office, 3)
    old = take(office)
    assert old is not None
    first, second, _ = (row.recipient_id for row in rows(office))
    with ledger_of(office, old) as ledger:
        assert ledger.commit([], [first], NOW).granted == {first}
    assert take(office, NOW + LEASE) is not None
    before = rows(office)
    sent = Outcome(first, QUEUED, SENDING, SENT, 250, "ok")
    failed = Outcome(second, QUEUED, QUEUED, DeliveryState.FAILED, 550, "no")
    with ledger_of(office, old) as ledger:
        for outcomes, wanted in (([sent], []), ([failed], []), ([], [second]), ([], [])):
            with pytest.raises(Fenced):
                ledger.commit(outcomes, wanted, LATER)
    with office.database.write() as tx, pytest.raises(Fenced):
        slices.free(tx, old, LATER)
    with office.database.write() as tx:
        slices.let_go(tx, old)
    assert rows(office) == before
    assert take(office, NOW + LEASE) is None, "and the slice is its new holder's still"


def test_a_ghost_that_wakes_up_sends_nothing(office: Office, relay: ScriptedRelay) -> None:
    begin(office, 3)
    with at_work(office) as ghost:
        pass
    with at_work(office, LATER):
        assert Deliver().do_one(ghost, LATER) is False
        assert states(office) == ["queued"] * 3
    assert relay.received == []


def test_a_ghost_overtaken_between_two_messages_stops_and_its_answer_counts_no_more(
    office: Office, relay: ScriptedRelay
) -> None:
    begin(office, 4)
    with at_work(office) as ghost:

        def overtaken() -> None:
            assert let_all_go(office) == 1
            assert take(office, LATER, "the next") is not None

        relay.answer("DOT", "250 ok", Then("250 ok", act=overtaken))
        assert Deliver().do_one(ghost, NOW) is True
    assert [row.state for row in rows(office)] == ["sent", "unknown", "queued", "queued"]
    assert len(relay.received) == 2
    deliver(office, LATER)
    assert states(office) == ["sent", "unknown", "sent", "sent"]
    assert [len(relay.received_by(address(each))) for each in (1, 2, 3, 4)] == [1, 1, 1, 1]


@pytest.mark.parametrize("kind", ["press-release", "newsletter"])
def test_unknown_is_settled_by_a_person_not_by_a_restart(office: Office, relay: ScriptedRelay, kind: str) -> None:
    number = begin(office, 1, kind)
    with office.database.write() as tx:
        tx.execute(deliveries.update().values(state=DeliveryState.UNKNOWN))
        slices.refresh(tx, number, 0, NOW)
    for day in range(3):
        deliver(office, NOW + timedelta(days=day))
    assert states(office) == ["unknown"]
    assert relay.received == []
    with office.database.write() as tx:
        doubtful.settle(tx, PRESS, address(1), DeliveryState.QUEUED, NOW, "koordinator")
    deliver(office, NOW + timedelta(days=4))
    assert states(office) == ["sent"]
    assert recorded(office).count("mailing.settled") == 1
