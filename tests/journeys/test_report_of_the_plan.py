"""The account of a rehearsed 2024–2027, read row by row against the plan itself."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event

import pytest

from tests.fixtures.office import PROJECT
from worker.cli.wiring import office_to_look_at
from worker.office import Office
from worker.plan.model import Window
from worker.planning.on_file import read_on_file
from worker.rehearsal.people import Manner
from worker.rehearsal.play import play
from worker.reporting.content import gather
from worker.reporting.model import By, Outcome, Report
from worker.store.database import Database
from worker.store.tables import memberships, recipients
from worker.times import parse_instant

PLAN = Window(date(2024, 1, 1), date(2027, 12, 31))
PROMISED = {
    "aktuality-web": 1, "tiskova-zprava": 8, "tiskova-zprava-1-pololeti": 4, "clanek-magazin": 7,
    "bod-zastupitelstvo": 0, "verejne-setkani": 2, "newsletter": 4, "magazin-kraj": 16, "zpravodaj-rodinam": 8,
    "letak": 1, "pakt-zamestnanosti": 4, "socialni-vybor": 4, "vyvraceni-hoaxu": 4, "rsk": 0, "komise-rady": 0,
    "tiskova-konference": 0, "krizova-komunikace": 0,
}  # fmt: skip
"""Occurrences of each row in the four years, counted in the timetable and the tools of the printed plan."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped plan and configuration."""
    shutil.copytree(PROJECT / "config", tmp_path / "config")
    shutil.copy(PROJECT / "schedules.yaml", tmp_path)
    (tmp_path / "data").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HLASATEL_DATA", str(tmp_path / "data"))
    return tmp_path


def rehearsed(folder: Path, start: str, end: str, manner: Manner) -> list[Report]:
    """The reports of the whole plan and of each of its years as of the end of the play."""
    office = office_to_look_at(folder / "schedules.yaml")
    _fill(office)
    script = read_on_file(office.settings.plan, office.settings.config)
    found: list[Report] = []

    def look(played: Office) -> None:
        with played.database.read() as tx:
            spans = [PLAN, *(Window(date(year, 1, 1), date(year, 12, 31)) for year in range(2024, 2028))]
            found.extend(gather(tx, played, parse_instant(end), span) for span in spans)

    play(
        office, script, parse_instant(start), parse_instant(end), manner, stopping=Event(), progress=lambda _: None,
        ended=look,
    )  # fmt: skip
    return found


def _fill(office: Office) -> None:
    """Somebody on every list."""
    database = Database(office.settings.database_url)
    database.bring_up_to_date()
    now = datetime(2023, 12, 1, tzinfo=UTC)
    with database.write() as tx:
        for list_id in office.lists:
            values = {"address": f"{list_id}@example.org", "name": list_id, "greeting": "", "created_at": now}
            made = tx.execute(recipients.insert().values(values).returning(recipients.c.id)).scalar_one()
            tx.execute(memberships.insert().values(list_id=list_id, recipient_id=made, since=now))
    database.close()


@pytest.mark.long
def test_a_rehearsed_plan_is_accounted_for_row_by_row(folder: Path) -> None:
    whole, *years = rehearsed(folder, "2024-01-01", "2028-01-01", Manner.ALWAYS)
    rows = {each.id: each for each in whole.activities}
    assert {name: rows[name].promised for name in PROMISED} == PROMISED
    accounts = whole.occurrences()
    assert {each.outcome for each in accounts} == {Outcome.DONE}
    for each in accounts:
        assert each.proofs and each.in_time, each.id
        day = each.done_on or each.noted_on
        assert day is not None and (day in each.promise.window or each.by_hand), each.id
    assert {turn.verdict for row in whole.activities for turn in row.turns} == {"met"}
    assert len(rows["tiskova-zprava"].turns) == 8
    halves = {turn.period: turn.done for turn in rows["tiskova-zprava"].turns}
    assert halves["2025-H1"] == ("tiskova-zprava-1-pololeti/2025-H1",)
    assert halves["2025-H2"] == ("tiskova-zprava/2025-09", "tiskova-zprava/2025-12")

    by_year = [{each.id for each in year.occurrences()} for year in years]
    assert sum(map(len, by_year)) == len(set().union(*by_year)) == len(accounts)
    done = {each.id for each in accounts}
    assert all(count.number == len(set(count.done)) and set(count.done) <= done for count in whole.counts)
    mailed = [count for count in whole.counts_by(By.CHANNEL) if count.name.startswith("E-mail")]
    assert {each.partition("/")[0] for each in mailed[0].done} == {
        "tiskova-zprava", "tiskova-zprava-1-pololeti", "newsletter",
    }  # fmt: skip
    assert mailed[0].number == 16
    meetings, articles = (
        next(each for each in whole.indicators if each.id == called) for called in ("XIII/4", "XIII/1")
    )  # fmt: skip
    assert [item.id for item in meetings.items] == ["verejne-setkani/2024-11", "verejne-setkani/2026-11"]
    assert articles.number == 1 + 7 + 8
    assert [each.number for each in whole.indicators if each.id.startswith("XI/")] == [None, None]


@pytest.mark.long
def test_where_nobody_answers_it_is_missed_and_what_was_before_is_not_known(folder: Path) -> None:
    _, _, _, of_2026, of_2027 = rehearsed(folder, "2026-09-01", "2027-01-20", Manner.NEVER)
    found = {each.id: each for each in of_2026.occurrences()}
    assert found["tiskova-zprava-1-pololeti/2026-H1"].outcome is Outcome.UNRECORDED
    for missed in ("tiskova-zprava/2026-09", "tiskova-zprava/2026-12", "newsletter/2026", "verejne-setkani/2026-11"):
        assert found[missed].outcome is Outcome.MISSED
        assert found[missed].reason
    press = next(each for each in of_2026.activities if each.id == "tiskova-zprava")
    assert [(turn.period, turn.verdict) for turn in press.turns] == [("2026-H1", "unrecorded"), ("2026-H2", "unmet")]
    assert {each.outcome for each in of_2027.occurrences()} <= {Outcome.OPEN, Outcome.OVERDUE}
    assert not any(count.number for count in of_2026.counts)
