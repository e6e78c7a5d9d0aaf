"""Photos that came with included contributions, small enough to stand in a mail."""

from __future__ import annotations

from base64 import b64encode

from worker.sources.base import JSON, Source, SourceContext

MOST = 3
"""Every mail carries them, some 50 kB each; our assumption. The rest are on the public page, with the press kit."""


class Photos(Source):
    """The first of them, oldest first; `beyond` is how many found no room. `jpeg` is base64, the size in pixels."""

    id = "photos"

    def gather(self, context: SourceContext) -> JSON:
        sent = [each for each in context.contributions(context.occurrence.id) if each.included and each.photo]
        items: list[JSON] = []
        beyond = 0
        for each in sent:
            small = context.small_photo(each.number) if len(items) < MOST else None
            if small is None:
                beyond += len(items) >= MOST
                continue
            items.append(
                {
                    "contribution": each.number,
                    "description": each.photo,
                    "author": each.photo_author,
                    "jpeg": b64encode(small.content).decode("ascii"),
                    "width": small.width,
                    "height": small.height,
                }
            )
        return {"items": items, "beyond": beyond}
