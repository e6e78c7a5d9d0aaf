"""What was probably meant by a word that is not known."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable

from worker.messages import say

_LONGEST_WORD = 80


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word closest to `word`, marks and case aside, or None when none is close."""
    plain = {_plain(candidate): candidate for candidate in sorted(known)}
    found = difflib.get_close_matches(_plain(word[:_LONGEST_WORD]), plain, n=1, cutoff=0.6)
    return plain[found[0]] if found else None


def suggestion(word: str, known: Iterable[str]) -> str:
    """A sentence naming the nearest known word, or all known ones when none is near."""
    words = sorted(known)
    meant = nearest(word, words)
    if meant is not None:
        return say("plan.probably", meant=meant)
    return say("plan.known_are", known=", ".join(words)) if words else say("plan.none_known")


def _plain(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))
