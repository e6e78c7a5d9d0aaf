"""An edit that puts an occurrence's day into the past: it moves ahead where the plan does not name the day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.store.desk import work_at
from tests.store.planned import MONTHLY, occurrence, offer, plan_of, put, states, story, take, told, with_file
from worker.office import Office
from worker.plan.explain import explain_plan
from worker.plan.names import Names
from worker.planning.changes import changes
from worker.planning.told import sentence, shown
from worker.store.states import OccurrenceState

BEGUN = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
LATER = BEGUN + timedelta(hours=1)
"""A Sunday, 10:00 in Prague."""
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ARTICLE = "clanek/2026-H2"
MAGAZINE = """\
id: magazin
when: rok 2026
periodicity: čtvrtletně
activity: Magazín
place: řádek 1
"""
TASK = """\
id: clanek
when: rok 2026
periodicity: 1x za ½ roku
activity: Článek
place: řádek 2
anchor: 10 pracovních dní před uzávěrkou magazin
"""
DRAFTED = TASK + "kinds: [press-release]\nlists: [media]\napprovers: [tiskovy-mluvci]\n"
UNKNOWN = MAGAZINE + "deadlines: {}\n"
NOVEMBER = """\
id: zprava
when: listopad 2026
activity: Zpráva
place: řádek 1
kinds: [press-release]
lists: [media]
approvers: [tiskovy-mluvci]
"""
LAST = "send: {day: poslední pracovní den}\n"


def closing(day: str) -> str:
    return MAGAZINE + f"deadlines: {{2026-Q4: {day}}}\n"


def foretold(office: Office, about: str, *rows: str) -> str:
    with office.database.read() as tx:
        found = {each.id: each for each in shown(changes(tx, plan_of(office, *rows), LATER))}
        return sentence(office, found[about], LATER).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("row", [TASK, DRAFTED])
def test_a_deadline_entered_late_moves_what_is_counted_from_it_to_the_first_day_ahead(office: Office, row: str) -> None:
    take(office, UNKNOWN, row, at=BEGUN)
    said = foretold(office, ARTICLE, closing("1. 12. 2026"), row)
    assert "na pondělí 23. listopadu 2026" in said and "pondělí 16. listopadu 2026" in said
    take(office, closing("1. 12. 2026"), row, at=LATER)
    assert (states(office)[ARTICLE], occurrence(office, ARTICLE).send_at) == ("planned", MONDAY)
    [mail] = told(office, "moved_ahead")
    assert (mail.occurrence_id, mail.person) == (ARTICLE, "koordinator")
    assert "16.\N{NO-BREAK SPACE}listopadu 2026" in mail.data["planned"]
    assert story(office, ARTICLE)[-1] == ("occurrence.moved", {"send_at": MONDAY.isoformat()})
    take(office, closing("1. 12. 2026") + "topic: jiné\n", row, at=LATER + timedelta(hours=1))
    assert occurrence(office, ARTICLE).send_at == MONDAY
    assert len(told(office, "moved_ahead")) == 1


@pytest.mark.parametrize(("deadline", "send_at"), [("23. 11. 2026", MONDAY), ("22. 11. 2026", None)])
def test_it_goes_no_later_than_the_deadline(office: Office, deadline: str, send_at: datetime | None) -> None:
    take(office, UNKNOWN, TASK, at=BEGUN)
    take(office, closing(deadline), TASK, at=LATER)
    assert (occurrence(office, ARTICLE).send_at > LATER) is (send_at is not None)
    assert len(told(office, "moved_ahead")) == (send_at is not None)


def test_what_is_sent_or_missed_is_left_alone(office: Office) -> None:
    take(office, UNKNOWN, DRAFTED, at=BEGUN)
    put(office, ARTICLE, OccurrenceState.SENDING)
    before = occurrence(office, ARTICLE).send_at
    take(office, closing("1. 12. 2026"), DRAFTED, at=LATER)
    assert (occurrence(office, ARTICLE).send_at, told(office, "moved_ahead")) == (before, [])


def test_an_assumed_day_that_comes_back_into_force_moves_ahead_too(office: Office) -> None:
    take(office, NOVEMBER + LAST, at=BEGUN)
    take(office, NOVEMBER, at=LATER)
    assert occurrence(office, "zprava/2026-11").send_at == MONDAY
    assert len(told(office, "moved_ahead")) == 1


def test_a_day_out_of_an_exception_that_is_taken_out_moves_ahead(office: Office) -> None:
    take(office, NOVEMBER + "exceptions: {2026-11: {drop: volby}}\n", at=BEGUN)
    take(office, NOVEMBER, at=LATER)
    assert (states(office)["zprava/2026-11"], occurrence(office, "zprava/2026-11").send_at) == ("planned", MONDAY)
    assert [len(told(office, kind)) for kind in ("moved_ahead", "already_due")] == [1, 0]


def test_a_new_row_in_the_middle_of_its_period_is_told_as_an_edit(office: Office) -> None:
    take(office, MONTHLY, at=BEGUN)
    take(office, MONTHLY, NOVEMBER.replace("zprava", "nova"), at=LATER)
    assert occurrence(office, "nova/2026-11").send_at == MONDAY
    assert [len(told(office, kind)) for kind in ("moved_ahead", "already_due")] == [1, 0]


def test_what_hangs_on_it_is_counted_from_the_day_it_moved_to(office: Office) -> None:
    follower = "id: ohlas\nactivity: Ohlas\nplace: řádek 3\nanchor: 2 pracovní dny po clanek\n"
    take(office, UNKNOWN, TASK, follower, at=BEGUN)
    take(office, closing("1. 12. 2026"), TASK, follower, at=LATER)
    assert occurrence(office, "ohlas/2026-H2").send_at == datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def test_on_the_first_start_a_counted_day_that_is_over_moves_ahead_as_well(office: Office) -> None:
    offer(office, closing("1. 12. 2026"), TASK, at=BEGUN)
    assert occurrence(office, ARTICLE).send_at == MONDAY
    assert [len(told(office, kind)) for kind in ("moved_ahead", "already_due")] == [0, 1]


@pytest.mark.parametrize(
    "edit",
    [NOVEMBER + "send: {day: 10.}\n", NOVEMBER + "exceptions: {2026-11: {move: 10. 11. 2026, why: jednání}}\n"],
)
def test_a_day_the_plan_names_stays_and_the_mail_names_the_edit(office: Office, edit: str) -> None:
    take(office, NOVEMBER + LAST, at=BEGUN)
    assert "hned zmešká" in foretold(office, "zprava/2026-11", edit)
    take(office, edit, at=LATER)
    assert told(office, "moved_ahead") == []


TASK_OF_NOVEMBER = NOVEMBER.partition("kinds")[0]


@pytest.mark.parametrize(("row", "kind"), [(NOVEMBER, "missed"), (TASK_OF_NOVEMBER, "task_overtaken")])
def test_what_is_missed_through_an_edit_is_told_so(office: Office, tmp_path: Path, row: str, kind: str) -> None:
    file = tmp_path / "plan.yaml"
    office = with_file(office, file, row + LAST)
    work_at(office, BEGUN)
    with_file(office, file, row + "send: {day: 10.}\n")
    work_at(office, LATER)
    assert states(office)["zprava/2026-11"] == "missed"
    [mail] = told(office, kind)
    said = str(mail.data).replace("\N{NO-BREAK SPACE}", " ").replace("\\xa0", " ")
    assert "v neděli 22. listopadu 2026" in said
    assert "neběžel" not in said
    assert mail.state == "sent"


def test_what_the_first_start_finds_over_is_no_edit(office: Office, tmp_path: Path) -> None:
    office = with_file(office, tmp_path / "plan.yaml", NOVEMBER + "send: {day: 10.}\n")
    work_at(office, BEGUN)
    assert "neběžel" in told(office, "missed")[0].data["why"]


def test_check_lists_where_it_moves(office: Office) -> None:
    plan = plan_of(office, closing("1. 12. 2026"), TASK)
    said = explain_plan(plan, LATER, Names({}, {}, {}))[1].next_dates[0].replace("\N{NO-BREAK SPACE}", " ")
    assert said.startswith("clanek/2026-H2: spočítaný den (pondělí 16. listopadu 2026")
    assert "uzávěrka je ale až 1. prosince 2026" in said and "na pondělí 23. listopadu 2026" in said
