"""kill -9: again and again, at every named point, at every crossing of the edge to disk and network, while freezing."""

from __future__ import annotations

from random import Random

import pytest

from tests.faults import scenarios
from tests.faults.conftest import SetStage
from tests.faults.extent import FULL, runs
from tests.faults.orders import HALF, KILL, RECEIVE, REMOVE, SEND, SYNC, WRITE, Edge
from tests.faults.points import FREEZING, POINTS, TAKING_OVER
from tests.faults.stage import Play

KINDS = ("newsletter", "press-release")
EVERYTHING = WRITE | SYNC | REMOVE | SEND | RECEIVE


@pytest.mark.parametrize("kind", KINDS)
def test_again_and_again(set_stage: SetStage, kind: str, chance: Random) -> None:
    kills = runs(5, 100)
    with set_stage(Play(runs(600, 10_000), kind)) as stage:
        assert scenarios.killed_again_and_again(stage, chance, kills) >= kills * 0.9


@pytest.mark.parametrize("point", sorted(POINTS))
def test_at_a_named_point(set_stage: SetStage, point: str, chance: Random) -> None:
    for kind in KINDS if FULL else [chance.choice(KINDS)]:
        for passing in (1, 2, 5)[: runs(1, 3)]:
            with set_stage(Play(60, kind)) as stage:
                scenarios.killed_at(stage, point, passing)


def test_at_any_crossing(set_stage: SetStage, chance: Random) -> None:
    """Chosen by chance among all there are, half of the kills half through what crosses."""
    with set_stage(Play(20, "newsletter")) as stage:
        number = scenarios.crossings(stage, EVERYTHING)
    for at in sorted(chance.sample(range(number), runs(6, 150))):
        with set_stage(Play(20, chance.choice(KINDS))) as stage:
            scenarios.killed_crossing(stage, Edge(EVERYTHING, at, chance.choice((KILL, HALF))))


@pytest.mark.parametrize("point", sorted(TAKING_OVER))
def test_while_taking_over(set_stage: SetStage, point: str, chance: Random) -> None:
    for kind in KINDS if FULL else [chance.choice(KINDS)]:
        with set_stage(Play(80, kind)) as stage:
            scenarios.killed_taking_over(stage, point)


@pytest.mark.parametrize("point", sorted(FREEZING))
def test_while_freezing(set_stage: SetStage, point: str) -> None:
    with set_stage(Play(30, "press-release", ("media", "media-regionalni"), task="approve")) as stage:
        scenarios.frozen_twice(stage, point)
