"""What of an occurrence got out, what did not, and of what nobody knows: a mailing or a medium is one way each.

Mailings decide where there are any, for they are what the row promises first; the office's other media where there is
none; our own public page, which gets nearly everything by itself, only where there is nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum

from worker.kinds import kind_name
from worker.messages import say
from worker.office import Office
from worker.plan.reading.read_back import plain_day
from worker.record.places import Place
from worker.record.progress import Progress
from worker.reporting.known import Known
from worker.reporting.model import Proof, ProofKind
from worker.store.states import PublicationState
from worker.times import local_day

ARCHIVE = "archive"
"""The channel of our own public page."""


class Weight(IntEnum):
    """Which ways decide; the least there is does."""

    MAILING = 0
    MEDIUM = 1
    OWN_PAGE = 2


class Fate(StrEnum):
    """What became of one way."""

    OUT = "out"
    NOT_OUT = "not_out"
    UNKNOWN = "unknown"
    UNDER_WAY = "under_way"


@dataclass(frozen=True)
class Way:
    """`at` is when it got out, None where only `by` is known, by when it had at the latest."""

    proof: Proof
    weight: Weight
    fate: Fate
    at: datetime | None = None
    by: datetime | None = None
    medium: str = ""


def ways(office: Office, known: Known) -> list[Way]:
    """Every way of an occurrence's texts, mailings first."""
    return [
        *(_mailed(office, each) for each in known.mailings),
        *(_placed(office, each, known.withdrawn_on) for each in known.places),
    ]


def deciding(found: list[Way]) -> list[Way]:
    """Those by which it is judged whether the occurrence got out."""
    least = min((each.weight for each in found), default=None)
    return [each for each in found if each.weight is least]


def _mailed(office: Office, found: Progress) -> Way:
    mailing = found.mailing
    accepted, unknown = found.counts.get("sent", 0), found.unknown
    if accepted:
        fate = Fate.OUT
    elif not found.is_done:
        fate = Fate.UNDER_WAY
    else:
        fate = Fate.UNKNOWN if unknown else Fate.NOT_OUT
    proof = Proof(
        ProofKind.MAILING,
        where=", ".join(office.list_name(each) for each in mailing.lists),
        what=kind_name(found.kind),
        day=local_day(mailing.frozen_at) if accepted else None,
        channel=say("reporting.email"),
        accepted=accepted,
        unknown=unknown,
        note=_why_not_mailed(found) if not accepted else "",
    )
    return Way(proof, Weight.MAILING, fate, at=mailing.frozen_at)


def _why_not_mailed(found: Progress) -> str:
    if found.is_done and not found.mailing.audience:
        return say("reporting.no_audience")
    told = ", ".join(f"{name} {number}" for name, number in found.in_words())
    return f"{say(found.state_key)}: {told}" if told else say(found.state_key)


_FATES = {
    PublicationState.PUBLISHED: Fate.OUT,
    PublicationState.UNKNOWN: Fate.UNKNOWN,
    PublicationState.DECLINED: Fate.NOT_OUT,
    PublicationState.FAILED: Fate.NOT_OUT,
    PublicationState.EXPIRED: Fate.NOT_OUT,
    PublicationState.WITHDRAWN: Fate.NOT_OUT,
}


def _placed(office: Office, place: Place, withdrawn_on: date | None) -> Way:
    row = place.row
    fate = _FATES.get(PublicationState(row.state), Fate.UNKNOWN if place.silent else Fate.UNDER_WAY)
    told = bool(row.person)  # then it was out before she said so
    exactly = fate is Fate.OUT and not told
    day = row.posted_on or (local_day(row.settled_at) if exactly else None)
    own_page = row.channel == ARCHIVE
    note = row.reason if fate is Fate.OUT else ": ".join(filter(None, (place.state_words(office), row.reason)))
    if own_page and withdrawn_on is not None:
        note = say("reporting.withdrawn", day=plain_day(withdrawn_on))
    proof = Proof(
        ProofKind.PUBLICATION,
        where=place.name,
        what=kind_name(place.kind),
        address=row.address if fate is Fate.OUT else "",
        day=day,
        channel=office.medium_name(row.medium),
        noted_on=local_day(row.settled_at) if fate is Fate.OUT and told else None,
        note=note,
    )
    weight = Weight.OWN_PAGE if own_page else Weight.MEDIUM
    return Way(proof, weight, fate, row.settled_at if exactly else None, row.settled_at, row.medium)
