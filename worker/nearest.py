"""What was probably meant by a word that is not known."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_LONGEST_WORD = 80
_MOST_COMPARED = 200


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word closest to `word`, marks and case aside, or None when none is close.

    Of very many known words those are compared that begin alike, so that a file full of mistakes is refused in time.
    """
    wanted = _plain(word[:_LONGEST_WORD])
    plain = {_plain(candidate): candidate for candidate in sorted(known)}
    compared = sorted(plain, key=lambda candidate: candidate[:1] != wanted[:1])[:_MOST_COMPARED]
    found = difflib.get_close_matches(wanted, compared, n=1, cutoff=0.6)
    return plain[found[0]] if found else None


@lru_cache(maxsize=4096)
def _plain(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))
