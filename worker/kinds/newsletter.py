"""The yearly newsletter, "Informace za uplynulé období" (000:571-575)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from worker.kinds.base import Kind
from worker.kinds.checks import MISSING, not_contributed, stale_measures
from worker.kinds.partners import partners_news
from worker.kinds.parts import TRANSLATION_FIELD, Field, Finding, Material
from worker.kinds.photos import badly_named_photos
from worker.messages import say

_MAY_BE_LEFT_OUT = {
    "published": "sent",
    "measures": "measures",
    "upcoming": "upcoming",
    "calendar": "calendar",
    "partners": "feeds",
}


class Newsletter(Kind):
    """Mailed to everyone; late by a day at most, and sent again at most once to whoever a crash left in doubt."""

    id = "newsletter"
    label_key = "drafting.kind_newsletter"
    channel = "email"
    sources = ("sent", "measures", "upcoming", "calendar", "contributions", "photos", "feeds", "translation")
    templates = "email/newsletter"
    max_lateness = timedelta(hours=24)
    resend_after_crash = True
    inline = ("chart",)
    public = True
    fields = (
        Field("headline", "drafting.field_headline", multiline=False),
        Field("intro", "drafting.field_intro", markdown=True),
        Field("published", "drafting.field_published", markdown=True, required=False),
        Field("contributions", "contributions.field", markdown=True, required=False),
        Field("photos", "contributions.field_photos", required=False),
        Field("measures", "drafting.field_measures", markdown=True, required=False),
        Field("partners", "feeds.field", markdown=True, required=False),
        Field("upcoming", "drafting.field_upcoming", markdown=True, required=False),
        Field("calendar", "calendar.field_calendar", markdown=True, required=False),
        TRANSLATION_FIELD,
        Field("contact", "drafting.field_contact"),
    )

    def advise(self, fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
        """Sections that were left out, each with its reason, and numbers that have aged."""
        if material["sources"].get("measures", {}).get("total") and not fields.get("measures", "").strip():
            part = say("drafting.field_measures")
            yield Finding("error", f"{MISSING}measures", say("drafting.missing_part", part=part))
        for field in self.fields:
            source = material["sources"].get(_MAY_BE_LEFT_OUT.get(field.id, ""), {})
            if source.get("reason") and not fields.get(field.id, "").strip():
                message = say("drafting.left_out", part=say(field.label_key), reason=say(source["reason"]))
                yield Finding("warning", f"left-out-{field.id}", message)
        yield from not_contributed(fields, material)
        yield from badly_named_photos(fields, material)
        yield from partners_news(fields, material)
        yield from stale_measures(fields, material)
