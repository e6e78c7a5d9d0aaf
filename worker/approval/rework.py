"""A package sent back, or commented on before anybody is asked: a person edits its fields and submits a new version."""

from __future__ import annotations

from datetime import datetime

from worker.approval import ask, wording
from worker.approval.cases import Case, NotNow, case
from worker.drafting import packages
from worker.messages import office_language, say, speaking
from worker.notices.links import Purpose
from worker.office import Office
from worker.store.states import OccurrenceState


def resubmit(
    office: Office, token: str, fields: wording.Fields, now: datetime, *, version: int, whence: str = ""
) -> Case:
    """Render the edited fields from the frozen material as the next version, whose author is the link's owner.

    What was returned is asked for anew at once; what is still being prepared is asked for when its time comes. Raises
    NotNow when the package is neither or was edited meanwhile, Incomplete when a required part is missing,
    DraftingError for what no mail can carry; then nothing has changed.
    """
    with office.database.read() as tx:
        current = case(tx, office, Purpose.EDIT, token, now)
    rendered = wording.reworded(office, current, fields)
    with office.database.write() as tx:
        current = case(tx, office, Purpose.EDIT, token, now, lock=True)
        if not current.open:
            raise NotNow(say("approval.not_returned"))
        if current.package.version != version:
            raise NotNow(say("approval.edited_meanwhile"))
        occurrence, person = current.occurrence, current.link.person
        returned = occurrence.state == OccurrenceState.RETURNED
        with speaking(office_language()):
            key = "approval.edited_by" if returned else "editing.prepared_by"
            reason = say(key, person=office.person_name(person))
        package_id = packages.create(
            tx, office, occurrence, rendered, now, reason=reason, author=person, whence=whence
        )  # fmt: skip
        if returned:
            ask.submit(tx, office, occurrence, package_id, now, notice="approval_again")
        return case(tx, office, Purpose.EDIT, token, now)
