"""What the tests of faults share: the workers to be killed, prepared databases, relays, and how a stage is set."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator, Set
from contextlib import AbstractContextManager
from pathlib import Path
from random import Random

import pytest

from tests.faults.extent import BOTH, FULL, SORTS
from tests.faults.stage import Play, Prepared, Stage, stage
from tests.faults.workers import Spawner, spawner
from tests.fixtures.fault_relay import FaultRelay, fault_relay
from tests.fixtures.postgres import PostgresServer
from tests.fixtures.seeds import SEED

SetStage = Callable[..., AbstractContextManager[Stage]]


ON_EACH_SORT = ("test_again_and_again", "test_draining_loses_and_repeats_nothing")
"""Tried on both databases in the short form too; of the rest each on one of them, chosen by chance."""

HALF_OF_THEM = (
    "test_a_fault_of_the_relay",
    "test_at_a_named_point",
    "test_killed_while_the_relay_stalls",
    "test_while_freezing",
    "test_while_taking_over",
)
"""Many cases of one thing: the short form tries half of them, chosen by chance as well."""

ONLY_IN_FULL = (
    "test_a_killed_newsletter_is_repeated_once_at_most",
    "test_a_machine_that_dies_is_replaced_within_its_lease",
    "test_a_machine_told_to_stop_leaves_nothing_in_doubt",
    "test_a_run_that_is_ended_drains",
)
"""Take their time and differ little from another."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out of the short form half of what is there for each database."""
    there = {item.nodeid for item in items}
    left_out = [] if FULL else [item for item in items if _is_left_out(item, there)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def _is_left_out(item: pytest.Item, there: Set[str]) -> bool:
    """The same in every process of a run: it hangs on the seed and the test's name alone."""
    if item.path.parent != Path(__file__).parent or not isinstance(item, pytest.Function):
        return False
    given = item.callspec.params if hasattr(item, "callspec") else {}
    sort = given.get("sort") or given.get("database_url")
    if item.originalname in ONLY_IN_FULL:
        return True
    if item.originalname in ON_EACH_SORT or sort not in BOTH:
        return False
    halves = [item.nodeid.replace(sort, each) for each in BOTH]
    if item.originalname in HALF_OF_THEM and Random(f"{SEED} half of {halves}").choice((True, False)):
        return True
    return set(halves) <= there and Random(f"{SEED} {halves}").choice(BOTH) != sort


@pytest.fixture(params=SORTS)
def sort(request: pytest.FixtureRequest) -> str:
    """Each sort of database."""
    found: str = request.param
    return found


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> Random:
    """Chance of one's own, the same again for the same seed."""
    print(f"seed {SEED}")
    return Random(f"{SEED} {request.node.name}")


@pytest.fixture(scope="session")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library between the workers and the world, built for this run."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.fail("The C compiler cc is missing. Run 'make test', or: apt-get install gcc libc6-dev", pytrace=False)
    source, library = Path(__file__).with_name("edge.c"), tmp_path_factory.mktemp("edge") / "edge.so"
    library.parent.chmod(0o755)
    flags = ["-std=gnu11", "-O2", "-Wall", "-Werror", "-shared", "-fPIC"]
    subprocess.run([compiler, *flags, "-o", str(library), str(source), "-ldl"], check=True)
    return library


@pytest.fixture(scope="session")
def workers(edge: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spawner]:
    """Forks workers of the product as it is."""
    with spawner(tmp_path_factory.mktemp("workers"), edge) as running:
        yield running


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Callable[[], PostgresServer]:
    """The private PostgreSQL, started when first asked for: the SQLite half needs none."""
    return lambda: request.getfixturevalue("postgres_server")


@pytest.fixture(scope="session")
def prepared(
    workers: Spawner, tmp_path_factory: pytest.TempPathFactory, server: Callable[[], PostgresServer]
) -> Prepared:
    """Databases prepared by the product as it is."""
    return Prepared(tmp_path_factory.mktemp("prepared"), workers, server)


@pytest.fixture(scope="session")
def shared_relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultRelay]:
    """The relay of all stages, one after the other."""
    with fault_relay(tmp_path_factory.mktemp("relay") / "journal") as running:
        yield running


@pytest.fixture(scope="session")
def other_relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultRelay]:
    """A second one, for a worker whose messages must be told apart."""
    with fault_relay(tmp_path_factory.mktemp("other-relay") / "journal") as running:
        yield running


@pytest.fixture
def set_stage(workers: Spawner, prepared: Prepared, shared_relay: FaultRelay, sort: str, tmp_path: Path) -> SetStage:
    """Sets the stage for a play on the database at hand."""

    def setting(play: Play, relay: FaultRelay | None = None) -> AbstractContextManager[Stage]:
        folder = tmp_path / f"stage-{len(list(tmp_path.iterdir()))}"
        return stage(prepared, workers, relay or shared_relay, sort, play, folder)

    return setting
