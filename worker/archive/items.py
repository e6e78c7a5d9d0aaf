"""What the public may read: texts of public kinds once they went out, an entry per occurrence.

A text is public by proof that it went out, a mailing that began or a hand-off that reached its person: never by the
state of its occurrence, which somebody may note as done in another way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Text, and_, cast, exists, func, literal, or_, select

from worker.kinds import all_kinds, main_id
from worker.record import embargoes
from worker.store.states import DeliveryState, NoticeState, OccurrenceState
from worker.store.tables import deliveries, drafts, mailings, notices, occurrences, packages, withdrawals

_OUT = (OccurrenceState.SENDING, OccurrenceState.DONE)
_MAY_HAVE_ARRIVED = (DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.UNKNOWN)
_SINCE = func.coalesce(mailings.c.frozen_at, notices.c.settled_at, type_=notices.c.settled_at.type)
_COLUMNS: tuple[Any, ...] = (
    drafts.c.id, drafts.c.package_id, drafts.c.kind, drafts.c.channel, drafts.c.subject, drafts.c.fields,
    drafts.c.files,
    func.length(drafts.c.text).label("characters"), packages.c.occurrence_id, occurrences.c.title,
    occurrences.c.corrects, _SINCE.label("since"),
)  # fmt: skip
"""Without the texts: a list of hundreds needs none of them."""


@dataclass(frozen=True)
class Item:
    """One occurrence as the public sees it. Times are aware UTC; `drafts` have no texts."""

    occurrence_id: str
    title: str
    since: datetime
    """When the first of its texts went out."""
    drafts: tuple[Row[Any], ...]
    embargo: datetime | None
    """Until when nothing of it is public; None without."""
    withdrawn: Row[Any] | None
    corrected_by: tuple[str, ...]
    """The corrections that went out since, oldest first."""
    corrects: str | None

    def is_under_embargo(self, now: datetime) -> bool:
        """To the second: at its very end it is public."""
        return self.embargo is not None and now < self.embargo

    @property
    def public_since(self) -> datetime:
        """When everybody could first read it."""
        return max(self.since, self.embargo) if self.embargo is not None else self.since

    @property
    def kinds(self) -> tuple[str, ...]:
        """What its texts are, each sort once: readers outside know no ids."""
        return tuple(dict.fromkeys(main_id(draft.kind) for draft in self.drafts))


def published(tx: Connection, now: datetime) -> list[Item]:
    """Everything public at `now`, newest first."""
    found = (item for item in _items(tx) if not item.is_under_embargo(now))
    return sorted(found, key=lambda item: (item.public_since, item.occurrence_id), reverse=True)


def item(tx: Connection, occurrence_id: str) -> Item | None:
    """What went out of this occurrence, also under embargo; None when nothing public ever did."""
    return next(iter(_items(tx, occurrences.c.id == occurrence_id)), None)


def texts(tx: Connection, draft_id: int) -> Row[Any]:
    """The HTML and the text of a draft, as they were approved."""
    columns: tuple[Any, ...] = (drafts.c.html, drafts.c.text)
    return tx.execute(select(*columns).where(drafts.c.id == draft_id)).one()


def _items(tx: Connection, *where: ColumnElement[bool]) -> Iterable[Item]:
    public = [kind for kind in all_kinds().values() if kind.public]
    of_bodies = [drafts.c.kind.startswith(f"{kind.id}--", autoescape=True) for kind in public if kind.for_each]
    is_public = or_(drafts.c.kind.in_([kind.id for kind in public]), *of_bodies)
    handed = and_(
        notices.c.kind == "handoff",
        notices.c.state == NoticeState.SENT,
        notices.c.key == literal("handoff/") + cast(drafts.c.id, Text),
    )
    found = (
        select(*_COLUMNS)
        .join(packages, packages.c.id == drafts.c.package_id)
        .join(occurrences, occurrences.c.id == packages.c.occurrence_id)
        .outerjoin(mailings, mailings.c.draft_id == drafts.c.id)
        .outerjoin(notices, handed)
        .where(is_public, or_(_mailed(), notices.c.id.is_not(None)), *where)
        .order_by(packages.c.occurrence_id, drafts.c.position)
    )
    rows = tx.execute(found).all()
    own_ends = embargoes.ends(tx, {row.package_id for row in rows})
    held = _held_by_originals(tx, {row.corrects for row in rows if row.corrects is not None})
    gone, corrections = _withdrawn(tx), _corrections(tx)
    for occurrence_id, of_one in groupby(rows, key=lambda row: str(row.occurrence_id)):
        own = tuple(of_one)
        withdrawn = gone.get(occurrence_id)
        ends = [own_ends[row.package_id] for row in own if row.package_id in own_ends]
        if own[0].corrects in held:
            ends.append(held[own[0].corrects])
        yield Item(
            occurrence_id, _title(own[0], withdrawn), min(row.since for row in own), own, max(ends, default=None),
            withdrawn, corrections.get(occurrence_id, ()), own[0].corrects,
        )  # fmt: skip


def _mailed() -> ColumnElement[bool]:
    """A mailing of it began; of one that was called off, something must have left before."""
    arrived = exists().where(deliveries.c.mailing_id == mailings.c.id, deliveries.c.state.in_(_MAY_HAVE_ARRIVED))
    return and_(mailings.c.id.is_not(None), or_(mailings.c.cancelled_at.is_(None), arrived))


def _held_by_originals(tx: Connection, ids: set[str]) -> dict[str, datetime]:
    """Occurrence id → end of its own embargo, of what corrections correct: none may give its headline away."""
    if not ids:
        return {}
    mailed = select(drafts.c.package_id, mailings.c.occurrence_id).join(drafts, drafts.c.id == mailings.c.draft_id)
    of = {row.package_id: row.occurrence_id for row in tx.execute(mailed.where(mailings.c.occurrence_id.in_(ids)))}
    held: dict[str, datetime] = {}
    for package, end in embargoes.ends(tx, of.keys()).items():
        held[of[package]] = max(end, held.get(of[package], end))
    return held


def _withdrawn(tx: Connection) -> dict[str, Row[Any]]:
    return {row.occurrence_id: row for row in tx.execute(select(withdrawals))}


def _corrections(tx: Connection) -> dict[str, tuple[str, ...]]:
    """Occurrence id → the corrections of it that went out."""
    row = occurrences.c
    found = select(row.id, row.corrects).where(row.corrects.is_not(None), row.state.in_(_OUT)).order_by(row.state_at)
    corrections: dict[str, tuple[str, ...]] = {}
    for each in tx.execute(found):
        corrections[each.corrects] = (*corrections.get(each.corrects, ()), each.id)
    return corrections


def _title(draft: Row[Any], withdrawn: Row[Any] | None) -> str:
    """What stands over the text, or its subject; of what was withdrawn only what the plan calls it."""
    if withdrawn is not None:
        return str(draft.title)
    headline = draft.fields.get("headline", "").strip()
    return str(headline or draft.subject)
