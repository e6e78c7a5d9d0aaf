"""Commits, where it pays in a thread of its own: while the database server is waited for, others are served.

On SQLite it does not pay (measured, also with a disk of 0.3 ms): the file takes the thread that asks, every statement
hands Python's lock to and fro, and the loop meanwhile wakes for every single answer. Committed at once, the answers of
all connections are there when it is through, and a third more messages leave.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from types import TracebackType
from typing import Self

from sqlalchemy.exc import SQLAlchemyError

from worker.delivery.group_commit import Written
from worker.delivery.ledger import Ledger, Outcome
from worker.delivery.slices import Fenced


class Writer:
    """One commit at a time. What was given to it is not touched by anybody until `result` has been asked for."""

    def __init__(self, ledger: Ledger, *, beside: bool) -> None:
        """`beside`: commits go on beside the caller; otherwise `begin` returns when one is through."""
        self._ledger = ledger
        self._thread = ThreadPoolExecutor(1, "group-commit") if beside else None
        self._commit: Future[Written] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Waits for what is being written."""
        if self._thread is not None:
            self._thread.shutdown()

    def busy(self) -> bool:
        """Whether a commit was begun whose result nobody has asked for."""
        return self._commit is not None

    def done(self) -> bool:
        """Whether the result is there."""
        return self._commit is not None and self._commit.done()

    def begin(self, outcomes: Sequence[Outcome], wanted: Sequence[int], now: datetime, *, again: bool) -> None:
        """Begin a commit; see `Ledger.commit`."""
        if self._thread is not None:
            self._commit = self._thread.submit(self._ledger.commit, outcomes, wanted, now, again=again)
            return
        self._commit = Future()
        try:
            self._commit.set_result(self._ledger.commit(outcomes, wanted, now, again=again))
        except (Fenced, SQLAlchemyError) as error:
            self._commit.set_exception(error)

    def result(self) -> Written:
        """Wait for the commit that was begun. Raises what it raised."""
        assert self._commit is not None, "nothing was begun"
        commit, self._commit = self._commit, None
        return commit.result()
