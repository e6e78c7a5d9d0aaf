"""The call to comment on a document (002: "Výzva pro připomínkování byla zveřejněna …")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from worker.kinds.base import Kind
from worker.kinds.checks import badly_dated
from worker.kinds.parts import Field, Finding, Material


class ConsultationCall(Kind):
    """Says what is to be commented on, where it lies, until when and how, and what becomes of the comments."""

    id = "consultation-call"
    label_key = "inquiries.kind_consultation_call"
    channel = "email"
    public = True
    sources = ("occasion",)
    templates = "email/consultation-call"
    max_lateness = timedelta(hours=24)
    resend_after_crash = True
    fields = (
        Field("headline", "drafting.field_headline", multiline=False),
        Field("link", "inquiries.field_document_link", multiline=False, form="url"),
        Field("until", "inquiries.field_until", multiline=False, form="date"),
        Field("body", "inquiries.field_call", markdown=True),
        Field("how", "inquiries.field_how", markdown=True),
        Field("contact", "drafting.field_contact"),
    )

    def advise(self, fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
        """A last day that is over when the call arrives, or on which nobody is at work."""
        yield from badly_dated(fields, material, "until")
