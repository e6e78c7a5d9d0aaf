"""Each January whoever answers for measures is asked about her own, once, and the coordinator told of it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tests.store.desk import at_work
from tests.store.planned import told
from tests.store.sample import CONFIG
from worker.jobs.ask_gestors import AskGestors
from worker.office import Office

MONDAY = datetime(2027, 1, 4, 7, 0, tzinfo=UTC)
"""Eight o'clock in Prague on the first working day of 2027."""


def ask(office: Office, now: datetime) -> bool:
    with at_work(office, now) as shift:
        return AskGestors().do_one(shift, now)


def with_measures(office: Office, folder: Path, status_date: str) -> Office:
    """The same office, all of whose measures are as of one day."""
    shutil.copytree(CONFIG, folder / "config")
    file = folder / "config" / "measures.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("2023-12-31", status_date), encoding="utf-8")
    return replace(office, settings=replace(office.settings, config=folder / "config"))


def test_every_gestor_is_asked_about_her_own_measures_once(office: Office) -> None:
    assert ask(office, datetime(2027, 1, 1, 9, 0, tzinfo=UTC)) is False, "New Year's Day"
    assert ask(office, MONDAY.replace(hour=6, minute=59)) is False
    assert ask(office, MONDAY) is True
    assert ask(office, MONDAY.replace(day=20)) is False
    asked = {mail.person: mail.data for mail in told(office, "gestor_call")}
    assert {"gestor-osv", "gestor-osmts", "gestor-oz", "gestor-krizove-rizeni"} <= set(asked)
    assert asked["gestor-verejne-zakazky"]["measures"].startswith("VI/4 (částečně k 31. 12. 2023): vyhodnocování")
    assert (asked["gestor-osv"]["year"], asked["gestor-osv"]["until"].replace("\u00a0", " ")) == (2026, "1. února 2027")
    assert asked["gestor-osv"]["count"] == len(asked["gestor-osv"]["measures"].split("\n\n"))
    (mail,) = told(office, "gestor_calls")
    assert mail.person == "koordinator"
    assert "počet opatření): Odbor sociálních věcí (57), Gestor OŠMTS (31)" in mail.data["asked"]
    assert "KÚ LK: " in mail.data["left"] and "bez uvedeného gestora: IV/7, IV/9, VI/3" in mail.data["left"]


def test_nobody_is_asked_after_january_nor_what_is_evaluated_already(office: Office, tmp_path: Path) -> None:
    assert ask(office, datetime(2027, 2, 1, 9, 0, tzinfo=UTC)) is False
    assert ask(with_measures(office, tmp_path, "2026-12-31"), MONDAY) is False


def test_a_faulty_file_is_left_until_it_is_mended(office: Office, tmp_path: Path) -> None:
    spoilt = with_measures(office, tmp_path, "loni")
    assert ask(spoilt, MONDAY) is False
    assert ask(office, MONDAY) is True
