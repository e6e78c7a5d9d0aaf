"""What people call an occurrence: `Tisková zpráva, prosinec 2026`."""

from __future__ import annotations

import re
from datetime import date

from babel.dates import get_month_names

from worker.drafting.typography import keep_together
from worker.kinds import kind_name
from worker.messages import language, say
from worker.plan.model import Activity, Occurrence

LONGEST = 70


def title(activity: Activity, occurrence: Occurrence) -> str:
    """The main kind's name, or the row's own words where nothing is drafted, with the period spelt out.

    Typeset, for a title ends up in mails and pages, where `2.` must not part from its `pololetí`.
    """
    name = kind_name(occurrence.kinds[0]) if occurrence.kinds else shortened(activity.as_written.activity)
    return keep_together(f"{name[:1].upper()}{name[1:]}, {spelt_out(occurrence.period)}")


def spelt_out(period: str) -> str:
    """`2026-12` → `prosinec 2026`, `2026-H2` → `2. pololetí 2026`, and so on; a number after the dot in brackets."""
    label, _, number = period.partition(".")
    return _spelt_out(label) + (f" ({number}.)" if number else "")


def shortened(words: str, longest: int = LONGEST) -> str:
    """A row's own words without what they add in brackets, cut at a word when they have over `longest` characters."""
    short = words.split(" (")[0].strip()
    return short if len(short) <= longest else short[: longest - 1].rsplit(" ", 1)[0] + "…"


def _spelt_out(label: str) -> str:
    if match := re.fullmatch(r"(\d{4})-([HQW])(\d+)", label):
        year, unit, number = match.groups()
        return say(
            {"H": "planning.half", "Q": "planning.quarter", "W": "planning.week"}[unit], number=number, year=year
        )
    if match := re.fullmatch(r"(\d{4})-(\d{2})", label):
        return f"{get_month_names('wide', 'stand-alone', language())[int(match[2])]} {match[1]}"
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", label):
        day = date.fromisoformat(label)
        return f"{day.day}. {day.month}. {day.year}"
    return say("planning.year", year=label)
