"""A Maildir as a mail server fills it (https://cr.yp.to/proto/maildir.html): files appear in `new` whole, by rename.

Nobody else works in it, so `new` is all there is to look at; what is not for us stays readable in `cur`.
"""

from __future__ import annotations

import hashlib
import heapq
import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

AT_ONCE = 20
MOST_BYTES = 1024 * 1024
"""So much of one mail is read; what a person writes and what a bounce says stands at its beginning."""


@dataclass(frozen=True)
class Arrived:
    """One mail in `new`: its file, its beginning, and a hash that tells it from every other."""

    file: Path
    data: bytes
    hash: bytes


def waiting(maildir: Path, aside: Collection[str]) -> list[str]:
    """The names of the oldest files in `new`, at most `AT_ONCE` besides those `aside`; OSError when it is unreadable.

    A Maildir's names begin with the second of their arrival. What is no plain file is no mail.
    """
    with os.scandir(maildir / "new") as entries:
        plain = (each.name for each in entries if each.name[0] != "." and each.is_file(follow_symlinks=False))
        return heapq.nsmallest(AT_ONCE, (name for name in plain if name not in aside))


def read(maildir: Path, name: str) -> Arrived:
    """One of them; OSError when it cannot be read."""
    file = maildir / "new" / name
    with file.open("rb") as content:
        data = content.read(MOST_BYTES)
        size = os.fstat(content.fileno()).st_size
    return Arrived(file, data, hashlib.sha256(data + b"\0%d" % size).digest())


def remove(arrived: Arrived) -> None:
    """It has been taken in; OSError when it cannot be removed."""
    arrived.file.unlink(missing_ok=True)


def keep(arrived: Arrived) -> None:
    """Leave it to whoever looks into the mailbox, marked as seen; OSError when it cannot be moved."""
    cur = arrived.file.parent.parent / "cur"
    cur.mkdir(exist_ok=True)
    arrived.file.rename(cur / f"{arrived.file.name.partition(':')[0]}:2,S")
