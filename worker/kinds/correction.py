"""The correction of something that went out, to those who got it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from worker.kinds.base import Kind
from worker.kinds.parts import EMBARGO_FIELD, Field, Finding, Material
from worker.messages import say


class Correction(Kind):
    """Goes to everybody who got the original and is still to be written to, after an approval of its own.

    It says what was wrong and what is right, beside each other; an apology is for a person to write.
    """

    id = "correction"
    label_key = "occasions.kind_correction"
    channel = "email"
    public = True
    sources = ("original",)
    templates = "email/correction"
    max_lateness = timedelta(hours=24)
    fields = (
        EMBARGO_FIELD,
        Field("headline", "drafting.field_headline", multiline=False),
        Field("wrong", "occasions.field_wrong", markdown=True),
        Field("right", "occasions.field_right", markdown=True),
        Field("further", "drafting.field_further", markdown=True, required=False),
        Field("contact", "drafting.field_contact"),
    )

    def advise(self, fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
        """One that belongs to nothing would go to everybody on the lists."""
        original = material["sources"].get("original", {})
        if original and original["id"] is None:
            yield Finding("warning", "no-original", say("corrections.no_original"))
