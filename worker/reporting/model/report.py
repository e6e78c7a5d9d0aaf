"""The whole report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from worker.plan.model import Window
from worker.reporting import in_json
from worker.reporting.model.accounted import Account, ActivityAccount, Outcome
from worker.reporting.model.counted import Article, By, Count, Indicator
from worker.times import rfc3339


@dataclass(frozen=True)
class Report:
    """The account of a span of the plan."""

    span: Window
    made_at: datetime
    organisation: str
    plan_title: str
    plan_place: str
    plan_window: Window
    plan_digest: str
    started_on: date | None
    """The first start: what was over by then is unrecorded until a person notes it. None before it."""
    activities: tuple[ActivityAccount, ...]
    counts: tuple[Count, ...]
    indicators: tuple[Indicator, ...]
    articles: tuple[Article, ...]
    not_known: tuple[str, ...]
    """What this report does not know, in sentences."""

    def occurrences(self) -> tuple[Account, ...]:
        return tuple(each for activity in self.activities for each in activity.occurrences)

    def totals(self) -> dict[Outcome, int]:
        """Every outcome with its number, also those that nothing came to."""
        found = dict.fromkeys(Outcome, 0)
        for each in self.occurrences():
            found[each.outcome] += 1
        return found

    def counts_by(self, by: By) -> tuple[Count, ...]:
        return tuple(each for each in self.counts if each.by is by)

    @property
    def year(self) -> int | None:
        """The year, where the span is exactly one."""
        year = self.span.start.year
        return year if self.span == Window(date(year, 1, 1), date(year, 12, 31)) else None

    def as_json(self) -> dict[str, Any]:
        """The published form: `report --format json`."""
        return {
            "span": in_json.span(self.span), "year": self.year, "made_at": rfc3339(self.made_at),
            "organisation": self.organisation,
            "plan": {
                "title": self.plan_title, "place": self.plan_place, "window": in_json.span(self.plan_window),
                "digest": self.plan_digest,
            },
            "started_on": in_json.day(self.started_on),
            "totals": {outcome.value: number for outcome, number in self.totals().items()},
            "activities": [each.as_json() for each in self.activities],
            "counts": [each.as_json() for each in self.counts],
            "indicators": [each.as_json() for each in self.indicators],
            "articles": [each.as_json() for each in self.articles],
            "not_known": list(self.not_known),
        }  # fmt: skip
