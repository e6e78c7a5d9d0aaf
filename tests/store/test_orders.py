"""What a person orders about a mailing: pause, go on, cancel, send again to those who were refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.fixtures.smtp_server import HANG_UP, ScriptedRelay, Then
from tests.store.desk import (
    at_work,
    begin,
    deliver,
    end_hold,
    hold,
    mailing,
    notices_to,
    read,
    recorded,
    rows,
    state,
    states,
    told,
)
from tests.store.sample import NEWSLETTER, NOW, PRESS, address
from worker.audience.leaving import leave
from worker.delivery import doubtful, orders, slices
from worker.errors import HlasatelError
from worker.jobs.close_finished import CloseFinished
from worker.jobs.expire_cancelled import ExpireCancelled
from worker.office import Office
from worker.record import progress
from worker.record.status import status
from worker.record.why import story
from worker.store.states import DeliveryState
from worker.store.tables import deliveries, recipients

MINUTE = timedelta(minutes=1)
LATER = NOW + timedelta(hours=1)


def pause(office: Office) -> int:
    with office.database.write() as tx:
        return orders.pause(tx, office, PRESS, NOW, person="koordinator")


def resume(office: Office, occurrence: str = PRESS) -> int:
    with office.database.write() as tx:
        return orders.resume(tx, occurrence, LATER, person="koordinator")


def cancel(office: Office, occurrence: str = PRESS, reason: str = "spletli jsme se") -> int:
    with office.database.write() as tx:
        return orders.cancel(tx, office, occurrence, NOW, reason=reason, person="koordinator")


def again(office: Office) -> int:
    with office.database.write() as tx:
        return orders.again(tx, PRESS, LATER, person="koordinator")


def why(office: Office) -> str:
    with office.database.read() as tx:
        return "\n".join(story(tx, office, PRESS, LATER) or ()).replace("\N{NO-BREAK SPACE}", " ")


def when_the_second_is_handed_over(relay: ScriptedRelay, order: Callable[[], object]) -> None:
    """One connection and no pipelining: so the order comes in the middle of the mailing."""
    relay.answer("DOT", "250 ok", Then("250 ok", act=order))


def finish(office: Office) -> None:
    """What a worker's rounds do with a cancelled mailing."""
    with at_work(office, LATER) as current:
        while ExpireCancelled().do_one(current, LATER):
            pass
        while CloseFinished().do_one(current, LATER):
            pass


def test_a_pause_holds_at_once_and_nobody_is_forgotten_or_written_to_twice(
    office: Office, relay: ScriptedRelay
) -> None:
    number = begin(office, 40)
    when_the_second_is_handed_over(relay, lambda: pause(office))
    deliver(office)
    sent = states(office).count("sent")
    assert 2 <= sent < 40 and set(states(office)) == {"sent", "queued"}
    stands = mailing(office, number)
    assert (stands.state, stands.reason, stands.resume_at) == (
        "paused",
        "zastavuje Koordinátor sociálního začleňování",
        None,
    )
    deliver(office, LATER)
    assert len(relay.received) == sent
    assert resume(office) == 1
    deliver(office, LATER)
    assert states(office) == ["sent"] * 40
    assert [len(relay.received_by(address(each))) for each in range(1, 41)] == [1] * 40


def test_what_would_try_again_by_itself_waits_for_a_person_once_paused(office: Office, relay: ScriptedRelay) -> None:
    number = begin(office, 1)
    relay.answer("MAIL", "421 busy")
    deliver(office)
    assert mailing(office, number).resume_at is not None
    assert pause(office) == 1
    deliver(office, LATER)
    assert (mailing(office, number).state, states(office)) == ("paused", ["queued"])
    assert recorded(office).count("mailing.paused") == 2
    with pytest.raises(HlasatelError, match="není co zastavit"):
        pause(office)


def test_nothing_goes_on_or_out_again_while_everything_is_held(office: Office, relay: ScriptedRelay) -> None:
    begin(office, 2)
    relay.answer("RCPT", "550 no")
    deliver(office)
    hold(office, NOW, LATER + MINUTE)
    for order in (resume, again):
        with pytest.raises(HlasatelError, match="pozdržen"):
            order(office)
    end_hold(office, LATER)
    assert again(office) == 1


def test_a_cancelled_mailing_sends_nothing_more_for_good(office: Office, relay: ScriptedRelay) -> None:
    number = begin(office, 40)
    when_the_second_is_handed_over(relay, lambda: cancel(office))
    deliver(office)
    sent = states(office).count("sent")
    assert 2 <= sent < 40
    finish(office)
    assert set(states(office)) == {"sent", "expired"} and states(office).count("sent") == sent
    assert {(row.reply, row.settled_at) for row in rows(office) if row.state == "expired"} == {("cancelled", LATER)}
    assert (mailing(office, number).state, state(office)) == ("done", "done")
    (notice,) = notices_to(office, "koordinator", "mailing_cancelled")
    assert (notice.data["sent"], notice.data["expired"], notice.data["audience"]) == (sent, 40 - sent, 40)
    assert "Koordinátor sociálního začleňování, důvod: spletli jsme se" in notice.data["reason"]
    said = why(office)
    assert "Rozesílku ruší Koordinátor sociálního začleňování" in said and "spletli jsme se" in said
    assert f"neodesláno, rozesílka zrušena {40 - sent}" in said
    for order in (resume, again, cancel):
        with pytest.raises(HlasatelError):
            order(office)
    deliver(office, LATER + timedelta(days=2))
    assert len(relay.received) == sent


def test_a_mailing_that_stands_is_cancelled_without_anybody_at_work(office: Office, relay: ScriptedRelay) -> None:
    number = begin(office, 3)
    relay.answer("RCPT", "450 later", "421 busy")
    deliver(office)
    assert states(office) == ["retry", "queued", "queued"]
    assert cancel(office, reason="") == 1
    orders.finish_cancelled(office, PRESS, NOW)
    assert states(office) == ["expired"] * 3
    with pytest.raises(HlasatelError, match="byla zrušena"):
        again(office)
    assert (mailing(office, number).state, mailing(office, number).resume_at) == ("done", None)
    deliver(office, LATER)
    assert "mailing_cancelled" in told(office)


@pytest.mark.parametrize("kind", ["press-release", "newsletter"])
def test_what_a_dead_sender_left_of_a_cancelled_mailing_is_for_a_person(office: Office, kind: str) -> None:
    occurrence = NEWSLETTER if kind == "newsletter" else PRESS
    begin(office, 3, kind, occurrence)
    with office.database.write() as tx:
        dead = slices.take(tx, "dead", NOW)
        assert dead is not None
        tx.execute(deliveries.update().where(deliveries.c.recipient_id == dead.first).values(state="sending"))
    cancel(office, occurrence)
    orders.finish_cancelled(office, occurrence, NOW + slices.LEASE / 2)
    assert states(office) == ["sending", "queued", "queued"], "its lease is not over: its answer may yet come"
    orders.finish_cancelled(office, occurrence, NOW + slices.LEASE)
    assert states(office) == ["unknown", "expired", "expired"]
    with office.database.write() as tx, pytest.raises(HlasatelError, match="byla zrušena"):
        doubtful.settle(tx, occurrence, address(1), DeliveryState.QUEUED, LATER, "koordinator")
    with office.database.write() as tx:
        assert doubtful.settle(tx, occurrence, address(1), DeliveryState.SENT, LATER, "koordinator") == 1


def test_a_finished_mailing_is_not_looked_at_again(office: Office) -> None:
    begin(office, 2)
    cancel(office)
    with at_work(office, LATER) as current:
        assert ExpireCancelled().do_one(current, LATER)
        assert not ExpireCancelled().do_one(current, LATER)


def test_again_goes_to_those_refused_alone_and_not_to_who_has_left(office: Office, relay: ScriptedRelay) -> None:
    number = begin(office, 5)
    for each in (2, 3, 4):
        relay.answer_to(address(each), "550 no")
    deliver(office)
    assert states(office) == ["sent", "failed", "failed", "failed", "sent"]
    with office.database.write() as tx:
        person = tx.execute(select(recipients.c.id).where(recipients.c.address == address(3))).scalar_one()
        assert leave.leave(tx, office, leave.Leaving(number, person, PRESS, ("media",)), NOW)
    relay.accept_everything()
    assert again(office) == 2
    assert (states(office), mailing(office, number).state) == (
        ["sent", "queued", "failed", "queued", "sent"],
        "sending",
    )
    with office.database.read() as tx:
        (shown,) = status(tx, LATER)["mailings"]
    assert shown["deliveries"] == {"sent": 2, "failed": 1, "queued": 2}
    deliver(office, LATER)
    assert states(office) == ["sent", "sent", "failed", "sent", "sent"]
    assert mailing(office, number).state == "done"
    assert [len(relay.received_by(address(each))) for each in range(1, 6)] == [1, 1, 0, 1, 1]
    assert [(row.attempts, row.copies) for row in rows(office)] == [(0, 1), (0, 1), (0, 0), (0, 1), (0, 1)]
    assert len({read(each)["Message-ID"] for each in relay.received}) == 4
    assert "Znovu se posílá těm, kdo byli odmítnuti a dál jsou přihlášeni: adresátů 2" in why(office)
    with pytest.raises(HlasatelError, match="není komu poslat znovu"):
        again(office)


def test_who_is_tried_again_is_given_the_whole_time_anew(office: Office, relay: ScriptedRelay) -> None:
    begin(office, 1)
    relay.answer("RCPT", "450 later", "550 no")
    deliver(office)
    deliver(office, NOW + 10 * MINUTE)
    assert again(office) == 1
    row = rows(office)[0]
    assert (row.state, row.attempts, row.first_try_at, row.settled_at, row.due_at) == ("queued", 0, None, None, None)


def test_an_occurrence_that_is_not_being_sent_has_nothing_to_order_about(office: Office) -> None:
    for order, words in (
        (pause, "není co zastavit"),
        (cancel, "není co zrušit"),
        (again, "není komu"),
        (resume, "nemá"),
    ):
        with pytest.raises(HlasatelError, match=words):
            order(office)


def test_status_says_when_a_mailing_goes_on(office: Office, relay: ScriptedRelay) -> None:
    begin(office, 2)
    relay.answer("RCPT", "450 later")
    deliver(office)
    with office.database.read() as tx:
        (each,) = progress.of_occurrence(tx, PRESS)
        (shown,) = status(tx, NOW)["mailings"]
    assert shown["goes_on_at"] == "2026-12-08T10:05:00+01:00"
    assert each.told(NOW).replace("\N{NO-BREAK SPACE}", " ") == "Pokračuje v úterý 8. prosince 2026 v 10:05 (SEČ)."
    assert each.told(LATER) == ""
    relay.always("MAIL", "421 busy")
    deliver(office, NOW + 5 * MINUTE)
    with office.database.read() as tx:
        (each,) = progress.of_occurrence(tx, PRESS)
    assert "Sama to zkusí znovu" in each.told(NOW + 5 * MINUTE)
    pause(office)
    with office.database.read() as tx:
        (each,) = progress.of_occurrence(tx, PRESS)
        assert status(tx, NOW)["mailings"][0]["goes_on_at"] is None
    assert each.told(NOW) == "Sama pokračovat nebude, čeká na člověka."


def test_a_done_mailing_with_unknown_ones_stays_in_status_until_they_are_settled(
    office: Office, relay: ScriptedRelay
) -> None:
    begin(office, 2)
    relay.answer("DOT", HANG_UP)
    deliver(office)
    with office.database.read() as tx:
        (shown,) = status(tx, LATER)["mailings"]
    assert (shown["state"], shown["deliveries"]) == ("done", {"sent": 1, "unknown": 1})
    with office.database.write() as tx:
        doubtful.settle(tx, PRESS, address(1), DeliveryState.FAILED, LATER, "koordinator")
        assert status(tx, LATER)["mailings"] == []
