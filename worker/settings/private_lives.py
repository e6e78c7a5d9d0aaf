"""What a list must not know of the people on it.

No list stores why a person belongs to a vulnerable group, and topics are never put beside origin or health: somebody
who joins says what she wants to read, not how she lives. GDPR, art. 9, names origin and health; the plan's own groups
(000, the table of target groups) add hardship. Looked for in what names the list, for that is what membership says.
"""

from __future__ import annotations

import re
import unicodedata

_ORIGIN_OR_HEALTH = (
    r"rom(?:ov|sk)\w*", r"mensin\w*", r"cizin\w*", r"azyl\w*", r"uprchli\w*", r"migrant\w*", r"handicapovan\w*",
    r"postizen\w*", r"nemocn(?:i|ych|ym|e)", r"pacient\w*", r"invalid\w*", r"zavisl(?:i|ych|ym|e)", r"dusevne\w*",
    r"roma", r"minorit\w*", r"refugee\w*", r"disab\w*", r"patient\w*",
)  # fmt: skip
_HARDSHIP = (
    r"(?:vyloucen|ohrozen)(?:e|ych|ym|ymi)", r"dluzni\w*", r"zadluzen(?:i|e|ych|ym)", r"bezdomov\w*",
    r"chud(?:i|ych|ym)", r"nezamestnan\w*", r"samozivitel\w*", r"obeti", r"obetem", r"klient\w*",
    r"uzivatel\w*", r"prijemc\w* davek", r"homeless\w*", r"unemployed", r"debtor\w*", r"excluded",
)  # fmt: skip
_TOLD = re.compile(r"\b(?:" + "|".join((*_ORIGIN_OR_HEALTH, *_HARDSHIP)) + r")\b", re.IGNORECASE)


def told_of_members(*names: str) -> str:
    """The first words of `names` by which being on a list would say that somebody belongs to a vulnerable group.

    Empty when there are none. Words for help itself (`sociální služby`, `vyloučení`, `poradna`) are no such words. Ids
    have no accents, so they are looked through without.
    """
    for name in names:
        composed = unicodedata.normalize("NFC", name)
        plain = "".join(unicodedata.normalize("NFD", each)[0] for each in composed)
        if found := _TOLD.search(plain):
            return composed[found.start() : found.end()]
    return ""
