"""A short text to pass on: for those whom field and social workers reach rather than mails (000:313-350)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from worker.kinds.base import Kind
from worker.kinds.checks import stale_measures
from worker.kinds.parts import Field, Finding, Material
from worker.messages import say

LONGEST = 300  # characters: what a text message of two parts or a notice on a board still holds


class PassOnText(Kind):
    """Handed to whoever is in charge, who passes it on; late by a day at most."""

    id = "pass-on-text"
    label_key = "written.kind_pass_on_text"
    channel = "handoff"
    handed_for = "pass_on"
    counted = ("text",)
    has_html = False
    sources = ("measures",)
    templates = "written/pass-on-text"
    max_lateness = timedelta(hours=24)
    fields = (Field("text", "written.field_pass_on"),)

    def advise(self, fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
        """A text too long to be passed on, and numbers that have aged."""
        length = len(fields.get("text", ""))
        if length > LONGEST:
            yield Finding("warning", "long-text", say("written.long_text", length=length, limit=LONGEST))
        yield from stale_measures(fields, material)
