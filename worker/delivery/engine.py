"""Sending a slice: the one path that every message of every mailing takes.

One thread hands envelopes to a carrier. When the relay waits for a message's text, its intent is committed, together
with those of all who wait and with the outcomes of the round before; only then the text and the final dot leave. So
safety costs one commit for many messages, and a kill at any point leaves at most one row in doubt per connection.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.exc import DBAPIError

from worker.delivery import slices, spliced
from worker.delivery.backoff import retry_at
from worker.delivery.ledger import Ledger, Outcome
from worker.delivery.limits import Turnstile
from worker.delivery.slices import Fenced, Hold
from worker.delivery.spliced import Spliced, Unsendable
from worker.office import Office
from worker.smtp.carrier import (
    AWAKE_AND_ASLEEP,
    Accepted,
    Carrier,
    Deferred,
    Down,
    Envelope,
    Happening,
    Ready,
    Refused,
    Unknown,
    Unsent,
)
from worker.smtp.replies import Reply
from worker.store.states import DeliveryState
from worker.store.tables import mailings

BATCH = 8
"""So many that wait for their commit need not wait for others."""
GATHER = 0.002
"""Seconds that the first of them waits for others at most: one slow connection must not hold up the rest."""
LOOK = 0.25
"""Seconds between two looks at what may end a pass, when nothing happens."""
RENEW = 3
"""The lease is renewed when this part of it is over, though there be nothing to write."""
PATIENCE = 0.2
"""Seconds before what could not be written is tried again."""
BUSY = 421
"""The relay's word about itself, whatever it answers: nobody's attempt is spent on it (RFC 5321 §3.8)."""


@dataclass(frozen=True)
class SliceResult:
    """What a pass over a slice came to. `tried` counts rows with an answer or none, `failed` those not to be repeated.

    `trouble` is why the relay cannot be used now. `more`: rows that are due were left. `waits_until`: the first of
    those left for a limit's sake may go then.
    """

    tried: int = 0
    accepted: int = 0
    failed: int = 0
    trouble: str | None = None
    more: bool = False
    waits_until: datetime | None = None


def send_slice(
    office: Office,
    carrier: Carrier,
    hold: Hold,
    now: Callable[[], datetime],
    stopping: Callable[[], bool],
    until: float,
    *,
    batch: int = BATCH,
) -> SliceResult:
    """Send what is due of a slice that the caller has taken and brings back; every answer is written on return.

    `stopping` is asked all the time; `until` is on the monotonic clock (seconds). With `batch=1` every message has a
    commit of its own. Raises Fenced when the slice passes to somebody else, HlasatelError when its message is not fit
    to be sent, DBAPIError when the database failed for as long as the lease held: then rows may stand in `sending`,
    and no connection is left open in which one of them could still be under way.
    """
    with office.database.read() as tx:
        mailing = tx.execute(select(mailings).where(mailings.c.id == hold.mailing_id)).one()
    letter = spliced.load(office, mailing)
    turnstile = Turnstile.of(office)
    if turnstile.limits():
        with office.database.read() as tx:
            turnstile.load(tx, now())
    with Ledger(office, hold, turnstile.grant if turnstile.limits() else None) as ledger:
        sender = _Sender(office, carrier, hold, letter, ledger, turnstile, now, batch)
        return sender.send(lambda: stopping() or time.monotonic() >= until)


@dataclass(frozen=True, slots=True)
class _Message:
    """One row on its way: what it was when it was read, and what is to be sent."""

    row: Row[Any]
    envelope: Envelope
    data: bytes


class _Sender:
    """One pass. A row is begun (asked for), then ready (the relay waits for its text), then its dot is under way."""

    def __init__(
        self,
        office: Office,
        carrier: Carrier,
        hold: Hold,
        letter: Spliced,
        ledger: Ledger,
        turnstile: Turnstile,
        now: Callable[[], datetime],
        batch: int,
    ) -> None:
        self._limits = office.settings.delivery
        self._carrier, self._letter, self._ledger, self._turnstile = carrier, letter, ledger, turnstile
        self._now, self._batch = now, batch
        self._read_to, self._last, self._read_all = hold.first - 1, hold.last, False
        self._begun: dict[int, _Message] = {}
        self._ready: list[int] = []
        self._dots: dict[int, _Message] = {}
        self._outcomes: list[Outcome] = []
        self._waiting_since: float | None = None
        self._unsent: Counter[int] = Counter()
        self._put_back: list[Row[Any]] = []
        self._done: Counter[DeliveryState] = Counter()
        self._goes_on = True
        self._trouble: str | None = None
        self._renewed = time.clock_gettime(AWAKE_AND_ASLEEP)
        self._failing = False

    def send(self, ended: Callable[[], bool]) -> SliceResult:
        """Until everything that is due has its answer, or until it ended and the dots under way have theirs."""
        try:
            while self._step(ended):
                pass
        except BaseException:
            self._carrier.close()  # with every connection on which a dot could still be under way
            raise
        done, unspent = self._done, self._put_back
        return SliceResult(
            tried=done.total(),
            accepted=done[DeliveryState.SENT],
            failed=done[DeliveryState.FAILED] + done[DeliveryState.UNKNOWN],
            trouble=self._trouble,
            more=not self._read_all or bool(unspent),
            waits_until=self._turnstile.waits_until,
        )

    def _step(self, ended: Callable[[], bool]) -> bool:
        """One turn of the loop; False when nothing is under way and nothing more is to be begun."""
        now = self._now()
        self._goes_on = self._goes_on and self._trouble is None and not self._too_many() and not ended()
        if self._goes_on:
            self._offer(now)
        elif self._begun:
            self._leave(list(self._begun))
        if self._is_time():
            self._round(now)
        elif self._begun or self._dots:
            for each in self._carrier.wait(self._wait_for()):
                self._happened(each, now)
        else:
            return bool(self._outcomes)
        return True

    def _offer(self, now: datetime) -> None:
        for _ in range(self._carrier.room()):
            message = self._next(now)
            if message is None:
                return
            self._carrier.begin(message.envelope)

    def _next(self, now: datetime) -> _Message | None:
        """The next message, which the caller begins; None when nothing may be begun now."""
        while (row := self._next_row(now)) is not None:
            try:
                message = _Message(row, self._letter.envelope(row), self._letter.message(row))
            except Unsendable as error:
                self._turnstile.ended(row.recipient_id)
                self._over(row, DeliveryState(row.state), DeliveryState.FAILED, now, Reply(0, str(error)))
                continue
            self._begun[row.recipient_id] = message
            return message
        return None

    def _next_row(self, now: datetime) -> Row[Any] | None:
        while (row := self._turnstile.next(now)) is None and not self._read_all and not self._turnstile.full():
            page = self._ledger.page(self._read_to, now)
            self._turnstile.put(page)
            self._read_to = page[-1].recipient_id if page else self._last
            self._read_all = not page
        return row

    def _is_time(self) -> bool:
        """Whether to commit now: many wait, one has waited long enough, or nothing else can happen before it."""
        if time.clock_gettime(AWAKE_AND_ASLEEP) - self._renewed > slices.LEASE.total_seconds() / RENEW:
            return True
        if self._waiting_since is None:
            return False
        alone = len(self._ready) == len(self._begun) and not self._dots
        return alone or len(self._ready) >= self._batch or time.monotonic() - self._waiting_since >= GATHER

    def _wait_for(self) -> float:
        return LOOK if self._waiting_since is None else GATHER

    def _round(self, now: datetime) -> None:
        """Commit, and send the texts of those whose intent then stands. One row alone where each has its own commit."""
        most = None if self._batch > 1 else 1
        outcomes, wanted = self._outcomes[:most], self._ready[:most]
        began = time.clock_gettime(AWAKE_AND_ASLEEP)
        try:
            written = self._ledger.commit(outcomes, wanted, now, again=self._failing)
        except DBAPIError:
            self._not_written(now, wanted)
            return
        self._failing, self._renewed = False, began
        self._outcomes, self._ready = self._outcomes[len(outcomes) :], self._ready[len(wanted) :]
        self._waiting_since = time.monotonic() if self._outcomes or self._ready else None
        self._goes_on = self._goes_on and written.goes_on
        self._turnstile.put(self._put_back)
        self._put_back = []
        ends = began + slices.LEASE.total_seconds()
        for ticket in wanted:
            if ticket not in written.granted:
                self._leave([ticket])
            elif time.clock_gettime(AWAKE_AND_ASLEEP) >= ends:
                raise Fenced("the lease was over before the text could be sent")
            else:
                self._finish(ticket, now, ends)

    def _finish(self, ticket: int, now: datetime, before: float) -> None:
        message = self._dots[ticket] = self._begun.pop(ticket)
        following = self._next(now) if self._goes_on else None
        then = following.envelope if following else None
        self._carrier.finish(ticket, message.data, then, before=before)

    def _not_written(self, now: datetime, wanted: Iterable[int]) -> None:
        """The database failed: send nothing more, and try to write what is known for as long as the lease holds."""
        if time.clock_gettime(AWAKE_AND_ASLEEP) - self._renewed >= slices.LEASE.total_seconds():
            raise
        self._failing, self._goes_on = True, False
        self._ledger.forget_connection()
        for ticket in wanted:  # that commit may have reached the disk, and only its answer was lost
            row = self._begun[ticket].row
            self._over(row, DeliveryState.SENDING, DeliveryState(row.state), now)
        self._leave(list(self._begun))
        time.sleep(PATIENCE)

    def _leave(self, tickets: Iterable[int]) -> None:
        """Abandon messages, which stay as they are, and give way to others of their limits."""
        for ticket in tickets:
            self._carrier.abandon(ticket)
            self._turnstile.ended(ticket)
            self._forget(ticket)

    def _forget(self, ticket: int) -> _Message | None:
        if ticket in self._ready:
            self._ready.remove(ticket)
        return self._begun.pop(ticket, None) or self._dots.pop(ticket, None)

    def _happened(self, happening: Happening, now: datetime) -> None:
        if isinstance(happening, Down):
            self._trouble = self._trouble or (str(happening.reply) if happening.reply else happening.why)
            return
        ticket = happening.ticket
        if isinstance(happening, Ready):
            self._ready.append(ticket)
            self._waiting_since = self._waiting_since or time.monotonic()
            return
        old = DeliveryState.SENDING if ticket in self._dots else None
        message = self._forget(ticket)
        assert message is not None, "a happening of a ticket that is not under way"
        self._turnstile.ended(ticket)
        row = message.row
        was = old or DeliveryState(row.state)
        match happening:
            case Accepted(_, reply):
                self._over(row, was, DeliveryState.SENT, now, reply)
            case Refused(_, reply):
                self._over(row, was, DeliveryState.FAILED, now, reply)
            case Deferred(_, reply) if reply.code == BUSY:
                self._not_sent(row, old, str(reply), now)
            case Deferred(_, reply):
                self._over(row, was, self._later(row, now), now, reply)
            case Unknown(_, why):
                self._over(row, was, DeliveryState.UNKNOWN, now, Reply(0, why))
            case Unsent(_, why):
                self._not_sent(row, old, why, now)

    def _later(self, row: Row[Any], now: datetime) -> DeliveryState:
        """Once more later, or given up on when its server has put us off for longer than the settings allow."""
        after = timedelta(days=self._limits.give_up_after_days)
        given_up = row.first_try_at is not None and row.first_try_at <= now - after
        return DeliveryState.EXPIRED if given_up else DeliveryState.RETRY

    def _not_sent(self, row: Row[Any], old: DeliveryState | None, why: str, now: datetime) -> None:
        """As if it had never been tried; tried once more at once, and then it is the relay's trouble."""
        if old is not None:
            self._over(row, old, DeliveryState(row.state), now)
        self._unsent[row.recipient_id] += 1
        if self._unsent[row.recipient_id] > 1:
            self._trouble = self._trouble or why
        self._put_back.append(row)
        self._waiting_since = self._waiting_since or time.monotonic()

    def _over(
        self, row: Row[Any], old: DeliveryState, new: DeliveryState, now: datetime, reply: Reply | None = None
    ) -> None:
        """Note what became of a row; the next commit writes it."""
        was = DeliveryState(row.state)
        due_at = retry_at(now, row.attempts) if new is DeliveryState.RETRY and reply is not None else None
        code, text = (reply.code, reply.text.replace("\0", "")) if reply is not None else (None, None)
        self._outcomes.append(Outcome(row.recipient_id, was, old, new, code, text, due_at))
        self._waiting_since = self._waiting_since or time.monotonic()
        if reply is not None:
            self._done[new] += 1

    def _too_many(self) -> bool:
        """Whether so many failed that a person should look before more are refused."""
        failed = self._done[DeliveryState.FAILED] + self._done[DeliveryState.UNKNOWN]
        if failed < self._limits.failure_min:
            return False
        return failed > self._limits.failure_threshold * (failed + self._done[DeliveryState.SENT])
