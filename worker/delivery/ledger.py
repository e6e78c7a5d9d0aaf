"""The ledger of one slice: reads its due rows page by page, and writes what becomes of them, many at a time.

Everything it writes goes through one group commit that checks the slice's epoch first. A sender whose epoch has passed
gets `Fenced` and has written nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Any, NamedTuple, Self

from sqlalchemy import Connection, Row, Select, exists, func, select

from worker.audience.staff import before_press
from worker.delivery import group_commit, slices
from worker.delivery.backoff import is_due
from worker.delivery.group_commit import Entry, Group, Written
from worker.delivery.slices import Fenced, Hold
from worker.office import Office
from worker.store.states import DeliveryState, require_legal
from worker.store.tables import deliveries, departures, memberships

Grant = Callable[[Connection, Collection[int], datetime], Collection[int]]
PAGE = 500
"""Rows that are in memory at once, besides those under way."""


class Outcome(NamedTuple):
    """What became of one message after its dot, or of one envelope before it.

    `was` is the row's state when it was read, `old` the one it has now: `sending` once its intent is committed.
    `code` and `reply` are None when the relay said nothing that concerns it.
    """

    recipient_id: int
    was: DeliveryState
    old: DeliveryState
    new: DeliveryState
    code: int | None = None
    reply: str | None = None
    due_at: datetime | None = None


class Ledger:
    """Of one slice, for as long as it is held; keeps a connection to the database for itself."""

    def __init__(self, office: Office, hold: Hold, grant: Grant | None) -> None:
        """`grant` counts in every commit which of the wanted rows the limits let through; None without any limit."""
        self._database = office.database
        self._hold = hold
        self._tallies = Counter(hold.tallies)
        self.staff = before_press(office.lists, hold.lists)
        """Lists whose members are read first, because the press is in the same mailing."""
        self._grant = grant
        self._open: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.forget_connection()

    def page(self, after: int, now: datetime, *, staff: bool | None = None) -> Sequence[Row[Any]]:
        """The next rows that are due, lowest recipient first, behind the recipient `after`.

        With `staff` of the office's own staff alone, without it of everybody else alone; None: of all.
        """
        hold = self._hold
        found: Select[Any] = select(
            deliveries.c.recipient_id, deliveries.c.address, deliveries.c.greeting, deliveries.c.state,
            deliveries.c.attempts, deliveries.c.first_try_at,
        ).where(
            deliveries.c.mailing_id == hold.mailing_id, deliveries.c.recipient_id > after,
            deliveries.c.recipient_id <= hold.last, is_due(now),
        )  # fmt: skip
        if staff is not None:
            on_their_lists = memberships.c.list_id.in_(self.staff)
            if staff:  # read from their lists, which are short; of the others each is looked up by its key
                members = select(memberships.c.recipient_id).where(on_their_lists)
                found = found.where(deliveries.c.recipient_id.in_(members))
            else:
                found = found.where(
                    ~exists().where(on_their_lists, memberships.c.recipient_id == deliveries.c.recipient_id)
                )
        with self._database.read() as tx:
            return tx.execute(found.order_by(deliveries.c.recipient_id).limit(PAGE)).all()

    def left(self, rows: Sequence[Row[Any]]) -> frozenset[int]:
        """Who of these rows of a page has left every list of the mailing meanwhile."""
        if not rows:
            return frozenset()
        who = departures.c.recipient_id
        within = who.between(rows[0].recipient_id, rows[-1].recipient_id), departures.c.list_id.in_(self._hold.lists)
        found = select(who).where(*within).group_by(who).having(func.count() >= len(self._hold.lists))
        with self._database.read() as tx:
            return frozenset(tx.execute(found).scalars())

    def commit(
        self, outcomes: Sequence[Outcome], wanted: Collection[int], now: datetime, *, again: bool = False
    ) -> Written:
        """Write `outcomes` and take the rows of `wanted` that may be sent now: their dots may follow once it returns.

        Renews the lease. Raises Fenced. With `again`, what an attempt before may have written already is passed over.
        """
        hold = self._hold
        for each in outcomes:
            self._tallies[each.was] -= 1
            self._tallies[each.new] += 1
        try:
            written = self._write(self._group(outcomes, wanted, now))
        except BaseException:
            for each in outcomes:
                self._tallies[each.was] += 1
                self._tallies[each.new] -= 1
            raise
        if not written.ours or (written.outcomes != len(outcomes) and not again):
            raise Fenced(f"slice {hold.number} of mailing {hold.mailing_id} has passed to another sender")
        return written

    def _group(self, outcomes: Sequence[Outcome], wanted: Collection[int], now: datetime) -> Group:
        hold = self._hold
        return Group(
            mailing_id=hold.mailing_id,
            number=hold.number,
            epoch=hold.epoch,
            lists=hold.lists,
            lease_until=now + slices.LEASE,
            tallies={state: number for state, number in self._tallies.items() if number},
            now=now,
            outcomes=[_entry(each) for each in outcomes],
            wanted=wanted,
        )

    def forget_connection(self) -> None:
        """Close the connection; the next commit opens another."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def _write(self, group: Group) -> Written:
        sqlite = self._database.is_sqlite
        if self._open is None:
            # On PostgreSQL the group is one statement: alone it needs no transaction round it, and no further trip.
            alone = {"isolation_level": "AUTOCOMMIT"} if not sqlite and self._grant is None else {}
            self._open = self._database.engine.connect().execution_options(writes=True, **alone)
        with self._open.begin() as transaction:
            if self._grant is not None and group.wanted:
                group = replace(group, wanted=self._grant(self._open, group.wanted, group.now))
            written = (group_commit.on_sqlite if sqlite else group_commit.on_postgresql)(self._open, group)
            if not written.ours:
                transaction.rollback()
            return written


def _entry(outcome: Outcome) -> Entry:
    old, new = outcome.old, outcome.new
    back = old is DeliveryState.SENDING and new not in _WITH_THE_RELAY
    if old is not new:  # a row that is put off once more stays in `retry`
        require_legal(deliveries, old, new)
    return (
        outcome.recipient_id, old.value, new.value, outcome.code, outcome.reply, outcome.due_at,
        0 if outcome.due_at is None else 1,
        -1 if back else 0,  # the relay said no, or the dot never left
    )  # fmt: skip


_WITH_THE_RELAY = (DeliveryState.SENT, DeliveryState.UNKNOWN)
