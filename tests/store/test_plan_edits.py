"""An edit reaches what is untouched, rewrites nothing that is under way, and touches nothing that people recorded."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.store.planned import (
    AFTERWARDS,
    BEGUN,
    COUNCIL,
    MONTHLY,
    decided,
    occurrence,
    plan_of,
    put,
    states,
    story,
    take,
    text_of,
    told,
)
from worker.office import Office
from worker.plan.model import Period, Window
from worker.planning import rhythms
from worker.planning.attention import attention
from worker.planning.changes import What, changes
from worker.planning.current import last_good
from worker.planning.described import Origin
from worker.store.states import OccurrenceState
from worker.store.tables import decisions, plan_versions

MARCH = "zprava/2027-03"
DROPPED = MONTHLY + "exceptions: {2027-03: {drop: státní smutek}}\n"
MOVED = MONTHLY + 'exceptions: {2027-03: {move: 18. 3. 2027, time: "9:00", why: jednání Rady}}\n'
LATER = BEGUN + timedelta(hours=1)
UNDER_WAY = (OccurrenceState.PREPARING, OccurrenceState.ASKED, OccurrenceState.RETURNED, OccurrenceState.APPROVED)


def test_what_the_plan_says_of_an_occurrence_is_kept_with_it(office: Office) -> None:
    take(office, MONTHLY + "crisis: true\n", COUNCIL, AFTERWARDS)
    assert (occurrence(office, MARCH).crisis, occurrence(office, MARCH).optional) == (True, False)
    assert {occurrence(office, each).origin for each in states(office)} == {"plan"}
    assert occurrence(office, "ohlas/2026-12-08").anchored_to == "rada/2026-12-08"
    assert occurrence(office, MARCH).anchored_to is None
    take(office, MONTHLY, COUNCIL, AFTERWARDS, at=LATER)
    assert occurrence(office, MARCH).crisis is False


def test_the_optional_one_of_several_is_marked(office: Office) -> None:
    take(office, MONTHLY.replace("leden–prosinec 2027", "2027").replace("1x za měsíc", "2–3x ročně"))
    assert {name: occurrence(office, name).optional for name in states(office)} == {
        "zprava/2027": False, "zprava/2027.2": False, "zprava/2027.3": True,
    }  # fmt: skip


def test_an_exception_drops_one_and_gives_it_back_when_it_is_taken_out(office: Office) -> None:
    take(office, MONTHLY)
    take(office, DROPPED, at=LATER)
    assert states(office)[MARCH] == "dropped"
    assert [name for name, state in states(office).items() if state != "planned"] == [MARCH]
    assert story(office, MARCH)[-1] == ("occurrence.dropped", {"reason": "státní smutek"})
    assert occurrence(office, MARCH).dropped_by is None
    take(office, DROPPED + "topic: jiné\n", at=LATER)
    assert [kind for kind, _ in story(office, MARCH)].count("occurrence.dropped") == 1
    take(office, MONTHLY, at=LATER)
    assert states(office)[MARCH] == "planned"
    assert occurrence(office, MARCH).send_at == datetime(2027, 3, 9, 9, 0, tzinfo=UTC)
    assert story(office, MARCH)[-1][0] == "occurrence.planned"


def test_what_is_left_out_from_the_beginning_is_listed_with_its_reason(office: Office) -> None:
    take(office, DROPPED)
    assert (states(office)[MARCH], occurrence(office, MARCH).send_at) == ("dropped", None)
    assert story(office, MARCH) == [("occurrence.dropped", {"reason": "státní smutek"})]
    take(office, MONTHLY, at=LATER)
    assert states(office)[MARCH] == "planned"
    assert occurrence(office, MARCH).stages["send"].startswith("2027-03-09T09:00")


def test_a_skipped_day_leaves_its_occurrence_out(office: Office) -> None:
    take(office, MONTHLY)
    take(office, MONTHLY + "send: {day: 13., holidays: skip}\n", at=LATER)
    left_out = [name for name, state in states(office).items() if state == "dropped"]
    assert left_out == [f"zprava/2027-{month}" for month in ("02", "03", "06", "11")], "the weekends of 2027"
    assert all("víkend" in story(office, name)[-1][1]["reason"] for name in left_out)


def test_an_exception_moves_one_and_the_others_stay(office: Office) -> None:
    take(office, MONTHLY)
    before = {name: occurrence(office, name).send_at for name in states(office)}
    take(office, MOVED, at=LATER)
    after = {name: occurrence(office, name).send_at for name in states(office)}
    assert after == before | {MARCH: datetime(2027, 3, 18, 8, 0, tzinfo=UTC)}
    assert story(office, MARCH)[-1] == ("occurrence.moved", {"send_at": "2027-03-18T08:00:00+00:00"})


@pytest.mark.parametrize("state", UNDER_WAY)
def test_a_row_removed_while_work_is_under_way_is_flagged_once_and_stays_open(
    office: Office, state: OccurrenceState
) -> None:
    take(office, MONTHLY, COUNCIL)
    put(office, "rada/2026-12-08", state)
    take(office, MONTHLY, at=LATER)
    assert states(office)["rada/2026-12-08"] == state
    assert states(office)["rada/2027-01-12"] == "dropped"
    take(office, MONTHLY + "topic: jiné\n", at=LATER)
    assert [row.occurrence_id for row in told(office, "plan_activity_gone")] == ["rada/2026-12-08"]
    with office.database.read() as tx:
        assert attention(tx, office)["gone"] == ["rada/2026-12-08"]
    take(office, MONTHLY, COUNCIL, at=LATER)
    with office.database.read() as tx:
        assert attention(tx, office)["gone"] == []
    assert story(office, "rada/2026-12-08")[-1][0] == "occurrence.back"
    take(office, MONTHLY, at=LATER)
    assert len(told(office, "plan_activity_gone")) == 2, "gone again after it was back"


def test_what_is_gone_is_no_longer_shown_once_a_person_dropped_it(office: Office) -> None:
    take(office, MONTHLY, COUNCIL)
    put(office, "rada/2026-12-08", OccurrenceState.ASKED)
    take(office, MONTHLY, at=LATER)
    put(office, "rada/2026-12-08", OccurrenceState.DROPPED, dropped_by="koordinator")
    with office.database.read() as tx:
        assert attention(tx, office)["gone"] == []


def test_an_exception_drops_even_what_is_approved_and_says_so(office: Office) -> None:
    take(office, MONTHLY)
    decided(office, MARCH)
    take(office, DROPPED, at=LATER)
    assert states(office)[MARCH] == "dropped"
    assert [row.data["reason"] for row in told(office, "plan_dropped")] == ["státní smutek"]
    (heard,) = told(office, "cancelled")  # by whoever approved it
    assert heard.data["happened"] == "Zrušila to výjimka zapsaná v komunikačním plánu."
    assert heard.data["reason"] == "státní smutek"
    with office.database.read() as tx:
        assert tx.execute(select(decisions.c.live)).scalars().all() == [None], "the approval holds for nothing"
    take(office, MONTHLY, at=LATER)
    assert states(office)[MARCH] == "planned"


def test_an_exception_drops_what_was_missed_without_a_further_mail(office: Office) -> None:
    take(office, MONTHLY)
    put(office, MARCH, OccurrenceState.MISSED)
    take(office, DROPPED, at=LATER)
    assert (states(office)[MARCH], told(office, "plan_dropped")) == ("dropped", [])


def test_what_people_recorded_is_never_touched(office: Office) -> None:
    take(office, MONTHLY)
    with office.database.write() as tx:
        activity = plan_of(office, MONTHLY).activity("zprava")
        for label, state, origin in (("2026-11-20", OccurrenceState.DONE, Origin.PERSON),
                                     ("2026-Q4", OccurrenceState.ASKED, Origin.WATCH)):  # fmt: skip
            day = date(2026, 11, 20)
            rhythms.add(tx, activity, Period(label, Window(day, day)), state, origin, BEGUN)
    before = [occurrence(office, each) for each in ("zprava/2026-11-20", "zprava/2026-Q4")]
    take(office, COUNCIL, at=LATER)
    by_dates = MONTHLY.replace("1x za měsíc", "dle plánu zasedání").replace("when: leden–prosinec 2027\n", "")
    take(office, by_dates + "dates: [20. 11. 2026]\n", at=LATER)
    assert [occurrence(office, each) for each in ("zprava/2026-11-20", "zprava/2026-Q4")] == before
    assert told(office, "plan_activity_gone") == []


def test_an_unused_optional_date_is_not_asked_for_again_by_the_next_edit(office: Office) -> None:
    take(office, MONTHLY)
    put(office, MARCH, OccurrenceState.DROPPED, optional=True)
    late = datetime(2027, 3, 20, 9, 0, tzinfo=UTC)
    take(office, MONTHLY + "topic: jiné\n", at=late)
    assert states(office)[MARCH] == "dropped"


def test_what_comes_back_after_its_day_goes_to_the_first_safe_day_and_the_coordinator_is_told(office: Office) -> None:
    take(office, MONTHLY)
    take(office, DROPPED, at=LATER)
    take(office, MONTHLY, at=datetime(2027, 3, 20, 9, 0, tzinfo=UTC))
    assert states(office)[MARCH] == "planned"
    assert occurrence(office, MARCH).send_at == datetime(2027, 3, 22, 9, 0, tzinfo=UTC)
    assert [row.occurrence_id for row in told(office, "moved_ahead")] == [MARCH]


def test_every_accepted_version_is_kept_with_its_diff(office: Office) -> None:
    take(office, MONTHLY)
    take(office, DROPPED, at=LATER)
    with office.database.read() as tx:
        first, second = tx.execute(select(plan_versions).order_by(plan_versions.c.id)).all()
    assert first.diff == ""
    lines = second.diff.splitlines()
    assert lines[0] == f"--- schedules.yaml@{first.digest[:12]}"
    assert lines[1] == f"+++ schedules.yaml@{second.digest[:12]}"
    assert [line for line in lines[2:] if line[0] in "+-"] == ["+    exceptions: {2027-03: {drop: státní smutek}}"]
    assert (second.text, second.accepted_by) == (text_of(DROPPED), "koordinator")


def test_what_is_worked_out_is_what_is_done(office: Office) -> None:
    take(office, MONTHLY, COUNCIL)
    put(office, "rada/2026-12-08", OccurrenceState.ASKED)
    with office.database.read() as tx:
        found = {change.id: change.what for change in changes(tx, plan_of(office, DROPPED), LATER)}
        nothing = changes(tx, plan_of(office, MONTHLY, COUNCIL), LATER)
    assert nothing == []
    assert found == {MARCH: What.DROPPED, "rada/2026-12-08": What.GONE, "rada/2027-01-12": What.DROPPED}
    result = take(office, DROPPED, at=LATER)
    assert (result.removed, result.changed, result.added) == (2, 0, 0)


def test_the_last_good_plan_keeps_the_digest_of_its_file(office: Office) -> None:
    with office.database.write() as tx:
        tx.execute(
            plan_versions.insert().values(digest="of the file with a BOM", text=text_of(MONTHLY), taken_up_at=BEGUN)
        )
        good = last_good(tx, office)
    assert good is not None and good.digest == "of the file with a BOM"
