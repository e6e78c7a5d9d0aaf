"""The item for the assembly: time is asked for beforehand, in writing, with a draft resolution (000:416-419)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from worker.kinds.base import Kind
from worker.kinds.checks import not_contributed, stale_measures
from worker.kinds.parts import Field, Finding, Material
from worker.messages import say

_ASKED = (("presenter", "no_presenter"), ("minutes", "no_minutes"), ("resolution", "no_resolution"))


class AssemblyBrief(Kind):
    """Handed to whoever brings it before the assembly; late by a day at most."""

    id = "assembly-brief"
    label_key = "written.kind_assembly_brief"
    channel = "handoff"
    handed_for = "present"
    has_html = False
    forms = ("docx", "pdf")
    sources = ("occasion", "measures", "sent", "upcoming", "contributions")
    templates = "written/assembly-brief"
    max_lateness = timedelta(hours=24)
    fields = (
        Field("title", "written.field_item_title", multiline=False),
        Field("presenter", "written.field_presenter", multiline=False, required=False),
        Field("request", "written.field_request"),
        Field("minutes", "written.field_minutes", multiline=False, required=False),
        Field("council", "written.field_council", required=False),
        Field("report", "written.field_report", markdown=True),
        Field("contributions", "contributions.field", markdown=True, required=False),
        Field("resolution", "written.field_resolution", required=False),
        Field("contact", "drafting.field_contact"),
    )

    def advise(self, fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
        """What the assembly expects and only people know, Rada's say among it, and numbers that have aged."""
        for field, key in _ASKED:
            if not fields.get(field, "").strip():
                yield Finding("warning", f"no-{field}", say(f"written.{key}"))
        minutes = fields.get("minutes", "").strip()
        if minutes and not minutes.isdecimal():
            yield Finding("warning", "unread-minutes", say("written.unread_minutes", value=minutes[:80]))
        if not fields.get("council", "").strip():
            yield Finding("warning", "council-unsettled", say("written.council_unsettled"))
        yield from not_contributed(fields, material)
        yield from stale_measures(fields, material)
