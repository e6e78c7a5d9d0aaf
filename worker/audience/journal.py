"""The journal of erasures and departures: what a restored copy of the database must do again.

It lies beside the database, not in it. A line says what was done about a keyed hash of an address, never about an
address; it is on the disk before the transaction that does it commits, so it may tell of what was rolled back, and
nothing that was done is missing. Doing it twice does no harm. Where a crash or a full disk cut a line off, nothing was
done about it: it is passed over, and the next write begins a line of its own.
"""

from __future__ import annotations

import errno
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from worker.audience.address_hash import digest
from worker.errors import HlasatelError
from worker.messages import say
from worker.office import Office
from worker.positions import reason_of
from worker.settings import key_id
from worker.store.database import Use
from worker.times import parse_instant, rfc3339

_BEGINNING = '{"at":'


class Deed(StrEnum):
    """What was done about an address."""

    ERASED = "erased"
    SUPPRESSED = "suppressed"
    LIFTED = "lifted"
    LEFT = "left"
    CAME_BACK = "came_back"


@dataclass(frozen=True)
class Entry:
    """One line. `key` names the suppression key that `hash` was made with; `lists` of who left or came back."""

    at: datetime
    deed: Deed
    key: str
    hash: bytes
    reason: str = ""
    lists: tuple[str, ...] = ()


def note(
    office: Office, deed: Deed, now: datetime, address: str, *, reason: str = "", lists: Sequence[str] = ()
) -> None:
    """Write one line and have it on the disk. HlasatelError when that cannot be done: then nothing else may be."""
    note_all(office, deed, now, {address: lists}, reason=reason)


def note_all(
    office: Office, deed: Deed, now: datetime, lists_of: Mapping[str, Sequence[str]], *, reason: str = ""
) -> None:
    """The same for several addresses, each with its lists, by one write."""
    if office.database.use is not Use.WORK:  # a plan that is only played
        return
    key = office.settings.suppression_key
    told = [
        {"at": rfc3339(now), "did": str(deed), "key": key_id(key), "hash": digest(key, address).hex()}
        | ({"reason": reason} if reason else {})
        | ({"lists": sorted(lists)} if lists else {})
        for address, lists in lists_of.items()
    ]
    if told:
        _write(office.settings.journal, "".join(json.dumps(each, separators=(",", ":")) + "\n" for each in told))


def _write(file: Path, lines: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            told = (lines if _ends_a_line(handle) else "\n" + lines).encode()
            if os.write(handle, told) != len(told):  # in one piece, so that lines of two processes never mingle
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fdatasync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise HlasatelError(say("privacy.no_journal", file=file, why=reason_of(error))) from None


def _ends_a_line(handle: int) -> bool:
    size = os.fstat(handle).st_size
    return size == 0 or os.pread(handle, 1, size - 1) == b"\n"


def read(files: Iterable[Path]) -> list[Entry]:
    """The lines of one or more journals in the order in which they were written; what a crash cut off is passed over.

    Within a file that is its own order, for a clock may go back; between files their times tell. What several of them
    have is told once. HlasatelError for a file that cannot be read, or is none.
    """
    return [entry for _, entry in _merged(files)]


def lines(files: Iterable[Path]) -> list[str]:
    """The same as they are written, without their ends: as one journal they are read in this order again."""
    return [line for line, _ in _merged(files)]


def _merged(files: Iterable[Path]) -> list[tuple[str, Entry]]:
    found: dict[tuple[str, int], tuple[datetime, Entry]] = {}
    for file in files:
        latest, seen = datetime.min.replace(tzinfo=UTC), Counter[str]()
        for line, entry in _of(file):
            latest = max(latest, entry.at)
            seen[line] += 1  # the same may be said twice in a second, of her who left, came back and left
            found.setdefault((line, seen[line]), (latest, entry))
    in_order = sorted(found.items(), key=lambda each: each[1][0])
    return [(line, entry) for (line, _), (_, entry) in in_order]


def _of(file: Path) -> Iterator[tuple[str, Entry]]:
    try:
        written = file.read_text(encoding="ascii").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        why = reason_of(error) if isinstance(error, OSError) else say("privacy.not_a_journal")
        raise HlasatelError(say("privacy.journal_unreadable", file=file, line=1, why=why)) from None
    for number, each in enumerate(written[:-1], 1):
        line = each.rstrip("\0")  # as a file has it that was made longer before it was written
        if _is_cut_off(line):
            continue
        try:
            yield line, _entry(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, HlasatelError):
            why = say("privacy.not_a_journal")
            raise HlasatelError(say("privacy.journal_unreadable", file=file, line=number, why=why)) from None


def _is_cut_off(line: str) -> bool:
    """Whether a line has the beginning of one of ours, or nothing, but no end."""
    return _BEGINNING.startswith(line[: len(_BEGINNING)]) and not line.endswith("}")


def _entry(told: Mapping[str, object]) -> Entry:
    lists = told.get("lists", [])
    if not isinstance(lists, list):
        raise TypeError("lists")
    return Entry(
        parse_instant(str(told["at"])), Deed(str(told["did"])), str(told["key"]), bytes.fromhex(str(told["hash"])),
        str(told.get("reason", "")), tuple(str(each) for each in lists),
    )  # fmt: skip
