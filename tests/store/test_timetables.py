"""The timetable out of the database: what a person decided shows, and a calendar's events stay the same events."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from icalendar import Calendar

from tests.unit.timetables.rfc5545 import validated
from worker.approval import choose
from worker.office import Office
from worker.plan.floors import Verdict
from worker.planning.current import plan_on_file
from worker.planning.take_up import first_start, take_up
from worker.planning.timetable import Entry, floor_turns, timetable
from worker.store.states import OccurrenceState
from worker.timetables.content import Timetable, gather
from worker.timetables.ics import ics

STARTED = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PRESS = "tiskova-zprava/2026-12"


@pytest.fixture
def started(office: Office) -> Office:
    """An office whose plan was taken up on its first start."""
    with office.database.write() as tx:
        first_start(tx, STARTED)
        take_up(tx, office, plan_on_file(office), STARTED)
    return office


def gathered(office: Office, now: datetime = LATER, start: date | None = None, end: date | None = None) -> Timetable:
    with office.database.read() as tx:
        return gather(tx, office, now, start, end)


def entry(office: Office, occurrence: str = PRESS) -> Entry:
    return next(each for each in gathered(office).entries if each.id == occurrence)


def feed(office: Office) -> dict[str, dict[str, Any]]:
    """UID → what a calendar program keeps of the event."""
    written = ics(gathered(office))
    validated(written)
    calendar: Any = Calendar.from_ical(written)
    return {
        str(event["UID"]): {
            "at": event["DTSTART"].dt, "status": str(event["STATUS"]), "sequence": int(event["SEQUENCE"]),
            "stamp": event["DTSTAMP"].dt,
        }
        for event in calendar.walk("VEVENT")
    }  # fmt: skip


def test_uids_stay_when_a_day_is_moved_and_another_dropped(started: Office) -> None:
    before = feed(started)
    activity = plan_on_file(started).activity("tiskova-zprava")
    with started.database.write() as tx:
        moved_to = datetime(2026, 12, 15, 9, 0, tzinfo=UTC)
        choose.move(tx, started, activity, PRESS, moved_to, LATER, reason="jednání Rady", person="koordinator")
        choose.drop(tx, started, "newsletter/2027", LATER, reason="nový plán", person="koordinator")
    after = feed(started)
    assert set(after) == set(before)
    domain = "kraj-lbc.cz"
    press, newsletter = f"{PRESS}@{domain}", f"newsletter/2027@{domain}"
    assert (after[press]["at"], after[press]["status"]) == (moved_to, "TENTATIVE")
    assert after[newsletter]["status"] == "CANCELLED"
    for uid in (press, newsletter):
        assert after[uid]["sequence"] > before[uid]["sequence"]
        assert after[uid]["stamp"] == LATER
    untouched = set(before) - {press, newsletter}
    assert {uid: after[uid] for uid in untouched} == {uid: before[uid] for uid in untouched}


def test_two_exports_of_the_same_state_are_the_same_bytes(started: Office) -> None:
    assert ics(gathered(started)) == ics(gathered(started, datetime(2027, 3, 1, tzinfo=UTC)))


def test_an_edit_of_the_plan_is_a_later_stamp_and_no_other_event(started: Office) -> None:
    before = feed(started)
    with started.database.write() as tx:
        take_up(tx, started, plan_on_file(started), LATER)
    after = feed(started)
    assert set(after) == set(before)
    assert {each["stamp"] for each in after.values()} == {LATER}


def test_the_reason_somebody_gave_is_the_note(started: Office) -> None:
    with started.database.write() as tx:
        choose.drop(tx, started, PRESS, LATER, reason="Rada téma stáhla.", person="koordinator")
    dropped = entry(started)
    assert (dropped.state, dropped.note) == (OccurrenceState.DROPPED, "Rada téma stáhla.")


def test_an_entry_knows_who_when_and_how_sure(started: Office) -> None:
    found = entry(started)
    assert (found.in_charge, found.approvers, found.assumed) == ("koordinator", ("tiskovy-mluvci",), True)
    assert found.send_at == datetime(2026, 12, 8, 9, 0, tzinfo=UTC) == found.stages["send"]
    assert found.stages["call"] < found.stages["ask"] < found.stages["remind"] < found.send_at
    assert found.revised_at == STARTED
    assert found.revision == 1


def test_before_the_first_start_nothing_was_ever_revised(office: Office) -> None:
    found = entry(office)
    assert (found.revised_at, found.revision, found.state) == (None, 0, OccurrenceState.PLANNED)
    assert found.stages["ask"] < found.stages["send"]


def test_a_half_year_whose_release_was_dropped_is_not_kept(started: Office) -> None:
    def verdicts() -> dict[str, Verdict]:
        return {turn.period: turn.verdict for turn in gathered(started).turns if turn.activity_id == "tiskova-zprava"}

    assert verdicts()["2027-H1"] is Verdict.PLANNED
    with started.database.write() as tx:
        choose.drop(tx, started, "tiskova-zprava-1-pololeti/2027-H1", LATER, reason="x", person="koordinator")
    assert verdicts()["2027-H1"] is Verdict.UNMET
    assert verdicts()["2027-H2"] is Verdict.PLANNED


def test_a_span_cuts_what_is_shown_but_not_what_is_counted(started: Office) -> None:
    found = gathered(started, start=date(2026, 12, 20), end=date(2026, 12, 31))
    assert PRESS in {each.id for each in found.entries}
    assert all(each.window.end >= date(2026, 12, 20) for each in found.entries)
    assert {turn.period for turn in found.turns} == {"2026-H2"}
    with started.database.read() as tx:
        everything = timetable(tx, found.plan, LATER)
    whole = {(turn.activity_id, turn.period): turn for turn in floor_turns(found.plan, everything)}
    assert all(whole[turn.activity_id, turn.period] == turn for turn in found.turns)
