"""What the approver's page shows: the drafts as they will look, what surrounds them, and how far the decision is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.approval import codes
from worker.approval.cases import Case, case, deadline
from worker.approval.decide import STATE_AFTER
from worker.approval.seats import may_still
from worker.audience.members import Addressed, size, sizes
from worker.drafting import checks, differences
from worker.drafting.files import listed
from worker.drafting.headings import heading
from worker.drafting.marked import marked
from worker.drafting.publishers import by_hand, handing, name_of
from worker.drafting.slots import NEUTRAL_GREETING, fill
from worker.drafting.wrapping import unwrapped
from worker.messages import say
from worker.notices.links import PATHS, Purpose
from worker.office import Office
from worker.plan.model import ApprovalRule
from worker.record import comments, events, holds
from worker.record.why import told
from worker.store.states import OccurrenceState
from worker.store.tables import decisions
from worker.times import local_day
from worker.web.pages import Desk

TALLEST_FRAME = 12
"""Thousands of characters a preview's frame grows with; a longer mail scrolls inside it."""
UNDECIDED = frozenset({OccurrenceState.PREPARING, OccurrenceState.ASKED, OccurrenceState.RETURNED})
ENDED = frozenset({OccurrenceState.DROPPED, OccurrenceState.MISSED})
_ENDING = frozenset({"choice.dropped", "occurrence.dropped", "occurrence.missed"})
TAKEN_BACK_IN = frozenset({OccurrenceState.ASKED, *STATE_AFTER.values()})


@dataclass(frozen=True)
class Seat:
    """One approver whose word it takes, and how far it is: the decision in her seat, or whether it is her turn.

    `withdrawn` is what was decided in it last and then taken back, where nothing is.
    """

    approver: str
    decision: Row[Any] | None
    turn: bool
    withdrawn: Row[Any] | None


def shown(tx: Connection, here: Desk, token: str) -> dict[str, Any]:
    """Everything `approval.html` wants for the link's owner; raises NoSuchLink or LinkExpired."""
    office, now = here.office, here.now()
    current = case(tx, office, Purpose.APPROVE, token, now)
    occurrence, package = current.occurrence, current.package
    before = differences.shown_before(tx, package)
    undecided = occurrence.state in UNDECIDED
    found = checks.found(tx, office, occurrence, current.drafts, now) if undecided else ()
    own = next((each for each in current.decisions if each.person == current.link.person), None)
    withdrawn = _taken_back(tx, current)
    return {
        "case": current,
        "token": token,
        "lists": lists(tx, office, occurrence, now),
        "people": size(tx, office, Addressed.of(occurrence), now),
        "asked_by": office.people.get(package.author or office.settings.coordinator),
        "deadline": deadline(occurrence),
        "sends_at_once": occurrence.send_at <= now,
        "undecided": undecided,
        "checks": checks.merged(found),
        "faulty": any(each.level == "error" for each in found),
        "comments": comments.of_occurrence(tx, office, occurrence.id),
        "waiting": ", ".join(office.person_name(each) for each in current.waiting),
        "seats": list(_seats(current, withdrawn)),
        "rest": ", ".join(office.person_name(each) for each in _rest(current)),
        "before": before,
        "returned_with": differences.returned_with(tx, before) if before is not None else "",
        "differences": _differences(tx, office, before, package) if before is not None else [],
        "drafts": [draft_view(office, draft, occurrence) for draft in current.drafts],
        "preview": f"{PATHS[Purpose.APPROVE]}/nahled",
        "downloads": f"{PATHS[Purpose.APPROVE]}/soubor",
        "code_asked": codes.asked_at(tx, current, now) if occurrence.code and current.open else None,
        "own": own,
        "own_address": office.people[current.link.person].email if current.link.person in office.people else "",
        "can_take_back": own is not None
        and not own.emergency
        and occurrence.state in TAKEN_BACK_IN
        and may_still(office, package, own, local_day(now)),
        "taken_back": next((each for each in reversed(withdrawn) if each.person == current.link.person), None),
        "state": say(f"states.{occurrence.state}"),
        "ended": _ended(tx, office, occurrence),
        "held": holds.told_of(tx, office, occurrence, now),
    }


def _ended(tx: Connection, office: Office, occurrence: Row[Any]) -> str:
    """What ended it without sending, by whom and why, as the story tells it; empty while it may still go out."""
    if occurrence.state not in ENDED:
        return ""
    last = next((each for each in reversed(events.of_occurrence(tx, occurrence.id)) if each.kind in _ENDING), None)
    return told(office, last) if last is not None else ""


def lists(tx: Connection, office: Office, occurrence: Row[Any], now: datetime) -> list[tuple[str, int]]:
    """The lists it goes to by name, each with the number of its recipients now; for a correction, who got what."""
    if occurrence.corrects is not None:
        number = size(tx, office, Addressed.of(occurrence), now)
        return [(say("corrections.audience", original=occurrence.corrects), number)]
    known = [each for each in occurrence.lists if each in office.lists]
    found = sizes(tx, office, known, now, tuple(occurrence.topics))
    return [(office.list_name(each), number) for each, number in found.items()]


def _seats(current: Case, withdrawn: Sequence[Row[Any]]) -> Iterator[Seat]:
    """The approvers in their order; where one decision is enough, it stands in the seat of whoever it was made for."""
    asked = current.occurrence.state == OccurrenceState.ASKED
    for approver in dict.fromkeys(current.package.approvers):
        yield Seat(
            approver,
            next((each for each in current.decisions if _seat_of(each) == approver), None),
            asked and approver in current.waiting,
            next((each for each in reversed(withdrawn) if _seat_of(each) == approver), None),
        )


def _seat_of(decision: Row[Any]) -> str | None:
    """The approver in whose seat a decision was made; None for an emergency release, which fills nobody's."""
    return None if decision.emergency else decision.seat or decision.on_behalf_of or decision.person


def _rest(current: Case) -> list[str]:
    """The approvers whose decision is wanted beside the one that the link's owner may make."""
    package = current.package
    if current.mandate is None or package.approval == ApprovalRule.ONE:
        return []
    filled = {current.mandate.seat, *(each.seat for each in current.decisions)}
    return [each for each in dict.fromkeys(package.approvers) if each not in filled]


def _taken_back(tx: Connection, current: Case) -> tuple[Row[Any], ...]:
    """The decisions on this version that were taken back, oldest first; none once they are void for another reason."""
    if current.occurrence.state not in (OccurrenceState.ASKED, OccurrenceState.RETURNED):
        return ()
    void = decisions.c.package_id == current.package.id, decisions.c.live.is_(None)
    return tuple(tx.execute(select(decisions).where(*void).order_by(decisions.c.id)))


def _differences(tx: Connection, office: Office, before: Row[Any], package: Row[Any]) -> list[dict[str, Any]]:
    """What is not as it was, by its name, with both texts of each place and their changed words."""
    return [
        {"what": each.what, "places": [marked(place.before, place.now) for place in each.places]}
        for each in differences.between(tx, office, before, package)
    ]


def draft_view(office: Office, draft: Row[Any], occurrence: Row[Any]) -> dict[str, Any]:
    """What `parts/draft.html` shows of one draft; the page gives the `preview`'s path and the `token` itself."""
    return {
        "kind": draft.kind,
        "name": name_of(office, draft.kind),
        "heading": heading(office, draft.kind) if draft.channel == "email" else None,
        "subject": draft.subject,
        "html": bool(draft.html),
        "text": draft_text(draft),
        "thousands": min(1 + len(draft.text) // 1000, TALLEST_FRAME),
        "by_hand": by_hand(office, draft.kind, occurrence),
        "handing": handing(office, draft.kind, draft.fields, occurrence),
        "files": listed(draft),
    }


def draft_text(draft: Row[Any]) -> str:
    """The text as a page shows it: a mail's filled lines flow again, a text for publishing keeps its own."""
    text = fill(draft.text, greeting=NEUTRAL_GREETING, unsubscribe=say("notices.unsubscribe_place"), html=False)
    return (unwrapped(text) if draft.html else text).strip()
