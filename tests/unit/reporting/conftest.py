"""The sample report and an office to give it out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.report_sample import sample_report
from tests.store.sample import CONFIG, KEY, ROOT
from worker.office import Office
from worker.reporting.model import Report
from worker.settings import load_lists, load_people, load_settings
from worker.store.database import Database


@pytest.fixture(scope="session")
def report() -> Report:
    return sample_report()


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The region's office; its database is never opened."""
    folder: Path = tmp_path_factory.mktemp("office")
    environ = {
        "HLASATEL_DATABASE_URL": f"sqlite:///{folder}/none.sqlite3",
        "HLASATEL_DATA": str(folder),
        "HLASATEL_SECRET_KEY": KEY,
    }
    settings = load_settings(environ, plan=ROOT / "schedules.yaml", config=CONFIG)
    database = Database(settings.database_url)
    yield Office(settings, load_people(CONFIG), load_lists(CONFIG), settings.relay, database)
    database.close()
