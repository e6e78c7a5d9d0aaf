"""Sending a slice: the one path that every message of every mailing takes.

One thread hands envelopes to a carrier. When the relay waits for a message's text, its intent is committed, together
with those of all who wait and with the outcomes of the round before; only then the text and the final dot leave. So
safety costs one commit for many messages, and a kill at any point leaves at most one row in doubt per connection.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.exc import DBAPIError

from worker.delivery import slices, spliced
from worker.delivery.answers import Answers
from worker.delivery.ledger import Ledger, Outcome
from worker.delivery.limits import Turnstile
from worker.delivery.slices import Hold
from worker.delivery.supply import Message, Supply
from worker.office import Office
from worker.smtp.carrier import (
    AWAKE_AND_ASLEEP,
    Accepted,
    Carrier,
    Deferred,
    Down,
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
        answers = Answers(office.settings.delivery)
        supply = Supply(hold, ledger, letter, turnstile, answers)
        sender = _Sender(carrier, supply, ledger, turnstile, answers, now, batch)
        return sender.send(lambda: stopping() or time.monotonic() >= until)


class _Sender:
    """One pass. A row is begun (asked for), then ready (the relay waits for its text), then its dot is under way."""

    def __init__(
        self,
        carrier: Carrier,
        supply: Supply,
        ledger: Ledger,
        turnstile: Turnstile,
        answers: Answers,
        now: Callable[[], datetime],
        batch: int,
    ) -> None:
        self._carrier, self._supply, self._turnstile = carrier, supply, turnstile
        self._ledger, self._answers = ledger, answers
        self._now, self._batch = now, batch
        self._begun: dict[int, Message] = {}
        self._ready: list[int] = []
        self._dots: dict[int, Message] = {}
        self._unsent: Counter[int] = Counter()
        self._put_back: list[Row[Any]] = []
        self._goes_on = True
        self._trouble: str | None = None
        self._renewed = time.clock_gettime(AWAKE_AND_ASLEEP)
        self._failing = False
        self._failure: DBAPIError | None = None

    def send(self, ended: Callable[[], bool]) -> SliceResult:
        """Until everything that is due has its answer, or until it ended and the dots under way have theirs."""
        try:
            while self._step(ended):
                pass
        except BaseException:
            self._carrier.close()  # with every connection on which a dot could still be under way
            raise
        failure = self._failure or self._supply.broken
        if failure is not None and not self._answers.done:
            raise failure  # it failed again before anything could be done: somebody must hear of it
        return SliceResult(
            tried=self._answers.done.total(),
            accepted=self._answers.done[DeliveryState.SENT],
            failed=self._answers.failed(),
            trouble=self._trouble,
            more=not self._supply.read_all or bool(self._put_back),
            waits_until=self._turnstile.waits_until,
        )

    def _step(self, ended: Callable[[], bool]) -> bool:
        """One turn of the loop; False when nothing is under way and nothing more is to be begun."""
        now = self._now()
        self._goes_on = self._goes_on and not (
            self._trouble is not None or self._supply.broken is not None or self._answers.too_many_failed() or ended()
        )
        if self._goes_on:
            self._offer(now)
        elif self._begun:
            self._leave(list(self._begun))
        wrote = self._is_time()
        if wrote:
            self._write(now)
        if not (self._begun or self._dots):
            return (wrote and self._goes_on) or bool(self._answers)
        for each in self._carrier.wait(0 if wrote else self._wait_for()):
            self._happened(each, now)
        return True

    def _offer(self, now: datetime) -> None:
        for _ in range(self._carrier.room()):
            message = self._next(now)
            if message is None:
                return
            self._carrier.begin(message.envelope)

    def _next(self, now: datetime) -> Message | None:
        """The next message, which the caller begins; None when nothing may be begun now."""
        message = self._supply.next(now)
        if message is not None:
            self._begun[message.row.recipient_id] = message
        return message

    def _nothing_else(self) -> bool:
        """Whether everything that is under way waits for a commit."""
        return len(self._ready) == len(self._begun) and not self._dots

    def _is_time(self) -> bool:
        """Whether to commit now: many wait, one has waited long enough, or nothing else can happen before it."""
        if time.clock_gettime(AWAKE_AND_ASLEEP) - self._renewed > slices.LEASE.total_seconds() / RENEW:
            return True
        since = self._answers.waiting_since
        if since is None:
            return False
        return self._nothing_else() or len(self._ready) >= self._batch or time.monotonic() - since >= GATHER

    def _wait_for(self) -> float:
        return LOOK if self._answers.waiting_since is None else GATHER

    def _write(self, now: datetime) -> None:
        """Commit all that waits for it, or one message where each has its own; then send the texts of what is granted.

        In this very thread. With the commit in another (tried), while this one made the next messages, it took a fourth
        more processor time for the same speed; and with the sockets attended to meanwhile, the answers came in one by
        one instead of all at once.
        """
        most = None if self._batch > 1 else 1
        wanted = self._ready[:most]
        outcomes = self._answers.take(most)
        began = time.clock_gettime(AWAKE_AND_ASLEEP)
        try:
            written = self._ledger.commit(outcomes, wanted, now, again=self._failing)
        except DBAPIError as error:
            self._failure = error
            self._not_written(now, outcomes, wanted)
            return
        self._failing, self._renewed = False, began
        self._ready = self._ready[len(wanted) :]
        if self._ready:
            self._answers.wait()
        self._goes_on = self._goes_on and written.goes_on
        self._turnstile.put(self._put_back)
        self._put_back = []
        self._send_texts(wanted, written.granted, now, began + slices.LEASE.total_seconds())

    def _send_texts(self, wanted: Iterable[int], granted: Container[int], now: datetime, ends: float) -> None:
        """Of those whose intent now stands; after the lease `ends` they are as if they had never been tried.

        Whether the slice has passed to another by then, the next commit finds out.
        """
        for ticket in wanted:
            if ticket not in granted:
                self._leave([ticket])
            elif time.clock_gettime(AWAKE_AND_ASLEEP) < ends:
                self._finish(ticket, self._begun.pop(ticket), now, ends)
            else:
                self._goes_on = False
                row = self._begun[ticket].row
                self._answers.over(row, DeliveryState.SENDING, DeliveryState(row.state), now)
                self._leave([ticket])

    def _finish(self, ticket: int, message: Message, now: datetime, before: float) -> None:
        self._dots[ticket] = message
        following = self._next(now) if self._goes_on else None
        self._carrier.finish(ticket, message.text, following.envelope if following else None, before=before)

    def _not_written(self, now: datetime, outcomes: Sequence[Outcome], wanted: Iterable[int]) -> None:
        """The database failed: send nothing more, and try to write what is known for as long as the lease holds."""
        if time.clock_gettime(AWAKE_AND_ASLEEP) - self._renewed >= slices.LEASE.total_seconds():
            raise
        self._failing, self._goes_on = True, False
        self._ledger.forget_connection()
        self._answers.put_back(outcomes)
        for ticket in wanted:  # that commit may have reached the disk, and only its answer was lost
            row = self._begun[ticket].row
            self._answers.over(row, DeliveryState.SENDING, DeliveryState(row.state), now)
        self._leave(list(self._begun))
        time.sleep(PATIENCE)

    def _leave(self, tickets: Iterable[int]) -> None:
        """Abandon messages, which stay as they are, and give way to others of their limits."""
        for ticket in tickets:
            self._carrier.abandon(ticket)
            self._turnstile.ended(ticket)
            self._forget(ticket)

    def _forget(self, ticket: int) -> Message | None:
        if ticket in self._ready:
            self._ready.remove(ticket)
        return self._dots.pop(ticket, None) or self._begun.pop(ticket, None)

    def _happened(self, happening: Happening, now: datetime) -> None:
        if isinstance(happening, Down):
            self._trouble = self._trouble or (str(happening.reply) if happening.reply else happening.why)
            return
        ticket = happening.ticket
        if isinstance(happening, Ready):
            self._ready.append(ticket)
            self._answers.wait()
            return
        message, old = self._dots.pop(ticket, None), DeliveryState.SENDING
        if message is None:
            message = self._forget(ticket)
            assert message is not None, "a happening of a ticket that is not under way"
            old = DeliveryState(message.row.state)
        self._turnstile.ended(ticket)
        self._answered(message.row, old, happening, now)

    def _answered(self, row: Row[Any], old: DeliveryState, happening: Happening, now: datetime) -> None:
        over = self._answers.over
        match happening:
            case Accepted(_, reply):
                over(row, old, DeliveryState.SENT, now, reply)
            case Refused(_, reply):
                over(row, old, DeliveryState.FAILED, now, reply)
            case Deferred(_, reply) if reply.code == BUSY:
                self._not_sent(row, old, str(reply), now)
            case Deferred(_, reply):
                over(row, old, self._answers.put_off(row, now), now, reply)
            case Unknown(_, why):
                over(row, old, DeliveryState.UNKNOWN, now, Reply(0, why))
            case Unsent(_, why):
                self._not_sent(row, old, why, now)

    def _not_sent(self, row: Row[Any], old: DeliveryState, why: str, now: datetime) -> None:
        """As if it had never been tried; tried once more at once, and then it is the relay's trouble."""
        if old is DeliveryState.SENDING:
            self._answers.over(row, old, DeliveryState(row.state), now)
        self._unsent[row.recipient_id] += 1
        if self._unsent[row.recipient_id] > 1:
            self._trouble = self._trouble or why
        self._put_back.append(row)
        self._answers.wait()
