"""An article for the region's periodical, "Články v krajském periodiku (magazín)" (000:547-552)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from worker.kinds.base import Kind
from worker.kinds.checks import not_contributed, stale_measures
from worker.kinds.lengths import against_agreed
from worker.kinds.parts import Field, Finding, Material
from worker.messages import say

_STORIES = "příběh"  # the topic of the plan's row asks for "konkrétní lidské příběhy" (000:549)


class MagazineArticle(Kind):
    """Handed to the magazine's editors in time before their uzávěrka; late by a day at most."""

    id = "magazine-article"
    label_key = "written.kind_magazine_article"
    channel = "handoff"
    handed_for = "print"
    counted = ("headline", "perex", "results", "contributions", "story", "next")
    has_html = False
    forms = ("docx",)
    sources = ("occasion", "measures", "upcoming", "contributions")
    templates = "written/magazine-article"
    max_lateness = timedelta(hours=24)
    fields = (
        Field("headline", "drafting.field_headline", multiline=False),
        Field("perex", "drafting.field_perex"),
        Field("results", "written.field_results", markdown=True),
        Field("contributions", "contributions.field", markdown=True, required=False),
        Field("story", "written.field_story_part", markdown=True, required=False),
        Field("next", "written.field_next", markdown=True, required=False),
        Field("contact", "drafting.field_contact"),
        Field("agreed_length", "written.field_agreed_length", multiline=False, required=False),
    )

    def tells_of_people(self, fields: Mapping[str, str]) -> bool:
        """Only with a story in it."""
        return bool(fields.get("story", "").strip())

    def advise(self, fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
        """Its length against what the editors gave it, a story that the plan expects, and numbers that have aged."""
        yield from against_agreed(self, fields)
        topic = material.get("activity", {}).get("topic", "")
        if _STORIES in topic.casefold() and not self.tells_of_people(fields):
            yield Finding("warning", "no-story", say("written.no_story"))
        yield from not_contributed(fields, material)
        yield from stale_measures(fields, material)
