"""Until when nobody may publish what a package says: every way to the public asks here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from worker.kinds.parts import EMBARGO
from worker.messages import say
from worker.store.tables import drafts
from worker.times import format_instant
from worker.typed import moment_in

UNREADABLE = datetime.max.replace(tzinfo=UTC)
"""The end of an embargo that nobody can read: it never ends by itself."""


def of(drafts: Iterable[Mapping[str, str]]) -> datetime | None:
    """The last end (UTC) in the fields of one package's drafts; `UNREADABLE` for a garbled one, None without any.

    What one of them holds back, no other of them gives away.
    """
    typed = [written for fields in drafts if (written := fields.get(EMBARGO, "").strip())]
    return max((moment_in(each) or UNREADABLE for each in typed), default=None)


def ends(tx: Connection, package_ids: Collection[int]) -> dict[int, datetime]:
    """Package id → end of its embargo, for those that have one."""
    texts: dict[int, list[Mapping[str, str]]] = {}
    written = drafts.c.fields[EMBARGO].as_string().label("written")  # the rest of the fields is the whole text
    for row in tx.execute(select(drafts.c.package_id, written).where(drafts.c.package_id.in_(package_ids))):
        texts.setdefault(row.package_id, []).append({EMBARGO: row.written or ""})
    found = {package_id: of(fields) for package_id, fields in texts.items()}
    return {package_id: end for package_id, end in found.items() if end is not None}


def end(tx: Connection, package_id: int) -> datetime | None:
    """The end of one package's embargo; None without."""
    return ends(tx, {package_id}).get(package_id)


def in_words(end: datetime) -> str:
    """When it ends, as it stands after the words do or until."""
    return say("archive.embargo_endless") if end == UNREADABLE else format_instant(end, form="by")
