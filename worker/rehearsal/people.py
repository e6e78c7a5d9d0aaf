"""The people of a rehearsal: they read the mails that ask something of them and answer by the links in them.

They go the way that the pages go, so a link that leads nowhere, or a decision that is refused, shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email import message_from_bytes
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.approval import codes, comments, handed
from worker.approval.cases import Case, LinkExpired, Refused, case, filled_for
from worker.approval.consents import note
from worker.approval.decide import Choice, decide
from worker.approval.edit import edit
from worker.approval.handed import Report
from worker.approval.tasks import report_done
from worker.channels.email import Taken
from worker.drafting.samples import sample_fields
from worker.drafting.told_of import tells_of_people
from worker.kinds import find
from worker.messages import say
from worker.notices import links
from worker.notices.links import PATHS, Link, Purpose
from worker.office import Office
from worker.plan.stages import WORK_BEGINS, WORK_ENDS
from worker.publishing import settling
from worker.record import consents
from worker.record.consents import GivenBy
from worker.store.tables import occurrences
from worker.times import PRAGUE, is_working_day, local_instant, next_working_day

HOUR = timedelta(hours=1)
_ANSWERED = (Purpose.APPROVE, Purpose.TASK, Purpose.COMMENT, Purpose.PUBLISH)
_PATHS = f"({'|'.join(PATHS[purpose] for purpose in _ANSWERED)})"
_PURPOSE = {path: purpose for purpose, path in PATHS.items()}
_CODE = re.compile(r"^\s*(\d{6})\s*$", re.MULTILINE)
_Whose = tuple[Purpose, str, str, int | None]
"""What is done, about which occurrence, by whom, and of which publication where it is about one."""


class Manner(StrEnum):
    """How those who are asked behave."""

    ALWAYS = "always"
    """They comment, approve and publish within an hour of work after being asked, and confirm a task on its day."""
    NEVER = "never"
    LATE = "late"
    """They approve and confirm one hour after the send time."""


@dataclass(frozen=True)
class Deed:
    """What somebody will do by a link at an instant."""

    at: datetime
    link: Link
    token: str
    code: str = ""
    """The one-time code that came for it."""
    version: int | None = None
    """What her page shows; None for the version that the link was made for."""


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
        self._deeds: dict[_Whose, Deed] = {}
        self._waiting_for_a_code: dict[_Whose, Deed] = {}
        self._known: set[tuple[_Whose, int | None]] = set()

    def read(self, mails: Iterable[Taken], now: datetime) -> None:
        """Take note of what the mails ask for: the first mail about each version counts, reminders add nothing."""
        if self._manner is Manner.NEVER:
            return
        for mail in mails:
            text = _text(mail.data)
            found = self._wanted.search(text)
            if found is not None:
                self._take_note(_PURPOSE[found[1]], found[2], now)
            elif (code := _CODE.search(text)) is not None:
                self._use_code(mail, code[1], now)

    def _take_note(self, purpose: Purpose, token: str, now: datetime) -> None:
        with self._office.database.read() as tx:
            link = links.find(tx, self._office, purpose, token)
            if link is None:
                return
            send_at = tx.execute(select(occurrences.c.send_at).where(occurrences.c.id == link.occurrence_id)).scalar()
        whose = _whose(link)
        if (whose, link.package_id) not in self._known:
            self._known.add((whose, link.package_id))
            self._deeds[whose] = Deed(self._when(purpose, send_at, now), link, token)

    def _use_code(self, mail: Taken, code: str, now: datetime) -> None:
        """Go on with what the code was asked for."""
        for whose, deed in list(self._waiting_for_a_code.items()):
            if self._office.person(deed.link.person).email == mail.recipient:
                del self._waiting_for_a_code[whose]
                self._deeds[whose] = replace(deed, at=now, code=code)

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
            except LinkExpired:  # the page does not say whether a link was ever good; a rehearsal may
                refusals.append(Refusal(now, deed.link, say("rehearsal.link_expired")))
            except Refused as refused:
                refusals.append(Refusal(now, deed.link, str(refused)))
        return refusals

    def _do(self, deed: Deed, now: datetime) -> None:
        match deed.link.purpose:
            case Purpose.APPROVE:
                self._approve(deed, now)
            case Purpose.COMMENT:
                self._comment(deed, now)
            case Purpose.PUBLISH:
                self._publish(deed, now)
            case _:
                report_done(self._office, deed.token, "", "", now)

    def _approve(self, deed: Deed, now: datetime) -> None:
        """Nothing where somebody else has decided: one of several was enough, or her deputy was quicker."""
        with self._office.database.write() as tx:
            current = case(tx, self._office, Purpose.APPROVE, deed.token, now)
            if current.decision is not None or filled_for(current.decisions, deed.link.person):
                return
            self._get_consent(tx, current, now)
            if current.occurrence.code and not deed.code and codes.ask_for(tx, self._office, current, now):
                self._waiting_for_a_code[_whose(deed.link)] = deed
                return
        if self._complete(current, deed, now):
            # Her edit is a version of its own, which the page then shows her, and has used up the code.
            self._approve(replace(deed, code="", version=current.package.version + 1), now)
            return
        decide(self._office, deed.token, Choice.APPROVE, "", now, code=deed.code, version=deed.version)

    def _get_consent(self, tx: Connection, current: Case, now: datetime) -> None:
        """Outside a rehearsal the coordinator gets it; here it is to be seen that it takes one."""
        occurrence = current.occurrence
        if not tells_of_people(occurrence, current.drafts) or consents.of_occurrence(tx, occurrence.id):
            return
        whose, person = say("rehearsal.somebody"), self._office.settings.coordinator
        note(tx, occurrence.id, now, subject=whose, given_by=GivenBy.PERSON, until=None, person=person)

    def _complete(self, current: Case, deed: Deed, now: datetime) -> bool:
        """Write sample words where the texts wait for a person's; whether there was anything to write."""
        words = {draft.kind: _missing_words(self._office, draft) for draft in current.drafts}
        if not any(words.values()):
            return False
        edit(self._office, deed.token, words, now, version=current.package.version, code=deed.code)
        return True

    def _comment(self, deed: Deed, now: datetime) -> None:
        """Nothing once the round is over."""
        with self._office.database.read() as tx:
            current = case(tx, self._office, Purpose.COMMENT, deed.token, now)
        if current.open:
            version = current.package.version
            comments.give(self._office, deed.token, say("rehearsal.comment"), now, version=version)

    def _publish(self, deed: Deed, now: datetime) -> None:
        """She tells of every place that she was handed the text for."""
        with self._office.database.read() as tx:
            places = handed.handed(tx, self._office, deed.token).places
        for row in filter(settling.tellable, places):
            handed.report(self._office, deed.token, Report.OUT, now, place=row.id, note=say("rehearsal.out"))

    def _when(self, purpose: Purpose, send_at: datetime | None, now: datetime) -> datetime:
        # A question about what goes on all the time has no time of its own, and what is to be published is approved.
        if send_at is None or purpose is Purpose.PUBLISH:
            return an_hour_of_work_later(now)
        if self._manner is Manner.LATE:
            return max(send_at + HOUR, now)
        if purpose is Purpose.TASK:
            return max(send_at, now)
        return an_hour_of_work_later(now)


def _whose(link: Link) -> _Whose:
    return link.purpose, link.occurrence_id, link.person, link.publication_id


def _missing_words(office: Office, draft: Row[Any]) -> dict[str, str]:
    """Field → words for a draft that cannot be approved as it is: the samples of its kind, else that a person writes.

    Nothing for one without an error, or with errors that no words can mend.
    """
    if not any(finding["level"] == "error" for finding in draft.findings):
        return {}
    samples = sample_fields(office.templates.shipped, draft.kind)
    kind = find(draft.kind)
    empty = [field for field in kind.fields if not draft.fields[field.id].strip()] if kind is not None else []
    words = {field.id: say("rehearsal.words") for field in empty if field.required}
    return words | {field.id: samples[field.id] for field in empty if field.id in samples}


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
