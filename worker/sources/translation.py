"""The draft in another language: who is asked for it, and what she sent, once it has come."""

from __future__ import annotations

from worker.sources.base import JSON, Source, SourceContext


class Translation(Source):
    """`language` (`uk`) and `kind`, the one draft that is translated, are null where the row names no translator.

    `text` is empty until it comes; `of` is then the digest of the texts it was made from.
    """

    id = "translation"

    def gather(self, context: SourceContext) -> JSON:
        return {"language": context.translated_into, "kind": context.translated_kind, "text": "", "of": ""}
