"""The office as its files have it: whoever works while they are edited asks here for the one in force."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Protocol

from worker.errors import HlasatelError
from worker.office import Office

LOOK = 1.0
"""Seconds between two looks at the files."""
SETTLES = 2.0
"""Seconds that a file must have stood unchanged: while somebody saves, it may be empty or cut off."""
log = logging.getLogger("hlasatel.config")

State = tuple[tuple[str, int, int, int], ...]


class Offices(Protocol):
    """Gives the office in force; `refused` is why an edit of its files is not used, None when there is none such."""

    @property
    def refused(self) -> HlasatelError | None: ...

    def __call__(self) -> Office: ...


class OneOffice:
    """An office that nobody edits."""

    refused = None

    def __init__(self, office: Office) -> None:
        self._office = office

    def __call__(self) -> Office:
        return self._office


class OfficeOnFile:
    """Gives the office in force. An edit of `config/` that is fit to be used replaces it; a faulty one changes nothing.

    `read_again` makes the office that follows the one given from the files as they are; HlasatelError when they are
    not fit. It goes by the real time, for files are saved in it, and looks every `look` seconds at those that have
    stood unchanged for `settles`. Safe for several threads.
    """

    def __init__(
        self, office: Office, read_again: Callable[[Office], Office], *, look: float = LOOK, settles: float = SETTLES
    ) -> None:
        self._office, self._read_again = office, read_again
        self._pause, self._settles = look, settles
        self._lock = Lock()
        self._read = self._seen = _state(office.settings.config)
        self._since = self._look_at = time.monotonic()
        self._refused: HlasatelError | None = None

    def __call__(self) -> Office:
        """The office in force."""
        with self._lock:
            if time.monotonic() >= self._look_at:
                self._look()
            return self._office

    @property
    def refused(self) -> HlasatelError | None:
        """Why the files as they are now are not used; None when they are."""
        return self._refused

    def _look(self) -> None:
        now = time.monotonic()
        self._look_at = now + self._pause
        state = _state(self._office.settings.config)
        if state != self._seen:
            self._seen, self._since = state, now
        if state == self._read or now - self._since < self._settles:
            return
        self._read = state
        try:
            following = self._read_again(self._office)
        except HlasatelError as error:
            self._refused = error
            log.warning("the edit of the configuration is not used: %s", str(error).splitlines()[0])
            return
        self._refused = None
        if following != self._office:
            self._office = following
            log.info("the edit of the configuration is in force")


def _state(config: Path) -> State:
    """What tells one state of the folder's files from another. A file that comes or goes meanwhile is a change."""
    found = []
    for path in sorted(config.iterdir()) if config.is_dir() else ():
        try:
            known = path.stat()
        except FileNotFoundError:
            continue
        found.append((path.name, known.st_mtime_ns, known.st_size, known.st_ino))
    return tuple(found)
