"""The invitation to a public meeting, a round table, a workshop (000:564-568; 004 "úvodní veřejné projednání")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from worker.kinds.base import Kind
from worker.kinds.checks import badly_dated
from worker.kinds.parts import TRANSLATION_FIELD, Field, Finding, Material
from worker.messages import say


class Invitation(Kind):
    """Mailed to a list with an entry for calendars; name, topic, day and hour come from the meeting's own row."""

    id = "invitation"
    label_key = "occasions.kind_invitation"
    channel = "email"
    public = True
    sources = ("occasion", "translation")
    templates = "email/invitation"
    attached = ("ics",)
    max_lateness = timedelta(hours=24)
    resend_after_crash = True
    fields = (
        Field("headline", "occasions.field_event", multiline=False),
        Field("date", "occasions.field_date", multiline=False, form="date"),
        Field("time", "occasions.field_time", multiline=False, form="time"),
        Field("end", "occasions.field_end", multiline=False, required=False, form="time"),
        Field("place", "occasions.field_place", multiline=False),
        Field("intro", "drafting.field_intro", markdown=True),
        Field("programme", "occasions.field_programme", markdown=True),
        Field("access", "occasions.field_access", markdown=True, required=False),
        Field("registration", "occasions.field_registration", markdown=True, required=False),
        TRANSLATION_FIELD,
        Field("contact", "drafting.field_contact"),
    )

    def advise(self, fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
        """A meeting that is over or on a day off, and nothing said to those who need help to get in."""
        yield from badly_dated(fields, material, "date")
        if fields and not fields.get("access", "").strip():
            yield Finding("warning", "no-access", say("occasions.no_access"))
