"""Whether what the database holds beside the record is still what the record speaks of.

A line names the digest of each version and of each decision about it, so a text that was changed in the database shows
although the chain is whole: its bytes have another digest, or a digest that the record does not know. One draft, or one
file of a draft, is in memory at a time.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from worker.drafting import packages
from worker.store import tables

_DECISIONS = {"decision.approved": "approve", "decision.returned": "return", "decision.released": "approve"}
_OF_MAILINGS = ("mailing.frozen", "mailing.empty")
_NAMING_A_DIGEST = ("package.made", "approval.asked", *_DECISIONS)


class Difference(StrEnum):
    """What is not as the record has it."""

    DRAFT = "draft"
    """A text whose bytes are not those of its digest."""
    FILE = "file"
    PACKAGE = "package"
    """A version whose digest is not that of its texts, lists, media and time."""
    VERSION = "version"
    """A version whose digest is another than the record says, or that is not there any more."""
    UNKNOWN_VERSION = "unknown-version"
    """A version that the record does not know."""
    DECISION = "decision"
    """A decision that the record has and the database has not, or has otherwise."""
    UNKNOWN_DECISION = "unknown-decision"
    MAILING = "mailing"
    """A mailing whose lists or audience are others than the record says."""
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Compared:
    """`seq` is the line of the record that says otherwise; None where the row contradicts itself."""

    what: Difference
    occurrence: str
    version: int | None = None
    detail: str = ""
    seq: int | None = None


@dataclass
class Looked:
    """How much was compared."""

    versions: int = 0
    drafts: int = 0
    files: int = 0
    decisions: int = 0
    mailings: int = 0


def differences(tx: Connection, looked: Looked, passed: Callable[[], None] = lambda: None) -> Iterator[Compared]:
    """All of them; `looked` is counted up, `passed` is called for each row that was looked at."""
    known = _recorded(tx)
    yield from _versions(tx, known, looked, passed)
    yield from _decisions(tx, known, looked)
    yield from _mailings(tx, known, looked)


@dataclass
class _Known:
    """What the record says: (occurrence, version) → lines that name a digest; decisions; mailings by number."""

    digests: dict[tuple[str, int], list[tuple[int, str]]]
    decisions: dict[int, tuple[Any, ...]]
    mailings: dict[int, tuple[int, str, Any, Any, Any]]


def _recorded(tx: Connection) -> _Known:
    known = _Known({}, {}, {})
    wanted = tables.events.c.kind.in_([*_NAMING_A_DIGEST, *_OF_MAILINGS])
    after, lines = 0, select(tables.events).where(wanted).order_by(tables.events.c.seq).limit(1000)
    while True:
        try:
            rows = tx.execute(lines.where(tables.events.c.seq > after)).all()
        except (ValueError, TypeError, SQLAlchemyError):
            return known  # a line that cannot be read: the chain tells which
        if not rows:
            return known
        for row in rows:
            _take(known, row)
        after = rows[-1].seq


def _take(known: _Known, row: Any) -> None:
    try:
        data = json.loads(row.data)
    except (ValueError, TypeError):
        return
    if row.kind in _OF_MAILINGS:
        said = data.get("lists"), data.get("audience"), data.get("excluded", {})
        known.mailings[data.get("mailing")] = (row.seq, row.occurrence_id, *said)
        return
    lines = known.digests.setdefault((row.occurrence_id, data.get("version")), [])
    if "digest" in data:  # the line of a version made before lines of versions named it has none
        lines.append((row.seq, data["digest"]))
    if row.kind in _DECISIONS:
        words = data.get("reason" if row.kind == "decision.released" else "comment", "")
        known.decisions[row.seq] = _decision(
            row.occurrence_id, data.get("version"), row.person, _DECISIONS[row.kind], data.get("digest"), words, row.at
        )


def _versions(tx: Connection, known: _Known, looked: Looked, passed: Callable[[], None]) -> Iterator[Compared]:
    there = set()
    found = select(tables.packages.c.id, tables.packages.c.occurrence_id, tables.packages.c.version)
    for number, occurrence, version in tx.execute(found.order_by(tables.packages.c.id)).all():
        there.add((occurrence, version))
        looked.versions += 1
        passed()
        try:
            yield from _version(tx, known, looked, number)
        except (ValueError, TypeError, KeyError, AttributeError, SQLAlchemyError):
            yield Compared(Difference.UNREADABLE, occurrence, version)
    for (occurrence, version), lines in known.digests.items():
        if (occurrence, version) not in there:
            yield Compared(Difference.VERSION, occurrence, version, seq=lines[0][0] if lines else None)


def _version(tx: Connection, known: _Known, looked: Looked, number: int) -> Iterator[Compared]:
    package = tx.execute(select(tables.packages).where(tables.packages.c.id == number)).one()
    where = package.occurrence_id, package.version
    drafts = packages.drafts_of(tx, number)
    for draft in drafts:
        looked.drafts += 1
        if not packages.is_intact(draft):
            yield Compared(Difference.DRAFT, *where, detail=draft.kind)
        yield from _files(tx, draft, where, looked)
    if not packages.is_bound(package, drafts):
        yield Compared(Difference.PACKAGE, *where)
    lines = known.digests.get(where)
    if lines is None:
        yield Compared(Difference.UNKNOWN_VERSION, *where)
        return
    for seq, digest in lines:
        if digest != package.digest:
            yield Compared(Difference.VERSION, *where, seq=seq)
            return


def _files(tx: Connection, draft: Any, where: tuple[str, int], looked: Looked) -> Iterator[Compared]:
    for entry in draft.files:
        looked.files += 1
        own = tables.draft_files.c.draft_id == draft.id, tables.draft_files.c.name == entry["name"]
        content = tx.execute(select(tables.draft_files.c.content).where(*own)).scalar()
        if content is None or hashlib.sha256(content).hexdigest() != entry["sha256"]:
            yield Compared(Difference.FILE, *where, detail=entry["name"])


def _decisions(tx: Connection, known: _Known, looked: Looked) -> Iterator[Compared]:
    made = select(tables.decisions, tables.packages.c.occurrence_id, tables.packages.c.version)
    rows = tx.execute(made.join(tables.packages).order_by(tables.decisions.c.id)).all()
    looked.decisions = len(rows)
    there = Counter(
        _decision(row.occurrence_id, row.version, row.person, row.decision, row.digest, row.comment, row.decided_at)
        for row in rows
    )
    for seq, decision in known.decisions.items():
        if there[decision]:
            there[decision] -= 1
        else:
            yield Compared(Difference.DECISION, decision[0], decision[1], detail=str(decision[2]), seq=seq)
    for decision, number in there.items():
        if number:
            yield Compared(Difference.UNKNOWN_DECISION, decision[0], decision[1], detail=str(decision[2]))


def _decision(
    occurrence: str, version: int, person: str, decision: str, digest: str, words: str, at: datetime
) -> tuple[Any, ...]:
    return occurrence, version, person, decision, digest, words, at


def _mailings(tx: Connection, known: _Known, looked: Looked) -> Iterator[Compared]:
    for row in tx.execute(select(tables.mailings).order_by(tables.mailings.c.id)).all():
        looked.mailings += 1
        said = known.mailings.pop(row.id, None)
        if said is None:
            yield Compared(Difference.MAILING, row.occurrence_id)
        elif said[1:] != (row.occurrence_id, list(row.lists), row.audience, dict(row.left_out)):
            yield Compared(Difference.MAILING, row.occurrence_id, seq=said[0])
    for seq, occurrence, *_ in known.mailings.values():
        yield Compared(Difference.MAILING, occurrence, seq=seq)
