"""The seats of a version: whose decision it takes, who may give it on a day, and when the whole is decided.

Where one decision is enough there is one seat, which any approver fills; otherwise each approver has a seat of her own.
A deputy fills the seat of the approver she stands for; whoever is an approver herself fills no seat but her own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.office import Office
from worker.plan.model import ApprovalRule
from worker.record import signed
from worker.store.tables import decisions

ANYBODY = ""
"""The one seat of a version that takes one decision."""


class Choice(StrEnum):
    """What a person may decide."""

    APPROVE = "approve"
    RETURN = "return"


@dataclass(frozen=True)
class Mandate:
    """In whose seat somebody decides: `approver` is herself, or whom she stands for and by what `authorisation`."""

    seat: str
    approver: str
    authorisation: str = ""


def live(tx: Connection, package_id: int) -> tuple[Row[Any], ...]:
    """The decisions about a version that hold, in the order in which they were made."""
    held = decisions.c.package_id == package_id, decisions.c.live == 1
    return tuple(tx.execute(select(decisions).where(*held).order_by(decisions.c.id)))


def returned(tx: Connection, package_id: int) -> bool:
    """Whether somebody has returned the version and not taken it back."""
    return any(each.decision == Choice.RETURN for each in live(tx, package_id))


def closing(package: Row[Any], made: Sequence[Row[Any]]) -> Row[Any] | None:
    """The decision that settled the version: a return, a release, or the approval that filled the last seat."""
    for each in made:
        if each.decision == Choice.RETURN or each.emergency:
            return each
    filled = {each.seat for each in made}
    return made[-1] if made and filled.issuperset(_seats(package)) else None


def approved(tx: Connection, package: Row[Any]) -> bool:
    """Whether exactly this version is approved: every seat filled, or released, each for its very digest (I4)."""
    made = live(tx, package.id)
    last = closing(package, made)
    return last is not None and last.decision == Choice.APPROVE and all(each.digest == package.digest for each in made)


def waiting(package: Row[Any], made: Sequence[Row[Any]]) -> tuple[str, ...]:
    """The approvers whose decision is wanted now; none once the version is settled."""
    if closing(package, made) is not None:
        return ()
    approvers = tuple(dict.fromkeys(package.approvers))
    if package.approval == ApprovalRule.ONE:
        return approvers
    filled = {each.seat for each in made}
    empty = tuple(each for each in approvers if each not in filled)
    return empty[:1] if package.approval == ApprovalRule.IN_ORDER else empty


def mandate(office: Office, package: Row[Any], made: Sequence[Row[Any]], person: str, day: date) -> Mandate | None:
    """Which seat `person` may fill on `day` (in Prague); None when there is none for her.

    An approver has her own alone, also while she stands for another: in that one's seat her own could not be filled
    any more, since nobody fills two. Standing for somebody by name and date goes before a standing deputy's right.
    """
    if person == package.author or any(each.person == person for each in made):
        return None
    wanted = waiting(package, made)
    mine = [(each, "") for each in wanted if each == person]
    dated = [(each, told) for each in wanted for deputy, told in deputies(office, each, day) if deputy == person]
    standing = [(each, "") for each in wanted if standing_deputy(office, each) == person]
    for approver, authorisation in mine if person in package.approvers else (*dated, *standing):
        return Mandate(ANYBODY if package.approval == ApprovalRule.ONE else approver, approver, authorisation)
    return None


def may_still(office: Office, package: Row[Any], made: Row[Any], day: date) -> bool:
    """Whether whoever made a decision has the right to decide on `day`, too: as the approver, or as her deputy yet."""
    approver = made.on_behalf_of or made.person
    stand_ins = {standing_deputy(office, approver), *(person for person, _ in deputies(office, approver, day))}
    return approver in package.approvers and made.person in {approver, *stand_ins}


def fill(
    tx: Connection, office: Office, package: Row[Any], own: Mandate, person: str, choice: Choice, comment: str,
    now: datetime, whence: str, *, emergency: bool = False,
) -> Row[Any]:  # fmt: skip
    """Keep a decision, bound to the version's digest; it. IntegrityError when the seat was filled meanwhile."""
    on_behalf_of = own.approver if own.approver != person else None
    values = {
        "package_id": package.id,
        "live": 1,
        "seat": own.seat,
        "decision": choice,
        "digest": package.digest,
        "person": person,
        "on_behalf_of": on_behalf_of,
        "authorisation": own.authorisation,
        "emergency": emergency,
        "comment": comment,
        "whence": whence,
        "signed": signed.sign(office, person, on_behalf_of),
        "decided_at": now,
    }
    return tx.execute(decisions.insert().values(values).returning(decisions)).one()


def deputies(office: Office, approver: str, day: date) -> Iterator[tuple[str, str]]:
    """Who stands for an approver on `day` by name and date, with the authorisation in words."""
    known = office.people.get(approver)
    for each in known.deputies if known is not None else ():
        if each.first_day <= day <= each.last_day:
            yield each.person, each.authorisation.told()


def days_as_deputy(office: Office, package: Row[Any], person: str) -> tuple[str, str] | None:
    """The approver `person` stands for on days named, and those days in words; None when on none."""
    for approver in package.approvers:
        known = office.people.get(approver)
        spans = [each.days() for each in (known.deputies if known is not None else ()) if each.person == person]
        if spans:
            return approver, ", ".join(spans)
    return None


def standing_deputy(office: Office, approver: str) -> str | None:
    """Who is asked when the approver herself has not decided in time."""
    known = office.people.get(approver)
    return known.deputy if known is not None else None


def _seats(package: Row[Any]) -> frozenset[str]:
    return frozenset({ANYBODY} if package.approval == ApprovalRule.ONE else package.approvers)
