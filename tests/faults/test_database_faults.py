"""The database at its worst: locked for a minute, restarted, its disk full or broken. Nothing is lost by it."""

from __future__ import annotations

import errno
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text

from tests.faults.checks import check
from tests.faults.conftest import SetStage
from tests.faults.extent import SORTS, runs
from tests.faults.orders import DONE, FAIL, SYNC, WRITE, Edge
from tests.faults.scenarios import crossings, synced_first
from tests.faults.stage import CONNECTIONS, Play, Prepared, Stage, stage, until
from tests.faults.workers import Spawner, Worker
from tests.fixtures.fault_relay import FaultRelay
from tests.fixtures.fault_rules import Rule
from tests.fixtures.postgres import Cluster, PostgresServer, find_postgres_programs

on_sqlite = pytest.mark.skipif("sqlite" not in SORTS, reason="DATABASE leaves SQLite out")
on_postgresql = pytest.mark.skipif("postgresql" not in SORTS, reason="DATABASE leaves PostgreSQL out")


def _broken_shifts(worker: Worker) -> int:
    """How often the database's failing ended a shift: each may have left as much in doubt as a kill."""
    return worker.told().count("ERROR:tests.faults")


@contextmanager
def _locked(stage: Stage) -> Iterator[None]:
    """Somebody else, a backup or a person at a console, keeps everybody from writing."""
    with stage.database.write() as tx:
        if not stage.database.is_sqlite:
            # Somebody else's session: one of ours would be ended for sitting idle in a transaction for so long.
            tx.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            tx.execute(text("LOCK TABLE deliveries, slices IN ACCESS EXCLUSIVE MODE"))
        yield


@pytest.mark.parametrize("waits", ["longer than the worker does", "shorter than the worker does"])
def test_locked(set_stage: SetStage, waits: str) -> None:
    """A minute in the full form, with SQLite's own waiting time; scaled down in the short one."""
    minute, busy = runs(2, 61), runs(1, 30)
    if waits.startswith("shorter"):
        minute, busy = runs(1, 20), 60
    with set_stage(Play(300)) as stage:
        stage.constants["worker.store.database:BUSY_SECONDS"] = busy
        stage.relay.obey(Rule("dot", after=0.02, every=2))
        worker = stage.start()
        stage.grown_to(30, worker)
        with _locked(stage):
            time.sleep(minute)
        assert worker.wait(60) == DONE, worker.told()
        states = check(stage, extra=_broken_shifts(worker) * CONNECTIONS)
        assert states["sent"] + states["unknown"] == 300


@on_sqlite
@pytest.mark.parametrize(
    ("kinds", "error"), [(WRITE, errno.ENOSPC), (SYNC, errno.EIO), (WRITE, errno.EIO)],
    ids=["disk full", "fsync fails", "write fails"],
)  # fmt: skip
@pytest.mark.parametrize("sort", ["sqlite"])
def test_a_broken_disk_under_sqlite(set_stage: SetStage, kinds: int, error: int, chance: Random) -> None:
    people = 200
    with set_stage(Play(people)) as stage:
        number = crossings(stage, kinds)
    for _ in range(runs(2, 25)):
        begins, lasts = chance.randrange(number), chance.choice((1, 3, 30))
        with set_stage(Play(people)) as stage:
            worker = stage.start(edge=Edge(kinds, begins, FAIL, error, begins + lasts))
            assert worker.wait(90) == DONE, worker.told()
            states = check(stage, extra=_broken_shifts(worker) * CONNECTIONS)
            assert states["sent"] + states["unknown"] == people


@on_sqlite
@pytest.mark.parametrize("sort", ["sqlite"])
def test_no_dot_leaves_before_its_intent_is_on_the_disk(set_stage: SetStage) -> None:
    with set_stage(Play(100)) as stage:
        synced_first(stage)


@dataclass(frozen=True)
class Own:
    """A cluster of one's own whose commits reach the disk, and which can be restarted and be given a broken disk."""

    cluster: Cluster
    server: PostgresServer

    def break_disk(self, kinds: int, error: int) -> None:
        """The next such call of the server fails; one only, or it could not recover either."""
        self.trigger.write_text(f"{kinds} {error} {1:<6}", encoding="ascii")
        self.trigger.chmod(0o666)

    @property
    def trigger(self) -> Path:
        return self.cluster.folder / "trigger"


@pytest.fixture
def own(edge: Path) -> Iterator[Own]:
    """Such a cluster, with the library between its server and the disk."""
    environ = {"LD_PRELOAD": "{folder}/edge.so", "EDGE_TRIGGER": "{folder}/trigger"}
    cluster = Cluster(find_postgres_programs(), {"restart_after_crash": "on"}, environ)
    shutil.copy(edge, cluster.folder / "edge.so")
    (cluster.folder / "edge.so").chmod(0o755)
    try:
        yield Own(cluster, cluster.start())
    finally:
        cluster.remove()


@pytest.fixture
def set_own_stage(own: Own, workers: Spawner, shared_relay: FaultRelay, tmp_path: Path) -> SetStage:
    """Sets a stage on it."""
    prepared = Prepared(tmp_path, workers, lambda: own.server)
    return lambda play: stage(prepared, workers, shared_relay, "postgresql", play, tmp_path / "stage")


@on_postgresql
def test_postgresql_restarted(own: Own, set_own_stage: SetStage) -> None:
    restarts = runs(1, 5)
    with set_own_stage(Play(300 * restarts)) as stage:
        stage.relay.obey(Rule("dot", after=0.03, every=2))
        worker = stage.start()
        for turn in range(restarts):
            assert stage.grown_to(300 * turn + 50, worker)
            own.cluster.restart()
        assert worker.wait(90) == DONE, worker.told()
        states = check(stage, extra=_broken_shifts(worker) * CONNECTIONS)
        assert states["sent"] + states["unknown"] == stage.play.people


@on_postgresql
@pytest.mark.parametrize(
    ("kinds", "error"), [(SYNC, errno.EIO), (WRITE, errno.ENOSPC)], ids=["fsync fails", "disk full"]
)
def test_a_broken_disk_under_postgresql(own: Own, set_own_stage: SetStage, kinds: int, error: int) -> None:
    """A failed fsync of its log makes the server end all sessions and recover; so may a full disk."""
    with set_own_stage(Play(400)) as stage:
        stage.relay.obey(Rule("dot", after=0.03, every=2))
        worker = stage.start()
        for turn in range(runs(1, 4)):
            if not stage.grown_to(60 + 80 * turn, worker):
                break
            own.break_disk(kinds, error)
            until(lambda: not own.trigger.exists() or worker.poll() is not None, 30, worker.told())
        assert worker.wait(90) == DONE, worker.told()
        states = check(stage, extra=_broken_shifts(worker) * CONNECTIONS)
        assert states["sent"] + states["unknown"] == stage.play.people
    log = own.cluster.log.read_text("utf-8", "replace")
    assert "PANIC" in log or "No space left" in log, "the server did not notice its disk; this proves nothing"
