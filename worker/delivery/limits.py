"""Limits of what is sent: messages per period of the relay and of a recipient domain, and messages to one at once.

What was granted in the running period stands in `allowances` and is written in the group commit, so it holds over
restarts and over several machines. A period begins with the first message that counts in it. Nothing waits here and no
row is touched: who is over an allowance stays as he is, and `waits_until` says when it is his turn.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects import postgresql, sqlite

from worker.office import Office
from worker.settings.limits import PERIODS, DomainLimit, MessageLimit, Per
from worker.store.tables import allowances

MOST_HELD = 1_000
"""Rows that wait for one of their domain's connections; then no further page is read."""


@dataclass
class _Allowance:
    """`most` messages per `period`; `used` of those that count until `ends`, `begun` more that may come to count."""

    scope: str
    most: int
    period: timedelta
    used: int = 0
    ends: datetime | None = None
    begun: int = 0

    def closed_until(self, now: datetime) -> datetime | None:
        """When the next message may go; None when one may go now."""
        if self.ends is None or self.ends <= now:
            return now + self.period if self.begun >= self.most else None
        return self.ends if self.used + self.begun >= self.most else None

    def read(self, began: datetime, used: int, now: datetime) -> None:
        """Take over what is written down. A period that begins later than now means that the clock went back."""
        ends = min(began, now) + self.period
        self.used, self.ends = (used, ends) if ends > now else (0, None)


class _Stage(Enum):
    BEGUN = auto()
    """It may come to count."""
    GRANTED = auto()
    REFUSED = auto()


@dataclass
class _Message:
    """One on its way to the relay, and the allowances it counts in."""

    domain: str
    rules: Sequence[_Allowance]
    stage: _Stage = _Stage.BEGUN

    def enter(self, stage: _Stage) -> None:
        if self.stage is _Stage.BEGUN:
            for each in self.rules:
                each.begun -= 1
        self.stage = stage


class Turnstile:
    """Lets the rows of one slice through to the carrier as fast as the limits allow. Made anew for every pass."""

    def __init__(self, relay: str, messages: Iterable[MessageLimit], domains: Iterable[DomainLimit]) -> None:
        """`relay` names the relay whose limits are `messages`, as `host:port`."""
        self._all: dict[str, _Allowance] = {}
        self._relay = [self._allowance(f"relay/{relay}", each.messages, each.per) for each in messages]
        self._rules: dict[str, list[_Allowance]] = {}
        """What a domain's messages count in, the relay's included; of others it is the relay's alone."""
        self._connections: dict[str, int] = {}
        for each in domains:
            rules = self._rules.setdefault(each.domain, [*self._relay])
            if each.messages is not None:
                own = self._allowance(f"domain/{each.domain}", each.messages, each.per)
                rules += [own] if own not in rules else []
            if each.connections is not None:
                fewest = self._connections.get(each.domain, each.connections)
                self._connections[each.domain] = min(fewest, each.connections)
        self._fresh: deque[Row[Any]] = deque()
        self._held: dict[str, deque[Row[Any]]] = {}
        self._busy: Counter[str] = Counter()
        self._begun: dict[int, _Message] = {}
        self.waits_until: datetime | None = None
        """Rows were left out, the first of which may go then; None when none was."""

    @classmethod
    def of(cls, office: Office) -> Turnstile:
        """With the limits of the office's settings."""
        return cls(str(office.relay), office.settings.relay_settings.limits, office.settings.delivery.domains)

    def limits(self) -> bool:
        """Whether anything is limited at all."""
        return bool(self._relay or self._rules)

    def load(self, tx: Connection, now: datetime) -> None:
        """Learn what is left of the running periods; otherwise the first grant tells."""
        self._read(tx, self._all, now)

    def put(self, rows: Iterable[Row[Any]]) -> None:
        """Rows of a page just read, with `recipient_id` and `address`."""
        self._fresh.extend(rows)

    def full(self) -> bool:
        """Whether so many rows wait for a connection that no further page should be read."""
        return sum(map(len, self._held.values())) >= MOST_HELD

    def next(self, now: datetime) -> Row[Any] | None:
        """The next row that may be begun; None when there is none, or none may until a message has `ended`."""
        if not self._rules and not self._relay:
            return self._fresh.popleft() if self._fresh else None
        for domain, waiting in self._held.items():
            while waiting and self._has_connection(domain):
                row = waiting.popleft()
                if self._let_through(row, domain, now):
                    return row
        while self._fresh:
            row = self._fresh.popleft()
            domain = row.address.rpartition("@")[2].lower() if self._rules else ""
            if not self._has_connection(domain):
                self._held.setdefault(domain, deque()).append(row)
            elif self._let_through(row, domain, now):
                return row
        return None

    def grant(self, tx: Connection, tickets: Collection[int], now: datetime) -> set[int]:
        """Count those begun messages that may be finished, in the transaction that writes their intents.

        The others are to be abandoned. Asked again after a transaction that failed, it counts them again.
        """
        asked = {ticket: self._begun[ticket] for ticket in tickets if ticket in self._begun}
        concerned = {rule.scope: rule for each in asked.values() for rule in each.rules}
        if not concerned:
            return set(tickets)
        _make(tx, concerned, now)
        self._read(tx, concerned, now, lock=True)
        granted = set(tickets) - set(asked)
        for ticket, message in asked.items():
            closed = [rule.ends for rule in message.rules if rule.ends is not None and rule.used >= rule.most]
            message.enter(_Stage.REFUSED if closed else _Stage.GRANTED)
            if closed:
                self._leave_out(max(closed))
                continue
            for rule in message.rules:
                rule.ends = rule.ends or now + rule.period
                rule.used += 1
            granted.add(ticket)
        self._write(tx, concerned)
        return granted

    def ended(self, ticket: int) -> None:
        """Its outcome is known, or it was abandoned: its domain has a connection free."""
        message = self._begun.pop(ticket, None)
        if message is None:
            return
        self._busy[message.domain] -= 1
        message.enter(_Stage.REFUSED)

    def _allowance(self, whose: str, most: int, per: Per) -> _Allowance:
        """The one of this scope; of two limits for the same the lower one holds."""
        scope = f"{whose}/{per}"
        found = self._all.setdefault(scope, _Allowance(scope, most, PERIODS[per]))
        found.most = min(found.most, most)
        return found

    def _let_through(self, row: Row[Any], domain: str, now: datetime) -> bool:
        rules = self._rules.get(domain, self._relay)
        closed = [until for each in rules if (until := each.closed_until(now)) is not None]
        if closed:
            self._leave_out(max(closed))
            return False
        for each in rules:
            each.begun += 1
        self._busy[domain] += 1
        self._begun[row.recipient_id] = _Message(domain, rules)
        return True

    def _has_connection(self, domain: str) -> bool:
        most = self._connections.get(domain)
        return most is None or self._busy[domain] < most

    def _leave_out(self, until: datetime) -> None:
        self.waits_until = min(until, self.waits_until or until)

    def _read(self, tx: Connection, scopes: dict[str, _Allowance], now: datetime, *, lock: bool = False) -> None:
        """In one order, so that two who want the same ones never wait for each other."""
        if not scopes:
            return
        found = select(allowances).where(allowances.c.scope.in_(sorted(scopes))).order_by(allowances.c.scope)
        for row in tx.execute(found.with_for_update() if lock else found):
            scopes[row.scope].read(row.began, row.used, now)

    def _write(self, tx: Connection, scopes: dict[str, _Allowance]) -> None:
        for scope, each in sorted(scopes.items()):
            if each.ends is not None:
                found = allowances.update().where(allowances.c.scope == scope)
                tx.execute(found.values(began=each.ends - each.period, used=each.used))


def _make(tx: Connection, scopes: Collection[str], now: datetime) -> None:
    """Rows to lock for those that were never counted; always, because an earlier transaction may have failed."""
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    rows = [{"scope": each, "began": now, "used": 0} for each in sorted(scopes)]
    tx.execute(insert(allowances).values(rows).on_conflict_do_nothing())
