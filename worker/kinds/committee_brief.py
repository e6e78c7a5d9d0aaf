"""The block on social inclusion for a committee, a commission or another body of the region (000:403-413, 422-423)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from worker.kinds.base import Kind
from worker.kinds.checks import not_contributed, stale_measures
from worker.kinds.parts import Field, Finding, Material
from worker.messages import say

_ASKED = ("presenter", "questions")


class CommitteeBrief(Kind):
    """Handed to whoever is in charge of the meeting; late by a day at most."""

    id = "committee-brief"
    label_key = "written.kind_committee_brief"
    channel = "handoff"
    handed_for = "present"
    has_html = False
    forms = ("docx", "pdf")
    sources = ("occasion", "measures", "sent", "upcoming", "contributions")
    templates = "written/committee-brief"
    max_lateness = timedelta(hours=24)
    fields = (
        Field("title", "written.field_item_title", multiline=False),
        Field("meeting", "written.field_meeting", multiline=False),
        Field("presenter", "written.field_speaker", multiline=False, required=False),
        Field("report", "written.field_information", markdown=True),
        Field("contributions", "contributions.field", markdown=True, required=False),
        Field("questions", "written.field_questions", markdown=True, required=False),
        Field("contact", "drafting.field_contact"),
    )

    def advise(self, fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
        """Who speaks and what the body is asked, where nobody has said so yet; numbers that have aged."""
        for field in _ASKED:
            if not fields.get(field, "").strip():
                yield Finding("warning", f"no-{field}", say(f"written.block_no_{field}"))
        yield from not_contributed(fields, material)
        yield from stale_measures(fields, material)
