"""What a number about the office is, before any format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Number:
    """One gauge: its name and unit as Prometheus wants them, and a value for every set of labels that has one.

    Labels are states, ids of the configuration and names of machines: never a recipient, an address or anybody's words.
    """

    name: str
    help: str
    labels: tuple[str, ...] = ()
    values: Mapping[tuple[str, ...], float] = field(default_factory=dict)


def one(name: str, help: str, value: float | bool | None) -> Number:
    """A number without labels; there is none where `value` is None."""
    return Number(name, help, (), {} if value is None else {(): float(value)})


def age(now: datetime, at: datetime | None) -> float | None:
    """Seconds since `at`; never negative, for a clock may have gone back. None for never."""
    return None if at is None else max((now - at).total_seconds(), 0.0)


def by(label: str, name: str, help: str, values: Mapping[str, float]) -> Number:
    """A number with one label: its value for each of the label's."""
    return Number(name, help, (label,), {(each,): float(value) for each, value in values.items()})
