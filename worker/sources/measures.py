"""The strategy's measures counted from their rows, never from a printed summary.

The monitoring report's own summary gives 111 for 109 measures (003:53); its tables give 109, so the tables count.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from worker.settings import Measure, load_areas, load_measures, load_strategy
from worker.sources.base import JSON, Source, SourceContext
from worker.times import local_day

_NAMES = {
    "splněno": "splněno",
    "plněno": "plněno",
    "částečně": "částečně plněno",
    "neplněno": "neplněno",
}
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")


class Measures(Source):
    """Counts by area, by status and by the year a measure is due in, with the date of the state and its source.

    `state_from` and `state` are the oldest and the newest date of a status. `due` has one entry per year that a printed
    deadline names (the last one, when it names several); measures without a year are in none. An office without
    measures (`measures.csv` holds its header alone) has a `total` of 0, no dates, and in `reason` the message key that
    says so.

    `changes` tells what is so since the activity's previous occurrence that went out: null at its first one, and after
    one that was drafted before the state of each measure was kept (`states`).
    """

    id = "measures"

    def gather(self, context: SourceContext) -> JSON:
        """InvalidFiles when `measures.csv`, its areas or `settings.toml` cannot be read."""
        strategy = load_strategy(context.config_dir)
        measures = load_measures(context.config_dir)
        areas = load_areas(context.config_dir)
        dates = sorted(measure.status_date for measure in measures)
        oldest, newest = (dates[0], dates[-1]) if dates else (None, None)
        return {
            "strategy": strategy.name,
            "report": strategy.report,
            "state_from": oldest.isoformat() if oldest else None,
            "state": newest.isoformat() if newest else None,
            "older_than_a_year": oldest is not None and _years_before(local_day(context.now)) > oldest,
            "total": len(measures),
            "reason": None if measures else "drafting.no_measures",
            "statuses": list(_NAMES.values()),
            "counts": _counts(measures),
            "areas": [
                {"number": number, "name": name, "total": len(own), "counts": _counts(own)}
                for number, name in areas.items()
                if (own := [measure for measure in measures if measure.area == number])
            ],
            "due": {
                year: {"total": len(own), "counts": _counts(own)}
                for year in sorted({due_year(measure.deadline) for measure in measures} - {""})
                if (own := [measure for measure in measures if due_year(measure.deadline) == year])
            },
            "states": _states(measures),
            "changes": _changes(measures, context.measures_before()),
        }


def _states(measures: Iterable[Measure]) -> dict[str, str]:
    """`I/6` → its status, of every measure."""
    return {measure.id: _NAMES[measure.status] for measure in measures}


def _changes(measures: Sequence[Measure], before: JSON | None) -> JSON | None:
    """`since` and `since_from` are the dates of the former state. `items` are the measures with another status now, in
    the order of the rows; `again` counts those evaluated since with the same one.
    """
    known = (before or {}).get("states")
    if not before or not known or not measures:
        return None
    now = _states(measures)
    return {
        "since_from": before["state_from"],
        "since": before["state"],
        "items": [
            {
                "measure": measure.id,
                "text": measure.text.rstrip(";, "),
                "before": known[measure.id],
                "now": now[measure.id],
                "day": measure.status_date.isoformat(),
            }
            for measure in measures
            if known.get(measure.id, now[measure.id]) != now[measure.id]
        ],
        "again": sum(
            known.get(measure.id) == now[measure.id] and measure.status_date.isoformat() > before["state"]
            for measure in measures
        ),
        "new": len(now.keys() - known.keys()),
        "gone": len(known.keys() - now.keys()),
    }


def _counts(measures: Iterable[Measure]) -> dict[str, int]:
    found = Counter(measure.status for measure in measures)
    return {name: found[status] for status, name in _NAMES.items()}


def due_year(deadline: str) -> str:
    """The last year that a printed deadline names, or nothing: `průběžně do 12 / 2027` gives `2027`."""
    years = _YEAR.findall(deadline)
    return max(years) if years else ""


def _years_before(day: date) -> date:
    """The same day a year earlier, 28 February for a leap day."""
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28)
    return day.replace(year=day.year - 1)
