"""The switch that holds everything but crisis messages: what it stops, what goes on, and how it all comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.fixtures.smtp_server import ScriptedRelay, Then
from tests.store.desk import (
    ASKED,
    SEND,
    approve,
    asked,
    at_work,
    end_hold,
    hold,
    notices_to,
    occurrence,
    recorded,
    state,
    token,
    work_at,
)
from tests.store.sample import NEWSLETTER, PRESS
from worker.approval import choose, decide, rework
from worker.approval.cases import NotNow
from worker.approval.decide import Choice
from worker.errors import HlasatelError
from worker.jobs.release_held import ReleaseHeld
from worker.notices.links import Purpose
from worker.office import Office
from worker.planning.current import plan_on_file
from worker.record import holds
from worker.store.tables import decisions, drafts, mailings, notices, occurrences, packages

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
UNTIL = SEND + 2 * DAY
"""Thursday 10 December 2026, 10:00 in Prague."""
FRIDAY = datetime(2026, 12, 11, 9, 0, tzinfo=UTC)
TASK = "clanek-magazin/2026-H2"
APPROVER, COORDINATOR = "tiskovy-mluvci", "koordinator"


def make_crisis(office: Office, occurrence_id: str, *, crisis: bool = True) -> None:
    with office.database.write() as tx:
        tx.execute(update(occurrences).where(occurrences.c.id == occurrence_id).values(crisis=crisis))


def live_decisions(office: Office) -> int:
    with office.database.read() as tx:
        return len(tx.execute(select(decisions).where(decisions.c.live == 1)).all())


@pytest.mark.usefixtures("already_asked")
def test_what_was_asked_or_approved_is_held_and_its_approval_is_void(office: Office) -> None:
    approve(office, asked(office))
    assert (state(office), state(office, NEWSLETTER)) == ("approved", "asked")
    begun = hold(office, ASKED + HOUR, UNTIL)
    assert {row.id for row in begun.held} == {PRESS, NEWSLETTER}
    assert (state(office), state(office, NEWSLETTER)) == ("held", "held")
    assert live_decisions(office) == 0
    with office.database.read() as tx:
        assert len(tx.execute(select(decisions)).all()) == 1, "the decision stays in the history"
    assert recorded(office)[-3:] == ["hold.began", "occurrence.held", "occurrence.held"]


@pytest.mark.usefixtures("already_asked")
def test_a_link_says_that_everything_is_held_and_why(office: Office) -> None:
    link = asked(office)
    hold(office, ASKED + HOUR, UNTIL, reason="výbuch v továrně")
    with pytest.raises(NotNow, match="výbuch v továrně"):
        approve(office, link, SEND + DAY)  # past its deadline, which would otherwise end the link
    assert state(office) == "held"


@pytest.mark.usefixtures("already_asked")
def test_nothing_is_sent_missed_or_reminded_of_while_everything_is_held(office: Office, relay: ScriptedRelay) -> None:
    approve(office, asked(office))
    hold(office, ASKED + HOUR, UNTIL)
    work_at(office, ASKED + HOUR)
    before = len(relay.received)
    for day in range(1, 8):
        for hour in (1, 3, 5, 23):
            work_at(office, ASKED + day * DAY + hour * HOUR)
    assert (state(office), state(office, NEWSLETTER)) == ("held", "held")
    with office.database.read() as tx:
        later = tx.execute(select(notices.c.kind).where(notices.c.created_at > ASKED + HOUR)).scalars().all()
        assert tx.execute(select(mailings)).all() == []
    assert set(later) <= {"task", "task_reminder", "task_missed"}
    assert len(relay.received) == before + len(later)


def test_what_would_be_asked_for_meanwhile_waits_and_is_asked_afterwards(office: Office) -> None:
    work_at(office, ASKED - 3 * DAY)
    assert (state(office), state(office, TASK)) == ("preparing", "planned")
    hold(office, ASKED - 2 * DAY, ASKED + DAY)
    work_at(office, ASKED)
    assert state(office) == "preparing"
    assert state(office, TASK) == "asked", "tasks are the office's own and go on"
    work_at(office, ASKED + DAY)
    row = occurrence(office)
    assert (row.state, row.send_at) == ("asked", SEND), "there is time enough, so its send time stays"


def test_what_waited_past_its_send_time_is_not_missed_but_gets_a_new_one(office: Office) -> None:
    work_at(office, ASKED - 3 * DAY)
    hold(office, ASKED - 2 * DAY, UNTIL)
    work_at(office, SEND + DAY)
    assert state(office) == "preparing"
    work_at(office, UNTIL)
    row = occurrence(office)
    assert (row.state, row.send_at) == ("asked", FRIDAY)
    (ended,) = notices_to(office, COORDINATOR, "hold_ended")
    assert PRESS in ended.data["released"]


def test_a_crisis_message_is_asked_approved_and_sent(office: Office, relay: ScriptedRelay) -> None:
    work_at(office, ASKED - 3 * DAY)
    make_crisis(office, PRESS)
    hold(office, ASKED - 2 * DAY, UNTIL)
    work_at(office, ASKED)
    assert (state(office), state(office, NEWSLETTER)) == ("asked", "preparing")
    hold(office, ASKED, UNTIL + DAY)
    approve(office, token(office, APPROVER))
    work_at(office, SEND)
    assert state(office) == "done"


def test_a_row_of_the_plan_that_says_crisis_is_not_held(office: Office, tmp_path: Path) -> None:
    plan = office.settings.plan.read_text(encoding="utf-8")
    file = tmp_path / "schedules.yaml"
    file.write_text(
        plan.replace("- id: tiskova-zprava\n", "- id: tiskova-zprava\n    crisis: true\n", 1), encoding="utf-8"
    )
    office = replace(office, settings=replace(office.settings, plan=file))
    asked(office)
    hold(office, ASKED, UNTIL)
    assert (state(office), state(office, NEWSLETTER)) == ("asked", "held")


@pytest.mark.usefixtures("already_asked")
def test_one_that_becomes_a_crisis_message_is_let_go_at_once(office: Office) -> None:
    asked(office)
    hold(office, ASKED, UNTIL)
    make_crisis(office, PRESS)
    work_at(office, ASKED + HOUR)
    assert (state(office), state(office, NEWSLETTER)) == ("asked", "held")


@pytest.mark.usefixtures("already_asked")
def test_one_that_is_a_crisis_message_no_longer_is_held_after_all(office: Office) -> None:
    asked(office)
    hold(office, ASKED, UNTIL)
    make_crisis(office, PRESS)
    work_at(office, ASKED + HOUR)
    approve(office, token(office, APPROVER), ASKED + HOUR)
    assert state(office) == "approved"
    make_crisis(office, PRESS, crisis=False)
    work_at(office, ASKED + 2 * HOUR)
    assert (state(office), live_decisions(office)) == ("held", 0)
    end_hold(office, ASKED + 3 * HOUR)
    work_at(office, SEND)
    assert state(office) == "asked", "nothing goes out on an approval from before"


@pytest.mark.usefixtures("already_asked")
@pytest.mark.parametrize("by_hand", [True, False], ids=["ended by hand", "its time is over"])
def test_afterwards_everything_held_is_asked_anew_and_nothing_goes_out_on_the_old_approval(
    office: Office, by_hand: bool
) -> None:
    old = asked(office)
    approve(office, old)
    hold(office, ASKED + HOUR, UNTIL)
    if by_hand:
        end_hold(office, UNTIL)
    work_at(office, UNTIL)
    row = occurrence(office)
    assert (row.state, row.send_at) == ("asked", FRIDAY)
    assert datetime.fromisoformat(row.stages["send"]) == FRIDAY
    assert datetime.fromisoformat(row.stages["deadline"]) == FRIDAY + 2 * HOUR
    with office.database.read() as tx:
        found = select(packages).where(packages.c.occurrence_id == PRESS).order_by(packages.c.version)
        first, second = tx.execute(found).all()
    assert "státní smutek" in second.reason
    assert "pátek 11." in second.reason
    assert first.digest != second.digest
    work_at(office, FRIDAY)
    assert state(office) == "asked", "the approval given before the hold sends nothing"
    approve(office, token(office, APPROVER), FRIDAY)
    work_at(office, FRIDAY)
    assert state(office) == "done"


@pytest.mark.usefixtures("already_asked")
def test_a_send_time_that_leaves_a_working_day_stays(office: Office) -> None:
    approve(office, asked(office))
    hold(office, ASKED + HOUR, ASKED + DAY)
    work_at(office, ASKED + DAY)
    row = occurrence(office)
    assert (row.state, row.send_at) == ("asked", SEND)
    with office.database.read() as tx:
        first, second = tx.execute(select(packages).where(packages.c.occurrence_id == PRESS)).all()
    assert first.digest == second.digest, "nothing of it has changed"
    work_at(office, SEND)
    assert state(office) == "asked", "and all the same it needs a new approval"


@pytest.mark.usefixtures("already_asked")
def test_what_was_returned_goes_back_to_its_rework(office: Office) -> None:
    decide.decide(office, asked(office), Choice.RETURN, "prosím kratší", ASKED)
    hold(office, ASKED + HOUR, ASKED + DAY)
    assert state(office) == "held"
    edit = token(office, COORDINATOR, purpose=Purpose.EDIT)
    with pytest.raises(NotNow):
        rework.resubmit(office, edit, {}, ASKED + 2 * HOUR, version=1)
    work_at(office, ASKED + DAY)
    assert state(office) == "returned", "the rejected text is not asked for again"
    (ended,) = notices_to(office, COORDINATOR, "hold_ended")
    assert "vrácené k přepracování" in ended.data["released"]
    rework.resubmit(office, edit, {}, ASKED + DAY + HOUR, version=1)
    assert state(office) == "asked"


@pytest.mark.usefixtures("already_asked")
def test_each_hears_of_it_once(office: Office) -> None:
    approve(office, asked(office))
    hold(office, ASKED + HOUR, UNTIL)
    work_at(office, ASKED + HOUR)
    (to_coordinator,) = notices_to(office, COORDINATOR, "hold_began")
    assert PRESS in to_coordinator.data["held"] and NEWSLETTER in to_coordinator.data["held"]
    (to_approver,) = notices_to(office, APPROVER, "hold_stops_approval")
    assert PRESS in to_approver.data["held"] and NEWSLETTER in to_approver.data["held"]
    before = len(notices_to(office, APPROVER, "approval", "approval_again"))
    work_at(office, UNTIL)
    work_at(office, UNTIL + HOUR)
    (ended,) = notices_to(office, COORDINATOR, "hold_ended")
    assert (PRESS in ended.data["released"], NEWSLETTER in ended.data["released"]) == (True, True)
    assert "pátek 11." in ended.data["released"]
    again = notices_to(office, APPROVER, "approval", "approval_again")[before:]
    assert sorted(str(notice.occurrence_id) for notice in again) == [NEWSLETTER, PRESS]
    assert {notice.state for notice in again} == {"sent"}


def test_what_asks_for_a_decision_and_has_not_left_is_withdrawn(office: Office, relay: ScriptedRelay) -> None:
    relay.always("CONNECT", "421 busy")
    asked(office)
    hold(office, ASKED + HOUR, ASKED + DAY)
    relay.accept_everything()
    work_at(office, ASKED + 2 * HOUR)
    assert {notice.state for notice in notices_to(office, APPROVER, "approval")} == {"withdrawn"}
    assert len(notices_to(office, APPROVER, "hold_stops_approval")) == 1
    work_at(office, ASKED + DAY)
    assert [notice.state for notice in notices_to(office, APPROVER, "approval_again")] == ["sent", "sent"]


def test_a_mail_under_way_that_comes_back_is_not_sent_while_its_occurrence_is_held(
    office: Office, relay: ScriptedRelay
) -> None:
    def held_meanwhile() -> None:
        relay.accept_everything()
        hold(office, ASKED, ASKED + DAY)

    relay.answer_to(office.person(APPROVER).email, Then("451 try later", act=held_meanwhile))
    asked(office)
    work_at(office, ASKED + 3 * HOUR)
    asks = notices_to(office, APPROVER, "approval")
    assert sorted({notice.state for notice in asks}) == ["queued", "withdrawn"]
    work_at(office, ASKED + DAY)
    assert {notice.state for notice in notices_to(office, APPROVER, "approval")} == {"withdrawn"}
    assert {notice.state for notice in notices_to(office, APPROVER, "approval_again")} == {"sent"}


@pytest.mark.usefixtures("already_asked")
def test_a_hold_is_extended_by_a_later_end_and_refused_with_an_earlier_one(office: Office) -> None:
    asked(office)
    hold(office, ASKED, UNTIL)
    with pytest.raises(HlasatelError, match="hold end"):
        hold(office, ASKED + HOUR, UNTIL)
    assert hold(office, ASKED + HOUR, UNTIL + DAY, reason="trvá to déle").extended
    work_at(office, UNTIL)
    assert state(office) == "held"
    work_at(office, UNTIL + DAY)
    assert state(office) == "asked"
    assert len(notices_to(office, COORDINATOR, "hold_extended")) == 1
    with office.database.read() as tx:
        assert holds.live(tx) is None


def test_an_end_that_is_over_and_an_end_without_a_hold_are_refused(office: Office) -> None:
    with pytest.raises(HlasatelError):
        hold(office, ASKED, ASKED)
    with pytest.raises(HlasatelError, match="Nic není pozdrženo"):
        end_hold(office, ASKED)


def test_a_hold_may_begin_before_the_first_start(office: Office) -> None:
    hold(office, ASKED - DAY, UNTIL)
    work_at(office, ASKED)
    assert state(office) == "preparing"
    assert not hold(office, UNTIL, UNTIL + DAY).extended, "the first is over, though nobody has noticed yet"


@pytest.mark.usefixtures("already_asked")
def test_ended_it_stays_ended_when_the_clock_goes_back(office: Office) -> None:
    asked(office)
    hold(office, ASKED, UNTIL)
    work_at(office, UNTIL)
    work_at(office, UNTIL - DAY)
    assert state(office) == "asked"
    assert recorded(office).count("hold.ended") == 1


@pytest.mark.usefixtures("already_asked")
def test_a_worker_killed_in_the_middle_of_the_release_goes_on_where_it_was(office: Office) -> None:
    asked(office)
    hold(office, ASKED, UNTIL)
    with at_work(office, UNTIL) as current:
        current.plan = plan_on_file(office)
        assert ReleaseHeld().do_one(current, UNTIL), "the end is written down"
        assert ReleaseHeld().do_one(current, UNTIL), "one is let go"
    assert sorted([state(office), state(office, NEWSLETTER)]) == ["asked", "held"]
    work_at(office, UNTIL + 3 * DAY)
    assert (state(office), state(office, NEWSLETTER))[::-1].count("held") == 0
    (ended,) = notices_to(office, COORDINATOR, "hold_ended")
    assert PRESS in ended.data["released"] and NEWSLETTER in ended.data["released"]


@pytest.mark.usefixtures("already_asked")
def test_a_new_hold_in_the_middle_of_the_release_holds_everything_again(office: Office) -> None:
    asked(office)
    hold(office, ASKED, UNTIL)
    with at_work(office, UNTIL) as current:
        current.plan = plan_on_file(office)
        assert ReleaseHeld().do_one(current, UNTIL) and ReleaseHeld().do_one(current, UNTIL)
    begun = hold(office, UNTIL, UNTIL + DAY)
    assert {row.id for row in begun.held} == {PRESS, NEWSLETTER}
    work_at(office, UNTIL + HOUR)
    assert (state(office), state(office, NEWSLETTER)) == ("held", "held")


@pytest.mark.usefixtures("already_asked")
def test_one_that_cannot_be_made_anew_stops_no_other_and_is_told_once(office: Office) -> None:
    asked(office)
    hold(office, ASKED, UNTIL)
    with office.database.write() as tx:
        tx.execute(update(drafts).where(drafts.c.kind == "newsletter").values(kind="gone"))
    for _ in range(3):
        work_at(office, UNTIL)
    assert (state(office), state(office, NEWSLETTER)) == ("asked", "held")
    assert len(notices_to(office, COORDINATOR, "draft_failed")) == 1
    assert len(notices_to(office, COORDINATOR, "hold_ended")) == 1


@pytest.mark.usefixtures("already_asked")
@pytest.mark.parametrize("missed", [False, True], ids=["held", "missed before"])
def test_what_is_moved_while_everything_is_held_is_asked_for_afterwards(office: Office, missed: bool) -> None:
    asked(office)
    at = SEND + 3 * HOUR if missed else ASKED
    if missed:
        work_at(office, at)
        assert state(office) == "missed"
    hold(office, at, UNTIL)
    activity = plan_on_file(office).activity("tiskova-zprava")
    moved = SEND + 7 * DAY
    with pytest.raises(HlasatelError, match="hold end"), office.database.write() as tx:
        choose.move(tx, office, activity, PRESS, at, at, reason="spěchá", person=COORDINATOR)
    with office.database.write() as tx:
        choose.move(tx, office, activity, PRESS, moved, at, reason="později", person=COORDINATOR)
    work_at(office, at + HOUR)
    assert state(office) == "held"
    work_at(office, UNTIL)
    row = occurrence(office)
    assert (row.state, row.send_at) == ("asked", moved)


@pytest.mark.usefixtures("already_asked")
def test_what_is_held_may_be_dropped_or_noted_as_done(office: Office) -> None:
    asked(office)
    hold(office, ASKED, UNTIL)
    with office.database.write() as tx:
        choose.drop(tx, office, PRESS, ASKED, reason="nehodí se", person=COORDINATOR)
        choose.done(tx, office, NEWSLETTER, ASKED, reason="vyšel jinde", person=COORDINATOR, address="")
    work_at(office, UNTIL)
    assert (state(office), state(office, NEWSLETTER)) == ("dropped", "done")
    (ended,) = notices_to(office, COORDINATOR, "hold_ended")
    assert ended.data["number"] == 0


@pytest.mark.usefixtures("already_asked")
def test_it_comes_back_also_when_its_row_has_left_the_plan(office: Office) -> None:
    asked(office)
    hold(office, ASKED, UNTIL)
    before = occurrence(office)
    with at_work(office, UNTIL) as current:
        current.plan = replace(plan_on_file(office), activities=())
        while ReleaseHeld().do_one(current, UNTIL):
            pass
    row = occurrence(office)
    assert (row.state, row.send_at) == ("asked", FRIDAY)
    later = {
        datetime.fromisoformat(row.stages[name]) - datetime.fromisoformat(before.stages[name]) for name in row.stages
    }
    assert later == {FRIDAY - SEND}
