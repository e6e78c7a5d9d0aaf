"""What every job must keep; a new job is picked up by itself."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from datetime import UTC, datetime, timedelta
from types import ModuleType

import pytest
from sqlalchemy import func, select

from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.conftest import database, migrated_file, migrated_url, office, relay
from tests.store.desk import at_work
from worker import jobs
from worker.jobs import Job, all_jobs, work
from worker.office import Office
from worker.store.columns import metadata
from worker.store.states import MOVES
from worker.store.tables import notices

__all__ = ["database", "migrated_file", "migrated_url", "office", "relay"]

SHARED = (".base", ".posting")
"""What jobs have in common."""
MODULES = [
    importlib.import_module(found.name)
    for found in pkgutil.iter_modules(jobs.__path__, prefix=f"{jobs.__name__}.")
    if not found.name.endswith(SHARED)
]
STATES = {str(state) for moves in MOVES.values() for state in moves}
START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture(params=MODULES, ids=[module.__name__.rpartition(".")[2] for module in MODULES])
def module(request: pytest.FixtureRequest) -> ModuleType:
    given: ModuleType = request.param
    return given


@pytest.fixture(params=all_jobs(), ids=[type(job).__name__ for job in all_jobs()])
def job(request: pytest.FixtureRequest) -> Job:
    given: Job = request.param
    return given


def test_a_file_holds_one_job_and_says_what_it_does(module: ModuleType) -> None:
    own = [
        value
        for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, Job) and value.__module__ == module.__name__
    ]
    assert len(own) == 1
    assert module.__doc__ and module.__doc__.strip()
    words = own[0].__name__
    assert re.sub(r"(?<!^)(?=[A-Z])", "_", words).lower() == module.__name__.rpartition(".")[2]


def test_it_names_the_states_it_takes_and_leaves(job: Job) -> None:
    told = job.__doc__ or ""
    named = re.findall(r"`([a-z]+)`", told)
    assert named or told.startswith("Changes no ")
    assert set(named) <= STATES


def test_every_job_is_found_once() -> None:
    assert len(all_jobs()) == len(MODULES)
    assert {type(found).__module__ for found in all_jobs()} == {module.__name__ for module in MODULES}


def rows(office: Office) -> dict[str, int]:
    with office.database.read() as tx:
        return {
            table.name: tx.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }


def test_it_comes_to_an_end_and_then_changes_nothing(job: Job, office: Office) -> None:
    with at_work(office, START) as current:
        for _ in range(10):
            if not job.do_one(current, START):
                break
        else:
            pytest.fail("it always finds something to do")
        before = rows(office)
        assert job.do_one(current, START) is False
        assert rows(office) == before


def test_the_instants_that_jobs_name_lie_ahead(office: Office) -> None:
    with at_work(office, START) as current:
        work(current)
        for now in (START + timedelta(days=days) for days in range(0, 400, 40)):
            named = {type(job).__name__: job.next_at(current, now) for job in all_jobs()}
            assert {name: at for name, at in named.items() if at is not None and at <= now} == {}
            assert named["RemindDates"] is not None


def test_all_of_them_together_come_to_an_end_at_any_time(office: Office, relay: ScriptedRelay) -> None:
    # Two hours before the send time of 8 December is the hour of the escalation.
    for hours in (0, 48, 168, 264, 16 * 24 - 2, 16 * 24, 17 * 24, 40 * 24, 60 * 24):
        now = START + timedelta(hours=hours)
        with at_work(office, now) as current:
            assert work(current) < 500
            assert work(current) == 0, f"{now}: something is due again and again"
    with office.database.read() as tx:
        states = set(tx.execute(select(notices.c.state)).scalars())
        kinds = set(tx.execute(select(notices.c.kind)).scalars())
    assert states == {"sent"}
    assert {"approval", "reminder", "deputy", "escalation", "unapproved", "missed", "task"} <= kinds
    assert len(relay.received) >= len(kinds)
