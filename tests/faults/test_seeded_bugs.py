"""The harness itself is tested: each of the bugs seeded into a copy of the product is noticed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.faults.checks import Violation
from tests.faults.extent import FULL, SORTS
from tests.faults.seeded import BUGS, seed
from tests.faults.stage import Prepared, stage
from tests.faults.workers import spawner
from tests.fixtures.fault_relay import FaultRelay
from tests.fixtures.postgres import PostgresServer

SOON = {
    "in doubt taken for not sent",
    "nobody looks at the epoch",
    "nothing waits for the disk",
    "the dot before the commit",
    "what was approved is not compared",
}
"""One of each sort: these are tried in every run, the others in `make test-faults`."""


@pytest.mark.parametrize(
    "name", [pytest.param(each, marks=() if each in SOON else (pytest.mark.long,)) for each in sorted(BUGS)]
)
def test_a_seeded_bug_is_noticed(
    name: str,
    tmp_path: Path,
    edge: Path,
    shared_relay: FaultRelay,
    other_relay: FaultRelay,
    server: Callable[[], PostgresServer],
    chance: Random,
) -> None:
    bug = BUGS[name]
    seed(bug, tmp_path / "tree")
    sorts = [sort for sort in bug.sorts if sort in SORTS]
    with spawner(tmp_path, edge, tmp_path / "tree") as workers:
        prepared = Prepared(tmp_path, workers, server)
        for sort in sorts if FULL else sorts and [chance.choice(sorts)]:
            with stage(prepared, workers, shared_relay, sort, bug.play, tmp_path / sort) as standing:
                with pytest.raises(Violation) as noticed:
                    bug.scenario(standing, other_relay, chance)
                print(sort, noticed.value)
