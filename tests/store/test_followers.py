"""What counts its day from another's follows it: moved, sent or reported done; a person's own choice stays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from tests.store.desk import at_work
from tests.store.planned import (
    AFTERWARDS,
    BEGUN,
    COUNCIL,
    decided,
    occurrence,
    plan_of,
    put,
    states,
    story,
    take,
    told,
)  # fmt: skip
from worker.approval import choose
from worker.jobs.follow_anchors import FollowAnchors
from worker.jobs.renew_changed import RenewChanged
from worker.office import Office
from worker.planning.real_days import real_days
from worker.store.states import OccurrenceState

BASE, FOLLOWER = "rada/2026-12-08", "ohlas/2026-12-08"
ROWS = (COUNCIL, AFTERWARDS)
CHAIN = "id: zaznam\nactivity: Záznam\nplace: řádek 4\nanchor: 1 den po ohlas\n"
LATER = BEGUN + timedelta(days=1)
TEN = timedelta(hours=9)
"""Ten o'clock in Prague in winter, in UTC."""


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + TEN


def follow(office: Office, *rows: str, now: datetime = LATER) -> bool:
    """One look of the job; it must then have nothing more to do."""
    with at_work(office, now) as shift:
        shift.plan = plan_of(office, *rows)
        moved = FollowAnchors().do_one(shift, now)
        assert FollowAnchors().do_one(shift, now) is False
        return moved


def move(office: Office, occurrence_id: str, day: date, *rows: str, now: datetime = LATER) -> None:
    activity = plan_of(office, *rows).activity(occurrence_id.partition("/")[0])
    with office.database.write() as tx:
        choose.move(tx, office, activity, occurrence_id, at(day), now, reason="x", person="koordinator")


def test_a_moved_base_moves_what_follows_it_and_the_chain_behind(office: Office) -> None:
    rows = (*ROWS, CHAIN)
    take(office, *rows)
    assert occurrence(office, FOLLOWER).send_at == at(date(2026, 12, 15))
    assert follow(office, *rows) is False
    move(office, BASE, date(2026, 12, 10), *rows)
    assert follow(office, *rows) is True
    row = occurrence(office, FOLLOWER)
    assert (row.send_at, row.window_from, row.window_to) == (at(date(2026, 12, 17)),) + (date(2026, 12, 17),) * 2
    assert row.stages["send"] == row.send_at.isoformat()
    assert occurrence(office, "zaznam/2026-12-08").send_at == at(date(2026, 12, 18))
    assert occurrence(office, "ohlas/2027-01-12").send_at == at(date(2027, 1, 19)), "the others stay"
    assert story(office, FOLLOWER)[-1] == ("occurrence.moved", {"send_at": row.send_at.isoformat()})


def test_the_day_it_was_really_done_counts(office: Office) -> None:
    take(office, *ROWS)
    put(office, BASE, OccurrenceState.DONE, state_at=at(date(2026, 12, 11)))
    follow(office, *ROWS, now=at(date(2026, 12, 11)))
    assert occurrence(office, FOLLOWER).send_at == at(date(2026, 12, 18))


def test_what_was_over_before_the_first_start_counts_by_its_own_day_however_late_it_is_noted(office: Office) -> None:
    take(office, COUNCIL.replace("8. 12. 2026", "18. 11. 2026"), AFTERWARDS)
    assert states(office)["rada/2026-11-18"] == "historical"
    put(office, "rada/2026-11-18", OccurrenceState.DONE, state_at=at(date(2026, 11, 24)))
    follow(office, COUNCIL.replace("8. 12. 2026", "18. 11. 2026"), AFTERWARDS)
    assert occurrence(office, "ohlas/2026-11-18").send_at == at(date(2026, 11, 25))


def test_an_approval_for_the_old_day_is_void_and_the_approver_is_asked_anew(office: Office) -> None:
    written = AFTERWARDS + "kinds: [press-release]\nlists: [media]\napprovers: [tiskovy-mluvci]\n"
    take(office, COUNCIL, written)
    decided(office, FOLLOWER)
    move(office, BASE, date(2026, 12, 10), COUNCIL, written)
    follow(office, COUNCIL, written)
    with at_work(office, LATER) as shift:
        shift.plan = plan_of(office, COUNCIL, written)
        assert RenewChanged().do_one(shift, LATER) is True
    assert states(office)[FOLLOWER] == "asked"
    assert len(told(office, "approval_again")) == 1


def test_a_day_that_a_person_chose_for_the_follower_stays(office: Office) -> None:
    take(office, *ROWS)
    move(office, FOLLOWER, date(2026, 12, 22), *ROWS)
    move(office, BASE, date(2026, 12, 10), *ROWS)
    follow(office, *ROWS)
    assert occurrence(office, FOLLOWER).send_at == at(date(2026, 12, 22))
    take(office, COUNCIL, AFTERWARDS + "topic: jiné\n", at=LATER)
    assert occurrence(office, FOLLOWER).send_at == at(date(2026, 12, 22)), "also when something else is edited"


def test_nothing_follows_into_the_past_and_nothing_that_is_closed_or_being_sent_moves(office: Office) -> None:
    before = AFTERWARDS.replace("7 dní po rada", "7 dní před rada")
    take(office, COUNCIL, before)
    put(office, BASE, OccurrenceState.DONE, state_at=LATER)
    put(office, "rada/2027-01-12", OccurrenceState.PLANNED, send_at=at(date(2027, 1, 20)))
    put(office, "ohlas/2027-01-12", OccurrenceState.SENDING)
    follow(office, COUNCIL, before)
    assert occurrence(office, FOLLOWER).send_at == at(date(2026, 12, 1)), "15 November is over"
    assert occurrence(office, "ohlas/2027-01-12").send_at == at(date(2027, 1, 5))


def test_a_base_that_is_dropped_takes_its_untouched_followers_with_it(office: Office) -> None:
    take(office, *ROWS)
    take(office, COUNCIL + "exceptions: {2026-12-08: {drop: Rada nezasedá}}\n", AFTERWARDS, at=LATER)
    assert [states(office)[each] for each in (BASE, FOLLOWER)] == ["dropped", "dropped"]
    assert BASE in story(office, FOLLOWER)[-1][1]["reason"]


def test_a_base_whose_assumed_day_was_over_at_the_first_start_is_followed_from_its_new_day(office: Office) -> None:
    base = "id: zprava\nwhen: listopad 2026\nactivity: Zpráva\nplace: řádek 1\n"
    take(office, base, AFTERWARDS.replace("rada", "zprava"))
    assert occurrence(office, "zprava/2026-11").send_at == at(date(2026, 11, 30)), "moved from 10 November"
    assert (states(office)["ohlas/2026-11"], occurrence(office, "ohlas/2026-11").send_at) == (
        "planned", at(date(2026, 12, 7)),
    )  # fmt: skip


def test_without_anchors_no_day_is_looked_up(office: Office) -> None:
    take(office, COUNCIL)
    put(office, BASE, OccurrenceState.DONE)
    with office.database.read() as tx:
        assert real_days(tx, plan_of(office, COUNCIL)) == {}


def test_what_follows_a_base_that_a_person_dropped_goes_too_and_stays_away(office: Office) -> None:
    rows = (*ROWS, CHAIN)
    take(office, *rows)
    put(office, "zaznam/2026-12-08", OccurrenceState.ASKED)
    with office.database.write() as tx:
        choose.drop(tx, office, BASE, LATER, reason="nezasedá", person="koordinator")
    assert follow(office, *rows) is True
    assert states(office)[FOLLOWER] == "dropped"
    assert story(office, FOLLOWER)[-1][0] == "occurrence.dropped"
    assert states(office)["zaznam/2026-12-08"] == "asked"
    assert [row.occurrence_id for row in told(office, "plan_activity_gone")] == ["zaznam/2026-12-08"]
    take(office, COUNCIL, AFTERWARDS + "topic: jiné\n", CHAIN, at=LATER)
    assert states(office)[FOLLOWER] == "dropped"
    assert states(office)["ohlas/2027-01-12"] == "planned"


def test_what_follows_an_optional_one_that_nobody_used_goes_too(office: Office) -> None:
    take(office, *ROWS)
    put(office, BASE, OccurrenceState.DROPPED, optional=True)
    assert follow(office, *ROWS) is False, "its deadline has not passed, the plan may have dropped it"
    assert follow(office, *ROWS, now=at(date(2027, 1, 2))) is True
    assert states(office)[FOLLOWER] == "dropped"
