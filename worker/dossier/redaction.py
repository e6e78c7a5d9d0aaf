"""Taking personal data out of words: addresses, telephones, numbers of persons, and every name that the office knows.

Names are found in any Czech case as far as their beginning stays the same. What nobody told us cannot be found: a name
that stands in a text alone is left for a person's eye, which is why people's own words are left out as a whole unless
they are asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from worker.dossier.discreet import discreet
from worker.messages import say

_TELEPHONE = re.compile(r"(?<![\w/])(?:(?:\+|00)[\s\u00a0]?\d{1,3}[\s\u00a0.-]?)?(?:\d{3}[\s\u00a0.-]?){2}\d{3}(?!\w)")
_PERSON_NUMBER = re.compile(r"(?<!\w)\d{6}[\s\u00a0]?/[\s\u00a0]?\d{3,4}(?!\w)")
_MACHINE = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")
_TITLE = re.compile(r"(?:\b[A-Za-zČŠŽčšž]{1,6}\.|\b(?:Ph\.D|CSc|DiS|MBA|LL\.M)\.?)(?=[\s,]|$)")
_FALLING_OUT = re.compile(r"e(?=[lkcrvn]$)")
_VOWELS = "aáeéěiíoóuúůyý"
_FEWEST = 3
"""Letters of a name that are looked for."""


@dataclass(frozen=True)
class Redaction:
    """`names` are those to be found; `keep_words`: what people wrote is kept, with its personal data taken out."""

    base_url: str
    names: re.Pattern[str] | None
    keep_words: bool = False

    @classmethod
    def of(cls, base_url: str, names: Iterable[str], *, keep_words: bool = False) -> Redaction:
        patterns = sorted({pattern for name in names for pattern in patterns_of(name)}, key=len, reverse=True)
        return cls(base_url, re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)") if patterns else None, keep_words)

    def text(self, text: str) -> str:
        """What the office itself wrote or made, without personal data that is known or looks like any."""
        left = say("dossier.left_out")
        found = discreet(text, self.base_url)
        for pattern in (_PERSON_NUMBER, _TELEPHONE, _MACHINE, self.names):
            found = pattern.sub(left, found) if pattern is not None else found
        return found

    def words(self, text: str) -> str:
        """What a person wrote: left out as a whole, unless it was asked for."""
        if not text:
            return ""
        return self.text(text) if self.keep_words else say("dossier.left_out")


def looks_personal(name: str) -> bool:
    """Whether it is the name of a person and not of a role: two to four words, each with a capital."""
    words = _TITLE.sub(" ", name).replace(",", " ").split()
    return 2 <= len(words) <= 4 and all(each[:1].isupper() and not each.isupper() for each in words)


def patterns_of(name: str) -> Iterable[str]:
    """What finds a name in any case: the surname alone, and with it the first names before or behind."""
    words = [each for each in _TITLE.sub(" ", name).replace(",", " ").split() if len(each) >= _FEWEST]
    if not words:
        return
    forms = [_forms(each) for each in words]
    last = forms[-1]
    if len(words) > 1:
        first = "|".join(forms[:-1])
        yield rf"(?:(?:{first})\s+)+(?:{last})"
        yield rf"(?:{last})(?:\s+(?:{first}))+"
    yield rf"(?:{last})"


def _forms(word: str) -> str:
    """`Novák` as well as `Nováka`, `Pavel` as well as `Pavla`, and both in capitals."""
    stem = word[:-1] if word[-1].lower() in _VOWELS and len(word) > _FEWEST else word
    stems = {stem, _FALLING_OUT.sub("", stem)}
    both = sorted({*stems, *(each.upper() for each in stems)}, key=len, reverse=True)
    return "|".join(rf"{re.escape(each)}\w{{0,5}}" for each in both if len(each) >= _FEWEST)
