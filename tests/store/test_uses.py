"""A database opened to be looked at is left as it is, to the last file; one opened on trial is as good as any."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from tests.store.sample import NOW
from worker.record import events
from worker.store.database import SCHEMA, Database, Use
from worker.store.tables import installation


def _everything(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {file.name: (file.stat().st_mtime_ns, file.read_bytes()) for file in folder.iterdir()}


def test_who_looks_reads_and_cannot_write(url: str) -> None:
    looking = Database(url, Use.LOOK)
    assert looking.schema() == SCHEMA
    with looking.read() as tx:
        assert tx.execute(select(installation.c.epoch)).scalar_one() == 0
    with pytest.raises(DatabaseError, match=r"read-?only"), looking.write() as tx:
        events.append(tx, "test.written", NOW)
    looking.close()


@pytest.mark.parametrize("journal", ["DELETE", "PERSIST", "WAL"])
def test_who_looks_leaves_no_file_behind(tmp_path: Path, migrated_file: Path, journal: str) -> None:
    file = tmp_path / "office.db"
    file.write_bytes(migrated_file.read_bytes())
    connection = sqlite3.connect(file)
    connection.execute(f"PRAGMA journal_mode={journal}")
    connection.execute("PRAGMA user_version=1")  # written, so that a journal that is kept is there
    connection.close()
    before = _everything(tmp_path)
    looking = Database(f"sqlite:///{file}", Use.LOOK)
    assert looking.schema() == SCHEMA
    looking.close()
    assert _everything(tmp_path) == before


def test_who_looks_sees_what_a_worker_with_a_wal_has_just_written(tmp_path: Path, migrated_file: Path) -> None:
    file = tmp_path / "office.db"
    file.write_bytes(migrated_file.read_bytes())
    worker = sqlite3.connect(file)
    worker.execute("PRAGMA journal_mode=WAL")
    worker.execute("UPDATE installation SET epoch = 7")
    worker.commit()
    looking = Database(f"sqlite:///{file}", Use.LOOK)
    with looking.read() as tx:
        assert tx.execute(select(installation.c.epoch)).scalar_one() == 7
    looking.close()
    worker.close()


def test_who_looks_makes_no_folder_and_no_database(tmp_path: Path) -> None:
    looking = Database(f"sqlite:///{tmp_path / 'data' / 'office.db'}", Use.LOOK)
    with pytest.raises(DatabaseError):
        looking.schema()
    looking.close()
    assert list(tmp_path.iterdir()) == []


def test_a_trial_keeps_what_is_written_while_it_lasts(tmp_path: Path) -> None:
    trial = Database(f"sqlite:///{tmp_path / 'trial.db'}", Use.TRIAL)
    trial.bring_up_to_date()
    with trial.write() as tx:
        events.append(tx, "test.written", NOW)
    with trial.read() as tx:
        assert events.count(tx) == 1
        assert tx.exec_driver_sql("PRAGMA synchronous").scalar() == 0
        assert tx.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    trial.close()


def test_a_new_database_is_its_owners_alone_whatever_the_umask_and_the_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    before = os.umask(0o022)
    try:
        database = Database(f"sqlite:///{tmp_path / 'hlasatel.sqlite3'}")
        assert list(tmp_path.iterdir()) == [], "it is made when it is first needed"
        database.bring_up_to_date()
        database.close()
    finally:
        os.umask(before)
    assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}
