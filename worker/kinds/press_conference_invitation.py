"""The invitation of newsrooms to a press conference (000:395-397)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from worker.kinds.base import Kind
from worker.kinds.checks import badly_dated
from worker.kinds.parts import Field, Finding, Material


class PressConferenceInvitation(Kind):
    """Mailed to newsrooms with an entry for their calendars; what is said there and by whom only a person knows.

    The plan asks for a topic worth coming for, and for time to work it up afterwards (000:396).
    """

    id = "press-conference-invitation"
    label_key = "occasions.kind_press_conference_invitation"
    channel = "email"
    public = True
    sources = ("occasion",)
    templates = "email/press-conference-invitation"
    attached = ("ics",)
    max_lateness = timedelta(hours=4)
    fields = (
        Field("headline", "occasions.field_topic", multiline=False),
        Field("date", "occasions.field_date", multiline=False, form="date"),
        Field("time", "occasions.field_time", multiline=False, form="time"),
        Field("place", "occasions.field_place", multiline=False),
        Field("reason", "occasions.field_reason", markdown=True),
        Field("speakers", "occasions.field_speakers", markdown=True),
        Field("practical", "occasions.field_practical", markdown=True, required=False),
        Field("contact", "drafting.field_contact"),
    )

    def advise(self, fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
        """A day that is over when it arrives, or on which newsrooms are thinly staffed."""
        yield from badly_dated(fields, material, "date")
