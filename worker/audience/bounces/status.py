"""What a failure means: whether the address is dead, the mailbox cannot take it now, or the fault is ours.

By the enhanced status (RFC 3463, registry of RFC 5248). Where that says nothing in particular, the server's own words
do; and words that contradict it win when they speak for the address: nobody is taken off a list on a doubt.
"""

from __future__ import annotations

import re
from enum import StrEnum

MOST_SAID = 2000
"""Characters of a server's words that are looked at."""


class Sort(StrEnum):
    """What came back. Only HARD and COMPLAINT speak against the address; DELAYED is the server's business alone."""

    HARD = "hard"
    SOFT = "soft"
    OURS = "ours"
    """It speaks of us: our address, our reputation, our message."""
    COMPLAINT = "complaint"
    REPLY = "reply"
    """A person's answer, which went astray."""
    DELAYED = "delayed"


_DEAD = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})
"""No such mailbox, no such system, no such syntax, moved without a new address, a domain that takes no mail."""
_OURS = frozenset({"5.1.7", "5.1.8", "5.2.3", "5.3.4", "5.6.7"})
"""Our own address is no good; the message is too big, or our address is not ASCII."""
_OURS_BY_SUBJECT = ("5.5.", "5.6.", "5.7.")
"""The protocol, the content, the policy."""
_GENERAL = re.compile(r"[45]\.[0-5]\.0")

_CODE = re.compile(r"(?<![\d.])([245]\.\d\.\d{1,3})(?!\.?\d)")
_FULL = re.compile(
    r"quota|over ?limit|mail(box|folder| ?file)?('s)?\s+(is\s+)?(too\s+)?full|full\s+mail|mailbox\s+\S{0,60}\s?full"
    r"|disk\s?(space|full)|no space|storage (limit|allocation)|(exceed|allotted).{0,40}(storage|space|mailbox)"
    r"|(storage|space|mailbox).{0,40}exceed|insufficient (disk|system storage)|schránka.{0,30}pln|překročen.{0,20}kvót",
    re.IGNORECASE,
)
_NO_SUCH_USER = re.compile(
    r"(user|recipient|address+ee?|addressee|mailbox|account|alias|person)\b.{0,80}"
    r"\b(unknown|not\s+(known|found|exist|listed|local|a\s+valid)|doesn'?t\s+exist|does\s+not\s+exist|not\s+in\s+.{0,30}"
    r"(directory|table|list)|no\s+longer|invalid|unavailable\s+or\s+not\s+local)"
    r"|(unknown|invalid|bad|no\s+such|illegal|nonexist[ae]nt|non-exist[ae]nt)\s+(or\s+\w+\s+)?(local\s+|virtual\s+|"
    r"destination\s+)?(user|recipient|address|mailbox|account|alias|person|name)"
    r"|(user|account|mailbox)\s+(has\s+been|is)\s+(disabled|discontinued|deleted|closed|suspended)|no\s+longer\s+valid"
    r"|invalid\s+final\s+delivery|not\s+exactly\s+match|no\s+matches\s+to|final\s+email\s+delivery\s+point|n'existe\s+pas"
    r"|no\s+mailbox\s+(here\s+)?by\s+that\s+name|(this|that)\s+user\s+doesn'?t\s+have|not\s+(a|our)\s+(valid\s+)?(user|"
    r"customer|recipient)|isn'?t\s+a\s+valid|is\s+not\s+a\s+valid|non\s+recensé|no\s+\S+\s+here|has\s+been\s+(deactivated|"
    r"closed)|uživatel.{0,40}neexistuje|neznám[áý]\s+(adresát|uživatel|adresa)|adresát.{0,40}neexistuje",
    re.IGNORECASE | re.DOTALL,
)
_NO_SUCH_DOMAIN = re.compile(
    r"(domain|host)( name)?\s.{0,60}(not found|does not exist|doesn't exist|unknown)"
    r"|(unknown|no such|invalid)\s+(host|domain)|unrouteable (address|mail domain)|nullmx|null mx|nxdomain",
    re.IGNORECASE | re.DOTALL,
)
_ABOUT_US = re.compile(
    r"\bspam|unsolicited|(black|block)\s?-?list|blocked (using|by|because|for|due)|(has been|is|was) blocked"
    r"|\b(rbl|dnsbl|spf|dkim|dmarc)\b|reputation|polic(y|ies)|unable to relay|relay(ing)? (access )?denied"
    r"|not permitted to|access denied|not accepting mail from"
    r"|(message|content|mail) (was |has been )?(rejected|refused)"
    r"|virus|banned|too (large|big|many hops)|exceed(s|ed)?.{0,40}(message|size)|no adequate servers|unauthenticated"
    r"|suspicious",
    re.IGNORECASE | re.DOTALL,
)
_FOR_NOW = re.compile(r"try again|temporar(y|il)|timed?[ -]?out|not responding", re.IGNORECASE)
_SURELY_ABOUT_US = re.compile(
    r"(?<![\d.])5\.7\.\d|\bspam(ming|mer)?\b|unsolicited|black\s?list|blocklist|\b(spf|dkim|dmarc|dnsbl)\b|reputation",
    re.IGNORECASE,
)


def judge(status: str, said: str) -> tuple[Sort, str]:
    """What a failure means, and its status, as found in either; empty when nothing tells.

    `status` is the field's value (RFC 3464 §2.3.4), `said` what the server said, in whatever language.
    """
    said = " ".join(said[:MOST_SAID].split())
    given = _CODE.search(status)
    code = given[1] if given else ""
    if not code or _GENERAL.fullmatch(code):
        more = [each for each in _CODE.findall(said) if not _GENERAL.fullmatch(each) and each[0] != "2"]
        if not more:
            return _by_words(said, code)
        code = more[0]
    sort = _by_code(code)
    if sort is Sort.HARD and _FULL.search(said):
        return Sort.SOFT, code
    if sort is Sort.HARD and _SURELY_ABOUT_US.search(said):
        return Sort.OURS, code
    return sort, code


def _by_code(code: str) -> Sort:
    if code in _DEAD:
        return Sort.HARD
    if code in _OURS or (code.startswith(_OURS_BY_SUBJECT)):
        return Sort.OURS
    return Sort.SOFT


def _by_words(said: str, code: str) -> tuple[Sort, str]:
    """The order matters: a full mailbox exists, and whoever refuses us says little about the address."""
    if code.startswith("4"):
        return Sort.SOFT, code
    if _FULL.search(said):
        return Sort.SOFT, code or "5.2.2"
    if _SURELY_ABOUT_US.search(said):
        return Sort.OURS, code or "5.7.1"
    if _FOR_NOW.search(said):
        return Sort.SOFT, code
    if _NO_SUCH_USER.search(said):
        return Sort.HARD, "5.1.1"
    if _NO_SUCH_DOMAIN.search(said):
        return Sort.HARD, "5.1.2"
    if _ABOUT_US.search(said):
        return Sort.OURS, code or "5.7.1"
    return Sort.SOFT, code
