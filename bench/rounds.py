"""Rounds: every contestant once in each, one after the other, so that what slows the machine slows them all alike."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Mapping

from bench.measured import Measured

SEED = 5


def play(contestants: Mapping[str, Callable[[], Measured]], rounds: int) -> dict[str, list[Measured]]:
    """The runs by contestant, round by round. Their order is drawn anew for every round, the same on each machine."""
    order, draw = list(contestants), random.Random(SEED)
    runs: dict[str, list[Measured]] = {name: [] for name in contestants}
    for number in range(1, rounds + 1):
        draw.shuffle(order)
        for name in order:
            run = contestants[name]()
            runs[name].append(run)
            tell(f"round {number}/{rounds}  {name:<28} {run.rate:8.0f} msg/s  {1e6 * run.cpu / run.messages:6.0f} µs")
    return runs


def tell(line: str) -> None:
    """Progress, on stderr."""
    print(line, file=sys.stderr, flush=True)
