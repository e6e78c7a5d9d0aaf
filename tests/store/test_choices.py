"""What a person may choose about an occurrence in each state, what it comes to, and that the rest is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.brought import approved, dropped, is_done, missed, returned
from tests.store.desk import ASKED, SEND, approve, asked, at_work, hold, occurrence, read, recorded, state, work_at
from tests.store.sample import PRESS, add_people
from worker.approval import choose
from worker.errors import HlasatelError
from worker.jobs.start_sending import StartSending
from worker.office import Office
from worker.planning.current import plan_on_file
from worker.store.states import OccurrenceState, lock_occurrence

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TASK, PAST = "clanek-magazin/2026-H2", "tiskova-zprava/2024-09"
EARLY = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
Act = Callable[[Connection], None]


def choices(office: Office, about: str, now: datetime) -> dict[str, Act]:
    """The four choices about an occurrence, as the command makes them."""
    activity = plan_on_file(office).activity(about.partition("/")[0])
    words: Any = {"reason": "jednání Rady", "person": "koordinator"}
    return {
        "send-now": lambda tx: choose.move(tx, office, activity, about, now, now, **words),
        "move": lambda tx: choose.move(tx, office, activity, about, now + 30 * DAY, now, **words),
        "drop": lambda tx: choose.drop(tx, office, about, now, **words),
        "done": lambda tx: choose.done(tx, office, about, now, address="", **words),
    }


def outcomes(office: Office, about: str, now: datetime) -> dict[str, str]:
    """Choice → the state it leads to, or the sentence that refuses it; each tried on the same state and undone."""
    found: dict[str, str] = {}
    for name, act in choices(office, about, now).items():
        with office.database.write() as tx:
            attempt = tx.begin_nested()
            try:
                act(tx)
                found[name] = state_in(tx, about)
            except HlasatelError as error:
                found[name] = str(error)
            attempt.rollback()
    return found


def state_in(tx: Connection, about: str) -> str:
    row = lock_occurrence(tx, about)
    assert row is not None
    return str(row.state)


def is_refused(outcome: str) -> bool:
    return outcome not in set(OccurrenceState)


ALL_ASKED = {"send-now": "asked", "move": "asked", "drop": "dropped", "done": "done"}


def planned(office: Office) -> datetime:
    work_at(office, EARLY)
    return EARLY


def preparing(office: Office) -> datetime:
    work_at(office, ASKED - 3 * DAY)
    return ASKED - 3 * DAY


def is_asked(office: Office) -> datetime:
    asked(office)
    return ASKED


def held(office: Office) -> datetime:
    approve(office, asked(office))
    hold(office, ASKED, SEND)
    return ASKED


def sending(office: Office) -> datetime:
    approve(office, asked(office))
    with office.database.write() as tx:
        add_people(tx, "media", [1, 2])
    with at_work(office, SEND) as current:
        StartSending().do_one(current, SEND)
    return SEND


EXPECTED = [
    (planned, "planned", {"send-now": "planned", "move": "planned", "drop": "dropped", "done": "done"}),
    (preparing, "preparing", {"send-now": "preparing", "move": "preparing", "drop": "dropped", "done": "done"}),
    (is_asked, "asked", ALL_ASKED),
    (returned, "returned", {"send-now": "přepracování", "move": "returned", "drop": "dropped", "done": "done"}),
    (approved, "approved", ALL_ASKED),
    (held, "held", {"send-now": "hold end", "move": "held", "drop": "dropped", "done": "done"}),
    (missed, "missed", ALL_ASKED),
    (sending, "sending", dict.fromkeys(ALL_ASKED, "odesílá se")),
    (is_done, "done", dict.fromkeys(ALL_ASKED, "hotovo")),
    (dropped, "dropped", dict.fromkeys(ALL_ASKED, "zrušeno")),
]


@pytest.mark.parametrize(("bring", "stands", "expected"), EXPECTED, ids=[stands for _, stands, _ in EXPECTED])
def test_each_choice_is_made_or_refused_with_a_sentence(
    office: Office, bring: Callable[[Office], datetime], stands: str, expected: dict[str, str]
) -> None:
    now = bring(office)
    assert state(office) == stands
    before = recorded(office)
    for name, outcome in outcomes(office, PRESS, now).items():
        if is_refused(expected[name]):
            assert is_refused(outcome) and expected[name] in outcome and PRESS in outcome, f"{name}: {outcome}"
        else:
            assert outcome == expected[name], name
    assert (state(office), recorded(office)) == (stands, before)


def test_what_was_before_the_first_start_can_be_noted_as_done_alone(office: Office) -> None:
    work_at(office, EARLY)
    found = outcomes(office, PAST, EARLY)
    assert found.pop("done") == "done"
    assert all("z doby před spuštěním" in refusal for refusal in found.values())


def test_a_task_goes_the_same_ways(office: Office) -> None:
    work_at(office, EARLY)
    assert outcomes(office, TASK, EARLY) == {
        "send-now": "planned", "move": "planned", "drop": "dropped", "done": "done",
    }  # fmt: skip
    work_at(office, ASKED)
    assert outcomes(office, TASK, ASKED) == {"send-now": "asked", "move": "asked", "drop": "dropped", "done": "done"}
    row = occurrence(office, TASK)
    later = row.send_at + 8 * DAY
    work_at(office, later)
    assert state(office, TASK) == "missed"
    assert outcomes(office, TASK, later) == {
        "send-now": "planned", "move": "planned", "drop": "dropped", "done": "done",
    }  # fmt: skip


@pytest.mark.usefixtures("already_asked")
def test_a_time_that_is_over_or_years_away_is_refused_and_one_nobody_knows_is_named(office: Office) -> None:
    asked(office)
    activity = plan_on_file(office).activity("tiskova-zprava")
    with pytest.raises(HlasatelError, match="minul"), office.database.write() as tx:
        choose.move(tx, office, activity, PRESS, ASKED - HOUR, ASKED, reason="x", person="koordinator")
    with pytest.raises(HlasatelError, match="dva roky"), office.database.write() as tx:
        choose.move(tx, office, activity, PRESS, ASKED + 800 * DAY, ASKED, reason="x", person="koordinator")
    with pytest.raises(HlasatelError, match="tiskova-zprava/1999-12"), office.database.write() as tx:
        choose.drop(tx, office, "tiskova-zprava/1999-12", ASKED, reason="x", person="koordinator")


def test_whoever_has_a_task_is_told_of_its_new_day(office: Office, relay: ScriptedRelay) -> None:
    work_at(office, ASKED)
    person = office.person("redakce-magazinu").email
    before = len(relay.received_by(person))
    activity = plan_on_file(office).activity("clanek-magazin")
    with office.database.write() as tx:
        choose.move(tx, office, activity, TASK, SEND + 7 * DAY, ASKED, reason="uzávěrka", person="koordinator")
    work_at(office, ASKED + HOUR)
    (mail,) = [read(each) for each in relay.received_by(person)[before:]]
    assert mail["Hlasatel-Occurrence"] == TASK and "15. 12. 10:00" in str(mail["Subject"])
