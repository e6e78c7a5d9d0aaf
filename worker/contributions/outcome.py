"""What became in the end of what was included: once its occurrence is over, whoever sent it hears whether it is in."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Text, cast, exists, literal, select

from worker.archive import items
from worker.contributions.choosing import begins
from worker.drafting import packages
from worker.drafting.public_page import public_address
from worker.messages import office_language, say, speaking
from worker.notices import queue
from worker.office import Office
from worker.record import contributions as kept
from worker.record.contributions import Chosen, Sent
from worker.store.states import OccurrenceState, lock_occurrence
from worker.store.tables import contributions, notices, occurrences

_OVER = (OccurrenceState.DONE, OccurrenceState.DROPPED)
_KEY = "contribution-end/"


def untold(tx: Connection) -> int | None:
    """An included contribution whose sender has not heard how it ended; None when there is none."""
    of_it = occurrences.c.id == contributions.c.occurrence_id
    told = exists().where(notices.c.key == literal(_KEY) + cast(contributions.c.id, Text))
    included = contributions.c.choice == Chosen.INCLUDED, occurrences.c.state.in_(_OVER), ~told
    found = select(contributions.c.id).join(occurrences, of_it).where(*included).order_by(contributions.c.id).limit(1)
    number: int | None = tx.execute(found).scalar()
    return number


def tell(tx: Connection, office: Office, contribution_id: int, now: datetime) -> None:
    """Queue the mail that says how it ended; once, whatever becomes of the occurrence later."""
    sent = kept.find(tx, contribution_id)
    occurrence = lock_occurrence(tx, sent.occurrence_id) if sent is not None else None
    if sent is None or occurrence is None or occurrence.state not in _OVER:
        return
    done = occurrence.state == OccurrenceState.DONE
    with speaking(office_language()):
        how = say(f"contributions.end_{_end(tx, occurrence, sent)}") if done else ""
        page = _page(tx, office, occurrence.id) if done else ""
    queue.put(
        tx, f"{_KEY}{sent.id}", "contribution_out" if done else "contribution_dropped", sent.person, now,
        occurrence_id=occurrence.id, begins=begins(sent), how=how, page=page,
    )  # fmt: skip


def _end(tx: Connection, occurrence: Row[Any], sent: Sent) -> str:
    """`whole` where the newest texts hold every paragraph of it, `cut` where they do not, else `material`."""
    package = packages.latest(tx, occurrence.id)
    if package is None or not sent.text:
        return "material"
    written = _letters("\n".join(draft.text for draft in packages.drafts_of(tx, package.id)))
    return "whole" if all(_letters(each) in written for each in sent.text.split("\n")) else "cut"


def _letters(text: str) -> str:
    """The letters and digits alone: typesetting changes the rest."""
    return re.sub(r"[\W_]", "", text.casefold())


def _page(tx: Connection, office: Office, occurrence_id: str) -> str:
    found = items.item(tx, occurrence_id)
    if found is None or found.withdrawn is not None:
        return ""
    return say("contributions.end_page", address=public_address(office.settings.base_url, occurrence_id))
