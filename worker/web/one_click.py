"""One-click unsubscribing in great numbers: after a mailing a provider's servers may send a thousand within seconds.

Each of them in a transaction of its own would take the database from whoever sends, a thousand times. So those that
come while others are written share the next transaction; after each there is a rest, in which the sender has its turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from starlette.concurrency import run_in_threadpool

from worker.audience.leaving.leave import Leaving, find_all, leave_together
from worker.web.pages import Desk

MOST = 100
"""People of one transaction: some thousandths of a second."""
REST = 0.1
"""Seconds from one transaction to the next; nobody notices that the answer to a click takes so long."""


class OneClicks:
    """Of one application; its event loop alone touches it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._waiting: list[tuple[str, asyncio.Future[bool]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def leave(self, token: str) -> bool:
        """Have the token's recipient leave; on return that is committed. False for a wrong token: nothing is done."""
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((token, done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        return await done

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            work = run_in_threadpool(self._leave, [token for token, _ in batch])
            (written,) = await asyncio.gather(work, return_exceptions=True)
            for token, done in batch:
                _settle(done, written, token)
            await asyncio.sleep(REST)

    def _leave(self, tokens: Sequence[str]) -> Mapping[str, Leaving]:
        office = self._desk.office
        with office.database.write() as tx:
            found = find_all(tx, office.settings.secret_keys, tokens)
            leave_together(tx, office, found.values(), self._desk.now())
        return found


def _settle(done: asyncio.Future[bool], written: Mapping[str, Leaving] | BaseException, token: str) -> None:
    """Tell who waits; one whose connection broke waits no more, and has left all the same."""
    if done.done():
        return
    if isinstance(written, BaseException):
        done.set_exception(written)
    else:
        done.set_result(token in written)
