"""The rebuttal of an untrue claim: what is true, what is claimed, and where that can be checked (000:592, 597)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta

from worker.kinds.base import Kind
from worker.kinds.parts import Field, Finding, Material
from worker.messages import say


class HoaxRebuttal(Kind):
    """Handed to whoever publishes it on the web and elsewhere; late by four hours at most.

    No document names a claim, so a person writes everything but the contact.
    """

    id = "hoax-rebuttal"
    label_key = "written.kind_hoax_rebuttal"
    channel = "handoff"
    has_html = False
    public = True
    sources = ()
    templates = "written/hoax-rebuttal"
    max_lateness = timedelta(hours=4)
    fields = (
        Field("headline", "written.field_true_headline", multiline=False),
        Field("claim", "written.field_claim"),
        Field("spread", "written.field_spread", multiline=False, required=False),
        Field("fact", "written.field_fact", markdown=True),
        Field("source", "written.field_source"),
        Field("contact", "drafting.field_contact"),
    )

    def advise(self, fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
        """A headline that spreads the claim it rebuts, and a source that a reader cannot look up."""
        headline, claim = _words(fields.get("headline", "")), _words(fields.get("claim", ""))
        if headline and claim and (claim in headline or headline in claim):
            yield Finding("warning", "claim-in-headline", say("written.claim_in_headline"))
        source = fields.get("source", "").strip()
        if source and not re.search(r"https?://|\d", source):
            yield Finding("warning", "vague-source", say("written.vague_source"))


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
