"""Who got the mailings of an occurrence and who did not, a person a line, for a spreadsheet program.

In the form of a list's table (`upkeep/spreadsheet`), slice by slice: a million lines take no more memory
than one slice. What the office keeps no longer stands there as a number and a state.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from worker.audience.upkeep.spreadsheet import MARK, lines
from worker.kinds import kind_name
from worker.messages import say
from worker.record.mailing_counts import WITH_REASONS, reason
from worker.record.words_of_account import reason_words
from worker.store import erased
from worker.store.states import FINAL_DELIVERIES, DeliveryState
from worker.store.tables import bounces, deliveries, departures, drafts, excluded, mailings, recipients, slices
from worker.times import PRAGUE

COLUMNS = ("address", "name", "number", "text", "got", "state", "reason", "when", "returned", "left")
_AT_ONCE = 5000
_GOT = {DeliveryState.SENT: "yes", DeliveryState.UNKNOWN: "unknown"}


def who_got_it(tx: Connection, occurrence_id: str) -> Iterator[str]:
    """The table in pieces of text, its heading first; everybody whom a mailing was addressed to, once for each."""
    yield MARK + lines([tuple(say(f"who_got_it.{each}") for each in COLUMNS)])
    for mailing in _mailings(tx, occurrence_id):
        yield from _delivered(tx, mailing)
        yield from _left_out(tx, mailing)


def _mailings(tx: Connection, occurrence_id: str) -> Sequence[Any]:
    found: Select[Any] = select(mailings.c.id, mailings.c.cancelled_at, drafts.c.kind)
    found = found.join(drafts, drafts.c.id == mailings.c.draft_id).where(mailings.c.occurrence_id == occurrence_id)
    return tx.execute(found.order_by(mailings.c.id)).all()


def _delivered(tx: Connection, mailing: Row[Any]) -> Iterator[str]:
    cut: Select[Any] = select(slices.c.first, slices.c.last).where(slices.c.mailing_id == mailing.id)
    pieces = tx.execute(cut.order_by(slices.c.number)).all()
    columns = (
        deliveries.c.recipient_id, deliveries.c.address, deliveries.c.state, deliveries.c.code, deliveries.c.reply,
        deliveries.c.settled_at, recipients.c.name,
    )  # fmt: skip
    words = _Words(mailing)
    for piece in pieces:
        inside = deliveries.c.mailing_id == mailing.id, deliveries.c.recipient_id.between(piece.first, piece.last)
        rows: Select[Any] = (
            select(*columns).join(recipients, recipients.c.id == deliveries.c.recipient_id).where(*inside)
        )
        back, left = _returned(tx, mailing.id, piece), _departed(tx, mailing.id, piece)
        found = tx.execute(rows.order_by(deliveries.c.recipient_id)).all()
        yield lines([
            _line(mailing, row, words, back.get(row.recipient_id, ""), left.get(row.recipient_id)) for row in found
        ])  # fmt: skip


def _left_out(tx: Connection, mailing: Row[Any]) -> Iterator[str]:
    text, after = kind_name(mailing.kind), 0
    while True:
        found = select(excluded.c.recipient_id, excluded.c.reason, recipients.c.address, recipients.c.name)
        found = found.join(recipients, recipients.c.id == excluded.c.recipient_id)
        found = found.where(excluded.c.mailing_id == mailing.id, excluded.c.recipient_id > after)
        rows = tx.execute(found.order_by(excluded.c.recipient_id).limit(_AT_ONCE)).all()
        if not rows:
            return
        after = rows[-1].recipient_id
        yield lines([
            (_address(row.address), row.name, str(row.recipient_id), text, say("who_got_it.got_no"),
             say("who_got_it.excluded"), say(f"who_got_it.excluded_{row.reason}"), "", "", "")
            for row in rows
        ])  # fmt: skip


def _line(mailing: Row[Any], row: Row[Any], words: _Words, back: str, left: datetime | None) -> tuple[str, ...]:
    state = row.state
    called_off = state == DeliveryState.EXPIRED and mailing.cancelled_at is not None
    why = reason(row.code, row.reply) if state in WITH_REASONS and row.reply and not called_off else None
    return (
        _address(row.address), row.name, str(row.recipient_id), words.text, words.got[state],
        words.called_off if called_off else words.states[state], reason_words(*why) if why is not None else "",
        _when(row.settled_at), back, _when(left),
    )  # fmt: skip


class _Words:
    """What stands in every line, said once and not a million times."""

    def __init__(self, mailing: Row[Any]) -> None:
        self.text = kind_name(mailing.kind)
        self.states = {state: say(f"states.delivery_{state}") for state in DeliveryState}
        self.called_off = say("states.delivery_cancelled")
        self.got = {
            state: say(f"who_got_it.got_{_GOT.get(state, 'no' if state in FINAL_DELIVERIES else 'waits')}")
            for state in DeliveryState
        }


def _returned(tx: Connection, mailing_id: int, piece: Row[Any]) -> Mapping[int, str]:
    """Recipient → what came back of her message, in words."""
    own = bounces.c.mailing_id == mailing_id, bounces.c.recipient_id.between(piece.first, piece.last)
    found: dict[int, list[str]] = defaultdict(list)
    for row in tx.execute(select(bounces.c.recipient_id, bounces.c.sort).where(*own).order_by(bounces.c.id)):
        found[row.recipient_id].append(say(f"who_got_it.back_{row.sort}"))
    return {recipient: ", ".join(words) for recipient, words in found.items()}


def _departed(tx: Connection, mailing_id: int, piece: Row[Any]) -> Mapping[int, datetime]:
    own = departures.c.mailing_id == mailing_id, departures.c.recipient_id.between(piece.first, piece.last)
    rows = tx.execute(select(departures.c.recipient_id, departures.c.left_at).where(*own))
    return {row.recipient_id: row.left_at for row in rows}


def _address(address: str) -> str:
    return "" if erased.is_nobodys(address) else address


def _when(at: datetime | None) -> str:
    """Prague time as spreadsheet programs read it."""
    return at.astimezone(PRAGUE).isoformat(" ", "seconds")[:19] if at is not None else ""
