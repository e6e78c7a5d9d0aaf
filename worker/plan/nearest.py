"""The hint that ends a refusal of a word the plan does not know."""

from __future__ import annotations

from collections.abc import Iterable

from worker.messages import say
from worker.nearest import nearest


def suggestion(word: str, known: Iterable[str]) -> str:
    """A sentence naming the nearest known word, or all known ones when none is near."""
    words = sorted(known)
    if (meant := nearest(word, words)) is not None:
        return say("config.did_you_mean", word=meant)
    return say("plan.known_are", known=", ".join(words)) if words else say("plan.none_known")
