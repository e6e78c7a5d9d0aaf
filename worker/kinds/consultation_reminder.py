"""The reminder of a call to comment, a few days before its end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from worker.kinds.base import Kind
from worker.kinds.checks import badly_dated
from worker.kinds.parts import Field, Finding, Material


class ConsultationReminder(Kind):
    """Takes its facts from the call that its day is counted from."""

    id = "consultation-reminder"
    label_key = "inquiries.kind_consultation_reminder"
    channel = "email"
    sources = ("occasion",)
    templates = "email/consultation-reminder"
    max_lateness = timedelta(hours=24)
    fields = (
        Field("headline", "drafting.field_headline", multiline=False),
        Field("link", "inquiries.field_document_link", multiline=False, form="url"),
        Field("until", "inquiries.field_until", multiline=False, form="date"),
        Field("how", "inquiries.field_how", markdown=True),
        Field("contact", "drafting.field_contact"),
    )

    def advise(self, fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
        """A last day that is over when the reminder arrives."""
        yield from badly_dated(fields, material, "until")
