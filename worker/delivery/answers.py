"""What became of the messages of one pass: the outcomes that wait to be written, and how many of each there were."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from worker.delivery.backoff import retry_at
from worker.delivery.ledger import Outcome
from worker.settings.model import DeliverySettings
from worker.smtp.replies import Reply
from worker.store.states import DeliveryState


class Answers:
    """Of one pass over a slice."""

    def __init__(self, limits: DeliverySettings) -> None:
        self._limits = limits
        self._unwritten: list[Outcome] = []
        self.done: Counter[DeliveryState] = Counter()
        """How often the relay's answer, or its silence, made a row what."""
        self.waiting_since: float | None = None
        """Since when the first of what waits for a commit has done so (monotonic clock); None when nothing does."""

    def __bool__(self) -> bool:
        return bool(self._unwritten)

    def over(
        self, row: Row[Any], old: DeliveryState, new: DeliveryState, now: datetime, reply: Reply | None = None
    ) -> None:
        """Note what became of a row. Without a `reply` it is as if it had never been tried."""
        due_at = retry_at(now, row.attempts) if new is DeliveryState.RETRY and reply is not None else None
        code, text = (reply.code, reply.text.replace("\0", "")) if reply is not None else (None, None)
        was = DeliveryState(row.state)
        self._unwritten.append(Outcome(row.recipient_id, was, old, new, code, text, due_at))
        self.wait()
        if reply is not None:
            self.done[new] += 1

    def gone(self, row: Row[Any]) -> None:
        """Note that nobody is to be asked for this row any more: its recipient has left."""
        was = DeliveryState(row.state)
        self._unwritten.append(Outcome(row.recipient_id, was, was, DeliveryState.SUPPRESSED, None, "left"))
        self.wait()

    def wait(self) -> None:
        """Something waits for a commit from now on, if nothing did."""
        if self.waiting_since is None:
            self.waiting_since = time.monotonic()

    def take(self, most: int | None) -> Sequence[Outcome]:
        """What is to be written next, all of it or `most`; given back by `put_back` when it cannot be."""
        taken, self._unwritten = self._unwritten[:most], self._unwritten[len(self._unwritten[:most]) :]
        self.waiting_since = time.monotonic() if self._unwritten else None
        return taken

    def put_back(self, outcomes: Sequence[Outcome]) -> None:
        """They could not be written, or not for certain."""
        self._unwritten[:0] = outcomes
        self.wait()

    def put_off(self, row: Row[Any], now: datetime) -> DeliveryState:
        """What a 4xx makes of a row: given up on when its server has put us off for longer than the settings allow."""
        after = timedelta(days=self._limits.give_up_after_days)
        given_up = row.first_try_at is not None and row.first_try_at <= now - after
        return DeliveryState.EXPIRED if given_up else DeliveryState.RETRY

    def failed(self) -> int:
        """How many will not be tried again, and nobody can say that they arrived."""
        return self.done[DeliveryState.FAILED] + self.done[DeliveryState.UNKNOWN]

    def too_many_failed(self) -> bool:
        """Whether a person should look before more are refused."""
        failed = self.failed()
        if failed < self._limits.failure_min:
            return False
        return failed > self._limits.failure_threshold * (failed + self.done[DeliveryState.SENT])
