"""Days, instants and spans as the published JSON has them."""

from __future__ import annotations

from datetime import date, datetime

from worker.plan.model import Window
from worker.times import rfc3339


def day(day: date | None) -> str | None:
    """`2026-12-08`."""
    return day.isoformat() if day is not None else None


def instant(at: datetime | None) -> str | None:
    """RFC 3339 in Prague time."""
    return rfc3339(at) if at is not None else None


def span(window: Window) -> dict[str, str]:
    """Both days are included."""
    return {"from": window.start.isoformat(), "to": window.end.isoformat()}
