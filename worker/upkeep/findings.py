"""What `doctor` finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much a finding matters: a `fault` keeps some command from its work or mail from arriving, a `note` is to be
    known.
    """

    OK = "ok"
    NOTE = "note"
    FAULT = "fault"


@dataclass(frozen=True)
class Finding:
    """What one check found; `text` is a sentence that says what to do where something is to be done."""

    check: str
    level: Level
    text: str
