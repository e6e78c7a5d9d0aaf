"""What whoever is asked finds in the mail itself: who asks for what and by when, where it goes, what is known of it.

The page behind the link shows the same; the mail must not need it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.audience.members import Addressed, size, sizes
from worker.drafting import checks, differences
from worker.drafting.differences import Change, Difference
from worker.drafting.marked import marked
from worker.drafting.publishers import by_hand, name_of
from worker.kinds import kind_name
from worker.messages import say
from worker.notices.codes import LASTS
from worker.notices.links import Purpose
from worker.notices.texts import blocks, shortened, spaced
from worker.office import Office
from worker.record import comments
from worker.record.signed import signature
from worker.store.tables import decisions
from worker.times import PRAGUE, format_instant

PURPOSES = frozenset({Purpose.APPROVE, Purpose.COMMENT})
"""Links whose mails ask for a word on a package."""


@dataclass(frozen=True)
class Fact:
    """One line of what is asked: a label and what is so."""

    label: str
    value: str


@dataclass(frozen=True)
class Said:
    """A heading of one line and the words that belong to it: a check's or a person's."""

    head: str
    text: str
    grave: bool = False

    @property
    def blocks(self) -> tuple[tuple[str, ...], ...]:
        """Its paragraphs as lines."""
        return blocks(self.text)


@dataclass(frozen=True)
class Asked:
    """Everything about a package but its drafts. `cut` says that comments or changes are not all here.

    `returned` is what the version before was returned with.
    """

    facts: tuple[Fact, ...]
    checks: tuple[Said, ...]
    comments: tuple[Said, ...]
    changes: tuple[Difference, ...]
    returned: Said | None = None
    cut: str = ""

    @property
    def marks_words(self) -> bool:
        """Whether the text part has words in brackets: some place differs in a part of its words."""
        texts = (text for each in self.changes for place in each.places for text in marked(place.before, place.now))
        return any(len(pieces) > 1 for pieces in texts)

    def within(self, limit: int) -> Asked:
        """The same with comments and changes of `limit` characters each, oldest comments first to go."""
        said = tuple(replace(each, text=shortened(each.text, limit)) for each in _last(self.comments, limit))
        changed = tuple(_places_within(each, limit) for each in self.changes)
        if (said, changed) == (self.comments, self.changes):
            return self
        return replace(self, comments=said, changes=changed, cut=say("asked.cut"))


def asked(
    tx: Connection, office: Office, purpose: Purpose, occurrence: Row[Any], package: Row[Any],
    drafts: Sequence[Row[Any]], values: Mapping[str, Any], now: datetime,
) -> Asked:  # fmt: skip
    """What the mail of a link for `purpose` shows beside the drafts. `values` are the notice's, as render has them."""
    before = differences.shown_before(tx, package) if purpose is Purpose.APPROVE else None
    found = checks.found(tx, office, occurrence, drafts, now, deciding=purpose is Purpose.APPROVE)
    told = tuple(map(_check, checks.merged(found)))
    return Asked(
        facts=tuple(Fact(say(f"asked.{label}"), spaced(value)) for label, value in _facts(
            tx, office, purpose, occurrence, package, drafts, values, now, stopped=any(each.grave for each in told)
        )),
        checks=told,
        comments=tuple(_comment(each) for each in comments.of_occurrence(tx, office, occurrence.id)),
        changes=differences.between(tx, office, before, package) if before is not None else (),
        returned=_returned(tx, before) if before is not None else None,
    )  # fmt: skip


def _facts(
    tx: Connection, office: Office, purpose: Purpose, occurrence: Row[Any], package: Row[Any],
    drafts: Sequence[Row[Any]], values: Mapping[str, Any], now: datetime, *, stopped: bool,
) -> Iterator[tuple[str, str]]:  # fmt: skip
    yield "who", _who(office, package.author or office.settings.coordinator)
    yield "what", ", ".join(name_of(office, each.kind) for each in drafts)
    if purpose is Purpose.COMMENT:
        over = occurrence.stages.get("comment", occurrence.stages["deadline"])
        yield "comment_by", format_instant(datetime.fromisoformat(over), form="by")
    elif occurrence.send_at > now:
        in_time = format_instant(occurrence.send_at, form="by")
        yield "decide_by", say("asked.in_time", in_time=in_time, deadline=values["deadline"])
    else:
        yield "decide_by", say("asked.at_last", deadline=values["deadline"])
    if purpose is Purpose.APPROVE and stopped:
        yield "decision", say("asked.stopped")
    if purpose is Purpose.APPROVE and occurrence.code:
        yield "confirmed", say("asked.by_code", minutes=int(LASTS.total_seconds() // 60))
    yield "goes_out", values["when"]
    yield "to", _audience(tx, office, occurrence, package, now)
    yield "approvers", _approvers(tx, office, package)
    yield "version", say("asked.version_of", version=package.version, at=format_instant(package.created_at, form="at"))
    yield "occurrence", occurrence.id


def _who(office: Office, person_id: str) -> str:
    person = office.people.get(person_id)
    if person is None or person.phone is None:
        return office.person_name(person_id)
    return say("asked.with_phone", name=person.name, phone=person.phone)


def _audience(tx: Connection, office: Office, occurrence: Row[Any], package: Row[Any], now: datetime) -> str:
    """The lists with their sizes, all recipients each once, and who publishes what does not go by mail."""
    told = []
    if occurrence.lists:
        present = size(tx, office, Addressed.of(occurrence), now)
        number = present if package.audience is None else package.audience
        told.append(say("asked.audience", lists=addressed(tx, office, occurrence, now), number=number))
    for each in occurrence.kinds:
        if by := by_hand(office, each, occurrence):
            told.append(say("asked.handed_over", kind=kind_name(each), by=by))
    return " ".join(told)


def addressed(tx: Connection, office: Office, occurrence: Row[Any], now: datetime) -> str:
    """The lists by name with their sizes: `Média (200)`; for a correction, those who got what."""
    if occurrence.corrects is not None:
        return say("corrections.audience", original=occurrence.corrects)
    known = [each for each in occurrence.lists if each in office.lists]
    found = sizes(tx, office, known, now, tuple(occurrence.topics))
    return ", ".join(f"{office.lists[each].name} ({number})" for each, number in found.items())


def _approvers(tx: Connection, office: Office, package: Row[Any]) -> str:
    """Who approves, by which rule, and who of them has."""
    held = decisions.c.package_id == package.id, decisions.c.live == 1
    made = {each.seat: each for each in tx.execute(select(decisions).where(*held)) if each.seat}
    names = ", ".join(_approver(office, each, made.get(each)) for each in package.approvers)
    return names if len(package.approvers) == 1 else f"{names} ({say(f'differences.rule_{package.approval}')})"


def _approver(office: Office, person_id: str, decision: Row[Any] | None) -> str:
    if decision is None:
        return office.person_name(person_id)
    own = signature(office, decision)
    at = f"{decision.decided_at.astimezone(PRAGUE):%-d. %-m. %-H:%M}"
    if decision.person == person_id:
        return say("asked.approver_done", name=own.name, at=at)
    return say("asked.approver_done_by", name=own.approver, at=at, person=own.name)


def _check(check: checks.Check) -> Said:
    level = say(f"asked.level_{check.level}")
    head = say("asked.check_of", level=level, draft=check.draft) if check.draft else level
    return Said(head, spaced(check.message), grave=check.level == "error")


def _comment(comment: comments.Comment) -> Said:
    at = format_instant(comment.at)
    if comment.version is None:
        return Said(say("asked.comment_head", who=comment.who, at=at), comment.text)
    return Said(say("asked.comment_on", who=comment.who, at=at, version=comment.version), comment.text)


def _returned(tx: Connection, before: Row[Any]) -> Said | None:
    words = differences.returned_with(tx, before)
    return Said(say("asked.returned_with", version=before.version), words) if words else None


def _last(said: Sequence[Said], limit: int) -> tuple[Said, ...]:
    """The newest of them, of `limit` characters together, one at least."""
    kept: list[Said] = []
    room = limit
    for each in reversed(said):
        room -= len(each.text)
        if kept and room < 0:
            break
        kept.insert(0, each)
    return tuple(kept)


def _places_within(difference: Difference, limit: int) -> Difference:
    """The first places of a difference, of `limit` characters together; a place that is longer alone is cut."""
    kept: list[Change] = []
    room = limit
    for place in difference.places:
        lines = "\n".join((*place.before, *place.now))
        if kept and len(lines) > room:
            break
        half = limit // 2
        before, now = (_lines_within(lines, half) for lines in (place.before, place.now))
        kept.append(replace(place, before=before, now=now))
        room -= len(lines)
    return replace(difference, places=tuple(kept))


def _lines_within(lines: tuple[str, ...], limit: int) -> tuple[str, ...]:
    text = "\n".join(lines)
    kept = shortened(text, limit)
    return lines if kept == text else tuple(kept.split("\n"))
