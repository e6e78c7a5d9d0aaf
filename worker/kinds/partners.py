"""What an approver should know of the section "Z webů partnerů", whose words come from outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from worker.kinds.parts import Finding, Material
from worker.messages import say


def partners_news(fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
    """Feeds that could not be read, and news that may not be what they look like."""
    found = material["sources"].get("feeds", {})
    silent = [_with_day(each) for each in found.get("silent", ())]
    if silent and found.get("reason") != "feeds.none_read":
        yield Finding("warning", "feeds-silent", say("feeds.finding_silent", sources=", ".join(silent)))
    if not fields.get("partners", "").strip():
        return
    for item in found.get("items", ()):
        for doubt in item["doubts"]:
            message = say(f"feeds.finding_{doubt}", title=item["title"], source=item["source"])
            yield Finding("warning", f"feeds-{doubt}-{item['id']}", message)


def _with_day(silent: Mapping[str, str]) -> str:
    """The feed's name with the day it was last read."""
    if not silent["day"]:
        return str(silent["source"])
    day = date.fromisoformat(silent["day"])
    return say("feeds.last_read", source=silent["source"], day=f"{day.day}. {day.month}. {day.year}")
