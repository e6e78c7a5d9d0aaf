"""What the public may read: texts of public kinds once they went out, an entry per occurrence.

A text is public by proof that it went out (`proofs`), never by the state of its occurrence, which somebody may note as
done in another way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, func, or_, select, true

from worker.archive.proofs import went_out
from worker.kinds import all_kinds, main_id
from worker.record import embargoes
from worker.store.states import OccurrenceState
from worker.store.tables import drafts, mailings, occurrences, packages, withdrawals
from worker.topics import TOPICS

_OUT = (OccurrenceState.SENDING, OccurrenceState.DONE)
_COLUMNS: tuple[Any, ...] = (
    drafts.c.id, drafts.c.package_id, drafts.c.kind, drafts.c.channel, drafts.c.subject,
    *(func.coalesce(drafts.c.fields[name].as_string(), "").label(name) for name in ("headline", "perex")),
    packages.c.occurrence_id, occurrences.c.title, occurrences.c.corrects, occurrences.c.topics, occurrences.c.themes,
)  # fmt: skip
_OF_ONE: tuple[Any, ...] = (drafts.c.files, func.length(drafts.c.text).label("characters"))
"""What a page about one occurrence tells besides. Neither has the texts: a list of hundreds needs none of them."""


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
    corrected_at: datetime | None
    """When the last of them was under way."""
    corrects: str | None
    topics: tuple[str, ...]
    """The plan's themes that it is about, in their order."""

    def is_under_embargo(self, now: datetime) -> bool:
        """To the second: at its very end it is public."""
        return self.embargo is not None and now < self.embargo

    @property
    def public_since(self) -> datetime:
        """When everybody could first read it."""
        return max(self.since, self.embargo) if self.embargo is not None else self.since

    @property
    def changed(self) -> datetime:
        """When it last became another for its readers: published, corrected or withdrawn."""
        since = [self.public_since, self.corrected_at, self.withdrawn.at if self.withdrawn is not None else None]
        return max(each for each in since if each is not None)

    @property
    def kinds(self) -> tuple[str, ...]:
        """What its texts are, each sort once: readers outside know no ids."""
        return tuple(dict.fromkeys(main_id(draft.kind) for draft in self.drafts))


def published(tx: Connection, now: datetime) -> list[Item]:
    """Everything public at `now`, newest first."""
    found = (item for item in _items(tx, None) if not item.is_under_embargo(now))
    return sorted(found, key=lambda item: (item.public_since, item.occurrence_id), reverse=True)


def item(tx: Connection, occurrence_id: str) -> Item | None:
    """What went out of this occurrence, also under embargo; None when nothing public ever did."""
    return next(iter(_items(tx, occurrence_id)), None)


def themes_of(occurrence: Row[Any]) -> tuple[str, ...]:
    """The themes that a person chose for readers to find it under, else those of its row; in the plan's order."""
    chosen = occurrence.topics if occurrence.themes is None else occurrence.themes
    return tuple(each for each in TOPICS if each in chosen)


def texts(tx: Connection, draft_id: int) -> Row[Any]:
    """The HTML and the text of a draft, as they were approved."""
    columns: tuple[Any, ...] = (drafts.c.html, drafts.c.text)
    return tx.execute(select(*columns).where(drafts.c.id == draft_id)).one()


def _items(tx: Connection, only: str | None) -> Iterable[Item]:
    """All of them by occurrence, or that of one."""
    rows = tx.execute(_went_out(one=only is not None), {"occurrence": only} if only is not None else {}).all()
    own_ends = embargoes.ends(tx, {row.package_id for row in rows})
    held = _held_by_originals(tx, {row.corrects for row in rows if row.corrects is not None})
    gone, corrections = _withdrawn(tx), _corrections(tx, only)
    for occurrence_id, of_one in groupby(rows, key=lambda row: str(row.occurrence_id)):
        own = tuple(of_one)
        withdrawn = gone.get(occurrence_id)
        ends = [own_ends[row.package_id] for row in own if row.package_id in own_ends]
        if own[0].corrects in held:
            ends.append(held[own[0].corrects])
        corrected_by, corrected_at = corrections.get(occurrence_id, ((), None))
        yield Item(
            occurrence_id, _title(own[0], withdrawn), min(row.since for row in own), own, max(ends, default=None),
            withdrawn, corrected_by, corrected_at, own[0].corrects,
            themes_of(own[0]),
        )  # fmt: skip


@cache  # to put a statement like this together takes longer than to carry it out
def _went_out(*, one: bool) -> Select[Any]:
    """Every public draft that went out, by occurrence; of `one`, that of the parameter `occurrence`."""
    public = [kind for kind in all_kinds().values() if kind.public]
    of_bodies = [drafts.c.kind.startswith(f"{kind.id}--", autoescape=True) for kind in public if kind.for_each]
    is_public = or_(drafts.c.kind.in_([kind.id for kind in public]), *of_bodies)
    of_it = packages.c.occurrence_id == bindparam("occurrence") if one else true()
    own_drafts = select(drafts.c.id).join(packages, packages.c.id == drafts.c.package_id).where(of_it)
    out = went_out(own_drafts if one else None)
    columns: tuple[Any, ...] = (*_COLUMNS, *(_OF_ONE if one else ()), out.c.since)
    return (
        select(*columns)
        .join(packages, packages.c.id == drafts.c.package_id)
        .join(occurrences, occurrences.c.id == packages.c.occurrence_id)
        .join(out, out.c.draft_id == drafts.c.id)
        .where(is_public, of_it)
        .order_by(packages.c.occurrence_id, drafts.c.position)
    )


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


def _corrections(tx: Connection, only: str | None) -> dict[str, tuple[tuple[str, ...], datetime]]:
    """Occurrence id → the corrections of it that went out, and when the last of them began to."""
    found = tx.execute(_correcting(one=only is not None), {"occurrence": only} if only is not None else {})
    corrections: dict[str, tuple[tuple[str, ...], datetime]] = {}
    for each in sorted(found, key=lambda one: (one.at, one.id)):
        before, _ = corrections.get(each.corrects, ((), None))
        corrections[each.corrects] = ((*before, each.id), each.at)
    return corrections


@cache
def _correcting(*, one: bool) -> Select[Any]:
    """Every correction that went out and when it began to; of `one`, those of the parameter `occurrence`."""
    row = occurrences.c
    of_it = row.corrects == bindparam("occurrence") if one else row.corrects.is_not(None)
    corrects = and_(of_it, row.state.in_(_OUT))
    theirs = (
        select(drafts.c.id)
        .join(packages, packages.c.id == drafts.c.package_id)
        .join(occurrences, occurrences.c.id == packages.c.occurrence_id)
        .where(corrects)
    )
    out = went_out(theirs)
    began = func.min(out.c.since, type_=mailings.c.frozen_at.type)
    return (
        select(row.id, row.corrects, func.coalesce(began, row.state_at, type_=row.state_at.type).label("at"))
        .outerjoin(packages, packages.c.occurrence_id == row.id)
        .outerjoin(drafts, drafts.c.package_id == packages.c.id)
        .outerjoin(out, out.c.draft_id == drafts.c.id)
        .where(corrects)
        .group_by(row.id, row.corrects, row.state_at)
    )


def _title(draft: Row[Any], withdrawn: Row[Any] | None) -> str:
    """What stands over the text, or its subject; of what was withdrawn only what the plan calls it."""
    if withdrawn is not None:
        return str(draft.title)
    return str(draft.headline.strip() or draft.subject)
