"""Twice a year the coordinator gets the account of the plan, once, with the files that were made for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.desk import at_work, read, work_at
from tests.store.planned import COUNCIL, plan_of, told, with_file
from worker.jobs.send_report import SendReport
from worker.office import Office
from worker.store.tables import notice_files

BEGUN = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
JANUARY = datetime(2027, 1, 4, 7, 0, tzinfo=UTC)
"""Eight o'clock in Prague on the first working day of 2027."""


def send(office: Office, now: datetime) -> bool:
    with at_work(office, now) as shift:
        shift.plan = plan_of(office, COUNCIL)
        return SendReport().do_one(shift, now)


@pytest.fixture
def begun(office: Office, tmp_path: Path) -> Office:
    """An office whose worker has begun in November 2026."""
    office = with_file(office, tmp_path / "schedules.yaml", COUNCIL)
    work_at(office, BEGUN)
    return office


def test_it_goes_once_on_the_first_working_day(begun: Office) -> None:
    assert send(begun, JANUARY.replace(hour=6, minute=59)) is False
    assert send(begun, JANUARY) is True
    assert send(begun, JANUARY) is False
    assert send(begun, datetime(2027, 6, 30, 9, 0, tzinfo=UTC)) is False
    assert send(begun, datetime(2027, 7, 1, 6, 0, tzinfo=UTC)) is True
    year, half = told(begun, "report")
    assert (year.person, year.data["period"], half.data["period"]) == ("koordinator", "rok 2026", "1. pololetí 2027")
    assert "slibuje" in year.data["summary"]


def test_what_was_before_the_first_start_is_nothing_to_mail_of(begun: Office) -> None:
    assert send(begun, BEGUN) is False


def test_a_faulty_edit_of_the_indicators_waits_and_ends_no_round(begun: Office, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "indicators.yaml").write_text("xiii-1: [", encoding="utf-8")
    edited = replace(begun, settings=replace(begun.settings, config=tmp_path / "config"))
    assert send(edited, JANUARY) is False
    assert send(begun, JANUARY) is True


def test_the_next_of_them_is_known_to_a_clock_that_jumps(begun: Office) -> None:
    with at_work(begun, BEGUN) as shift:
        assert SendReport().next_at(shift, BEGUN) == JANUARY
        assert SendReport().next_at(shift, JANUARY) == datetime(2027, 7, 1, 6, 0, tzinfo=UTC)


@pytest.mark.usefixtures("documents")
def test_the_mail_carries_both_files_as_they_were_made(begun: Office, relay: ScriptedRelay) -> None:
    assert send(begun, JANUARY) is True
    with begun.database.read() as tx:
        kept = {row.name: row.content for row in tx.execute(select(notice_files))}
    work_at(begun, JANUARY)
    (message,) = [mail for mail in map(read, relay.received) if str(mail["Subject"]).startswith("Výkaz")]
    enclosed = {part.get_filename(): part.get_content() for part in message.iter_attachments()}
    assert enclosed == kept
    assert {name.rpartition(".")[2] for name in kept} == {"pdf", "xlsx"}
    body = message.get_body(("plain",))
    assert body is not None
    assert "za rok 2026" in body.get_content()
