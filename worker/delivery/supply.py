"""The messages of a slice that are still to be begun, made one by one from its pages of rows."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row
from sqlalchemy.exc import DBAPIError

from worker.delivery.answers import Answers
from worker.delivery.ledger import Ledger
from worker.delivery.limits import Turnstile
from worker.delivery.slices import Hold
from worker.delivery.spliced import Spliced, Unsendable
from worker.smtp.carrier import Envelope
from worker.smtp.replies import Reply
from worker.store.states import DeliveryState

LOOK = 0.25
"""Seconds between two looks at who has left."""


class Message(NamedTuple):
    """One row as it was when it was read, and what is to be sent for it."""

    row: Row[Any]
    envelope: Envelope
    text: Sequence[bytes]


class Supply:
    """Of one pass over a slice."""

    def __init__(self, hold: Hold, ledger: Ledger, letter: Spliced, turnstile: Turnstile, answers: Answers) -> None:
        self._ledger, self._letter, self._turnstile, self._answers = ledger, letter, turnstile, answers
        self._first, self._read_to, self._last = hold.first, hold.first - 1, hold.last
        # The office's own staff is begun before the press, if both get it.
        self._turns: list[bool | None] = [True, False] if ledger.staff else [None]
        self.read_all = False
        """Whether no row is left that was not looked at."""
        self.broken: DBAPIError | None = None
        """Why the database could not be read."""
        self._page: Sequence[Row[Any]] = ()
        self._left: frozenset[int] = frozenset()
        self._looked = 0.0

    def next(self, now: datetime) -> Message | None:
        """The next message; None when there is none, or none may be begun now.

        A row that no mail can be made of fails with the reason, and the next one is looked at. So is the next one of
        somebody who has left: past the relay's 354 only closing the connection would spare her the mail.
        """
        while (row := self._next_row(now)) is not None:
            if row.recipient_id in self._left:
                self._turnstile.ended(row.recipient_id)
                self._answers.gone(row)
                continue
            try:
                return Message(row, self._letter.envelope(row), self._letter.message(row))
            except Unsendable as error:
                self._turnstile.ended(row.recipient_id)
                self._answers.over(row, DeliveryState(row.state), DeliveryState.FAILED, now, Reply(0, str(error)))
        return None

    def _next_row(self, now: datetime) -> Row[Any] | None:
        while (row := self._turnstile.next(now)) is None and not self.read_all and not self._turnstile.full():
            try:
                page = self._ledger.page(self._read_to, now, staff=self._turns[0])
            except DBAPIError as error:
                self.broken = error
                return None
            self._turnstile.put(page)
            self._page, self._looked = page, 0.0
            self._read_to = page[-1].recipient_id if page else self._last
            if not page and len(self._turns) > 1:
                self._turns.pop(0)
                self._read_to = self._first - 1
                continue
            self.read_all = not page
        if row is not None:
            self._look_who_left()
        return row

    def _look_who_left(self) -> None:
        """Now and then, of those in memory: whoever leaves later is found by the commit of her intent."""
        if time.monotonic() - self._looked < LOOK:
            return
        try:
            self._left = self._left | self._ledger.left(self._page)
        except DBAPIError as error:
            self.broken = error
        self._looked = time.monotonic()
