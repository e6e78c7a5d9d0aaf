"""Clocks that jump, and a worker that sleeps past its lease."""

from __future__ import annotations

import time
from datetime import timedelta
from random import Random

import pytest

from tests.faults import scenarios
from tests.faults.checks import check
from tests.faults.conftest import SetStage
from tests.faults.orders import DONE
from tests.faults.stage import CONNECTIONS, Play
from tests.fixtures.fault_rules import Rule

JUMPS = {
    "back by a year": (timedelta(days=-365),),
    "ahead by two days": (timedelta(days=2),),
    "to and fro": (
        timedelta(hours=3),
        timedelta(days=-40),
        timedelta(minutes=-1),
        timedelta(days=3),
        timedelta(days=-2),
    ),
}


@pytest.mark.parametrize("name", sorted(JUMPS))
def test_a_clock_that_jumps(set_stage: SetStage, name: str) -> None:
    """While some are put off: nobody waits longer for it than for any retry, nobody is given up, nobody gets two."""
    with set_stage(Play(200)) as stage:
        stage.relay.obey(
            Rule("rcpt", "450 4.2.0 greylisted", recipient="*[02468]@*", once_each=True),
            Rule("dot", after=0.01, every=2),
        )
        worker = stage.start()
        for by in JUMPS[name]:
            stage.grown_to(stage.relay.count() + 15, worker)
            stage.clock.jump(by)
            time.sleep(0.05)
        assert worker.wait(60) == DONE, worker.told()
        assert check(stage, extra=0, unknown=0)["sent"] == 200


@pytest.mark.parametrize("name", sorted(JUMPS))
def test_a_clock_that_stands_elsewhere_after_a_kill(set_stage: SetStage, name: str, chance: Random) -> None:
    with set_stage(Play(200)) as stage:
        stage.relay.obey(Rule("dot", after=0.05, every=2))
        for turn, by in enumerate(JUMPS[name]):
            worker = stage.start()
            stage.grown_to(30 * turn + chance.randrange(1, 20), worker)
            worker.kill()
            stage.clock.jump(by)
        stage.relay.obey()
        stage.finish()
        check(stage, extra=len(JUMPS[name]) * CONNECTIONS)


@pytest.mark.parametrize("kind", ["newsletter", "press-release"])
def test_a_sleeper_sends_nothing_that_was_granted_before(set_stage: SetStage, kind: str) -> None:
    with set_stage(Play(150, kind)) as stage:
        scenarios.slept(stage)
