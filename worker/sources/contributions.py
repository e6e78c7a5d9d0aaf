"""What those whom the row names sent in and the coordinator included."""

from __future__ import annotations

from worker.sources.base import JSON, Contribution, Source, SourceContext

MOST_CHARACTERS = 20_000
"""Of all contributions together, some ten pages: a part of a draft takes 50,000, and spelling may double them."""


class Contributions(Source):
    """Included contributions, oldest first; without any, `reason` is the message key that says why.

    A row that names nobody to contribute has neither.
    """

    id = "contributions"

    def gather(self, context: SourceContext) -> JSON:
        """`waiting` is how many nobody has chosen about, `beyond` how many found no room and are left out whole."""
        sent = context.contributions(context.occurrence.id)
        taken: list[JSON] = []
        room = MOST_CHARACTERS
        included = [each for each in sent if each.included]
        for each in included:
            item = _item(each)
            length = sum(map(len, (item["who"], item["signed"], item["photo"], item["photo_author"], *item["text"])))
            if length <= room:
                taken.append(item)
                room -= length
        asked = bool(context.activity.contributors or sent)
        return {
            "items": taken,
            "waiting": sum(each.included is None for each in sent),
            "beyond": len(included) - len(taken),
            "reason": None if taken or not asked else _reason(bool(sent)),
        }


def _item(contribution: Contribution) -> JSON:
    """`text` is a list of paragraphs; those without a letter or a digit are somebody's ruled lines."""
    paragraphs = [line.strip() for line in contribution.text.split("\n")]
    return {
        "number": contribution.number,
        "who": contribution.who,
        "signed": contribution.signed,
        "text": [each for each in paragraphs if any(char.isalnum() for char in each)],
        "photo": contribution.photo,
        "photo_author": contribution.photo_author,
    }


def _reason(came: bool) -> str:
    return "contributions.none_included" if came else "contributions.none_came"
