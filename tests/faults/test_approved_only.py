"""What goes out is what was approved, and to nobody who has left."""

from __future__ import annotations

from random import Random

from tests.faults import scenarios
from tests.faults.checks import check
from tests.faults.conftest import SetStage
from tests.faults.extent import runs
from tests.faults.stage import Play


def test_nothing_goes_out_that_was_changed_after_its_approval(set_stage: SetStage) -> None:
    with set_stage(Play(60, "press-release")) as stage:
        scenarios.tampered_with(stage)


def test_whoever_leaves_gets_no_message_begun_later(set_stage: SetStage, chance: Random) -> None:
    people = runs(10, 60)
    with set_stage(Play(people * 30)) as stage:
        scenarios.left(stage, chance, people)


def test_nobody_is_in_an_audience_twice(set_stage: SetStage) -> None:
    with set_stage(Play(30, "press-release", ("media", "obce"))) as stage:
        scenarios.frozen(stage)
        stage.finish()
        assert check(stage)["sent"] == 30
