"""A document that was approved and is public now, told to those it concerns (002: "zaslán na vědomí všem obcím")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from worker.kinds.base import Kind
from worker.kinds.parts import EMBARGO_FIELD, Field, Finding, Material
from worker.messages import say


class DocumentReleased(Kind):
    """Mailed to a list; late by a day at most, and never sent again after a crash."""

    id = "document-released"
    label_key = "written.kind_document_released"
    channel = "email"
    public = True
    sources = ()
    templates = "email/document-released"
    max_lateness = timedelta(hours=24)
    fields = (
        EMBARGO_FIELD,
        Field("headline", "drafting.field_headline", multiline=False),
        Field("intro", "drafting.field_intro"),
        Field("document", "written.field_document", multiline=False),
        Field("link", "written.field_document_link", multiline=False, form="url"),
        Field("decided", "written.field_decided", multiline=False, required=False),
        Field("summary", "written.field_summary", markdown=True, required=False),
        Field("next", "written.field_next", markdown=True, required=False),
        Field("contact", "drafting.field_contact"),
    )

    def advise(self, fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
        """A document of which nobody says what is in it."""
        if fields.get("document", "").strip() and not fields.get("summary", "").strip():
            yield Finding("warning", "no-summary", say("written.no_summary"))
