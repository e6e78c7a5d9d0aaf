"""Mails that wait in a table until a relay takes them, one at a time: what notices and mails to recipients share.

The table has the columns `state` (moves as in `states.MOVES`), `attempts`, `due_at`, `settled_at`, `reply` and
`message_id`, and a row per mail.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, or_, select, true

from worker.store.states import NoticeState, move

MAX_ATTEMPTS = 12
FIRST_BACKOFF = timedelta(minutes=1)
MAX_BACKOFF = timedelta(hours=2)


class Outbox:
    """The waiting mails of one table. `repeats`: whether a mail may be sent once more when nobody knows its fate."""

    def __init__(self, table: Table, repeats: Callable[[Row[Any]], bool] = lambda row: True) -> None:
        self._table, self._repeats = table, repeats

    def next_due(self, tx: Connection, now: datetime, *where: ColumnElement[bool]) -> Row[Any] | None:
        """The oldest mail that is due, or None. One further ahead than any delay we set: the clock went back."""
        table = self._table
        due = or_(table.c.due_at <= now, table.c.due_at > now + MAX_BACKOFF)
        found = select(table).where(table.c.state == NoticeState.QUEUED, due, *where)
        return tx.execute(found.order_by(table.c.due_at, table.c.id).limit(1)).first()

    def begin(self, tx: Connection, row_id: int, message_id: str | None = None) -> bool:
        """Commit the intent to send it as `message_id`; False when somebody else has it.

        The id is there before the mail leaves: a bounce may be back before its acceptance is written down.
        """
        values = {"attempts": self._table.c.attempts + 1, "message_id": message_id}
        return self._move(tx, row_id, NoticeState.QUEUED, NoticeState.SENDING, **values) == 1

    def sent(self, tx: Connection, row_id: int, now: datetime, reply: str) -> None:
        """The relay accepted it."""
        self._move(tx, row_id, NoticeState.SENDING, NoticeState.SENT, settled_at=now, reply=reply)

    def later(self, tx: Connection, row: Row[Any], now: datetime, reply: str, *, spent: bool) -> bool:
        """It did not go out: try again with a growing delay; False when it has been tried often enough.

        `row` is as it was before `begin`; `spent` false when the relay itself was the reason.
        """
        attempts = row.attempts + (1 if spent else 0)
        if attempts >= MAX_ATTEMPTS:
            self.failed(tx, row.id, now, reply)
            return False
        delay = min(FIRST_BACKOFF * 2 ** min(attempts, 7), MAX_BACKOFF)
        values = {"due_at": now + delay, "attempts": attempts, "reply": reply}
        self._move(tx, row.id, NoticeState.SENDING, NoticeState.QUEUED, **values)
        return True

    def doubtful(self, tx: Connection, row: Row[Any], now: datetime, reply: str) -> bool:
        """The relay fell silent after the final dot: once more at most, and only what may be repeated; or False."""
        if row.attempts > 0 or not self._repeats(row):
            self.failed(tx, row.id, now, reply)
            return False
        return self.later(tx, row, now, reply, spent=True)

    def failed(self, tx: Connection, row_id: int, now: datetime, reply: str) -> None:
        """It will not go out, or nobody knows; `status` shows it."""
        self._move(tx, row_id, NoticeState.SENDING, NoticeState.FAILED, settled_at=now, reply=reply)

    def unmakeable(self, tx: Connection, row_id: int, now: datetime, reply: str) -> None:
        """Its text cannot be made: set aside, so that it stops no other."""
        self._move(tx, row_id, NoticeState.QUEUED, NoticeState.FAILED, settled_at=now, reply=reply)

    def withdraw(self, tx: Connection, row_id: int, now: datetime) -> None:
        """It has begun, and there is nothing to say any more: it will not leave."""
        self._move(tx, row_id, NoticeState.SENDING, NoticeState.WITHDRAWN, settled_at=now)

    def take_over(self, tx: Connection, now: datetime, repeatable: ColumnElement[bool] | None = None) -> int:
        """Mails whose sender died: one more try, with the same Message-ID; how many. The others have failed."""
        again = true() if repeatable is None else repeatable
        table = self._table
        repeated = move(tx, table, NoticeState.SENDING, NoticeState.QUEUED, table.c.attempts < 2, again)
        move(tx, table, NoticeState.SENDING, NoticeState.FAILED, settled_at=now, reply="interrupted")
        return repeated

    def _move(self, tx: Connection, row_id: int, old: NoticeState, new: NoticeState, **values: Any) -> int:
        return move(tx, self._table, old, new, self._table.c.id == row_id, **values)
