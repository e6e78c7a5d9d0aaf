"""One works, the others are told who; the lock dies with its process, and every holder has an epoch of its own."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from subprocess import Popen

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from tests.fixtures.postgres import PostgresServer
from tests.store.sample import python
from worker.store.database import Database
from worker.store.lock import Locked, worker_lock
from worker.store.tables import installation

HOLDER = "hlasatel run, process 4711"
HOLD = """
import sys, time
from worker.store.database import Database
from worker.store.lock import worker_lock
with worker_lock(Database(sys.argv[1]), sys.argv[2]) as lock:
    print(lock.epoch, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def holder(database: Database, url: str) -> Iterator[Popen[str]]:
    """Another process that holds the lock."""
    process = python(HOLD, url, HOLDER)
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "1"
    yield process
    process.kill()
    process.communicate()


def epoch_of(database: Database) -> int:
    with database.read() as tx:
        return int(tx.execute(installation.select()).one().epoch)


def test_a_second_process_is_refused_and_told_who_works(database: Database, holder: Popen[str]) -> None:
    with pytest.raises(Locked, match=HOLDER), worker_lock(database, "hlasatel tick"):
        pass
    assert epoch_of(database) == 1, "a refused one counts no epoch"


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_the_lock_dies_with_its_process(database: Database, holder: Popen[str], how: signal.Signals) -> None:
    os.kill(holder.pid, how)
    holder.wait()
    end = time.monotonic() + 10
    while True:
        try:
            with worker_lock(database, "hlasatel tick") as lock:
                assert lock.epoch == 2
            return
        except Locked:
            assert time.monotonic() < end, "the lock outlived its holder"
            time.sleep(0.02)


def test_a_stopped_process_keeps_the_lock(database: Database, holder: Popen[str]) -> None:
    os.kill(holder.pid, signal.SIGSTOP)
    with pytest.raises(Locked), worker_lock(database, "hlasatel tick"):
        pass


def test_every_holder_has_a_higher_epoch(database: Database, url: str) -> None:
    epochs = []
    for _ in range(3):
        with worker_lock(database, "hlasatel tick") as lock:
            lock.check()
            epochs.append(lock.epoch)
            other = Database(url)
            with pytest.raises(Locked, match="hlasatel tick"), worker_lock(other, "hlasatel run"):
                pass
            other.close()
    assert epochs == [1, 2, 3]


def test_an_error_while_working_frees_the_lock_for_everybody(database: Database, url: str) -> None:
    with pytest.raises(ZeroDivisionError), worker_lock(database, "hlasatel tick"):
        raise ZeroDivisionError
    other = Database(url)
    with worker_lock(other, "hlasatel run") as lock:
        assert lock.epoch == 2
    other.close()
    with worker_lock(database, "hlasatel tick") as lock:
        assert lock.epoch == 3


def test_a_lock_lost_with_its_connection_is_noticed(postgres_server: PostgresServer, migrated_url: str) -> None:
    database, other = Database(migrated_url), Database(migrated_url)
    with pytest.raises(SQLAlchemyError), worker_lock(database, "hlasatel run") as lock:
        lock.check()
        with other.write() as tx:
            cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hlasatel run'"
            assert tx.execute(text(cut)).scalar_one() is True
        lock.check()
    with worker_lock(other, "hlasatel tick") as next_lock:
        assert next_lock.epoch == lock.epoch + 1
    for each in (database, other):
        each.close()


def test_reading_and_writing_need_no_lock(database: Database, holder: Popen[str]) -> None:
    with database.write() as tx:
        tx.execute(installation.update().values(epoch=9))
    assert epoch_of(database) == 9


def test_an_office_on_the_same_server_is_no_hindrance_and_never_named(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    name, neighbour_url = postgres_server.create_database()
    own, neighbour = Database(postgres_url), Database(neighbour_url)
    other = Database(postgres_url)
    for each in (own, neighbour):
        each.bring_up_to_date()
    with (
        worker_lock(neighbour, "the neighbour"),
        worker_lock(own, "ourselves"),
        pytest.raises(Locked, match="ourselves"),
        worker_lock(other, "hlasatel tick"),
    ):
        pass
    with worker_lock(neighbour, "the neighbour"), worker_lock(other, "hlasatel tick"):
        pass
    for each in (own, neighbour, other):
        each.close()
    postgres_server.drop_database(name)
