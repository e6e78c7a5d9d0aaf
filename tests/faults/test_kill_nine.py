"""kill -9 again and again in one mailing: nobody is lost, nobody gets three, and the database stays whole."""

from __future__ import annotations

import time
from random import Random

import pytest

from tests.faults.checks import check
from tests.faults.conftest import SetStage, runs
from tests.faults.stage import Play, Stage
from tests.fixtures.fault_rules import Rule

SLOW = (Rule("dot", after=0.01, every=3), Rule("dot", before=0.01, every=7))
"""Where a kill leaves most doubt: between taking a message and saying so."""
CONNECTIONS = 1


def _kill_again_and_again(stage: Stage, kills: int, chance: Random) -> int:
    """Kill `kills` workers at moments spread over the mailing; how many were killed before everything was done."""
    done = 0
    for turn in range(kills):
        worker = stage.start()
        goal = stage.play.people * (turn + 1) // (kills + 1)
        stage.grown_to(goal + chance.randrange(5), worker)
        time.sleep(chance.random() * 0.01)
        done += worker.kill() == -9
    return done


@pytest.mark.parametrize("kind", ["newsletter", "press-release"])
def test_nobody_is_lost(set_stage: SetStage, kind: str, chance: Random) -> None:
    kills = runs(6, 100)
    with set_stage(Play(runs(600, 10_000), kind)) as stage:
        stage.relay.obey(*SLOW)
        killed = _kill_again_and_again(stage, kills, chance)
        stage.relay.obey()
        stage.finish()
        states = check(stage, extra=killed * CONNECTIONS)
    assert killed >= kills * 0.9
    assert states["sent"] + states["unknown"] == stage.play.people
