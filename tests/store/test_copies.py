"""Two copies of one database never both send: what tells them apart, and what must never be taken for a copy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.fixtures.postgres import PostgresServer
from tests.fixtures.smtp_server import ScriptedRelay, scripted_relay
from tests.store.conftest import hasty, open_office
from tests.store.desk import begin, deliver, recorded, states
from tests.store.sample import NOW
from worker.audience.privacy.erase import clean
from worker.delivery.turn import take_turn
from worker.errors import HlasatelError
from worker.office import Office
from worker.smtp.relays import RelayCarrier
from worker.store import copies
from worker.store.copies import CopyHeld, same_place
from worker.store.database import Database
from worker.times import Clock
from worker.upkeep.copies import refuse_to_work, release, why_held


@pytest.fixture
def filed(migrated_file: Path, tmp_path: Path) -> Iterator[Office]:
    """An office in a file of its own."""
    file = tmp_path / "data" / "hlasatel.db"
    file.parent.mkdir()
    shutil.copyfile(migrated_file, file)
    with scripted_relay() as relay:
        own = open_office(hasty(file), relay, tmp_path)
        yield own
        own.database.close()


def at(office: Office, file: Path) -> Office:
    """The same office with another file for its database."""
    return replace(office, database=hasty(file))


def held(office: Office) -> str:
    with office.database.read() as tx:
        return str(why_held(office.database, tx) or "")


def test_a_copied_folder_does_not_send_and_the_original_does(filed: Office, tmp_path: Path) -> None:
    begin(filed, 2)
    with filed.database.write() as tx:
        tx.exec_driver_sql("UPDATE mailings SET state = 'paused'")
    deliver(filed)
    filed.database.close()
    copied = at(filed, shutil.copytree(tmp_path / "data", tmp_path / "copy") / "hlasatel.db")
    for office in (filed, copied):
        with office.database.write() as tx:
            tx.exec_driver_sql("UPDATE mailings SET state = 'sending'")
    with pytest.raises(CopyHeld, match="není tam, kde naposled pracovala"):
        deliver(copied)
    assert recorded(copied)[-1] == "copy.held"
    carrier = RelayCarrier(copied.relay)
    clock = Clock(lambda: NOW, simulated=True)
    assert take_turn(copied, carrier, "machine", clock, lambda: False, timedelta(seconds=1)) is None
    deliver(filed)
    assert (states(filed), states(copied)) == (["sent"] * 2, ["queued"] * 2)
    release(copied, NOW, person="koordinator", reason="zkouška", nothing_since=False)
    assert states(copied) == ["unknown"] * 2
    deliver(copied)
    with pytest.raises(HlasatelError, match="smí odesílat"):
        release(copied, NOW, person="koordinator", reason="zkouška", nothing_since=False)
    copied.database.close()


def test_an_older_copy_put_in_the_same_place_is_noticed(filed: Office, tmp_path: Path) -> None:
    deliver(filed)
    filed.database.close()
    file = tmp_path / "data" / "hlasatel.db"
    older = shutil.copyfile(file, tmp_path / "older.db")
    deliver(filed)
    filed.database.close()
    file.write_bytes(Path(older).read_bytes())  # as `cp` does: the file stays the same one
    assert held(filed) == "older"
    with pytest.raises(CopyHeld, match="starší"):
        deliver(filed)
    release(filed, NOW, person="koordinator", reason="omyl", nothing_since=True)
    deliver(filed)


def test_a_copy_of_an_earlier_version_put_back_is_noticed_and_a_new_beginning_is_not(filed: Office) -> None:
    deliver(filed)
    deliver(filed)
    with filed.database.write() as tx:
        tx.exec_driver_sql("DELETE FROM this_copy")
        tx.exec_driver_sql("UPDATE installation SET epoch = 1, first_start_at = '2026-01-01 00:00:00.000000'")
    assert held(filed) == "older"
    with filed.database.write() as tx:
        tx.exec_driver_sql("UPDATE installation SET epoch = 0, first_start_at = NULL")
    assert held(filed) == ""


def test_what_happens_to_a_file_that_stays_is_no_copying(filed: Office, tmp_path: Path) -> None:
    deliver(filed)
    file = tmp_path / "data" / "hlasatel.db"
    clean(filed.database)  # which writes it anew
    filed.database.close()
    (tmp_path / "data").rename(tmp_path / "elsewhere")  # another name for the same folder, as a volume may have
    moved = at(filed, tmp_path / "elsewhere" / file.name)
    deliver(moved)
    (tmp_path / "elsewhere" / "hlasatel.db.epoch").unlink()
    deliver(moved)
    moved.database.close()


def test_marks_say_the_same_place_only_where_they_have_something_in_common() -> None:
    assert same_place("file:7 machine:a", "file:7 machine:a") and same_place("file:7", "file:7 machine:a")
    assert not same_place("file:7 machine:a", "file:8 machine:a")
    assert not same_place("file:7 machine:a", "file:7 machine:b")
    assert not same_place("file:7", "database:7") and not same_place("", "file:7")


def test_a_database_copied_on_a_server_is_noticed(
    postgres_server: PostgresServer, tmp_path: Path, relay: ScriptedRelay
) -> None:
    name, url = postgres_server.create_database()
    original = Database(url)
    original.bring_up_to_date()
    deliver(open_office(original, relay, tmp_path))
    deliver(open_office(original, relay, tmp_path))
    with original.read() as tx:
        row = copies.standing(tx)
    assert row is not None and "cluster:" in row.mark and "database:" in row.mark
    original.close()
    other, other_url = postgres_server.create_database(template=name)
    copied = Database(other_url)
    with pytest.raises(CopyHeld):
        refuse_to_work(copied, NOW)
    copied.close()
    for each in (other, name):
        postgres_server.drop_database(each)
