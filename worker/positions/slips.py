"""Slips of the hand that make a file unreadable, told where they were made and not where reading stopped."""

from __future__ import annotations

import re

from worker.errors import Fault
from worker.messages import say

_SLIPS = (
    (re.compile(r"(?=<{7} |={7}$|>{7} )"), "files.slip_conflict"),
    (re.compile(r" *(?=[\u00a0\u2000-\u200a\u202f\u3000])"), "files.slip_wide_space"),
    (re.compile(r" *(?=-[^\W\d_][\w-]*:(?: |$))"), "files.slip_dash"),
    (re.compile(r" *(?:- +)?(?=[a-z_]+:(?!//)[^\s:])"), "files.slip_colon"),
)
# What UTF-8 looks like to a program that took it for Windows-1250 or Windows-1252 and saved it so.
_GARBLED = re.compile("Ă[ˇ\u00ad©łş˝]|Ĺ[ˇľ™Żˇ]|Ä[ŤŹ›]|Ã[¡\u00ad©³º½]|Å[¡¾™¯¥ˆ]|Ä[\u008d\u008f›]")
_MANY = 3


def slip_near(text: str, fault: Fault) -> Fault:
    """A slip in the line of a syntax `fault` or in the one before it that is not blank; else the fault itself."""
    lines = text.splitlines()
    here = min(fault.line, len(lines)) - 1
    before = next((number for number in range(here - 1, -1, -1) if lines[number].strip()), here)
    for number in (here, before):
        for pattern, message in _SLIPS:
            if here >= 0 and (match := pattern.match(lines[number])):
                return Fault(fault.file, number + 1, match.end() + 1, say(message))
    return fault


def garbled(text: str) -> tuple[int, str] | None:
    """Where Czech letters were taken for two others each, and what to say of it."""
    found = [match for match, _ in zip(_GARBLED.finditer(text), range(_MANY), strict=False)]
    if len(found) < _MANY:
        return None
    return found[0].start(), say("files.garbled", letters=found[0][0])
