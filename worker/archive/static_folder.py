"""A folder that holds a static copy and nothing else: brought up to date file by file, each replaced at once.

The list of its files stands in it. A file is put on the list before it is written, so that a copy that was broken off
is known for our own; what the list does not name is somebody else's, and then nothing is touched.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from worker.errors import HlasatelError
from worker.messages import say
from worker.positions import reason_of

LIST = ".hlasatel-archiv"
_NEW = ".hlasatel-nove"
_SEGMENT = re.compile(r"\.?[A-Za-z0-9][A-Za-z0-9._-]*")
MOST_NAMED = 3
"""Foreign files that a refusal names."""


@dataclass
class Changed:
    """How many files were written anew, were right, and were removed."""

    written: int = 0
    kept: int = 0
    removed: int = 0


class StaticFolder:
    """One folder while it is brought up to date: `put` every file, then `finish`. HlasatelError for what fails."""

    def __init__(self, folder: Path) -> None:
        """Refuses what is no folder, and one that holds files which are not ours, before anything is changed."""
        self._folder, self.changed = folder, Changed()
        self._put: set[str] = set()
        with _told(folder):
            _make(folder)
            self._known = self._listed()
            foreign = sorted(self._found() - self._known)
        if foreign:
            named = ", ".join(foreign[:MOST_NAMED])
            raise HlasatelError(say("static_copy.foreign", folder=folder, files=named, number=len(foreign)))

    def put(self, name: str, content: bytes) -> None:
        """Have the file `name` (`archiv/index.html`) hold `content`; one that does is left as it is."""
        if not all(_SEGMENT.fullmatch(each) for each in name.split("/")):
            raise ValueError(name)
        place = self._folder / name
        with _told(place):
            if place.is_file() and not place.is_symlink() and place.read_bytes() == content:
                self.changed.kept += 1
            else:
                self._claim(name)
                _make(place.parent)
                self._replace(place, content)
                self.changed.written += 1
        self._put.add(name)

    def finish(self) -> Changed:
        """Remove what was not put this time, and the folders that are empty then."""
        with _told(self._folder):
            for name in sorted(self._known - self._put):
                (self._folder / name).unlink(missing_ok=True)
                self.changed.removed += 1
                self._prune((self._folder / name).parent)
            self._replace(self._folder / LIST, "".join(f"{each}\n" for each in sorted(self._put)).encode())
        return self.changed

    def _listed(self) -> set[str]:
        place = self._folder / LIST
        return set(place.read_text(encoding="utf-8").splitlines()) if place.is_file() else set()

    def _found(self) -> set[str]:
        """Every file below, and every link, which leads who knows where."""
        found: set[str] = set()
        for at, folders, files in os.walk(self._folder):
            here = Path(at)
            links = [each for each in folders if (here / each).is_symlink()]
            found |= {(here / each).relative_to(self._folder).as_posix() for each in (*files, *links)}
        return found - {LIST, _NEW}

    def _claim(self, name: str) -> None:
        if name in self._known:
            return
        with (self._folder / LIST).open("a", encoding="utf-8") as listed:
            listed.write(f"{name}\n")
            listed.flush()
            os.fsync(listed.fileno())
        self._known.add(name)

    def _replace(self, place: Path, content: bytes) -> None:
        """Whoever reads meanwhile gets the old file or the new one, whole."""
        new = self._folder / _NEW
        new.write_bytes(content)
        new.chmod(0o644)  # a web server of another user reads it
        new.replace(place)

    def _prune(self, folder: Path) -> None:
        while folder != self._folder and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent


def _make(folder: Path) -> None:
    """A folder with those above it, which a web server of another user may enter whatever our umask is."""
    for each in [*reversed(folder.parents), folder]:
        if not each.is_dir():
            each.mkdir()
            each.chmod(0o755)


class _told:
    """What the system refuses, as a sentence."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            raise HlasatelError(say("static_copy.refused", place=self._place, why=reason_of(error))) from None
