"""What a rehearsal came to, step by step, read from the same record that `why` is told from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from worker.messages import say
from worker.office import Office
from worker.planning.described import Origin
from worker.record.events import Event, after
from worker.rehearsal.people import Refusal
from worker.rehearsal.sizes import Sizes
from worker.store.states import NoticeState
from worker.store.tables import drafts, mailings, notices, occurrences, packages
from worker.times import rfc3339

NOTICES = {
    "approval": "asked",
    "approval_again": "asked",
    "deputy": "deputy_asked",
    "reminder": "reminded",
    "task_reminder": "reminded",
    "escalation": "escalated",
    "task": "task_given",
    "rhythm_quiet": "recalled",
    "handoff": "handed_over",
    "handoff_reminder": "reminded",
    "comment_round": "comments_asked",
    "call": "called",
    "call_reminder": "reminded",
}
"""Kind of notice → what its arrival is in a rehearsal; any other one is `told`."""

REPEATING = frozenset({"approved", "approved_told", "seat_approved", "seat_approved_told", "code", "comment_made"})
"""Mails that tell of a step which is in the account anyway."""

ADDRESSED = ("asked", "deputy_asked", "sent")
"""The steps that name the lists and how many are on them."""


@dataclass(frozen=True)
class Step:
    """One thing that would happen. `count`: recipients of a mailing as the lists are today; None where there is none.

    `note` says in words what the rest does not: why something failed, what a draft lacks, what a mail is about, which
    election the approver is warned of.
    """

    at: datetime
    event: str
    occurrence: str | None = None
    people: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    count: int | None = None
    kinds: tuple[str, ...] = ()
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """The published form: `rehearse --format json` is a list of these."""
        return {
            "at": rfc3339(self.at),
            "occurrence": self.occurrence,
            "event": self.event,
            "people": list(self.people),
            "lists": list(self.lists),
            "count": self.count,
            "kinds": list(self.kinds),
            "note": self.note,
        }


class Account:
    """Reads what is new in the record and in the notices of the office that is played in, and keeps it as steps."""

    def __init__(self, office: Office, sizes: Sizes) -> None:
        self._office = office
        self._sizes = sizes
        self._read = 0
        self._notices: set[int] = set()
        self.steps: list[Step] = []

    def catch_up(self, refusals: Sequence[Refusal] = ()) -> None:
        """Take up all that has happened since the last time; one step where several people get the same mail."""
        new = [_refused(refusal) for refusal in refusals]
        with self._office.database.read() as tx:
            found = after(tx, self._read)
            new += [step for event in found if (step := self._step(tx, event)) is not None]
            new += self._unbound(tx)
        self._read = found[-1].seq if found else self._read
        self.steps += _together(new)

    def _step(self, tx: Connection, event: Event) -> Step | None:
        step = Step(event.at, "", event.occurrence_id)
        data, people = event.data, (event.person,) if event.person else ()
        match event.kind:
            case "plan.taken_up":
                note = say("rehearsal.historical", number=data["historical"])
                return replace(step, event="started", count=data["added"], note=note)
            case "package.made" if "edited_by" in data:
                return replace(step, event="completed", people=(data["edited_by"],), kinds=tuple(data["kinds"]))
            case "package.made":
                return replace(step, event="drafted", kinds=tuple(data["kinds"]), note=_lacking(tx, event))
            case "draft.failed":
                return replace(step, event="draft_failed", note=data["reason"])
            case "decision.approved":
                waiting = ", ".join(self._office.person_name(each) for each in data.get("waiting", ()))
                return replace(step, event="agreed" if waiting else "approved", people=people, note=waiting)
            case "comment.given":
                return replace(step, event="commented", people=people)
            case "consent.noted":
                return replace(step, event="consent_noted", people=people)
            case "mailing.done":
                return self._sent(tx, step, data["mailing"])
            case "mailing.paused":
                return replace(step, event="paused", note=data["reason"])
            case "occurrence.missed":
                return replace(step, event="missed", note=say(f"states.{data['was']}"))
            case "occurrence.dropped":
                return replace(step, event="dropped", note=data["reason"])
            case "task.done":
                origin = select(occurrences.c.origin).where(occurrences.c.id == step.occurrence)
                asked_about = tx.execute(origin).scalar() == Origin.WATCH
                return replace(step, event="noted" if asked_about else "confirmed", people=people)
            case "publication.out" | "publication.told":
                return replace(step, event="published", people=people, note=self._office.medium_name(data["medium"]))
            case "notice.sent":
                return self._told(tx, step, data["notice"], data["asked"])
            case "notice.failed":
                note = say(f"why.notice_{data['notice']}")
                return replace(step, event="mail_failed", people=(data["asked"],), note=note)
        return None

    def _told(self, tx: Connection, step: Step, notice: str, person: str) -> Step | None:
        if notice in REPEATING:
            return None
        event = NOTICES.get(notice, "told")
        note = say(f"why.notice_{notice}") if event == "told" else ""
        step = replace(step, event=event, people=(person,), note=note)
        if event not in ADDRESSED:
            return step
        found = select(occurrences.c.lists, occurrences.c.topics, occurrences.c.send_at).where(
            occurrences.c.id == step.occurrence
        )
        lists, topics, send_at = tx.execute(found).one()
        warned = " ".join(self._office.election_warnings(max(send_at, step.at)))
        return replace(step, lists=tuple(lists), count=self._sizes.of(lists, topics), note=warned)

    def _sent(self, tx: Connection, step: Step, mailing: int) -> Step:
        found = select(mailings.c.lists, occurrences.c.topics, drafts.c.kind)
        found = found.join(drafts, drafts.c.id == mailings.c.draft_id)
        found = found.join(occurrences, occurrences.c.id == mailings.c.occurrence_id)
        lists, topics, kind = tx.execute(found.where(mailings.c.id == mailing)).one()
        return replace(step, event="sent", kinds=(kind,), lists=tuple(lists), count=self._sizes.of(lists, topics))

    def _unbound(self, tx: Connection) -> Iterator[Step]:
        """Mails about no occurrence, which the record does not hold."""
        settled = notices.c.state.in_([NoticeState.SENT, NoticeState.FAILED])
        rows = tx.execute(select(notices).where(notices.c.occurrence_id.is_(None), settled).order_by(notices.c.id))
        for row in rows:
            if row.id not in self._notices:
                self._notices.add(row.id)
                event = "told" if row.state == NoticeState.SENT else "mail_failed"
                note = say(f"notices.{row.kind}_subject", **row.data)
                yield Step(row.settled_at, event, people=(row.person,), note=note)


def _lacking(tx: Connection, made: Event) -> str:
    """What the lint finds missing in a new version, as the approver is shown it."""
    version = (packages.c.occurrence_id == made.occurrence_id, packages.c.version == made.data["version"])
    found = select(drafts.c.findings).join(packages, packages.c.id == drafts.c.package_id).where(*version)
    rows = tx.execute(found.order_by(drafts.c.position)).scalars()
    return " ".join(each["message"] for findings in rows for each in findings if each["level"] == "error")


def summary(steps: Iterable[Step]) -> Counter[str]:
    """How often each thing happened."""
    return Counter(step.event for step in steps)


def _refused(refusal: Refusal) -> Step:
    return Step(refusal.at, "refused", refusal.link.occurrence_id, people=(refusal.link.person,), note=refusal.why)


def _together(steps: list[Step]) -> list[Step]:
    """The steps with those that differ in their people alone made one."""
    joined: dict[Step, tuple[str, ...]] = {}
    for step in steps:
        key = replace(step, people=())
        joined[key] = joined.get(key, ()) + step.people
    return [replace(key, people=people) for key, people in joined.items()]
