"""SIGTERM, a second worker, and a worker that was stopped, lost its lock and is continued."""

from __future__ import annotations

from random import Random

import pytest

from tests.faults import scenarios
from tests.faults.conftest import SetStage, runs
from tests.faults.orders import LOCKED
from tests.faults.stage import Play
from tests.fixtures.fault_rules import Rule

OUTSIDE_TRANSACTIONS = ("intent committed", "before the dot", "after the dot")


@pytest.mark.parametrize("kind", ["newsletter", "press-release"])
def test_draining_loses_and_repeats_nothing(set_stage: SetStage, kind: str, chance: Random) -> None:
    terms = runs(2, 25)
    with set_stage(Play(terms * 80, kind)) as stage:
        scenarios.drained(stage, chance, terms)


def test_a_second_worker_is_told_of_the_first(set_stage: SetStage) -> None:
    with set_stage(Play(80, "press-release")) as stage:
        stage.relay.obey(Rule("dot", after=0.05))
        first = stage.start()
        stage.grown_to(5, first)
        second = stage.start()
        assert second.wait(10) == LOCKED, second.told()
        first.kill()
        stage.finish()
        scenarios.check(stage, extra=scenarios.CONNECTIONS)


@pytest.mark.parametrize("point", OUTSIDE_TRANSACTIONS)
@pytest.mark.parametrize("kind", ["newsletter", "press-release"])
def test_a_worker_that_was_overtaken_sends_no_more(set_stage: SetStage, kind: str, point: str) -> None:
    with set_stage(Play(200, kind)) as stage:
        scenarios.overtaken(stage, point)
