"""Who is handed what a person publishes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.drafting.sample import CONFIG
from worker.drafting.publishers import publisher
from worker.office import Office
from worker.settings import load_lists, load_people, load_settings
from worker.store.database import Database


@pytest.mark.parametrize(
    ("kind", "person"), [("facebook-text", "spravce-facebooku"), ("a-kind-of-old", "redakce-magazinu")]
)
def test_a_facebook_text_goes_to_the_page_and_the_rest_to_who_is_in_charge(
    kind: str, person: str, tmp_path: Path
) -> None:
    settings = load_settings({}, config=CONFIG)
    database = Database(f"sqlite:///{tmp_path / 'office.db'}")
    office = Office(settings, load_people(CONFIG), load_lists(CONFIG), settings.relay, database)
    assert publisher(office, kind, "redakce-magazinu") == person
    database.close()
