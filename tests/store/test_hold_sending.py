"""A hold and what is being sent: it stops between two recipients, only a person lets it go on, and no race slips by."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.fixtures.smtp_server import ScriptedRelay, Then
from tests.store.desk import (
    ASKED,
    SEND,
    approve,
    asked,
    at_work,
    begin,
    deliver,
    end_hold,
    hold,
    mailing,
    notices_to,
    occurrence,
    state,
    states,
    told,
    work_at,
)
from tests.store.sample import NOW, PRESS, add_people
from worker.approval.cases import Refused
from worker.delivery import mailings
from worker.errors import HlasatelError
from worker.jobs.ask_approval import AskApproval
from worker.jobs.close_finished import CloseFinished
from worker.jobs.start_sending import StartSending
from worker.notices import queue
from worker.office import Office
from worker.record import holds
from worker.record.status import status
from worker.store.states import OccurrenceState, lock_occurrence, move_occurrence
from worker.store.tables import decisions, notices, occurrences
from worker.store.tables import mailings as mailings_table

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
UNTIL = NOW + 2 * DAY


def test_a_mailing_under_way_stops_between_two_recipients(office: Office, relay: ScriptedRelay) -> None:
    number = begin(office, 4)
    relay.answer("DOT", "250 ok", Then("250 ok", act=lambda: hold(office, NOW, UNTIL)))
    deliver(office)
    assert states(office) == ["sent", "sent", "queued", "queued"], "the message under way is finished"
    stopped = mailing(office, number)
    assert (stopped.state, stopped.resume_at) == ("paused", None)
    assert "státní smutek" in stopped.reason
    assert (state(office), told(office)) == ("sending", ["hold_began"])
    (began,) = notices_to(office, "koordinator", "hold_began")
    assert "předáno 1, adresátů celkem 4" in began.data["stopped"], "the outcome under way is not known yet"


def test_only_a_person_lets_it_go_on_and_only_when_the_hold_is_over(office: Office, relay: ScriptedRelay) -> None:
    number = begin(office, 2)
    hold(office, NOW, UNTIL)
    with pytest.raises(HlasatelError, match="hold end"), office.database.write() as tx:
        holds.refuse_sending(tx, PRESS, NOW + HOUR)
    deliver(office, UNTIL + DAY)
    work_at(office, UNTIL + DAY)
    assert (states(office), mailing(office, number).state) == (["queued", "queued"], "paused")
    (ended,) = notices_to(office, "koordinator", "hold_ended")
    assert f"delivery resume {PRESS}" in ended.data["stopped"]
    with office.database.write() as tx:
        holds.refuse_sending(tx, PRESS, UNTIL + DAY)
        mailings.resume(tx, number, PRESS, UNTIL + DAY, "koordinator")
    deliver(office, UNTIL + DAY)
    assert states(office) == ["sent", "sent"]


def test_a_mailing_that_waits_for_the_relay_does_not_go_on_by_itself(office: Office, relay: ScriptedRelay) -> None:
    number = begin(office, 2)
    relay.answer("CONNECT", "421 busy")
    deliver(office)
    assert mailing(office, number).resume_at is not None
    hold(office, NOW, UNTIL)
    deliver(office, NOW + HOUR)
    assert (states(office), mailing(office, number).state) == (["queued", "queued"], "paused")


def test_a_crisis_mailing_goes_on(office: Office, relay: ScriptedRelay) -> None:
    begin(office, 2)
    with office.database.write() as tx:
        tx.execute(occurrences.update().values(crisis=True))
    hold(office, NOW, UNTIL)
    deliver(office)
    assert states(office) == ["sent", "sent"]


def test_a_mailing_stopped_at_its_last_message_still_closes(office: Office, relay: ScriptedRelay) -> None:
    number = begin(office, 1)
    relay.answer("DOT", Then("250 ok", act=lambda: hold(office, NOW, UNTIL)))
    deliver(office)
    assert (states(office), mailing(office, number).state, mailing(office, number).reason) == (["sent"], "done", "")
    assert state(office) == "done"


def test_who_is_put_off_is_not_given_up_while_the_mailing_stands(office: Office, relay: ScriptedRelay) -> None:
    number = begin(office, 1)
    relay.answer("RCPT", "450 later")
    deliver(office)
    hold(office, NOW, NOW + 10 * DAY)
    deliver(office, NOW + 9 * DAY)
    assert states(office) == ["retry"]
    with office.database.write() as tx:
        mailings.resume(tx, number, PRESS, NOW + 10 * DAY, "koordinator")
    deliver(office, NOW + 10 * DAY)
    assert states(office) == ["sent"]


def test_a_text_to_publish_that_has_not_left_waits_for_a_person_too(office: Office, relay: ScriptedRelay) -> None:
    begin(office, 0)
    with office.database.write() as tx:
        queue.put(tx, "handoff/1", "handoff", "koordinator", NOW, occurrence_id=PRESS, only="facebook-text")
    hold(office, NOW, UNTIL)
    with at_work(office, NOW) as current:
        while CloseFinished().do_one(current, NOW):
            pass
    assert [notice.state for notice in notices_to(office, "koordinator", "handoff")] == ["paused"]
    assert state(office) == "sending", "it is not done while somebody is still to publish it"
    with office.database.read() as tx:
        assert [row["occurrence"] for row in status(tx, NOW)["held_notices"]] == [PRESS]
    with office.database.write() as tx:
        assert queue.resume_hand_off(tx, PRESS, UNTIL) == 1
    assert [notice.state for notice in notices_to(office, "koordinator", "handoff")] == ["queued"]


def _together(first: Callable[[], object], second: Callable[[], object]) -> None:
    """Both at the same instant; the first fault of either is raised."""
    start = threading.Barrier(2)

    def run(work: Callable[[], object]) -> None:
        start.wait()
        work()

    with ThreadPoolExecutor(2) as pool:
        for each in [pool.submit(run, first), pool.submit(run, second)]:
            each.result(60)


@pytest.mark.usefixtures("already_asked")
@pytest.mark.parametrize("turn", range(3))
def test_a_hold_in_the_very_second_of_sending_holds_it_or_stops_its_mailing(office: Office, turn: int) -> None:
    approve(office, asked(office))
    with office.database.write() as tx:
        add_people(tx, "media", [1, 2, 3])
    with at_work(office, SEND) as current:
        _together(lambda: StartSending().do_one(current, SEND), lambda: hold(office, SEND, SEND + DAY))
    with office.database.read() as tx:
        begun = tx.execute(select(mailings_table).where(mailings_table.c.occurrence_id == PRESS)).all()
        live = tx.execute(select(decisions).where(decisions.c.live == 1)).all()
    if state(office) == "held":
        assert (begun, live) == ([], [])
    else:
        assert state(office) == "sending"
        assert [each.state for each in begun] == ["paused"]
        assert len(live) == 1, "what goes out was approved"
    deliver(office, SEND)
    assert set(states(office)) <= {"queued"}, "nobody was sent anything"


@pytest.mark.usefixtures("already_asked")
def test_sending_that_waits_for_the_hold_finds_nothing_approved(office: Office) -> None:
    approve(office, asked(office))
    locked, go_on = threading.Event(), threading.Event()

    def held_slowly() -> None:
        with office.database.write() as tx:
            lock_occurrence(tx, PRESS)
            locked.set()
            go_on.wait(10)
            move_occurrence(tx, PRESS, OccurrenceState.APPROVED, OccurrenceState.HELD, SEND)

    with ThreadPoolExecutor(1) as pool, at_work(office, SEND) as current:
        slow = pool.submit(held_slowly)
        assert locked.wait(10)
        threading.Timer(0.3, go_on.set).start()
        assert StartSending().do_one(current, SEND) is False
        slow.result(10)
    assert state(office) == "held"


@pytest.mark.parametrize("turn", range(3))
def test_what_is_asked_for_in_the_same_second_is_held_or_waits(office: Office, turn: int) -> None:
    work_at(office, ASKED - DAY)
    assert state(office) == "preparing"
    with at_work(office, ASKED) as current:
        _together(lambda: AskApproval().do_one(current, ASKED), lambda: hold(office, ASKED, ASKED + DAY))
    assert state(office) in ("held", "preparing")
    work_at(office, ASKED + HOUR)
    assert state(office) in ("held", "preparing")
    work_at(office, ASKED + DAY)
    assert state(office) == "asked"


@pytest.mark.usefixtures("already_asked")
@pytest.mark.parametrize("turn", range(3))
def test_a_decision_in_the_same_second_holds_nothing_up(office: Office, turn: int) -> None:
    link = asked(office)

    def decided() -> None:
        with contextlib.suppress(Refused):
            approve(office, link, ASKED + HOUR)

    _together(decided, lambda: hold(office, ASKED + HOUR, ASKED + DAY))
    assert state(office) == "held"
    with office.database.read() as tx:
        assert tx.execute(select(decisions).where(decisions.c.live == 1)).all() == []


@pytest.mark.usefixtures("already_asked")
def test_two_who_hold_at_once_make_one_hold(office: Office) -> None:
    asked(office)
    faults: list[str] = []

    def one() -> None:
        try:
            hold(office, ASKED, UNTIL)
        except HlasatelError as error:
            faults.append(str(error))

    _together(one, one)
    assert len(faults) == 1
    with office.database.read() as tx:
        assert len(tx.execute(select(notices).where(notices.c.kind == "hold_began")).all()) == 1


@pytest.mark.usefixtures("already_asked")
def test_mails_that_leave_meanwhile_and_a_hold_do_not_wait_for_each_other(office: Office) -> None:
    """A hold locks occurrences, a mail's link refers to one: neither may keep the other waiting for good."""
    asked(office)
    faults: list[BaseException] = []

    def holds_and_ends() -> None:
        for number in range(5):
            at = ASKED + number * timedelta(minutes=10)
            hold(office, at, at + 5 * DAY)
            end_hold(office, at)

    def works() -> None:
        for number in range(5):
            try:
                work_at(office, ASKED + number * timedelta(minutes=10))
            except BaseException as error:
                faults.append(error)

    _together(holds_and_ends, works)
    assert faults == []
    work_at(office, ASKED + HOUR)
    assert (state(office), occurrence(office).send_at) == ("asked", SEND)
