"""A question that is often asked and its answer, for the web (000:599)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from worker.kinds.base import Kind
from worker.kinds.parts import Field, Finding, Material
from worker.messages import say

LONG_ANSWER = 1_200  # characters; our assumption: a longer answer is a page of its own, which the entry may lead to


class FaqEntry(Kind):
    """Handed to the editors of the web; late by a day at most. A person writes it."""

    id = "faq-entry"
    label_key = "written.kind_faq_entry"
    channel = "handoff"
    has_html = False
    public = True
    sources = ()
    templates = "written/faq-entry"
    max_lateness = timedelta(hours=24)
    fields = (
        Field("question", "written.field_question", multiline=False),
        Field("answer", "written.field_answer", markdown=True),
        Field("source", "written.field_more", multiline=False, required=False, form="url"),
        Field("contact", "drafting.field_contact"),
    )

    def advise(self, fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
        """A question that asks nothing, and an answer that nobody will read to its end."""
        question, length = fields.get("question", "").strip(), len(fields.get("answer", ""))
        if question and not question.endswith("?"):
            yield Finding("warning", "no-question", say("written.no_question"))
        if length > LONG_ANSWER:
            yield Finding("warning", "long-answer", say("written.long_answer", length=length, limit=LONG_ANSWER))
