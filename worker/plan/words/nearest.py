"""The hint that ends a refusal of a word the plan does not know."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from worker.messages import say
from worker.nearest import nearest

_COMPARED = 60
"""Characters of a phrase that are compared with the known ones."""

_SHOWN = 40
"""Ids that a hint may list."""


def suggestion(word: str, known: Iterable[str]) -> str:
    """A sentence naming the nearest known word, or all known ones when none is near."""
    words = sorted(known)
    if (meant := nearest(word, words)) is not None:
        return say("config.did_you_mean", word=meant)
    if not words:
        return say("plan.none_known")
    shown = words if len(words) <= _SHOWN else [*words[:_SHOWN], "…"]
    return say("plan.known_are", known=", ".join(shown))


def nearest_first(phrase: str, known: Sequence[str]) -> str:
    """The known phrases in quotes, the one most like `phrase` first."""
    wanted = difflib.SequenceMatcher(b=phrase[:_COMPARED].lower(), autojunk=False)

    def unlikeness(candidate: str) -> float:
        wanted.set_seq1(candidate.lower())
        return -wanted.ratio()

    return ", ".join(say("plan.quoted", value=candidate) for candidate in sorted(known, key=unlikeness))
