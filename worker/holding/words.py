"""What the mails about a hold say in lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from worker.messages import say
from worker.times import PRAGUE


def paragraph(heading: str, lines: Sequence[str]) -> str:
    """The heading's sentence and the lines below it, each a paragraph of its own; empty without lines."""
    return "\n\n".join([say(heading), *lines]) if lines else ""


def short(instant: datetime) -> str:
    """For a subject: `15. 12. 08:00`."""
    return f"{instant.astimezone(PRAGUE):%-d. %-m. %H:%M}"
