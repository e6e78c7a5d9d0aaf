"""The sizes of lists as a rehearsal reads them: through a look that changes nothing, on each database."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.store.sample import NOW, add_people
from worker.errors import HlasatelError
from worker.office import Office
from worker.planning.current import plan_on_file
from worker.rehearsal.sizes import read_sizes
from worker.store.database import Database, Use


def test_they_count_everybody_once(office: Office, url: str) -> None:
    with office.database.write() as tx:
        add_people(tx, "media", range(3))
        add_people(tx, "media-regionalni", range(2, 5))
    looking = replace(office, database=Database(url, Use.LOOK))
    sizes = read_sizes(looking, plan_on_file(office), NOW)
    looking.database.close()
    assert sizes is not None
    assert (sizes.of(["media"]), sizes.of(["media-regionalni"]), sizes.of(["platformy"])) == (5, 3, 0)
    assert sizes.members == {"media", "media-regionalni"}


def test_a_database_that_nobody_can_reach_is_named_without_its_password(office: Office) -> None:
    away = Database("postgresql://hlasatel:tajne@127.0.0.1:9/office", Use.LOOK)
    with pytest.raises(HlasatelError, match=r"127\.0\.0\.1:9/office") as refused:
        read_sizes(replace(office, database=away), plan_on_file(office), NOW)
    assert "tajne" not in str(refused.value)
