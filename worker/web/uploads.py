"""Tables between their preview and its confirmation: in this process's memory alone, so that none stays behind."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

KEPT_FOR = timedelta(hours=1)
MOST = 4
"""Of all coordinators' pages together; the oldest goes for a fifth one."""


@dataclass(frozen=True)
class Upload:
    """A file, by its name where it came from, for the list `list_id`; `sheet` is empty where none was named."""

    content: bytes
    name: str
    list_id: str
    sheet: str
    at: datetime


class Uploads:
    """The tables that wait; each is known by a number that nobody guesses."""

    def __init__(self) -> None:
        self._kept: dict[str, Upload] = {}
        self._lock = threading.Lock()

    def keep(self, upload: Upload) -> str:
        """Keep one; the number it is found by for an hour."""
        number = secrets.token_hex(16)
        with self._lock:
            self._forget_old(upload.at)
            while len(self._kept) >= MOST:
                del self._kept[next(iter(self._kept))]
            self._kept[number] = upload
        return number

    def take(self, number: str, now: datetime) -> Upload | None:
        """Give it out and forget it; None when it is gone."""
        with self._lock:
            self._forget_old(now)
            return self._kept.pop(number, None)

    def _forget_old(self, now: datetime) -> None:
        for number in [number for number, each in self._kept.items() if now - each.at > KEPT_FOR]:
            del self._kept[number]
