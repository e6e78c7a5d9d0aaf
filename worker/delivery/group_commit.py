"""One transaction for many messages: the outcomes of one round and the intents of the next (group commit).

It fences, renews the lease, looks whether the mailing goes on, writes the outcomes and takes the rows that may be
sent now. These statements run thousands of times a second, so they are written out for each database. Every pair of
states among them is one of the table of legal moves: `ledger` asks for each.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection

from worker.store.columns import Instant
from worker.store.states import FINAL_DELIVERIES

Entry = tuple[int, str, str, int | None, str | None, datetime | None, int, int]
"""Recipient, state before, state after, code, reply, when it is due, attempts spent, change of copies."""


@dataclass(frozen=True)
class Group:
    """What is to be written for one slice. `wanted`: recipients whose final dot waits for this commit."""

    mailing_id: int
    number: int
    epoch: int
    lists: Sequence[str]
    lease_until: datetime
    tallies: Mapping[str, int]
    now: datetime
    outcomes: Sequence[Entry]
    wanted: Collection[int]


@dataclass(frozen=True)
class Written:
    """What became of it: `ours` is false when the slice has passed to another, and then nothing was written."""

    ours: bool
    goes_on: bool = False
    outcomes: int = 0
    granted: frozenset[int] = frozenset()


_FENCE = "UPDATE slices SET lease_until = ?, tallies = ? WHERE mailing_id = ? AND number = ? AND epoch = ?"
_STATE = "SELECT state FROM mailings WHERE id = ?"
_OUTCOME = (
    "UPDATE deliveries SET state = ?, code = coalesce(?, code), reply = coalesce(?, reply), settled_at = ?,"
    " due_at = coalesce(?, due_at), attempts = attempts + ?, copies = copies + ?,"
    " first_try_at = coalesce(first_try_at, ?) WHERE mailing_id = ? AND recipient_id = ? AND state = ?"
)
_SENT = (  # what becomes of nearly all
    "UPDATE deliveries SET state = 'sent', code = ?, reply = ?, settled_at = ?"
    " WHERE mailing_id = ? AND recipient_id = ? AND state = 'sending'"
)
_LEFT = (
    "(SELECT count(*) FROM departures WHERE departures.recipient_id = deliveries.recipient_id"
    " AND departures.list_id IN (SELECT value FROM json_each(?)))"
)
_SUPPRESSED = "EXISTS (SELECT 1 FROM recipients WHERE id = deliveries.recipient_id AND suppressed <> '')"
_OPEN = "mailing_id = ? AND recipient_id IN (SELECT value FROM json_each(?)) AND state IN ('queued', 'retry')"
_INTENT = (
    "UPDATE deliveries SET state = 'sending', copies = copies + 1, first_try_at = coalesce(first_try_at, ?)"
    f" WHERE {_OPEN} AND {_LEFT} < ? AND NOT {_SUPPRESSED} RETURNING recipient_id"
)
_SUPPRESS = (
    "UPDATE deliveries SET state = 'suppressed', settled_at = ?, reply = 'left'"
    f" WHERE {_OPEN} AND ({_LEFT} >= ? OR {_SUPPRESSED})"
)


def on_sqlite(tx: Connection, group: Group) -> Written:
    """In the transaction `tx`, which holds the write lock from its start."""
    stored = _stored(tx)
    one = (group.mailing_id, group.number, group.epoch)
    fence = tx.exec_driver_sql(_FENCE, (stored(group.lease_until), json.dumps(group.tallies), *one))
    if fence.rowcount != 1:
        return Written(ours=False)
    outcomes = _outcomes_on_sqlite(tx, group, stored) if group.outcomes else 0
    goes_on = tx.exec_driver_sql(_STATE, (group.mailing_id,)).scalar() == "sending"
    granted: frozenset[int] = frozenset()
    if goes_on and group.wanted:
        lists = json.dumps(group.lists)
        rest = (group.mailing_id, json.dumps(list(group.wanted)), lists, len(group.lists))
        granted = frozenset(tx.exec_driver_sql(_INTENT, (stored(group.now), *rest)).scalars())
        if len(granted) < len(group.wanted):
            missing = json.dumps([each for each in group.wanted if each not in granted])
            left = (stored(group.now), group.mailing_id, missing, lists, len(group.lists))
            tx.exec_driver_sql(_SUPPRESS, left)
    return Written(True, goes_on, outcomes, granted)


def _outcomes_on_sqlite(tx: Connection, group: Group, stored: Callable[[datetime | None], Any]) -> int:
    mailing, now = group.mailing_id, stored(group.now)
    sent, other = [], []
    for who, old, new, code, reply, due, attempts, copies in group.outcomes:
        if new == "sent":
            sent.append((code, reply, now, mailing, who))
        else:
            settled, first = now if new in _FINAL else None, now if attempts else None
            other.append((new, code, reply, settled, stored(due), attempts, copies, first, mailing, who, old))
    number = tx.exec_driver_sql(_SENT, sent).rowcount if sent else 0
    return number + (tx.exec_driver_sql(_OUTCOME, other).rowcount if other else 0)


# One statement, so that one trip to the server does it all: what it takes from `fence` is looked at first, and without
# a row there nothing is written. `wanted` is materialized, or departures would be counted six times for every row.
_ON_POSTGRESQL = """
WITH fence AS (
  UPDATE slices SET lease_until = %(lease)s, tallies = %(tallies)s::jsonb
  WHERE mailing_id = %(mailing)s AND number = %(number)s AND epoch = %(epoch)s RETURNING 1
), goes_on AS (
  SELECT 1 FROM mailings WHERE id = %(mailing)s AND state = 'sending' AND EXISTS (SELECT 1 FROM fence)
), outcome AS (
  UPDATE deliveries AS d SET state = o.state, code = coalesce(o.code, d.code), reply = coalesce(o.reply, d.reply),
    settled_at = CASE WHEN o.state = ANY(%(final)s::text[]) THEN %(now)s::timestamptz END,
    due_at = coalesce(o.due, d.due_at), attempts = d.attempts + o.attempts, copies = d.copies + o.copies,
    first_try_at = coalesce(d.first_try_at, CASE WHEN o.attempts > 0 THEN %(now)s::timestamptz END)
  FROM json_to_recordset(%(outcomes)s::json) AS o(
    who bigint, old text, state text, code int, reply text, due timestamptz, attempts int, copies int)
  WHERE d.mailing_id = %(mailing)s AND d.recipient_id = o.who AND d.state = o.old AND EXISTS (SELECT 1 FROM fence)
  RETURNING 1
), wanted AS MATERIALIZED (
  SELECT d.recipient_id, (SELECT count(*) FROM departures
    WHERE departures.recipient_id = d.recipient_id AND departures.list_id = ANY(%(lists)s::text[])) >= %(all)s
    OR EXISTS (SELECT 1 FROM recipients AS r WHERE r.id = d.recipient_id AND r.suppressed <> '') AS gone
  FROM deliveries AS d WHERE d.mailing_id = %(mailing)s AND d.recipient_id = ANY(%(wanted)s::bigint[])
    AND d.state IN ('queued', 'retry') AND EXISTS (SELECT 1 FROM goes_on)
), intent AS (
  UPDATE deliveries AS d SET state = CASE WHEN w.gone THEN 'suppressed' ELSE 'sending' END,
    copies = d.copies + CASE WHEN w.gone THEN 0 ELSE 1 END, reply = CASE WHEN w.gone THEN 'left' ELSE d.reply END,
    settled_at = CASE WHEN w.gone THEN %(now)s::timestamptz END,
    first_try_at = CASE WHEN w.gone THEN d.first_try_at ELSE coalesce(d.first_try_at, %(now)s::timestamptz) END
  FROM wanted AS w WHERE d.mailing_id = %(mailing)s AND d.recipient_id = w.recipient_id
    AND d.state IN ('queued', 'retry')
  RETURNING d.recipient_id, w.gone
)
SELECT (SELECT count(*) FROM fence), (SELECT count(*) FROM goes_on), (SELECT count(*) FROM outcome),
  ARRAY(SELECT recipient_id FROM intent WHERE NOT gone)
"""


def on_postgresql(tx: Connection, group: Group) -> Written:
    """As one statement; `tx` may commit it by itself."""
    # Rows as one JSON text and numbers as one array's text: the driver would write every element by itself.
    rows = [
        {"who": who, "old": old, "state": new, "code": code, "reply": reply, "due": due and due.isoformat(),
         "attempts": attempts, "copies": copies}
        for who, old, new, code, reply, due, attempts, copies in group.outcomes
    ]  # fmt: skip
    values = {
        "lease": group.lease_until, "tallies": json.dumps(group.tallies), "mailing": group.mailing_id,
        "number": group.number, "epoch": group.epoch, "lists": list(group.lists), "all": len(group.lists),
        "wanted": f"{{{','.join(map(str, group.wanted))}}}", "now": group.now, "final": _FINAL_ARRAY,
        "outcomes": json.dumps(rows),
    }  # fmt: skip
    fence, goes_on, outcomes, granted = tx.exec_driver_sql(_ON_POSTGRESQL, values).one()
    return Written(fence == 1, goes_on == 1, outcomes, frozenset(granted))


_FINAL = frozenset(str(state) for state in FINAL_DELIVERIES)
_FINAL_ARRAY = f"{{{','.join(sorted(_FINAL))}}}"


def _stored(tx: Connection) -> Callable[[datetime | None], Any]:
    """How the column type `Instant` keeps an instant in this database; most of a group are the same one."""
    return cache(_INSTANT.dialect_impl(tx.dialect).bind_processor(tx.dialect) or (lambda at: at))


_INSTANT = Instant()
