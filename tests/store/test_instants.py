"""What a clock that jumps must not jump over: a repeat, a pause, the end of a hold."""

from __future__ import annotations

from datetime import timedelta

from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.desk import at_work, begin, deliver, hold, mailing, rows
from tests.store.sample import NOW, address, office_with
from worker.jobs import all_jobs
from worker.notices import queue
from worker.office import Office
from worker.rehearsal.instants import next_instant
from worker.settings.limits import DomainLimit

SOON = timedelta(minutes=5)


def test_a_delivery_that_was_put_off(office: Office, relay: ScriptedRelay) -> None:
    relay.answer("RCPT", "450 later")
    begin(office, 1)
    deliver(office)
    with at_work(office) as shift:
        assert next_instant(shift, NOW) == rows(office)[0].due_at == NOW + SOON


def test_a_mailing_that_waits_for_an_allowance(office: Office, relay: ScriptedRelay) -> None:
    limit = DomainLimit(domain=address(1).partition("@")[2], messages=1, per="hour")
    begin(office, 2)
    deliver(office_with(office, domains=(limit,)))
    assert len(relay.received) == 1
    with at_work(office) as shift:
        assert next_instant(shift, NOW) == NOW + timedelta(hours=1)


def test_a_mailing_that_tries_again_by_itself(office: Office, relay: ScriptedRelay) -> None:
    relay.answer("CONNECT", "421 busy")
    number = begin(office, 1)
    deliver(office)
    with at_work(office) as shift:
        assert next_instant(shift, NOW) == mailing(office, number).resume_at


def test_a_notice_that_waits(office: Office) -> None:
    with office.database.write() as tx:
        queue.put(tx, "test", "plan_faulty", "koordinator", NOW + SOON, count=1, faults="")
    with at_work(office) as shift:
        assert next_instant(shift, NOW) == NOW + SOON


def test_the_end_of_a_hold(office: Office) -> None:
    hold(office, NOW, NOW + SOON)
    with at_work(office, NOW) as shift:
        named = {type(job).__name__: job.next_at(shift, NOW) for job in all_jobs()}
        assert named["ReleaseHeld"] == NOW + SOON
        over = {type(job).__name__: job.next_at(shift, NOW + SOON) for job in all_jobs()}
        assert over["ReleaseHeld"] is None
