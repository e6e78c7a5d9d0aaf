"""Coming back by one's own choice: after leaving, a bounce, a complaint, an erasure; never past the coordinator."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.sample import NOW
from tests.store.test_joining import ADDRESS, DAY, WISH, ask, confirm, everything, gets, join, mail, token
from worker.audience.leaving.leave import leave_all, leave_lists
from worker.audience.suppression import Reason, lift, suppress, suppression_of
from worker.office import Office
from worker.store.tables import departures, joinings, recipients, subscriptions


def suppressed(office: Office, reason: Reason) -> None:
    with office.database.write() as tx:
        suppress(tx, office, ADDRESS, reason, NOW - DAY)


@pytest.mark.parametrize("reason", [Reason.ASKED, Reason.ERASED, Reason.BOUNCE, Reason.COMPLAINT])
def test_whoever_asks_to_come_back_is_written_to_again(office: Office, relay: ScriptedRelay, reason: Reason) -> None:
    join(office, relay)
    with office.database.write() as tx:
        suppress(tx, office, ADDRESS, reason, NOW + DAY)
        tx.execute(update(recipients).values(soft_bounces=4, soft_bounced_at=NOW))
    assert gets(office, ["obcane"]) == 0
    join(office, relay, at=NOW + 2 * DAY)
    assert gets(office, ["obcane"], NOW + 3 * DAY) == 1
    with office.database.read() as tx:
        assert suppression_of(tx, office, ADDRESS) is None
    (row,) = everything(office, recipients)
    assert (row.soft_bounces, row.soft_bounced_at) == (0, None), "one full mailbox more would stop her again"


def test_whom_the_coordinator_stopped_gets_no_mail_and_stays_stopped(office: Office, relay: ScriptedRelay) -> None:
    suppressed(office, Reason.COORDINATOR)
    ask(office)
    mail(office)
    assert relay.received == []
    assert everything(office, joinings) == []


def test_whom_the_coordinator_stops_meanwhile_stays_stopped(office: Office, relay: ScriptedRelay) -> None:
    ask(office)
    mail(office)
    suppressed(office, Reason.COORDINATOR)
    assert confirm(office, token(relay))  # the page looks the same
    assert everything(office, recipients) == []
    with office.database.read() as tx:
        assert suppression_of(tx, office, ADDRESS) is not None


def test_what_the_coordinator_stopped_nobody_else_lifts(office: Office) -> None:
    suppressed(office, Reason.COORDINATOR)
    with office.database.write() as tx:
        lift(tx, office, ADDRESS, NOW)
        assert suppression_of(tx, office, ADDRESS) is not None


@pytest.mark.both
def test_coming_back_brings_what_was_asked_for_alone(office: Office, relay: ScriptedRelay) -> None:
    number = join(office, relay, replace(WISH, lists=("obcane", "vsichni")))
    with office.database.write() as tx:
        leave_all(tx, office, number, NOW + DAY)
    join(office, relay, at=NOW + 2 * DAY)
    left = {row.list_id for row in everything(office, departures)}
    assert "obcane" not in left and "vsichni" in left
    later = NOW + 3 * DAY
    assert (gets(office, ["obcane"], later), gets(office, ["vsichni"], later)) == (1, 0)
    evidence = [(row.list_id, row.withdrawn_at is None) for row in everything(office, subscriptions)]
    assert sorted(evidence) == [("obcane", False), ("obcane", True), ("vsichni", False)]


def test_who_complained_and_comes_back_gets_nothing_she_did_not_ask_for(office: Office, relay: ScriptedRelay) -> None:
    join(office, relay, replace(WISH, lists=("obcane", "vsichni")))
    suppressed(office, Reason.COMPLAINT)
    join(office, relay, at=NOW + 2 * DAY)
    later = NOW + 3 * DAY
    assert (gets(office, ["obcane"], later), gets(office, ["vsichni"], later)) == (1, 0)


def test_joining_again_ends_a_pause(office: Office, relay: ScriptedRelay) -> None:
    join(office, relay)
    with office.database.write() as tx:
        tx.execute(update(recipients).values(paused_until=NOW + 90 * DAY))
    join(office, relay, at=NOW + 2 * DAY)
    assert gets(office, ["obcane"], NOW + 3 * DAY) == 1


def test_who_left_one_list_may_join_it_again(office: Office, relay: ScriptedRelay) -> None:
    number = join(office, relay)
    with office.database.write() as tx:
        leave_lists(tx, office, number, ["obcane"], NOW + DAY)
    join(office, relay, at=NOW + 2 * DAY)
    assert everything(office, departures) == []
