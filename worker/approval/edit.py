"""An approver's own edit: instead of sending a text back she corrects it herself, and decides about the result.

She does not become its author, so she may approve it. Everybody else is asked anew at once; she is on the page, so
her own mail comes a little later and only if she has not decided by then.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from worker.approval import ask, codes, wording
from worker.approval.cases import Case, NotNow, Refused, Unfinished, already_decided, case
from worker.approval.decide import renewed
from worker.drafting import packages
from worker.drafting.make import Rendered
from worker.messages import office_language, say, speaking
from worker.notices import queue
from worker.notices.links import Purpose
from worker.office import Office
from worker.record import events, holds
from worker.store.states import OccurrenceState


def edit(
    office: Office, token: str, fields: wording.Fields, now: datetime, *, version: int, code: str = "", whence: str = ""
) -> Case:
    """Keep the edited fields as the next version and put it before the approvers; `version` is the one the page showed.

    `code` is the one-time code where the activity asks for one, `whence` from where it was sent, for the record.
    Raises one of the Refused, Incomplete when a required part is missing, DraftingError for what no mail can carry.
    Then nothing has changed, save that a package whose surroundings changed is asked anew, and that a wrong code
    counts.
    """
    with office.database.read() as tx:
        current = case(tx, office, Purpose.APPROVE, token, now)
        _refuse(tx, office, current, version, now)
    rendered = wording.reworded(office, current, fields)
    with office.database.write() as tx:
        current = case(tx, office, Purpose.APPROVE, token, now, lock=True)
        _refuse(tx, office, current, version, now)
        refusal = _refused_but_kept(tx, office, current, rendered, code, now)
        if refusal is None:
            _keep(tx, office, current, rendered, now, whence)
            return case(tx, office, Purpose.APPROVE, token, now)
    raise refusal


def _refuse(tx: Connection, office: Office, current: Case, version: int, now: datetime) -> None:
    """Raise when it is not this person's turn, or the page showed another version."""
    if held := holds.told_of(tx, office, current.occurrence, now):
        raise NotNow(held)
    if current.decision is not None:
        raise already_decided(office, current.package, current.decision)
    if current.occurrence.state != OccurrenceState.ASKED:
        raise NotNow(say("approval.not_waiting"))
    if current.seat is None:
        raise NotNow(f"{current.obstacle} {say('editing.not_stored')}")
    if current.package.version != version:
        raise NotNow(say("approval.edited_meanwhile"))


def _refused_but_kept(
    tx: Connection, office: Office, current: Case, rendered: list[Rendered], code: str, now: datetime
) -> Refused | None:
    """Why the edit does not count although what was done on the way is to be committed; None when it counts."""
    if renewed(tx, office, current.occurrence, now):
        return NotNow(say("approval.edited_meanwhile"))
    if wording.same(rendered, current.drafts):
        return Unfinished(say("editing.nothing_changed"))
    wrong = codes.check(tx, office, current, code, now)
    return Unfinished(wrong) if wrong else None


def _keep(tx: Connection, office: Office, current: Case, rendered: list[Rendered], now: datetime, whence: str) -> None:
    occurrence, package, person = current.occurrence, current.package, current.link.person
    with speaking(office_language()):
        reason = say("editing.edited_by", person=office.person_name(person))
    queue.withdraw(tx, occurrence.id, now)
    if ask.void_decision(tx, package.id, now):
        events.append(
            tx, "approval.voided", now, occurrence=occurrence.id, version=package.version, reason=reason, decided=True
        )
    package_id = packages.create(
        tx, office, occurrence, rendered, now, reason=reason, author=package.author, edited_by=person, whence=whence
    )
    ask.submit(tx, office, occurrence, package_id, now, notice="approval_again", editor=person)
