"""What a printer is told about a leaflet or a catalogue: its text and how it is to be made (000:391-392, 004)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from worker.kinds.base import Kind
from worker.kinds.checks import stale_measures
from worker.kinds.parts import Field, Finding, Material
from worker.messages import say

_SETTLED_LATER = ("purpose", "format", "copies", "places", "due")


class PrintBrief(Kind):
    """Handed to whoever has it printed; late by two days at most."""

    id = "print-brief"
    label_key = "written.kind_print_brief"
    channel = "handoff"
    handed_for = "order"
    has_html = False
    forms = ("docx", "pdf")
    sources = ("measures",)
    templates = "written/print-brief"
    max_lateness = timedelta(hours=48)
    fields = (
        Field("title", "written.field_title", multiline=False),
        Field("purpose", "written.field_purpose", required=False),
        Field("format", "written.field_format", multiline=False, required=False),
        Field("copies", "written.field_copies", multiline=False, required=False),
        Field("places", "written.field_places", required=False),
        Field("due", "written.field_due", multiline=False, required=False, form="date"),
        Field("content", "written.field_content", markdown=True),
        Field("contact", "written.field_printed_contact"),
    )

    def advise(self, fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
        """What a printer will ask for and nobody has settled yet, in one remark; numbers that have aged."""
        open_parts = [each for each in self.fields if each.id in _SETTLED_LATER and not fields.get(each.id, "").strip()]
        if open_parts:
            parts = ", ".join(f"„{say(each.label_key)}“" for each in open_parts)
            yield Finding("warning", "unsettled-print", say("written.unsettled_print", parts=parts))
        yield from stale_measures(fields, material)
