"""What both feeds say of an entry."""

from __future__ import annotations

from datetime import UTC, datetime

from worker.archive.items import Item
from worker.kinds import kind_name
from worker.messages import say
from worker.topics import topic_name

MOST_ENTRIES = 50


def title(item: Item) -> str:
    """Its title, marked when it was corrected or withdrawn."""
    if item.withdrawn is not None:
        return say("archive.withdrawn_title", title=item.title)
    return say("archive.corrected_title", title=item.title) if item.corrected_by else item.title


def summary(item: Item) -> str:
    """Its perex, or its title where it has none; of what was withdrawn why. Never empty."""
    if item.withdrawn is not None:
        return str(item.withdrawn.reason)
    return str(item.drafts[0].perex).strip() or title(item)


def tags(item: Item) -> list[tuple[str, str]]:
    """What it is and what it is about: (id, words)."""
    return [(each, kind_name(each)) for each in item.kinds] + [(each, topic_name(each)) for each in item.topics]


def instant(value: datetime) -> str:
    """RFC 3339 in UTC, to the second."""
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
