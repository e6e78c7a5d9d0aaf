"""What the periodicals regularly print: "aktuality, příklady dobré praxe, kalendář akcí" (000:382-388)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from worker.kinds.base import Kind
from worker.kinds.checks import not_contributed, stale_measures
from worker.kinds.lengths import against_agreed
from worker.kinds.parts import Field, Finding, Material
from worker.messages import say


class MagazineItems(Kind):
    """The three columns, for the magazine and for the families' newsletter; late by a day at most."""

    id = "magazine-items"
    label_key = "written.kind_magazine_items"
    channel = "handoff"
    handed_for = "print"
    counted = ("news", "practice", "calendar")
    has_html = False
    forms = ("docx",)
    sources = ("occasion", "sent", "measures", "calendar", "contributions")
    templates = "written/magazine-items"
    max_lateness = timedelta(hours=24)
    fields = (
        Field("news", "written.field_news", markdown=True),
        Field("practice", "written.field_practice", markdown=True, required=False),
        Field("calendar", "written.field_calendar", markdown=True, required=False),
        Field("contact", "drafting.field_contact"),
        Field("agreed_length", "written.field_agreed_length", multiline=False, required=False),
    )

    def advise(self, fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
        """Columns that are empty and what to do, the length against what was agreed, and numbers that have aged."""
        if not fields.get("practice", "").strip():
            yield Finding("warning", "no-practice", say("written.no_practice"))
        reason = material["sources"].get("calendar", {}).get("reason")
        if reason and not fields.get("calendar", "").strip():
            message = say("drafting.left_out", part=say("written.field_calendar"), reason=say(reason))
            yield Finding("warning", "left-out-calendar", message)
        yield from not_contributed(fields, material, "practice")
        yield from against_agreed(self, fields)
        yield from stale_measures(fields, material)
