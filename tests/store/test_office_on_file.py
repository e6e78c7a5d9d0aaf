"""The office in force while its files are edited: fit edits replace it, the others change nothing and are told."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.conftest import open_office
from tests.store.desk import ASKED, at_work, read, words, work_at
from tests.store.sample import KEY, ROOT
from worker.cli.wiring import read_again
from worker.errors import InvalidFiles
from worker.jobs import work
from worker.jobs.tell_faulty_config import TellFaultyConfig
from worker.office import Office
from worker.office_on_file import OfficeOnFile
from worker.store.database import Database

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # where the database makes no difference
SETTLES = 0.2
COORDINATOR = "koordinator@liberecky-kraj.example.org"


@pytest.fixture
def office(database: Database, relay: ScriptedRelay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """One whose plan has been taken up, and whose configuration may be edited."""
    config = Path(shutil.copytree(ROOT / "config", tmp_path / "config"))
    for name in [each for each in os.environ if each.startswith("HLASATEL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HLASATEL_DATABASE_URL", database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("HLASATEL_SMTP_URL", relay.url)
    monkeypatch.setenv("HLASATEL_SECRET_KEY", KEY)
    shipped = open_office(database, relay, tmp_path)
    edited = replace(shipped, settings=replace(shipped.settings, config=config))
    work_at(edited, ASKED - timedelta(days=30))
    return read_again(edited)


def edit(office: Office, name: str, before: str, after: str) -> None:
    file = office.settings.config / name
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")


def settled(offices: OfficeOnFile) -> Office:
    """The office in force once the files have stood unchanged for long enough."""
    offices()
    time.sleep(SETTLES + 0.05)
    return offices()


def test_a_fit_edit_is_in_force_once_the_file_stands_still(office: Office) -> None:
    offices = OfficeOnFile(office, read_again, look=0, settles=SETTLES)
    edit(office, "people.yaml", "name: Tisková mluvčí", "name: Nová mluvčí")
    assert offices() is office, "somebody may still be saving"
    following = settled(offices)
    assert following.person_name("tiskovy-mluvci") == "Nová mluvčí"
    assert (following.database, offices.refused) == (office.database, None)


def test_a_file_saved_again_as_it_was_makes_no_other_office(office: Office) -> None:
    offices = OfficeOnFile(office, read_again, look=0, settles=SETTLES)
    (office.settings.config / "people.yaml").touch()
    assert settled(offices) is office


@pytest.mark.parametrize(
    ("name", "before", "after", "says"),
    [
        ("people.yaml", "email: mluvci@", "email: @", "people.yaml"),
        ("people.yaml", "\ntiskovy-mluvci:", "\nmluvci:", "tiskovy-mluvci"),
        ("lists.yaml", "\nmedia:", "\nmedii:", "media"),
        ("settings.toml", "[delivery]", "[delivery]\nmachines = true", "restartu"),
    ],
)
def test_one_that_is_not_fit_changes_nothing_and_is_told_once_a_day(
    office: Office, relay: ScriptedRelay, name: str, before: str, after: str, says: str
) -> None:
    offices = OfficeOnFile(office, read_again, look=0, settles=SETTLES)
    file = office.settings.config / name
    good = file.read_text(encoding="utf-8")
    edit(office, name, before, after)
    assert settled(offices) == office and says in str(offices.refused)
    for later in (timedelta(), timedelta(hours=1), timedelta(days=1)):
        with at_work(office, ASKED + later) as current:
            current.config_refused = offices.refused
            work(current)
            assert not TellFaultyConfig().do_one(current, ASKED + later)
    mails = [each for each in map(read, relay.received_by(COORDINATOR)) if "nastavení se nepoužila" in each["Subject"]]
    assert len(mails) == 2 and says in words(mails[0])
    file.write_text(good, encoding="utf-8")
    assert settled(offices) == office and offices.refused is None


def test_an_edit_is_refused_that_the_plan_in_force_does_not_fit(office: Office) -> None:
    edit(office, "people.yaml", "\nasz:", "\nnekdo-jiny:")
    with pytest.raises(InvalidFiles):
        read_again(office)
