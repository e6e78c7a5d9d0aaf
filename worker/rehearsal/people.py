"""The people of a rehearsal: they read the mails that ask something of them and answer by the links in them.

They go the way that the pages go, so a link that leads nowhere, or a decision that is refused, shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes
from enum import StrEnum

from sqlalchemy import select

from worker.approval.cases import Refused
from worker.approval.decide import Choice, decide
from worker.approval.tasks import report_done
from worker.channels.email import Taken
from worker.notices import links
from worker.notices.links import PATHS, Link, Purpose
from worker.office import Office
from worker.plan.stages import WORK_BEGINS, WORK_ENDS
from worker.store.tables import occurrences
from worker.times import PRAGUE, is_working_day, local_instant, next_working_day

HOUR = timedelta(hours=1)
_PATHS = f"({PATHS[Purpose.APPROVE]}|{PATHS[Purpose.TASK]})"
_PURPOSE = {path: purpose for purpose, path in PATHS.items()}


class Manner(StrEnum):
    """How those who are asked behave."""

    ALWAYS = "always"
    """They approve within an hour of work after being asked, and confirm a task on its day."""
    NEVER = "never"
    LATE = "late"
    """They approve and confirm one hour after the send time."""


@dataclass(frozen=True)
class Deed:
    """What somebody will do by a link at an instant."""

    at: datetime
    link: Link
    token: str


@dataclass(frozen=True)
class Refusal:
    """What somebody could not do, with the sentence that the page would show."""

    at: datetime
    link: Link
    why: str


class People:
    """Everybody who is asked something in one rehearsal."""

    def __init__(self, office: Office, manner: Manner) -> None:
        self._office = office
        self._manner = manner
        self._wanted = re.compile(rf"{re.escape(office.settings.base_url)}/{_PATHS}/([\w-]+)")
        self._deeds: dict[tuple[Purpose, str], Deed] = {}
        self._known: set[tuple[Purpose, str, int | None]] = set()

    def read(self, mails: Iterable[Taken], now: datetime) -> None:
        """Take note of what the mails ask for: the first mail about each version counts, reminders add nothing."""
        if self._manner is Manner.NEVER:
            return
        for mail in mails:
            found = self._wanted.search(_text(mail.data))
            if found is not None:
                self._take_note(_PURPOSE[found[1]], found[2], now)

    def _take_note(self, purpose: Purpose, token: str, now: datetime) -> None:
        with self._office.database.read() as tx:
            link = links.find(tx, purpose, token)
            if link is None:
                return
            send_at = tx.execute(select(occurrences.c.send_at).where(occurrences.c.id == link.occurrence_id)).scalar()
        version = (purpose, link.occurrence_id, link.package_id)
        if version not in self._known:
            self._known.add(version)
            self._deeds[purpose, link.occurrence_id] = Deed(self._when(purpose, send_at, now), link, token)

    def next_at(self) -> datetime | None:
        """When the next of them does something."""
        return min((deed.at for deed in self._deeds.values()), default=None)

    def act(self, now: datetime) -> list[Refusal]:
        """Do everything that is due; what of it was refused."""
        due = [key for key, deed in self._deeds.items() if deed.at <= now]
        refusals = []
        for key in due:
            deed = self._deeds.pop(key)
            try:
                self._do(deed, now)
            except Refused as refused:
                refusals.append(Refusal(now, deed.link, str(refused)))
        return refusals

    def _do(self, deed: Deed, now: datetime) -> None:
        if deed.link.purpose is Purpose.APPROVE:
            decide(self._office, deed.token, Choice.APPROVE, "", now)
        else:
            report_done(self._office, deed.token, "", "", now)

    def _when(self, purpose: Purpose, send_at: datetime | None, now: datetime) -> datetime:
        if send_at is None:  # a question about what goes on all the time
            return an_hour_of_work_later(now)
        if self._manner is Manner.LATE:
            return max(send_at + HOUR, now)
        if purpose is Purpose.TASK:
            return max(send_at, now)
        return an_hour_of_work_later(now)


def an_hour_of_work_later(instant: datetime) -> datetime:
    """One hour on, or the beginning of the next working day when that is after hours."""
    later = (instant + HOUR).astimezone(PRAGUE)
    if is_working_day(later.date()) and WORK_BEGINS <= later.time() <= WORK_ENDS:
        return instant + HOUR
    day = later.date() if later.time() < WORK_BEGINS else later.date() + timedelta(days=1)
    return local_instant(next_working_day(day), WORK_BEGINS)


def _text(data: bytes) -> str:
    """The plain text of a mail, as the mail programs that show no HTML do."""
    for part in message_from_bytes(data).walk():
        if part.get_content_type() == "text/plain":
            return bytes(part.get_payload(decode=True)).decode()
    return ""
