"""The states and the one table of legal moves (I8). Nothing else in the house assigns a state.

`move` is a conditional update: it succeeds for exactly the rows that still stand where the caller saw them, so two
workers, a worker and a person, or a worker and its own ghost can never both make the same move.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, select, update

from worker.errors import HlasatelError
from worker.store import tables


class OccurrenceState(StrEnum):
    PLANNED = "planned"
    PREPARING = "preparing"
    ASKED = "asked"
    RETURNED = "returned"
    APPROVED = "approved"
    SENDING = "sending"
    DONE = "done"
    MISSED = "missed"
    DROPPED = "dropped"
    HELD = "held"
    HISTORICAL = "historical"


class MailingState(StrEnum):
    SENDING = "sending"
    PAUSED = "paused"
    DONE = "done"


class DeliveryState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    RETRY = "retry"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class NoticeState(StrEnum):
    """Of a mail to the people who run the plan, and of one to a recipient about her lists."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    PAUSED = "paused"
    WITHDRAWN = "withdrawn"


class RecipientMailState(StrEnum):
    """As a notice's; but nobody holds one back. A canary's too."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class PublicationState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    PAUSED = "paused"
    ASKED = "asked"
    """A person was handed it and has not said yet where it is."""
    PUBLISHED = "published"
    DECLINED = "declined"
    FAILED = "failed"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    """Called off by a person before it was out."""


OPEN_PUBLICATIONS = frozenset({PublicationState.QUEUED, PublicationState.SENDING, PublicationState.PAUSED})
"""What still goes on by itself, or when a person lets it; the others are out, over, or wait for somebody."""

FINAL_DELIVERIES = frozenset(
    {
        DeliveryState.SENT,
        DeliveryState.FAILED,
        DeliveryState.SUPPRESSED,
        DeliveryState.EXPIRED,
        DeliveryState.UNKNOWN,
    }
)
CLOSED_OCCURRENCES = frozenset({OccurrenceState.DONE, OccurrenceState.DROPPED, OccurrenceState.HISTORICAL})

_O, _M, _D, _N, _R = OccurrenceState, MailingState, DeliveryState, NoticeState, RecipientMailState
_P = PublicationState

MOVES: Mapping[str, Mapping[StrEnum, frozenset[StrEnum]]] = {
    "occurrences": {
        _O.PLANNED: frozenset({_O.PREPARING, _O.ASKED, _O.MISSED, _O.DROPPED, _O.DONE, _O.HISTORICAL}),
        _O.PREPARING: frozenset({_O.ASKED, _O.MISSED, _O.DROPPED, _O.DONE}),
        _O.ASKED: frozenset({_O.APPROVED, _O.RETURNED, _O.HELD, _O.MISSED, _O.DROPPED, _O.DONE}),
        _O.RETURNED: frozenset({_O.ASKED, _O.APPROVED, _O.HELD, _O.MISSED, _O.DROPPED, _O.DONE}),
        _O.APPROVED: frozenset({_O.ASKED, _O.SENDING, _O.HELD, _O.MISSED, _O.DROPPED, _O.DONE}),
        _O.HELD: frozenset({_O.ASKED, _O.RETURNED, _O.DROPPED, _O.DONE}),
        _O.SENDING: frozenset({_O.DONE}),
        _O.MISSED: frozenset({_O.PLANNED, _O.ASKED, _O.RETURNED, _O.HELD, _O.DONE, _O.DROPPED}),
        _O.HISTORICAL: frozenset({_O.DONE}),
        _O.DONE: frozenset(),
        _O.DROPPED: frozenset({_O.PLANNED}),
    },
    "mailings": {
        _M.SENDING: frozenset({_M.PAUSED, _M.DONE}),
        _M.PAUSED: frozenset({_M.SENDING, _M.DONE}),
        _M.DONE: frozenset({_M.SENDING}),
    },
    "deliveries": {
        # Unsent rows are unknown in a restored copy of the database: the original may have sent them since.
        _D.QUEUED: frozenset({_D.SENDING, _D.RETRY, _D.FAILED, _D.SUPPRESSED, _D.EXPIRED, _D.UNKNOWN}),
        _D.SENDING: frozenset({_D.SENT, _D.RETRY, _D.FAILED, _D.UNKNOWN, _D.QUEUED, _D.EXPIRED}),
        _D.RETRY: frozenset({_D.SENDING, _D.FAILED, _D.SUPPRESSED, _D.EXPIRED, _D.UNKNOWN}),
        _D.UNKNOWN: frozenset({_D.SENT, _D.FAILED, _D.QUEUED}),
        _D.SENT: frozenset(),
        _D.FAILED: frozenset({_D.QUEUED}),  # only when a person orders it sent again to those who were refused
        _D.SUPPRESSED: frozenset(),
        _D.EXPIRED: frozenset(),
    },
    "publications": {
        # As above: of a restored copy it is looked for before anything is sent.
        _P.QUEUED: frozenset({_P.SENDING, _P.PAUSED, _P.FAILED, _P.EXPIRED, _P.WITHDRAWN, _P.UNKNOWN}),
        _P.SENDING: frozenset({_P.PUBLISHED, _P.ASKED, _P.QUEUED, _P.PAUSED, _P.FAILED, _P.UNKNOWN, _P.WITHDRAWN}),
        _P.PAUSED: frozenset({_P.QUEUED, _P.WITHDRAWN}),
        _P.ASKED: frozenset({_P.PUBLISHED, _P.DECLINED, _P.WITHDRAWN}),
        _P.UNKNOWN: frozenset({_P.PUBLISHED, _P.DECLINED, _P.QUEUED, _P.PAUSED, _P.FAILED, _P.WITHDRAWN}),
        # What is not out stays so unless a person orders one more try, or says that it is out after all.
        _P.DECLINED: frozenset({_P.PUBLISHED}),
        _P.FAILED: frozenset({_P.QUEUED, _P.PUBLISHED, _P.DECLINED, _P.WITHDRAWN}),
        _P.EXPIRED: frozenset({_P.QUEUED, _P.PUBLISHED, _P.DECLINED, _P.WITHDRAWN}),
        _P.WITHDRAWN: frozenset({_P.PUBLISHED}),
        _P.PUBLISHED: frozenset(),
    },
    "notices": {
        _N.QUEUED: frozenset({_N.SENDING, _N.FAILED, _N.PAUSED, _N.WITHDRAWN}),
        _N.SENDING: frozenset({_N.SENT, _N.QUEUED, _N.FAILED}),
        _N.PAUSED: frozenset({_N.QUEUED, _N.WITHDRAWN}),
        _N.SENT: frozenset(),
        _N.FAILED: frozenset(),
        _N.WITHDRAWN: frozenset(),
    },
    "canaries": {
        _R.QUEUED: frozenset({_R.SENDING, _R.FAILED, _R.WITHDRAWN}),
        _R.SENDING: frozenset({_R.SENT, _R.QUEUED, _R.FAILED, _R.WITHDRAWN}),
        _R.SENT: frozenset(),
        _R.FAILED: frozenset(),
        _R.WITHDRAWN: frozenset(),
    },
    "recipient_mails": {
        _R.QUEUED: frozenset({_R.SENDING, _R.FAILED}),
        _R.SENDING: frozenset({_R.SENT, _R.QUEUED, _R.FAILED, _R.WITHDRAWN}),
        _R.SENT: frozenset(),
        _R.FAILED: frozenset(),
        _R.WITHDRAWN: frozenset(),
    },
}


class IllegalMove(HlasatelError):
    """A move the table does not know: a defect of the caller."""


class LostMove(HlasatelError):
    """Somebody else moved the row first; the transaction must not go on."""


def require_legal(table: Table, old: StrEnum, new: StrEnum) -> None:
    """Raises IllegalMove for a pair outside `MOVES`; for a statement that moves many rows, each by its own pair."""
    if new not in MOVES[table.name][old]:
        raise IllegalMove(f"{table.name} may not move from {old} to {new}; this is a defect, please report it.")


def move(tx: Connection, table: Table, old: StrEnum, new: StrEnum, *where: ColumnElement[bool], **values: Any) -> int:
    """Move the rows of `table` that match `where` and stand in `old` to `new`; returns how many moved.

    `values` are set in the same statement. Raises IllegalMove for a pair outside `MOVES`.
    """
    require_legal(table, old, new)
    statement = update(table).where(table.c.state == old, *where).values(state=new, **values)
    return tx.execute(statement).rowcount


def lock_occurrence(tx: Connection, occurrence_id: str) -> Row[Any] | None:
    """The occurrence, held until the transaction ends; None when there is none.

    Whoever changes an occurrence, its package, decision or mailing locks it first, so that what was read still holds
    when it is written, and no two transactions wait for each other. A row that merely refers to it (a link, a notice)
    can be written meanwhile: `key_share`. (SQLite's writers come one after another anyway.)
    """
    found = select(tables.occurrences).where(tables.occurrences.c.id == occurrence_id)
    return tx.execute(found.with_for_update(key_share=True)).first()


def lock_every_occurrence(tx: Connection) -> Sequence[Row[Any]]:
    """All of them, held in the order of their ids, so that two who want all of them never wait for each other."""
    everything = select(tables.occurrences).order_by(tables.occurrences.c.id)
    return tx.execute(everything.with_for_update(key_share=True)).all()


def try_move_occurrence(
    tx: Connection, occurrence_id: str, old: StrEnum, new: StrEnum, now: datetime, **values: Any
) -> bool:
    """Move one occurrence and stamp the time of the move; False when it no longer stands in `old`."""
    found = tables.occurrences.c.id == occurrence_id
    return move(tx, tables.occurrences, old, new, found, state_at=now, **values) == 1


def move_occurrence(
    tx: Connection, occurrence_id: str, old: StrEnum, new: StrEnum, now: datetime, **values: Any
) -> None:
    """As above for an occurrence that the caller has locked; raises LostMove when it stands elsewhere all the same."""
    if not try_move_occurrence(tx, occurrence_id, old, new, now, **values):
        raise LostMove(f"{occurrence_id} is not {old} any more, so it cannot become {new}; nothing was changed.")
