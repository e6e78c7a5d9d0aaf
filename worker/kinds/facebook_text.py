"""The text for the region's Facebook page that goes with a press release or a newsletter.

Unless `channels.yaml` has the page's own channel post it, the draft is handed off, and a person posts it by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from worker.kinds.base import Kind
from worker.kinds.checks import stale_measures
from worker.kinds.parts import Field, Finding, Material, Post
from worker.messages import say

SHOWN_AT_ONCE = 477  # characters; Facebook hides the rest of a post behind "Zobrazit více"


class FacebookText(Kind):
    """A short plain text made from the same material as what it accompanies; late by four hours at most.

    A link and a picture go beside the text. Whoever cannot see the picture reads its description.
    """

    id = "facebook-text"
    label_key = "drafting.kind_facebook_text"
    channel = "handoff"
    counted = ("text",)
    handed_to = "facebook"
    has_html = False
    sources = ("measures", "upcoming", "occasion")
    templates = "facebook/facebook-text"
    max_lateness = timedelta(hours=4)
    fields = (
        Field("text", "drafting.field_text"),
        Field("link", "occasions.field_link", multiline=False, required=False, form="url"),
        Field("image", "occasions.field_image", multiline=False, required=False),
        Field("description", "occasions.field_description", required=False),
    )

    def advise(self, fields: Mapping[str, str], material: Material) -> Iterator[Finding]:
        """A post whose end most readers will not see, a picture that only some will, and numbers that have aged."""
        length = len(fields.get("text", ""))
        if length > SHOWN_AT_ONCE:
            yield Finding("warning", "long-post", say("drafting.long_post", length=length, limit=SHOWN_AT_ONCE))
        if fields.get("image", "").strip() and not fields.get("description", "").strip():
            yield Finding("error", "no-description", say("occasions.no_description"))
        yield from stale_measures(fields, material)

    def posts(self, fields: Mapping[str, str]) -> tuple[Post, ...]:
        text, link, image, description = (
            fields.get(name, "").strip() for name in ("text", "link", "image", "description")
        )
        return (Post(text, link, image, description),)
