"""A million recipients against ten thousand: time per message and memory must not grow with the audience."""

from __future__ import annotations

import statistics

from bench.measured import Spread, summary
from bench.rounds import tell
from bench.senders import Hlasatel
from bench.stores import Store
from bench.workshop import Workshop

AROUND = 3
"""Runs of the small one before the large one and again after it, so that a machine that changes pace is seen."""


def measure(shop: Workshop, store: Store, people: int, small: int, around: int = AROUND) -> dict[str, object]:
    """One run with `people` recipients among runs with `small`; ratios against each of those."""
    little, large = Hlasatel(shop, store, small), Hlasatel(shop, store, people)
    few = [little.run() for _ in range(around)]
    tell(f"sending to {people} on {store.name}")
    many = large.run()
    few += [little.run() for _ in range(around)]
    return {
        "small": summary(few),
        "large": summary([many]),
        "time": Spread.of([many.micros / run.micros for run in few]).rounded(),
        "memory": round(many.memory / statistics.median(run.memory for run in few), 3),
    }
