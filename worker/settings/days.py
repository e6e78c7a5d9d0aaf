"""A day as people write it into a configuration file: `2026-10-09` or `9. 10. 2026`."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator

from worker.messages import say
from worker.positions import shortened

_DAY = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)|(?P<cday>\d{1,2})\. ?(?P<cmonth>\d{1,2})\. ?(?P<cyear>\d{4})"
)


def day_of(written: object) -> date:
    """The day; ValueError with a sentence for people when it is none."""
    found = _DAY.fullmatch(" ".join(written.split())) if isinstance(written, str) else None
    if found is None:
        raise ValueError(say("elections.bad_day", value=shortened(str(written))))
    numbers = [found[name] or found[f"c{name}"] for name in ("year", "month", "day")]
    try:
        return date(*map(int, numbers))
    except ValueError:
        raise ValueError(say("elections.no_such_day", value=shortened(str(written)))) from None


Day = Annotated[date, BeforeValidator(day_of)]
