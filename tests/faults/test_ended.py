"""SIGTERM, a second worker, and a worker that was stopped, lost its lock and is continued."""

from __future__ import annotations

from random import Random

import pytest

from tests.faults import scenarios
from tests.faults.checks import check
from tests.faults.conftest import SetStage
from tests.faults.extent import runs
from tests.faults.orders import LOCKED
from tests.faults.stage import CONNECTIONS, Play
from tests.fixtures.fault_relay import FaultRelay
from tests.fixtures.fault_rules import Rule

KINDS = ("newsletter", "press-release")
OUTSIDE_TRANSACTIONS = ("envelopes begun", "before the commit", "committed", "before a dot", "after a dot")


@pytest.mark.parametrize("kind", KINDS)
def test_draining_loses_and_repeats_nothing(set_stage: SetStage, kind: str, chance: Random) -> None:
    terms = runs(2, 25)
    with set_stage(Play(terms * 150, kind)) as stage:
        scenarios.drained(stage, chance, terms)


def test_a_second_worker_is_told_of_the_first(set_stage: SetStage) -> None:
    with set_stage(Play(300, "press-release")) as stage:
        stage.relay.obey(Rule("dot", after=0.1))
        first = stage.start()
        stage.grown_to(20, first)
        second = stage.start()
        assert second.wait(10) == LOCKED, second.told()
        first.kill()
        stage.relay.obey()
        stage.finish()
        check(stage, extra=CONNECTIONS)


@pytest.mark.parametrize("point", OUTSIDE_TRANSACTIONS)
def test_a_worker_that_was_overtaken_sends_no_more(
    set_stage: SetStage, other_relay: FaultRelay, point: str, chance: Random
) -> None:
    for kind in (KINDS, [chance.choice(KINDS)])[runs(1, 0)]:
        with set_stage(Play(400, kind)) as stage:
            scenarios.overtaken(stage, other_relay, point)
