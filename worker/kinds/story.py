"""A person's story, which its people have to agree to: "získat jejich souhlas!" (000:430-439)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta

from worker.kinds.base import Kind
from worker.kinds.parts import Field, Finding, Material
from worker.messages import say

_LOCAL = re.compile(r"radničn\w* periodi|místní\w* periodi|zpravodaj\w* (?:obc|měst)|anonymit", re.IGNORECASE)


class Story(Kind):
    """Handed to whoever is in charge of it; late by a day at most. A person writes it, after talking to its people.

    Whatever its row says, it is not approved without a recorded consent; in a local periodical, where neighbours would
    recognise somebody, not without a confirmed degree of anonymity either (000:439).
    """

    id = "story"
    label_key = "written.kind_story"
    channel = "handoff"
    has_html = False
    forms = ("docx",)
    sources = ()
    templates = "written/story"
    max_lateness = timedelta(hours=24)
    fields = (
        Field("headline", "drafting.field_headline", multiline=False),
        Field("perex", "drafting.field_perex"),
        Field("story", "written.field_story", markdown=True),
        Field("photo", "written.field_photo", required=False),
        Field("anonymity", "written.field_anonymity", required=False),
        Field("contact", "drafting.field_contact"),
    )

    def tells_of_people(self, fields: Mapping[str, str]) -> bool:
        """Always, also while it is still empty."""
        return True

    def advise(self, fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
        """The degree of anonymity: an error where the row is about a local periodical and nobody has confirmed it."""
        anonymity = fields.get("anonymity", "").strip()
        if anonymity:
            yield Finding("warning", "anonymity", say("written.anonymity_said", words=anonymity[:300]))
        elif goes_to_a_local_periodical(material):
            yield Finding("error", "no-anonymity", say("written.no_anonymity"))


def goes_to_a_local_periodical(material: Material) -> bool:
    """Whether the words of the plan's row say so: `Radniční periodika obcí LK`, `u místních periodik`."""
    row = material.get("activity", {})
    return any(_LOCAL.search(row.get(column) or "") for column in ("name", "target", "topic"))
