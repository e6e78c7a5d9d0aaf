"""What the deliveries of a mailing say by reason and domain: counted slice by slice, and kept beyond the deliveries.

Whoever looks at the account of a mailing to a million reads what is kept here; the deliveries themselves are looked at
once, when the mailing is done, and again when a person settles one of them.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, or_, select, update

from worker.record import tallies
from worker.record.mailing_returns import domain_of, folded, keep_values, refused, returned_by_domain
from worker.store import erased
from worker.store.states import DeliveryState, MailingState
from worker.store.tables import deliveries, mailing_accounts, mailings, slices
from worker.times import rfc3339

MOST_DOMAINS = 30
"""Domains that are told apart; the rest is counted together, as one with few recipients would name them."""
FEWEST_TOLD = 2
"""Recipients that a domain has at least to be named."""
_NOBODY = ("", erased.DOMAIN)
"""Domains of rows that say no more whose they were."""
WITH_REASONS = (DeliveryState.FAILED, DeliveryState.EXPIRED)
"""States in which a row says why it is there."""
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_SETTLED, _BY_LOG, _CANCELLED = "settled by a person", "the relay's log", "cancelled"
_ORDERED = {_SETTLED: "person", _BY_LOG: "log", _CANCELLED: "cancelled"}

_DEAD = ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.4.4", "5.4.1")
_BY_CLASS = (
    ("full", ("5.2.2", "4.2.2")),
    ("closed", ("5.2.1", "4.2.1")),
    ("large", ("5.2.3", "5.3.4")),
    ("policy", ("5.7.", "4.7.", "5.1.7", "5.1.8", "5.6.")),
    ("dead", _DEAD),
    ("server", ("4.", "5.3.", "5.4.", "5.5.")),
)
"""RFC 3463 and the registry of RFC 5248; the first whose beginning fits."""


@dataclass
class Counts:
    """Numbers of one mailing. `reasons`: state → (word, code, status) → rows; `domains`: domain → state → rows."""

    reasons: dict[str, Counter[tuple[str, int | None, str]]] = field(default_factory=lambda: defaultdict(Counter))
    domains: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    last_sent_at: datetime | None = None

    def kept(self) -> dict[str, Any]:
        """As it is stored: the greatest domains by name, the rest together under an empty one."""
        named, rest = self.greatest()
        return {
            "reasons": {
                state: [[*reason, number] for reason, number in sorted(found.items(), key=str)]
                for state, found in sorted(self.reasons.items())
            },
            "domains": [[domain, dict(self.domains[domain])] for domain in named]
            + ([["", dict(rest)]] if rest else []),
            "last_sent_at": rfc3339(self.last_sent_at) if self.last_sent_at is not None else None,
        }

    def greatest(self) -> tuple[Sequence[str], Counter[str]]:
        """The domains that are named, greatest first, and what all others have together."""
        by_size = sorted(self.domains, key=lambda each: (-self.domains[each].total(), each))
        named = [each for each in by_size if each not in _NOBODY and self.domains[each].total() >= FEWEST_TOLD][
            :MOST_DOMAINS
        ]
        rest: Counter[str] = Counter()
        for each in set(by_size) - set(named):
            rest.update(self.domains[each])
        return named, rest


def reason(code: int | None, reply: str) -> tuple[str, int | None, str]:
    """Why a delivery failed: a word for people (`mailing_account.reason_…`), the reply code and the enhanced status.

    Of the first five hundred characters of the reply; `""` stands for a status that was not given.
    """
    for beginning, word in _ORDERED.items():
        if reply.startswith(beginning):
            return word, None, ""
    found = _STATUS.search(reply)
    status = found[1] if found else ""
    if code == 0:
        return "ours", None, status
    word = next((word for word, beginnings in _BY_CLASS if status and status.startswith(beginnings)), "")
    if not word:
        word = {552: "large"}.get(code or 0, "later" if code is not None and code < 500 else "other")
    return word, code, status


class Counting:
    """A mailing that is being counted, slice by slice, each in a look of its own: nobody waits long for any of it."""

    def __init__(self, tx: Connection, mailing_id: int) -> None:
        self.mailing_id = mailing_id
        self.tallies = tallies.of_mailing(tx, mailing_id)
        self.counts = Counts()
        self._pieces = list(_pieces(tx, mailing_id))[::-1]

    def step(self, tx: Connection) -> bool:
        """Count the next slice; False when there was none left."""
        if not self._pieces:
            return False
        _add(tx, self.counts, self.mailing_id, self._pieces.pop())
        return True


def count_in(tx: Connection, mailing_id: int) -> Counts:
    """All of a mailing within one look."""
    counts = Counts()
    for piece in _pieces(tx, mailing_id):
        _add(tx, counts, mailing_id, piece)
    return counts


def keep(tx: Connection, mailing_id: int, counts: Counts, counted: Mapping[str, int], now: datetime) -> bool:
    """Keep what was counted when the mailing's tallies were `counted`; False when they are others by now."""
    if tallies.of_mailing(tx, mailing_id) != counted:
        return False
    closed = tx.execute(select(mailings.c.closed_at).where(mailings.c.id == mailing_id)).scalar()
    at = max(now, closed or now)  # a clock that went back must not let it look uncounted for ever
    kept = counts.kept() | {"refused": refused(tx, mailing_id)}
    keep_values(tx, mailing_id, {"counted": kept, "tallies": dict(counted), "counted_at": at})
    return True


def wanting(tx: Connection) -> int | None:
    """A mailing that is done and not counted since; None without one."""
    kept = mailing_accounts
    late = or_(kept.c.counted_at.is_(None), kept.c.counted_at < mailings.c.closed_at)
    found = (
        select(mailings.c.id)
        .outerjoin(kept, kept.c.mailing_id == mailings.c.id)
        .where(mailings.c.state == MailingState.DONE, mailings.c.emptied_at.is_(None), late)
        .where(mailings.c.refusals_at.is_not(None))
    )
    return tx.execute(found.order_by(mailings.c.id).limit(1)).scalar()


def outdated(tx: Connection, mailing_id: int) -> None:
    """A delivery was settled: it is counted again, unless its deliveries say no more whose they were."""
    whole = select(mailings.c.id).where(mailings.c.id == mailing_id, mailings.c.emptied_at.is_(None))
    tx.execute(update(mailing_accounts).where(mailing_accounts.c.mailing_id.in_(whole)).values(counted_at=None))


def before_emptying(tx: Connection, mailing_id: int, now: datetime) -> None:
    """Keep what its deliveries say as long as they say it, with the domains that mails came back from."""
    row = tx.execute(select(mailing_accounts).where(mailing_accounts.c.mailing_id == mailing_id)).first()
    current = tallies.of_mailing(tx, mailing_id)
    if row is None or row.counted is None or row.counted_at is None:
        keep(tx, mailing_id, count_in(tx, mailing_id), current, now)
        row = tx.execute(select(mailing_accounts).where(mailing_accounts.c.mailing_id == mailing_id)).one()
    if row.counted is None or "returned" in row.counted:
        return
    named = {domain for domain, _ in row.counted["domains"]}
    counted = row.counted | {"returned": folded(returned_by_domain(tx, mailing_id), named)}
    tx.execute(update(mailing_accounts).where(mailing_accounts.c.mailing_id == mailing_id).values(counted=counted))


def _pieces(tx: Connection, mailing_id: int) -> Sequence[Row[Any]]:
    found: Select[Any] = select(slices.c.first, slices.c.last).where(slices.c.mailing_id == mailing_id)
    return tx.execute(found.order_by(slices.c.number)).all()


def _add(tx: Connection, counts: Counts, mailing_id: int, piece: Row[Any]) -> None:
    inside = deliveries.c.mailing_id == mailing_id, deliveries.c.recipient_id.between(piece.first, piece.last)
    domain = domain_of(tx).label("domain")
    by_domain: Select[Any] = select(domain, deliveries.c.state, func.count()).where(*inside)
    for name, state, number in tx.execute(by_domain.group_by(domain, deliveries.c.state)):
        counts.domains[name][state] += number
    latest = select(func.max(deliveries.c.settled_at, type_=deliveries.c.settled_at.type)).where(*inside)
    at = tx.execute(latest.where(deliveries.c.state == DeliveryState.SENT)).scalar()
    if at is not None:
        counts.last_sent_at = max(at, counts.last_sent_at or at)
    why = select(deliveries.c.state, deliveries.c.code, deliveries.c.reply).where(
        *inside, deliveries.c.state.in_(WITH_REASONS)
    )
    for row in tx.execute(why):
        counts.reasons[row.state][reason(row.code, row.reply)] += 1
