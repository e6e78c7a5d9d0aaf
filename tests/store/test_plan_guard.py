"""An edit that drops much waits for a person, and a file is looked at only once nobody writes to it any more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.store.desk import at_work
from tests.store.planned import (
    BEGUN,
    COUNCIL,
    MONTHLY,
    offer,
    plan_of,
    put,
    states,
    story,
    take,
    text_of,
    told,
    with_file,
)
from worker.jobs.base import Shift
from worker.jobs.take_up_plan import SETTLES, TakeUpPlan
from worker.office import Office
from worker.planning import guard
from worker.planning.attention import attention
from worker.planning.changes import changes
from worker.planning.current import last_version, plan_file
from worker.store.states import OccurrenceState
from worker.store.tables import plan_acceptances, plan_versions

LATER = BEGUN + timedelta(hours=1)
SECOND = timedelta(seconds=1)
QUARTERS = MONTHLY.replace("1x za měsíc", "čtvrtletně")
"""Drops all twelve months of `MONTHLY` and makes four quarters."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "schedules.yaml"


@pytest.fixture
def own(office: Office, file: Path) -> Office:
    """The office on a plan of its own that has been taken up."""
    found = with_file(office, file, MONTHLY, COUNCIL)
    with at_work(found, BEGUN) as shift:
        assert TakeUpPlan().do_one(shift, BEGUN) is True
    return found


@contextmanager
def running(office: Office) -> Iterator[Shift]:
    """A worker that has been at work for a while: it has its plan."""
    with at_work(office, LATER) as shift:
        rounds(shift, LATER, 1)
        yield shift


def rounds(shift: Shift, start: datetime, number: int) -> bool:
    """Whether anything was done in so many rounds, one a second from `start` on."""
    return any([TakeUpPlan().do_one(shift, start + each * SECOND) for each in range(number)])


def confirm(office: Office, at: datetime = LATER) -> bool:
    with office.database.write() as tx:
        return guard.accept(tx, plan_file(office).digest, "koordinator", "nový plán", at)


def seen(office: Office) -> dict[str, object]:
    with office.database.read() as tx:
        return attention(tx, office)


def test_a_mass_change_waits_and_is_told_once_for_each_version(own: Office, file: Path) -> None:
    file.write_text(text_of(QUARTERS, COUNCIL), encoding="utf-8")
    with running(own) as shift:
        assert rounds(shift, LATER, 20) is False
        assert shift.plan is not None and len(shift.plan.activity("zprava").periods) == 12
    with running(own) as shift:
        rounds(shift, LATER, 5)
        assert shift.plan is not None and len(shift.plan.activity("zprava").periods) == 12, "also after a restart"
    assert set(states(own).values()) == {"planned"}
    (mail,) = told(own, "plan_waits")
    assert (mail.person, mail.data) == ("koordinator", {"lost": 12, "open": 14, "activities": "zprava (12)"})
    assert seen(own)["waits"] == mail.data
    with file.open("a", encoding="utf-8") as more:
        more.write("# jinak\n")
    with running(own) as shift:
        rounds(shift, LATER, 5)
    assert len(told(own, "plan_waits")) == 2, "another version of the file"


def test_a_confirmed_one_is_taken_up_in_the_next_round(own: Office, file: Path) -> None:
    file.write_text(text_of(QUARTERS, COUNCIL), encoding="utf-8")
    with running(own) as shift:
        rounds(shift, LATER, 3)
        assert confirm(own) is True
        assert confirm(own) is False
        assert seen(own)["waits"] is None
        assert rounds(shift, LATER + 3 * SECOND, 1) is True
    assert states(own)["zprava/2027-03"] == "dropped"
    assert states(own)["zprava/2027-Q1"] == "planned"
    with own.database.read() as tx:
        version = last_version(tx)
        assert version is not None and version.accepted_by == "koordinator"
    assert ("plan.accepted", {"digest": version.digest, "reason": "nový plán"}) in story(own, None)


def test_a_confirmation_survives_a_restart_and_holds_for_the_very_file_alone(own: Office, file: Path) -> None:
    file.write_text(text_of(QUARTERS, COUNCIL), encoding="utf-8")
    confirm(own)
    with file.open("a", encoding="utf-8") as more:
        more.write("# ještě něco\n")
    with at_work(own, LATER) as shift:
        assert rounds(shift, LATER, 3) is False
    assert states(own)["zprava/2027-03"] == "planned"
    file.write_text(text_of(QUARTERS, COUNCIL), encoding="utf-8")
    with at_work(own, LATER) as shift:
        assert rounds(shift, LATER, 1) is True
    assert states(own)["zprava/2027-03"] == "dropped"


def test_a_confirmation_is_used_up(own: Office, file: Path) -> None:
    take(own, QUARTERS, COUNCIL, at=LATER)
    take(own, MONTHLY, COUNCIL, at=LATER)
    assert offer(own, QUARTERS, COUNCIL, at=LATER) is None
    with own.database.read() as tx:
        assert tx.execute(select(plan_acceptances)).all() == []
    assert len(told(own, "plan_waits")) == 1


def test_little_needs_no_confirmation_and_neither_does_the_first_plan(office: Office) -> None:
    assert offer(office, MONTHLY, COUNCIL) is not None
    fewer = MONTHLY.replace("leden–prosinec", "leden–září")
    assert offer(office, fewer, COUNCIL) is not None, "three of fourteen"
    with office.database.read() as tx:
        loss = guard.loss(tx, changes(tx, plan_of(office, COUNCIL), LATER), LATER)
    assert (loss.lost, loss.open, loss.named()) == (9, 11, "zprava (9)")
    assert guard.waits(office, guard.Loss(open=100, lost=20, activities=())) is False
    assert guard.waits(office, guard.Loss(open=100, lost=21, activities=())) is True
    assert guard.waits(office, guard.Loss(open=4, lost=4, activities=())) is False
    assert guard.waits(office, guard.Loss(open=5, lost=5, activities=())) is True


def test_what_is_over_or_closed_does_not_count_and_what_is_under_way_does(office: Office) -> None:
    take(office, MONTHLY)
    put(office, "zprava/2027-05", OccurrenceState.DONE)
    put(office, "zprava/2027-06", OccurrenceState.ASKED)
    summer = datetime.fromisoformat("2027-05-20T10:00+02:00")
    with office.database.read() as tx:
        loss = guard.loss(tx, changes(tx, plan_of(office, COUNCIL), summer), summer)
    assert (loss.lost, loss.open) == (7, 7)


def test_what_waited_is_flagged_after_the_confirmation_and_not_before(own: Office, file: Path) -> None:
    put(own, "zprava/2027-03", OccurrenceState.ASKED)
    file.write_text(text_of(COUNCIL), encoding="utf-8")
    with running(own) as shift:
        rounds(shift, LATER, 3)
        assert (told(own, "plan_activity_gone"), seen(own)["gone"]) == ([], [])
        confirm(own)
        rounds(shift, LATER + 3 * SECOND, 1)
    assert [row.occurrence_id for row in told(own, "plan_activity_gone")] == ["zprava/2027-03"]
    assert seen(own)["gone"] == ["zprava/2027-03"]
    assert states(own)["zprava/2027-03"] == "asked"


@pytest.mark.parametrize("half", [b"", text_of(MONTHLY).encode(), text_of(MONTHLY, COUNCIL).encode()[:150]])
def test_a_file_that_is_being_saved_is_waited_for(own: Office, file: Path, half: bytes) -> None:
    """Empty, cut off between two rows (a valid plan), and cut off within one."""
    with running(own) as shift:
        file.write_bytes(half)
        assert rounds(shift, LATER + SECOND, 2) is False
        file.write_text(text_of(MONTHLY, COUNCIL + "topic: rozpočet\n"), encoding="utf-8")
        assert rounds(shift, LATER + 3 * SECOND, 4) is True
        assert shift.plan is not None and shift.plan.activity("rada").as_written.topic == "rozpočet"
    assert set(states(own).values()) == {"planned"}
    assert (told(own, "plan_faulty"), told(own, "plan_waits")) == ([], [])
    with own.database.read() as tx:
        assert len(tx.execute(select(plan_versions)).all()) == 2


def test_a_file_that_is_away_for_a_moment_is_no_edit(own: Office, file: Path) -> None:
    with running(own) as shift:
        file.rename(file.with_suffix(".bak"))
        assert rounds(shift, LATER + SECOND, 2) is False
        file.with_suffix(".bak").rename(file)
        assert rounds(shift, LATER + 3 * SECOND, 5) is False
    assert told(own, "plan_faulty") == []


def test_a_bad_version_that_stays_is_mailed_once_also_across_a_restart(own: Office, file: Path) -> None:
    file.write_text("activities: [\n", encoding="utf-8")
    with running(own) as shift:
        rounds(shift, LATER + SECOND, 20)
    with running(own) as shift:
        rounds(shift, LATER, 5)
        assert shift.plan is not None and shift.plan.text == text_of(MONTHLY, COUNCIL)
    assert [row.person for row in told(own, "plan_faulty")] == ["koordinator"]
    assert seen(own)["faulty"] == told(own, "plan_faulty")[0].data["count"]
    file.write_text("activities: {\n", encoding="utf-8")
    with running(own) as shift:
        rounds(shift, LATER, 5)
    assert len(told(own, "plan_faulty")) == 2


def test_who_has_just_begun_takes_the_file_as_it_is(own: Office, file: Path) -> None:
    file.write_text(text_of(MONTHLY + "topic: jiné\n", COUNCIL), encoding="utf-8")
    with at_work(own, LATER) as shift:
        assert TakeUpPlan().do_one(shift, LATER) is True, "a tick has no later round"


def test_a_clock_that_goes_back_keeps_no_edit_waiting_for_long(own: Office, file: Path) -> None:
    with running(own) as shift:
        file.write_text(text_of(MONTHLY + "topic: jiné\n", COUNCIL), encoding="utf-8")
        assert rounds(shift, LATER, 1) is False
        assert rounds(shift, LATER - timedelta(days=1), 4) is True
    assert timedelta(0) < SETTLES < timedelta(seconds=5)
