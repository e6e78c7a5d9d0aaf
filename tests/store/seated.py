"""A press release that is put before its approvers by any rule, without the plan round it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, select

from tests.store.desk import ASKED, SEND, at_work, token
from tests.store.sample import PRESS, occurrence_values
from worker.approval import ask, decide
from worker.approval.decide import Choice
from worker.drafting import packages
from worker.drafting.digest import draft_digest
from worker.drafting.make import Rendered, templates_now
from worker.jobs.remind_approvers import RemindApprovers
from worker.kinds import Finding
from worker.office import Office
from worker.record.events import of_kind
from worker.settings.people import Deputy
from worker.store.states import OccurrenceState, lock_occurrence
from worker.store.tables import decisions, notices, occurrences

SPOKESWOMAN, DIRECTOR, DEPUTY, COORDINATOR = "tiskovy-mluvci", "reditel", "zastupce-mluvciho", "koordinator"
REMIND, DEPUTY_AT = datetime(2026, 12, 4, 9, tzinfo=UTC), datetime(2026, 12, 7, 9, tzinfo=UTC)
ESCALATE, DEADLINE = SEND - timedelta(hours=4), SEND + timedelta(hours=2)
STAGES = {
    "ask": ASKED, "remind": REMIND, "deputy": DEPUTY_AT, "escalate": ESCALATE, "send": SEND, "deadline": DEADLINE,
}  # fmt: skip


def put_before(
    office: Office, *approvers: str, rule: str = "one", author: str | None = None, faults: tuple[Finding, ...] = (),
    **columns: Any,
) -> None:  # fmt: skip
    """The December press release waits for its approval by `approvers`; `columns` are its occurrence's."""
    digest = draft_digest("press-release", "email", "Kraj otevřel poradnu", "<p>Zpráva</p>", "Zpráva")
    material = {"activity": {"template": None}}
    draft = Rendered(
        "press-release", "email", "Kraj otevřel poradnu", "<p>Zpráva</p>", "Zpráva", {}, material, faults, digest,
        templates_now("press-release", material, office.templates),
    )  # fmt: skip
    values = occurrence_values(PRESS, OccurrenceState.PREPARING) | {
        "send_at": SEND, "planned_send_at": SEND, "approvers": list(approvers), "approval": rule,
        "stages": {name: at.isoformat() for name, at in STAGES.items()},
    }  # fmt: skip
    with office.database.write() as tx:
        tx.execute(occurrences.insert().values(values | columns))
        row = lock_occurrence(tx, PRESS)
        assert row is not None
        package = packages.create(tx, office, row, [draft], ASKED, reason="První verze.", author=author)
        ask.submit(tx, office, row, package, ASKED)


def standing_in(office: Office, approver: str, *people: str, days: tuple[date, date]) -> Office:
    """The same office, where `people` stand for `approver` on `days`, by an authorisation of November."""
    first, last = (day.isoformat() for day in days)
    authorisation = {"number": "KULK 1234/2026", "date": "20. 11. 2026"}
    stand_ins = tuple(
        Deputy.model_validate({"person": each, "from": first, "to": last, "authorisation": authorisation})
        for each in people
    )
    changed = office.people[approver].model_copy(update={"deputies": stand_ins})
    return replace(office, people={**office.people, approver: changed})


def give_back(office: Office, person: str) -> None:
    """The person returns the version."""
    decide.decide(office, token(office, person), Choice.RETURN, "prosím kratší", ASKED)


def remind(office: Office, at: datetime) -> None:
    """All that the reminders have to do at `at`."""
    with at_work(office, at) as current:
        while RemindApprovers().do_one(current, at):
            pass


def made(office: Office) -> list[Row[Any]]:
    """The decisions that hold."""
    with office.database.read() as tx:
        return list(tx.execute(select(decisions).where(decisions.c.live == 1).order_by(decisions.c.id)))


def mails(office: Office) -> set[tuple[str, str]]:
    """Kind and person of every notice that has not been withdrawn."""
    with office.database.read() as tx:
        found = select(notices.c.kind, notices.c.person).where(notices.c.state != "withdrawn")
        return {(row.kind, row.person) for row in tx.execute(found)}


def said_to(office: Office, kind: str, person: str) -> Mapping[str, Any]:
    """What the newest notice of a kind to a person says beside the catalogue's words."""
    with office.database.read() as tx:
        found = select(notices.c.data).where(notices.c.kind == kind, notices.c.person == person)
        data: Mapping[str, Any] = tx.execute(found.order_by(notices.c.id.desc())).scalars().first() or {}
        return data


def recorded_last(office: Office, kind: str) -> Mapping[str, Any]:
    """The data of the newest event of a kind."""
    with office.database.read() as tx:
        return of_kind(tx, kind)[-1].data
