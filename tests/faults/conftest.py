"""What the tests of faults share: how much of them is run, on which databases, and the workers to be killed.

FAULTS=full runs everything (`make test-faults`); otherwise a short form. DATABASE=sqlite or postgresql runs one half.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from random import Random

import pytest

from tests.faults.stage import Play, Prepared, Stage, stage
from tests.faults.workers import Spawner, spawner
from tests.fixtures.fault_relay import FaultRelay, fault_relay
from tests.fixtures.postgres import PostgresServer
from tests.fixtures.seeds import SEED

FULL = os.environ.get("FAULTS") == "full"
SORTS = [each for each in ("sqlite", "postgresql") if os.environ.get("DATABASE", each) == each]

SetStage = Callable[..., AbstractContextManager[Stage]]


def runs(short: int, full: int) -> int:
    """How often, or how many: the one in `make test`, the other in `make test-faults`."""
    return full if FULL else short


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
