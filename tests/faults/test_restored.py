"""A backup during a mailing, the original killed at any moment after, a restore elsewhere: everybody gets one message.

What settles who got one since the backup is the relay's log alone, as an administrator has it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from tests.faults.conftest import SetStage
from tests.faults.extent import runs
from tests.faults.inside import office_of
from tests.faults.stage import Play, Stage
from tests.fixtures.fault_relay import Accepted
from tests.fixtures.fault_rules import Rule
from tests.fixtures.postgres import PostgresServer
from tests.store.test_reconcile import SENT, log
from worker.delivery import doubtful
from worker.office import Office
from worker.record import events
from worker.settings.places import Places
from worker.store.database import Database
from worker.upkeep.backup.make import make
from worker.upkeep.backup.restore import restore
from worker.upkeep.copies import release


@pytest.mark.parametrize("kind", ["newsletter", "press-release"])
def test_a_backup_during_a_send_loses_and_repeats_nothing(
    set_stage: SetStage, server: Callable[[], PostgresServer], sort: str, kind: str, chance: Random, tmp_path: Path
) -> None:
    for _ in range(runs(1, 5)):
        people = runs(300, 2_000)
        with set_stage(Play(people, kind)) as stage, _elsewhere(sort, server, stage.folder) as url:
            original, backup = _backed_up_and_killed(stage, chance, people)
            taken = stage.relay.accepted()
            restored = _restored(original, backup, url, stage)
            release(restored, stage.clock.now(), person="koordinator", reason="disk", nothing_since=False)
            stage.finish(database=url)
            assert len(stage.relay.accepted()) == len(taken), "a copy that was let go repeats nothing by itself"
            now = stage.clock.now()
            settled = doubtful.reconcile(restored, _as_postfix_logs(taken), now, "koordinator", complete=True)
            assert settled.not_found == settled.under_way == settled.failed == 0
            stage.finish(database=url)
            _check(restored, stage, people, kind)
            restored.database.close()
            original.database.close()


def _backed_up_and_killed(stage: Stage, chance: Random, people: int) -> tuple[Office, Path]:
    """A mailing goes out, is backed up somewhere in the middle, goes on for a while, and its worker is killed."""
    stage.relay.obey(Rule("dot", after=0.02))
    original = office_of(stage.order())
    worker = stage.start()
    stage.grown_to(chance.randrange(1, people * 2 // 3), worker)
    made = make(_places(original, stage.folder / "data", stage.url), stage.folder / "backups", stage.clock.now())
    time.sleep(chance.choice((0.0, 0.02, 0.2)))
    worker.kill()
    stage.relay.obey()
    before = -1
    while before != (before := stage.relay.count()):  # what was past its dot is still taken
        time.sleep(0.1)
    return original, made.place


def _restored(original: Office, backup: Path, url: str, stage: Stage) -> Office:
    data = stage.folder / "new"
    restore(backup, _places(original, data, url), stage.clock.now(), keep_config=True)
    settings = replace(original.settings, database_url=url, data=data, journal=data / "erasures.log")
    return replace(original, settings=settings, database=Database(url))


def _places(office: Office, data: Path, url: str) -> Places:
    own = office.settings
    return Places(
        own.plan, own.config, data, data / "erasures.log", url, own.given_keys, own.given_suppression_key or b"k" * 32
    )


@contextmanager
def _elsewhere(sort: str, server: Callable[[], PostgresServer], folder: Path) -> Iterator[str]:
    """A place for another database of the same sort."""
    if sort == "sqlite":
        yield f"sqlite:///{folder / 'new' / 'hlasatel.db'}"
        return
    name, url = server().create_database()
    yield url
    server().drop_database(name)


def _as_postfix_logs(taken: list[Accepted]) -> Iterator[str]:
    for number, each in enumerate(taken):
        yield from log(each.message_id, f"Q{number:06}", SENT)


def _check(restored: Office, stage: Stage, people: int, kind: str) -> None:
    copies = Counter(each.recipient for each in stage.relay.accepted())
    assert (len(copies), set(copies.values())) == (people, {1}), kind
    assert len({each.message_id for each in stage.relay.accepted()}) == people
    with restored.database.read() as tx:
        rows = tx.exec_driver_sql("SELECT state, count(*) FROM deliveries GROUP BY state").all()
        assert [tuple(row) for row in rows] == [("sent", people)]
        assert events.first_broken(tx) is None
