"""Which secret keys are at hand, what hangs on each, and until when: an old one may go when nothing does any more.

A mailing's Message-IDs, its links to leave, and the senders that its bounces come back to are derived with the key it
began with. They are asked for until the mailing is done and nothing of it is in doubt, and by its readers long after:
as long as `[retention] mailings_days` keeps whom it went to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from worker.settings import Settings, key_id
from worker.store.states import DeliveryState, MailingState
from worker.store.tables import mailings, slices


@dataclass(frozen=True)
class KeyStanding:
    """One key by its id, which tells nothing about it. `until` is None when nothing hangs on it, or when something open
    does, whose end nobody knows; `newest` is what new mailings use.
    """

    key: str
    at_hand: bool
    newest: bool
    mailings: int
    open: int
    unknown: int
    until: datetime | None

    @property
    def is_needed(self) -> bool:
        return self.newest or self.until is not None or self.open > 0 or self.unknown > 0


def standings(tx: Connection, settings: Settings, now: datetime) -> list[KeyStanding]:
    """The keys at hand, newest first, then those that are missing though something hangs on them."""
    at_hand = [key_id(key) for key in settings.secret_keys]
    using = list(tx.execute(select(mailings.c.key_id).distinct().order_by(mailings.c.key_id)).scalars())
    missing = [_standing(tx, settings, key, now) for key in using if key not in at_hand]
    found = [_standing(tx, settings, key, now, newest=number == 0) for number, key in enumerate(at_hand)]
    return [*found, *(each for each in missing if each.is_needed)]


def _standing(tx: Connection, settings: Settings, key: str, now: datetime, newest: bool = False) -> KeyStanding:
    kept = timedelta(days=settings.retention.mailings_days)
    rows = tx.execute(
        select(mailings.c.id, mailings.c.state, mailings.c.closed_at).where(mailings.c.key_id == key)
    ).all()
    ends = [row.closed_at + kept for row in rows if row.closed_at is not None]
    known = [key_id(each) for each in settings.secret_keys]
    return KeyStanding(
        key=key,
        at_hand=key in known,
        newest=newest,
        mailings=len(rows),
        open=sum(row.state != MailingState.DONE for row in rows),
        unknown=_unknown(tx, [row.id for row in rows]),
        until=max((end for end in ends if end > now), default=None),
    )


def _unknown(tx: Connection, of_mailings: Sequence[int]) -> int:
    tallies = tx.execute(select(slices.c.tallies).where(slices.c.mailing_id.in_(of_mailings))).scalars()
    return sum(each.get(DeliveryState.UNKNOWN, 0) for each in tallies)
