"""The account of an occurrence's mailings: whom they were addressed to, who got them, who did not and why.

The numbers add up: final and open rows are the audience, the audience and those left out are whom it was addressed to.
They stay when the deliveries have long stopped saying whose they were (`mailing_counts`). Nobody is named here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select

from worker.record import mailing_counts, mailing_returns, progress
from worker.record.progress import Progress
from worker.store.states import FINAL_DELIVERIES, DeliveryState
from worker.store.tables import decisions, drafts, mailing_accounts
from worker.times import parse_instant

COUNTED_AT_ONCE = 20_000
"""Recipients of a mailing that a page may count by itself: some tens of milliseconds."""
LOOKED_UP_AT_ONCE = 3_000
"""Mails that came back whose domains a page may look up: some hundredths of a second."""
RETURNED = ("hard", "soft", "ours", "complaint")
_NOT_KEPT = ("not_kept", None, "")


@dataclass(frozen=True)
class Reason:
    """`word` as the catalogue has it (`mailing_account.reason_…`); code and RFC 3463 status where there were any."""

    word: str
    code: int | None
    status: str
    number: int


@dataclass(frozen=True)
class Domain:
    """Of one domain of recipients, an empty name for all that are not told apart: rows in each state, and returned."""

    name: str
    states: Mapping[str, int]
    returned: int | None
    """None where too many came back to look each of them up."""

    @property
    def audience(self) -> int:
        """How many of the audience are there."""
        return sum(self.states.values())


@dataclass(frozen=True)
class MailingAccount:
    """One mailing. `counted_at` is when reasons and domains were counted; None when they have not been yet.

    `approved_at` is the decision by which it went out. `left` counts who unsubscribed by it, `replies` who answered it.
    """

    progress: Progress
    lists: tuple[str, ...]
    excluded: Mapping[str, int]
    states: Mapping[str, int]
    reasons: tuple[Reason, ...]
    expired: tuple[Reason, ...]
    returned: Mapping[str, int]
    left: int
    replies: int
    domains: tuple[Domain, ...]
    approved_at: datetime | None
    last_sent_at: datetime | None
    counted_at: datetime | None

    @property
    def audience(self) -> int:
        """How many were to get it."""
        number: int = self.progress.mailing.audience
        return number

    @property
    def addressed(self) -> int:
        """On the lists, each once: who was to get it, and who was left out."""
        return self.audience + sum(self.excluded.values())

    @property
    def final(self) -> int:
        return sum(number for state, number in self.states.items() if state in FINAL_DELIVERIES)

    @property
    def open(self) -> int:
        return sum(number for state, number in self.states.items() if state not in FINAL_DELIVERIES)

    @property
    def adds_up(self) -> bool:
        """Whether every recipient stands in exactly one state (I1)."""
        return self.final + self.open == self.audience

    @property
    def took(self) -> timedelta | None:
        """From the approval to the last message that was accepted."""
        if self.approved_at is None or self.last_sent_at is None:
            return None
        return self.last_sent_at - self.approved_at


def of_occurrence(tx: Connection, occurrence_id: str, now: datetime, *, thoroughly: bool) -> tuple[MailingAccount, ...]:
    """The account of each mailing, in the order they began.

    `thoroughly`: deliveries that are not counted yet are counted, however many they are; else up to `COUNTED_AT_ONCE`.
    """
    return tuple(_account(tx, each, now, thoroughly) for each in progress.of_occurrence(tx, occurrence_id))


def _account(tx: Connection, found: Progress, now: datetime, thoroughly: bool) -> MailingAccount:
    mailing = found.mailing
    kept = tx.execute(select(mailing_accounts).where(mailing_accounts.c.mailing_id == mailing.id)).first()
    counted, at = _counted(tx, found, kept, now, thoroughly)
    at_once = counted["refused"] if "refused" in counted else mailing_returns.refused(tx, mailing.id)
    back = mailing_returns.returned(tx, mailing.id, kept.gone if kept is not None else {}, at_once)
    came_back = {sort: back[sort] for sort in RETURNED if back.get(sort)}
    sent_at = counted.get("last_sent_at")
    return MailingAccount(
        progress=found,
        lists=tuple(mailing.lists),
        excluded=dict(mailing.left_out),
        states=found.counts,
        reasons=_reasons(counted, found.counts, DeliveryState.FAILED),
        expired=_reasons(counted, found.counts, DeliveryState.EXPIRED),
        returned=came_back,
        left=back.get(mailing_returns.LEFT, 0),
        replies=back.get("reply", 0),
        domains=_domains(tx, mailing, counted, thoroughly or sum(came_back.values()) <= LOOKED_UP_AT_ONCE),
        approved_at=_approved_at(tx, mailing),
        last_sent_at=parse_instant(sent_at) if sent_at else None,
        counted_at=at,
    )


def _counted(
    tx: Connection, found: Progress, kept: Row[Any] | None, now: datetime, thoroughly: bool
) -> tuple[Mapping[str, Any], datetime | None]:
    """What is kept as long as it is true, what is counted now where that may be, else what was kept before."""
    mailing = found.mailing
    if kept is not None and kept.counted is not None:
        is_true = kept.counted_at is not None and dict(kept.tallies) == dict(found.counts)
        if is_true or mailing.emptied_at is not None:
            return kept.counted, kept.counted_at or mailing.emptied_at
    if mailing.emptied_at is None and (thoroughly or mailing.audience <= COUNTED_AT_ONCE):
        return mailing_counts.count_in(tx, mailing.id).kept(), now
    if kept is not None and kept.counted is not None:
        return kept.counted, kept.counted_at
    return {}, None


def _reasons(counted: Mapping[str, Any], states: Mapping[str, int], state: DeliveryState) -> tuple[Reason, ...]:
    """By number, greatest first; what was settled since they were counted stands under its own word."""
    numbers: Counter[tuple[str, int | None, str]] = Counter()
    for word, code, status, number in counted.get("reasons", {}).get(state, ()):
        numbers[word, code, status] += number
    if counted and (more := states.get(state, 0) - numbers.total()) > 0:
        numbers[_NOT_KEPT] += more
    return tuple(
        Reason(*reason, number) for reason, number in sorted(numbers.items(), key=lambda each: (-each[1], str(each)))
    )


def _domains(tx: Connection, mailing: Row[Any], counted: Mapping[str, Any], looked_up: bool) -> tuple[Domain, ...]:
    """By size. From which of them mails came back is looked up where not too many did, else left open."""
    rows: Collection[Any] = counted.get("domains", ())
    if not rows:
        return ()
    back = counted.get("returned")
    if back is None and looked_up:
        back = mailing_returns.folded(mailing_returns.returned_by_domain(tx, mailing.id), [name for name, _ in rows])
    return tuple(Domain(name, states, None if back is None else back.get(name, 0)) for name, states in rows)


def _approved_at(tx: Connection, mailing: Row[Any]) -> datetime | None:
    """The last decision that was wanted for the version which went out."""
    at = func.max(decisions.c.decided_at, type_=decisions.c.decided_at.type)
    found = select(at).join(drafts, drafts.c.package_id == decisions.c.package_id)
    of_it = drafts.c.id == mailing.draft_id, decisions.c.live == 1, decisions.c.decision == "approve"
    decided: datetime | None = tx.execute(found.where(*of_it)).scalar()
    return decided
