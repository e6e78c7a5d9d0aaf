"""Putting what a restore brings where it belongs: every file appears whole, for its owner alone."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from worker.audience import journal
from worker.store.database import BUSY_SECONDS
from worker.upkeep.backup.manifest import pieces_of


def place(source: Path, target: Path) -> None:
    """Copy a file so that it appears whole; its owner alone may read it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with _draft_of(target) as out:
        for piece in pieces_of(source):
            out.write(piece)


@contextmanager
def _draft_of(target: Path) -> Iterator[BinaryIO]:
    """What is written becomes `target` once it is on the disk."""
    draft = target.with_name(f"{target.name}.restoring")
    with suppress(FileNotFoundError):
        draft.unlink()
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as out:
        yield out
        out.flush()
        os.fsync(out.fileno())
    draft.replace(target)


def place_database(finished: Path, target: Path) -> None:
    """Have `target` be the SQLite file `finished`, which goes; nobody may have either open but to look.

    An empty one that is there may be open to pages that are served already: it is written, not replaced under them.
    """
    there = target.exists()
    for ending in (".epoch",) if there else ("-wal", "-journal", ".epoch"):
        target.with_name(target.name + ending).unlink(missing_ok=True)
    if there:
        with (
            closing(sqlite3.connect(finished)) as source,
            closing(sqlite3.connect(target, timeout=BUSY_SECONDS)) as empty,
        ):
            source.backup(empty)
        return
    _sync(finished)
    finished.replace(target)
    _sync(target.parent)


def journal_goes_on(journals: Sequence[Path], target: Path) -> None:
    """Have `target` hold every line of the journals of erasures, so that later backups and restores know of it.

    What it holds itself is one of them.
    """
    told = "".join(f"{line}\n" for line in journal.lines(journals)).encode("ascii")
    if not told or (target.is_file() and target.read_bytes() == told):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with _draft_of(target) as out:
        out.write(told)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
