"""Commits in a thread of its own: while the disk or the database server is waited for, other connections are served."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from types import TracebackType
from typing import Self

from worker.delivery.group_commit import Written
from worker.delivery.ledger import Ledger, Outcome


class Writer:
    """One commit at a time. What was given to it is not touched by anybody until `result` has been asked for."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._thread = ThreadPoolExecutor(1, "group-commit")
        self._commit: Future[Written] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Waits for what is being written."""
        self._thread.shutdown()

    def busy(self) -> bool:
        """Whether a commit was begun whose result nobody has asked for."""
        return self._commit is not None

    def done(self) -> bool:
        """Whether the result is there."""
        return self._commit is not None and self._commit.done()

    def begin(self, outcomes: Sequence[Outcome], wanted: Sequence[int], now: datetime, *, again: bool) -> None:
        """Begin a commit; see `Ledger.commit`."""
        self._commit = self._thread.submit(self._ledger.commit, outcomes, wanted, now, again=again)

    def result(self) -> Written:
        """Wait for the commit that was begun. Raises what it raised."""
        assert self._commit is not None, "nothing was begun"
        commit, self._commit = self._commit, None
        return commit.result()
