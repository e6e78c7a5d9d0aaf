"""How jobs take turns in a round: nobody waits long, nobody is asked in vain, one that fails stops no other."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.store.desk import at_work
from worker.errors import HlasatelError
from worker.jobs import Job, Shift, take_turns
from worker.office import Office


class Work(Job):
    """Changes no row; has so much to do, and writes down each time it is asked."""

    def __init__(self, name: str, steps: int, asked: list[str], *, turn: int = 5, fails_at: int | None = None) -> None:
        self.name, self.left, self.asked, self.fails_at = name, steps, asked, fails_at
        self.turn = turn  # type: ignore[misc]

    def do_one(self, shift: Shift, now: datetime) -> bool:
        self.asked.append(self.name)
        if self.left == self.fails_at:
            raise HlasatelError(self.name)
        self.left -= 1
        return self.left >= 0


def test_a_long_one_lets_the_others_have_their_turn(office: Office) -> None:
    asked: list[str] = []
    with at_work(office) as shift:
        assert take_turns([Work("long", 7, asked, turn=3), Work("short", 2, asked)], shift) == 9
    assert "".join(name[0] for name in asked) == "lllssslllslls"


def test_who_found_nothing_is_asked_again_only_after_somebody_did_something(office: Office) -> None:
    asked: list[str] = []
    with at_work(office) as shift:
        assert take_turns([Work("a", 0, asked), Work("b", 1, asked), Work("c", 0, asked)], shift) == 1
    assert "".join(asked) == "abbca"


def test_one_that_fails_is_left_out_and_told_at_the_end(office: Office) -> None:
    asked: list[str] = []
    broken, other = Work("broken", 3, asked, fails_at=2), Work("other", 4, asked, turn=1)
    with at_work(office) as shift, pytest.raises(HlasatelError, match="broken"):
        take_turns([broken, other], shift)
    assert asked.count("broken") == 2
    assert other.left < 0


def test_nobody_begins_once_the_shift_is_to_stop(office: Office) -> None:
    asked: list[str] = []
    with at_work(office) as shift:
        shift.stopping.set()
        assert take_turns([Work("a", 3, asked)], shift) == 0
    assert asked == []
