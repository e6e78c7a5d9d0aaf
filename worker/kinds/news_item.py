"""A news item for the region's web pages, "Aktuality na webové stránce kraje" (000:533)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from worker.kinds.base import Kind
from worker.kinds.checks import not_contributed, stale_measures
from worker.kinds.parts import EMBARGO_FIELD, TRANSLATION_FIELD, Field, Finding, Material
from worker.messages import say

LONG_HEADLINE = 80  # characters; our assumption: a heading of the web stays within two lines


class NewsItem(Kind):
    """Handed to the editors of the web; late by four hours at most."""

    id = "news-item"
    label_key = "written.kind_news_item"
    channel = "handoff"
    has_html = False
    public = True
    sources = ("measures", "upcoming", "contributions", "translation")
    templates = "written/news-item"
    max_lateness = timedelta(hours=4)
    fields = (
        EMBARGO_FIELD,
        Field("headline", "drafting.field_headline", multiline=False),
        Field("perex", "drafting.field_perex"),
        Field("body", "written.field_body", markdown=True),
        Field("contributions", "contributions.field", markdown=True, required=False),
        Field("link", "written.field_link", multiline=False, required=False, form="url"),
        TRANSLATION_FIELD,
        Field("contact", "drafting.field_contact"),
    )

    def advise(self, fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
        """A headline too long for a list of news, and numbers that have aged."""
        length = len(fields.get("headline", ""))
        if length > LONG_HEADLINE:
            yield Finding("warning", "long-headline", say("written.long_headline", length=length, limit=LONG_HEADLINE))
        yield from not_contributed(fields, material)
        yield from stale_measures(fields, material)
