"""What one run came to, and what several rounds of runs come to together."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """One run: messages accepted, seconds of wall time, CPU seconds of the client, the database server and the sink.

    `memory` is MiB of the client at most. The client's start is in none of them, save for smtp-source, which starts in
    milliseconds.
    """

    messages: int
    seconds: float
    cpu: float
    server: float = 0.0
    sink: float = 0.0
    memory: float = 0.0

    @property
    def rate(self) -> float:
        """Messages per second."""
        return self.messages / self.seconds

    @property
    def micros(self) -> float:
        """Microseconds of wall time per message."""
        return 1e6 * self.seconds / self.messages


@dataclass(frozen=True)
class Spread:
    """Several values: the least, the median and the most."""

    least: float
    median: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        return cls(min(values), statistics.median(values), max(values))

    def rounded(self) -> dict[str, float]:
        """As a result keeps it."""
        return {"least": round(self.least, 4), "median": round(self.median, 4), "most": round(self.most, 4)}


def ratios(ours: Sequence[float], others: Sequence[float]) -> Spread:
    """How many times as much as the other's, round by round: what slows a whole round down cancels out."""
    return Spread.of([own / other for own, other in zip(ours, others, strict=True)])


def summary(runs: Sequence[Measured]) -> dict[str, object]:
    """The runs of one contestant as the result keeps them: rates, µs of CPU per message, the sink's share of a core."""
    return {
        "messages": runs[0].messages,
        "rate": Spread.of([run.rate for run in runs]).rounded(),
        "client_micros": Spread.of([1e6 * run.cpu / run.messages for run in runs]).rounded(),
        "server_micros": Spread.of([1e6 * run.server / run.messages for run in runs]).rounded(),
        "sink_share": Spread.of([run.sink / run.seconds for run in runs]).rounded(),
        "memory": round(max(run.memory for run in runs), 1),
    }
