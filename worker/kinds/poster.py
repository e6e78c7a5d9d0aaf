"""The poster for places that people pass: schools, waiting rooms, homes for the elderly (000:340-350)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from worker.kinds.base import Kind
from worker.kinds.checks import badly_dated
from worker.kinds.parts import Field, Finding, Material
from worker.messages import say

LONGEST = {"headline": 70, "lead": 200}
"""Characters that fit the sheet in type that is read from two metres, as `poster.html` sets it; our measure."""


class Poster(Kind):
    """Two sheets, A4 and A3, in large type, with a QR code where there is more to read; printed and hung by people."""

    id = "poster"
    label_key = "occasions.kind_poster"
    channel = "handoff"
    handed_for = "hang"
    has_html = False
    public = True
    sources = ("occasion",)
    templates = "handoff/poster"
    forms = ("poster-a4", "poster-a3")
    max_lateness = timedelta(hours=24)
    fields = (
        Field("headline", "occasions.field_event", multiline=False),
        Field("lead", "occasions.field_lead"),
        Field("date", "occasions.field_date", multiline=False, form="date"),
        Field("time", "occasions.field_time", multiline=False, form="time"),
        Field("place", "occasions.field_place", multiline=False),
        Field("link", "occasions.field_link", multiline=False, required=False, form="url"),
        Field("contact", "drafting.field_contact"),
    )

    def advise(self, fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
        """What would not fit in large type, and a day that is over when it hangs."""
        for field in self.fields:
            length = len(fields.get(field.id, ""))
            if length > LONGEST.get(field.id, length):
                values = {"part": say(field.label_key), "length": length, "limit": LONGEST[field.id]}
                yield Finding("warning", f"too-long-{field.id}", say("occasions.too_long_for_poster", **values))
        yield from badly_dated(fields, material, "date")
