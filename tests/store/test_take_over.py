"""After a kill: whoever takes the lock settles what the dead one left, and the dead one can do nothing any more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.fixtures.smtp_server import ScriptedRelay, Then
from tests.store.desk import at_work, begin, deliver, mailing, read, recorded, rows, states, told
from tests.store.sample import NEWSLETTER, NOW, PRESS, address
from worker.channels.email import Reply, SmtpConnection
from worker.delivery import ledger, mailings
from worker.delivery.ledger import Outcome
from worker.delivery.slices import load_letter
from worker.jobs.deliver import Deliver
from worker.office import Office
from worker.store.lock import worker_lock
from worker.store.states import FINAL_DELIVERIES, DeliveryState
from worker.store.tables import deliveries

LATER = NOW + timedelta(minutes=1)
REPLY = Reply(250, "ok")


def die_after_the_dot(office: Office) -> None:
    """Do what a worker does up to the first acceptance, then stop existing before that is written."""
    connection = SmtpConnection(office.relay)
    with worker_lock(office.database, "the one who dies") as lock:
        epoch = lock.epoch
        with office.database.write() as tx:
            mailings.take_over(tx, epoch, NOW)
            row = mailings.next_with_work(tx, NOW)
            assert row is not None
            claimed = ledger.claim(tx, row.id, epoch, NOW, 3)
        letter = load_letter(office, row)
        connection.begin(letter.sender, claimed[0].address)
        with office.database.write() as tx:
            assert ledger.intend(tx, row.id, claimed[0].recipient_id, row.lists, epoch, NOW)
        connection.finish(letter.message(claimed[0]), claimed[0].address)
        connection.abandon()


def test_claimed_rows_go_back_and_one_in_sending_is_for_a_person(office: Office, relay: ScriptedRelay) -> None:
    number = begin(office, 4)
    die_after_the_dot(office)
    assert states(office) == ["sending", "claimed", "claimed", "queued"]
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
    with office.database.write() as tx:
        ids = tx.execute(select(deliveries.c.recipient_id).order_by(deliveries.c.recipient_id)).scalars().all()
        for recipient, state in zip(ids, sorted(FINAL_DELIVERIES), strict=True):
            tx.execute(deliveries.update().where(deliveries.c.recipient_id == recipient).values(state=state))
        assert mailings.take_over(tx, 99, NOW) == 0
    assert states(office) == sorted(FINAL_DELIVERIES)


def test_one_whose_time_has_passed_can_write_nothing(office: Office) -> None:
    number = begin(office, 3)
    with worker_lock(office.database, "the ghost") as ghost, office.database.write() as tx:
        old = ghost.epoch
        first, second = ledger.claim(tx, number, old, NOW, 2)
        assert ledger.intend(tx, number, first.recipient_id, ["media"], old, NOW)
    with worker_lock(office.database, "the next") as lock, office.database.write() as tx:
        new = lock.epoch
        mailings.take_over(tx, new, LATER)
        assert ledger.claim(tx, number, new, LATER, 1)[0].recipient_id == second.recipient_id
    before = rows(office)
    sent = Outcome(first.recipient_id, DeliveryState.SENDING, DeliveryState.SENT, REPLY, LATER)
    failed = Outcome(second.recipient_id, DeliveryState.CLAIMED, DeliveryState.FAILED, REPLY, LATER)
    with office.database.write() as tx:
        assert ledger.record(tx, number, old, sent) is False
        assert ledger.record(tx, number, old, failed) is False
        assert ledger.intend(tx, number, second.recipient_id, ["media"], old, LATER) is False
        assert ledger.suppress_if_left(tx, number, second.recipient_id, ["media"], old, LATER) is False
        assert ledger.release(tx, number, old) == 0
        assert list(ledger.claim(tx, number, old, LATER, 10)) == []
        assert mailings.take_over(tx, old, LATER) == 0
    assert rows(office) == before


def test_a_ghost_that_wakes_up_sends_nothing(office: Office, relay: ScriptedRelay) -> None:
    begin(office, 3)
    with at_work(office) as ghost:
        pass
    with at_work(office, LATER):
        Deliver().do_one(ghost, LATER)
        assert states(office) == ["queued"] * 3
    assert relay.received == []


def test_a_ghost_overtaken_between_two_messages_stops_and_its_answer_counts_no_more(
    office: Office, relay: ScriptedRelay
) -> None:
    begin(office, 4)
    with at_work(office) as ghost:

        def overtaken() -> None:
            with office.database.write() as tx:
                mailings.take_over(tx, ghost.lock.epoch + 1, LATER)

        relay.answer("DOT", "250 ok", Then("250 ok", act=overtaken))
        Deliver().do_one(ghost, NOW)
    assert [row.state for row in rows(office)][:2] == ["sent", "unknown"]
    assert len(relay.received) == 2
    deliver(office, LATER)
    assert states(office) == ["sent", "unknown", "sent", "sent"]
    assert [len(relay.received_by(address(each))) for each in (1, 2, 3, 4)] == [1, 1, 1, 1]


@pytest.mark.parametrize("kind", ["press-release", "newsletter"])
def test_unknown_is_settled_by_a_person_not_by_a_restart(office: Office, relay: ScriptedRelay, kind: str) -> None:
    begin(office, 1, kind)
    with office.database.write() as tx:
        tx.execute(deliveries.update().values(state=DeliveryState.UNKNOWN))
    for day in range(3):
        deliver(office, NOW + timedelta(days=day))
    assert states(office) == ["unknown"]
    assert relay.received == []
    with office.database.write() as tx:
        mailings.settle(tx, PRESS, address(1), DeliveryState.QUEUED, NOW, "koordinator")
    deliver(office, NOW + timedelta(days=4))
    assert states(office) == ["sent"]
    assert recorded(office).count("mailing.settled") == 1
