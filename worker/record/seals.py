"""Seals: how long the record was and by which hash, kept where nobody who writes to the database can reach them.

A line's hash depends on every line before it. So a seal that lies in a mailbox or on paper proves that all that stood
in the record then still stands there, also against somebody who rewrites the chain or cuts off its end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from worker.store.tables import events, seals

_SEAL = re.compile(r"hlasatel-seal:(\d{1,18}):([0-9a-f]{64})")
_WRAPPED = re.compile(r"[\s>|=]+")
MOST_READ = 10_000_000
"""Characters of a file of seals that are read."""


@dataclass(frozen=True)
class Seal:
    """The number and the hash of the last line when it was made; an empty record has none."""

    seq: int
    hash: str

    def __str__(self) -> str:
        """As it is printed and mailed."""
        return f"hlasatel-seal:{self.seq}:{self.hash}"


def head(tx: Connection) -> Seal | None:
    """The seal of the record as it stands; None while nothing is recorded."""
    last = tx.execute(select(events.c.seq, events.c.hash).order_by(events.c.seq.desc()).limit(1)).first()
    return Seal(last.seq, last.hash) if last is not None else None


def keep(tx: Connection, seal: Seal, now: datetime) -> None:
    """Note that it was made: a record that is shorter one day does not hold against it."""
    tx.execute(seals.insert().values(seq=seal.seq, hash=seal.hash, at=now))


def began_at(tx: Connection) -> datetime | None:
    """When the first line was written; None while nothing is recorded."""
    first = select(func.min(events.c.seq)).scalar_subquery()
    began: datetime | None = tx.execute(select(events.c.at).where(events.c.seq == first)).scalar()
    return began


def kept(tx: Connection) -> Iterator[Seal]:
    """Those that the database knows of itself, oldest first."""
    for row in tx.execute(select(seals.c.seq, seals.c.hash).order_by(seals.c.id)):
        yield Seal(row.seq, row.hash)


def read(content: str) -> tuple[Seal, ...]:
    """Every seal in a text, each once: a line, a mail with all that is round it, or a file of many.

    One that a mail program has broken into several lines is read as well.
    """
    whole = content[:MOST_READ]
    found = _SEAL.findall(whole) or _SEAL.findall(_WRAPPED.sub("", whole))
    return tuple(dict.fromkeys(Seal(int(seq), digest) for seq, digest in found))
