"""A serial on Facebook: one text in numbered parts, each with its own day (001:401, 414 "několikadílný seriál")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from worker.kinds.base import Kind
from worker.kinds.parts import Field, Finding, Material, Post
from worker.messages import say

SHOWN_AT_ONCE = 477  # characters; Facebook hides the rest of a post behind "Zobrazit více"
MOST_DAYS = 30
BETWEEN = "\n---\n"
"""What parts two parts; `body.txt` parts them by the same."""


class FacebookSerial(Kind):
    """Handed off as a whole with the day of each part, or posted part by part: the first on the send day, the others so
    many days apart.

    The city's strategy wants one or two posts a week (001:401), so three days lie between two parts unless a person
    says otherwise; a part whose day is no working day waits for the next.
    """

    id = "facebook-serial"
    label_key = "occasions.kind_facebook_serial"
    channel = "handoff"
    handed_for = "serial"
    handed_to = "facebook"
    has_html = False
    sources = ()
    templates = "facebook/facebook-serial"
    max_lateness = timedelta(hours=24)
    fields = (
        Field("headline", "occasions.field_serial", multiline=False),
        Field("parts", "occasions.field_parts"),
        Field("apart", "occasions.field_apart", multiline=False),
        Field("closing", "occasions.field_closing", required=False),
    )

    def advise(self, fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
        """A serial of one, parts whose end most readers will not see, and days apart that are no number."""
        parts = fields.get("parts", "").split(BETWEEN)
        if fields.get("parts", "").strip() and len(parts) == 1:
            yield Finding("warning", "one-part", say("occasions.one_part"))
        for number, part in enumerate(parts, start=1):
            length = len(part.strip())
            if length > SHOWN_AT_ONCE:
                values = {"number": number, "length": length, "limit": SHOWN_AT_ONCE}
                yield Finding("warning", f"long-part-{number}", say("occasions.long_part", **values))
        apart = fields.get("apart", "").strip()
        if apart and not 1 <= _days(apart) <= MOST_DAYS:
            yield Finding("error", "bad-apart", say("occasions.bad_apart", value=apart[:20], most=MOST_DAYS))

    def posts(self, fields: Mapping[str, str]) -> tuple[Post, ...]:
        """As `body.txt` lays them out."""
        parts = fields.get("parts", "").split(BETWEEN)
        apart = fields.get("apart", "").strip()
        days = min(_days(apart), MOST_DAYS)
        headline, closing = fields.get("headline", ""), fields.get("closing", "").strip()
        words = [
            (f"{headline} ({number}/{len(parts)})", part.strip(), closing) for number, part in enumerate(parts, start=1)
        ]
        return tuple(Post("\n\n".join(filter(None, each)), days=days * index) for index, each in enumerate(words))


def _days(apart: str) -> int:
    """The number that somebody typed; nought for what is none, or has more digits than anybody means."""
    return int(apart) if len(apart) < 10 and apart.isdecimal() else 0
