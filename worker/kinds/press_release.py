"""The press release, with the parts that the plan says must not be missing (000:377)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from worker.kinds.base import Kind
from worker.kinds.checks import not_contributed, stale_measures
from worker.kinds.parts import EMBARGO_FIELD, TRANSLATION_FIELD, Field, Finding, Material
from worker.messages import say

LONG_HEADLINE = 100  # characters; newsrooms' systems cut longer ones


class PressRelease(Kind):
    """Mailed to newsrooms; late by two hours at most, and never sent again after a crash."""

    id = "press-release"
    label_key = "drafting.kind_press_release"
    channel = "email"
    sources = ("measures", "upcoming", "contributions", "translation")
    templates = "email/press-release"
    max_lateness = timedelta(hours=2)
    forms = ("docx", "pdf")
    public = True
    for_each = True
    fields = (
        EMBARGO_FIELD,
        Field("headline", "drafting.field_headline", multiline=False),
        Field("perex", "drafting.field_perex"),
        Field("domicile", "drafting.field_domicile", multiline=False),
        Field("body", "drafting.field_body", markdown=True),
        Field("contributions", "contributions.field", markdown=True, required=False),
        Field("about", "drafting.field_about"),
        Field("contact", "drafting.field_contact"),
        Field("further", "drafting.field_further", markdown=True, required=False),
        TRANSLATION_FIELD,
    )

    def advise(self, fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
        """A headline that will be cut, and numbers that have aged."""
        length = len(fields.get("headline", ""))
        if length > LONG_HEADLINE:
            yield Finding("warning", "long-headline", say("drafting.long_headline", length=length, limit=LONG_HEADLINE))
        if without := material.get("occurrence", {}).get("without"):
            yield Finding("warning", "no-own-release", say("drafting.release_missing", bodies=", ".join(without)))
        yield from not_contributed(fields, material)
        yield from stale_measures(fields, material)
