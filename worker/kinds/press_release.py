"""The press release, with the parts that the plan says must not be missing (000:377)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from worker.kinds.base import EMBARGO, Field, Finding, Kind, Material, moment_in, not_contributed, stale_measures
from worker.messages import say
from worker.times import local_day

LONG_HEADLINE = 100  # characters; newsrooms' systems cut longer ones


class PressRelease(Kind):
    """Mailed to newsrooms; late by two hours at most, and never sent again after a crash."""

    id = "press-release"
    label_key = "drafting.kind_press_release"
    channel = "email"
    sources = ("measures", "upcoming", "contributions")
    templates = "email/press-release"
    max_lateness = timedelta(hours=2)
    forms = ("docx", "pdf")
    public = True
    fields = (
        Field(EMBARGO, "archive.field_embargo", multiline=False, required=False, form="moment"),
        Field("headline", "drafting.field_headline", multiline=False),
        Field("perex", "drafting.field_perex"),
        Field("domicile", "drafting.field_domicile", multiline=False),
        Field("body", "drafting.field_body", markdown=True),
        Field("contributions", "contributions.field", markdown=True, required=False),
        Field("about", "drafting.field_about"),
        Field("contact", "drafting.field_contact"),
        Field("further", "drafting.field_further", markdown=True, required=False),
    )

    def advise(self, fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
        """A headline that will be cut, an embargo over before it is read, and numbers that have aged."""
        length = len(fields.get("headline", ""))
        if length > LONG_HEADLINE:
            yield Finding("warning", "long-headline", say("drafting.long_headline", length=length, limit=LONG_HEADLINE))
        embargo = moment_in(fields.get(EMBARGO, ""))
        day = material.get("occurrence", {}).get("day")
        if embargo is not None and day is not None and local_day(embargo) < date.fromisoformat(day):
            yield Finding("warning", "embargo-over", say("archive.embargo_over"))
        yield from not_contributed(fields, material)
        yield from stale_measures(fields, material)
