"""Looks at what Hlasatel runs on, and says what is as it should be, what is to be known, and what keeps it from work.

It writes nothing, sends nothing, and makes or migrates no database. It asks the DNS about our senders, greets the
relay, opens the mailbox for answers, and asks for our own pages. What it says names no secret and no recipient: it can
be handed to whoever helps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from worker.settings import Settings
from worker.upkeep.doctor import configuration, database, files, program, surroundings, work
from worker.upkeep.doctor.examined import Examined, examined
from worker.upkeep.findings import Finding
from worker.upkeep.outgoing import examine as outgoing

Check = Callable[[Examined], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    *program.CHECKS, *configuration.CHECKS, *files.CHECKS, *database.CHECKS, *work.CHECKS, *surroundings.CHECKS,
)  # fmt: skip


def examine(settings: Settings, now: datetime, *, deep: bool = False) -> list[Finding]:
    """Every check's finding, in a fixed order; `now` is aware. Raises nothing for what it finds.

    With `deep` a large database is read through as well, which takes a minute for each gigabyte or so.
    """
    with examined(settings, now, deep=deep) as about:
        found = [finding for check in CHECKS for finding in check(about)]
    return [*found, *outgoing.examine(settings, now)]
