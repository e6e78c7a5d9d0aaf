"""What a send day is counted from: `7 dní po pk-rada`, `10 pracovních dní před uzávěrkou magazin-kraj`."""

from __future__ import annotations

import re

from worker.messages import say
from worker.plan.model import Anchor, Lead, Unit
from worker.plan.words.nearest import nearest_first
from worker.plan.words.phrases import PhraseError, normalise, parse_day
from worker.plan.words.rules import parse_lead

KNOWN = (
    "7 dní po tiskova-zprava", "3 pracovní dny před tiskova-zprava", "v den tiskova-zprava",
    "10 pracovních dní před uzávěrkou magazin-kraj", "14 dní po 26. 1. 2024",
)  # fmt: skip
"""What can be written, as a person would."""

_ANCHOR = re.compile(
    r"(?:(?P<lead>.+?) (?P<side>po|před)|(?P<same>v den)) (?P<deadline>uzávěr(?:ce|kou|ky) )?(?P<base>.+)"
)
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def parse_anchor(text: str) -> Anchor:
    """Read an anchor; PhraseError also for hours, because an anchor gives a day."""
    plain = normalise(text)
    match = _ANCHOR.fullmatch(plain)
    if match is None:
        raise PhraseError(say("plan.bad_anchor", value=text, known=nearest_first(text, KNOWN)))
    lead = parse_lead(match["lead"]) if match["lead"] else Lead(0, Unit.DAYS)
    if lead.unit is Unit.HOURS:
        raise PhraseError(say("plan.anchor_in_hours", value=text))
    later, deadline = match["side"] != "před", match["deadline"] is not None
    base = match["base"]
    if _ID.fullmatch(base) and not _ISO_DAY.fullmatch(base):
        return Anchor(lead, later, activity_id=base, deadline=deadline)
    if deadline:
        raise PhraseError(say("plan.bad_anchor", value=text, known=nearest_first(text, KNOWN)))
    return Anchor(lead, later, day=parse_day(base))
