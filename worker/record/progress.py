"""How far mailings are and when they go on, by what their slices keep: no delivery is looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select

from worker.messages import say
from worker.store.states import DeliveryState, MailingState
from worker.store.tables import bounces, drafts, mailings, slices
from worker.times import format_instant

_DOUBTFUL = str(DeliveryState.UNKNOWN)
_ORDER = ("sent", "sending", "queued", "retry", "failed", "suppressed", "expired", "unknown")
"""What is asked for first comes first."""
_CAME_BACK = ("hard", "soft", "ours", "complaint", "reply")
_LEFT_OUT = ("left", "suppressed", "paused", "topic")


@dataclass(frozen=True)
class Progress:
    """One mailing, `kind` its draft's: how many of its audience stand in each state that any stands in.

    `due_at` is when it next has work, None when every row is final.
    """

    mailing: Row[Any]
    kind: str
    counts: dict[str, int]
    due_at: datetime | None
    came_back: Mapping[str, int]
    """What came back of it (`bounces`): sort → recipients."""

    @property
    def is_done(self) -> bool:
        return bool(self.mailing.state == MailingState.DONE)

    @property
    def is_cancelled(self) -> bool:
        return self.mailing.cancelled_at is not None

    @property
    def unknown(self) -> int:
        """How many a person must settle."""
        return self.counts.get(_DOUBTFUL, 0)

    @property
    def standing(self) -> str:
        """Its state, or `cancelled`."""
        return "cancelled" if self.is_cancelled else str(self.mailing.state)

    @property
    def state_key(self) -> str:
        """Where it stands, as a key of the catalogue."""
        return f"states.mailing_{self.standing}"

    def in_words(self) -> list[tuple[str, int]]:
        """The counts with their states' names; of a cancelled mailing the rest was not given up but called off."""
        named = {"expired": "cancelled"} if self.is_cancelled else {}
        return [(say(f"states.delivery_{named.get(state, state)}"), number) for state, number in self.counts.items()]

    @property
    def left_out(self) -> str:
        """How many of the addressed lists do not get it and why, as a sentence; empty when there are none."""
        return left_out(self.mailing.left_out)

    @property
    def returned(self) -> str:
        """What came back of it, as a sentence; empty when nothing did."""
        told = ", ".join(
            say(f"progress.back_{each}", number=self.came_back[each]) for each in _CAME_BACK if each in self.came_back
        )
        return say("progress.came_back", numbers=told) if told else ""

    def goes_on_at(self, now: datetime) -> datetime | None:
        """When it goes on by itself, if that lies ahead; None while it is under way, done, or waits for a person."""
        at = self.mailing.resume_at if self.mailing.state == MailingState.PAUSED else self.due_at
        return at if at is not None and at > now else None

    def told(self, now: datetime) -> str:
        """A sentence on what comes next; empty when it is under way or nothing comes."""
        if self.is_cancelled and not self.is_done:
            return say("progress.being_cancelled")
        if (at := self.goes_on_at(now)) is not None:
            paused = self.mailing.state == MailingState.PAUSED
            return say("progress.tries_again" if paused else "progress.goes_on", at=format_instant(at, form="at"))
        if self.mailing.state == MailingState.PAUSED and self.mailing.resume_at is None:
            return say("progress.waits_for_a_person")
        return ""


def left_out(numbers: Mapping[str, int]) -> str:
    """The reasons (`excluded`) with their numbers as a sentence; empty when there are none."""
    told = ", ".join(say(f"left_out.{each}", number=numbers[each]) for each in _LEFT_OUT if each in numbers)
    return say("left_out.told", numbers=told) if told else ""


def of_occurrence(tx: Connection, occurrence_id: str) -> list[Progress]:
    """Every mailing of an occurrence, in the order they began."""
    return _found(tx, mailings.c.occurrence_id == occurrence_id)


def every(tx: Connection) -> list[Progress]:
    """Every mailing there ever was, in the order they began."""
    return _found(tx)


def wanting_attention(tx: Connection) -> list[Progress]:
    """Mailings that are not done, and done ones with deliveries that a person must settle."""
    open_ones = _found(tx, mailings.c.state != MailingState.DONE)
    done = select(slices.c.mailing_id, slices.c.tallies).join(mailings, mailings.c.id == slices.c.mailing_id)
    doubtful = {
        row.mailing_id
        for row in tx.execute(done.where(mailings.c.state == MailingState.DONE))
        if row.tallies.get(_DOUBTFUL)
    }
    found = open_ones + (_found(tx, mailings.c.id.in_(doubtful)) if doubtful else [])
    return sorted(found, key=lambda each: each.mailing.id)


def _found(tx: Connection, *where: ColumnElement[bool]) -> list[Progress]:
    kinds = select(mailings, drafts.c.kind).join(drafts, drafts.c.id == mailings.c.draft_id)
    rows = tx.execute(kinds.where(*where).order_by(mailings.c.id)).all()
    counts: dict[int, Counter[str]] = {row.id: Counter() for row in rows}
    due: dict[int, list[datetime]] = {row.id: [] for row in rows}
    pieces = select(slices.c.mailing_id, slices.c.tallies, slices.c.due_at)
    for piece in tx.execute(pieces.where(slices.c.mailing_id.in_(list(counts)))) if counts else ():
        counts[piece.mailing_id].update(piece.tallies)
        due[piece.mailing_id] += [piece.due_at] if piece.due_at else []
    back = _came_back(tx, list(counts))
    return [
        Progress(row, row.kind, _standing(counts[row.id]), min(due[row.id], default=None), back[row.id])
        for row in rows
    ]  # fmt: skip


def _came_back(tx: Connection, mailing_ids: list[int]) -> dict[int, dict[str, int]]:
    back: dict[int, dict[str, int]] = {each: {} for each in mailing_ids}
    found = select(bounces.c.mailing_id, bounces.c.sort, func.count()).where(bounces.c.mailing_id.in_(mailing_ids))
    for mailing_id, sort, number in tx.execute(found.group_by(bounces.c.mailing_id, bounces.c.sort)) if back else ():
        back[mailing_id][sort] = number
    return back


def _standing(counts: Counter[str]) -> dict[str, int]:
    return {state: counts[state] for state in _ORDER if counts[state]}
