"""Backups as folders in a folder: their names, which of them were made by whom, and what is written into one.

A backup appears under its name when it is whole and on the disk; one that was broken off bears another name.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from worker.errors import HlasatelError
from worker.messages import say
from worker.positions import reason_of
from worker.upkeep.backup import manifest
from worker.upkeep.backup.manifest import Kept, Manifest

_NAME = re.compile(r"hlasatel-\d{8}T\d{6}Z(-\d+)?")
_UNFINISHED = ".unfinished"
ABANDONED = timedelta(days=1)
"""So old is what a killed backup left, when the next one takes it away."""


def name_of(taken_at: datetime) -> str:
    """`hlasatel-20261208T101500Z`."""
    return f"hlasatel-{taken_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def begin(parent: Path, taken_at: datetime) -> Path:
    """A new folder in `parent`, for its owner alone, that bears no backup's name yet. HlasatelError."""
    made = parent / f"{name_of(taken_at)}{_UNFINISHED}"
    try:
        parent.mkdir(parents=True, exist_ok=True)
        for left in parent.glob(f"hlasatel-*{_UNFINISHED}"):
            if left.stat().st_mtime < taken_at.timestamp() - ABANDONED.total_seconds():
                shutil.rmtree(left)
        made.mkdir(mode=0o700)
    except OSError as error:
        raise HlasatelError(say("backup.no_folder", folder=parent, why=reason_of(error))) from None
    return made


def give_up(made: Path) -> None:
    """Take away what was begun."""
    shutil.rmtree(made, ignore_errors=True)


def keep(made: Path, name: str, content: Iterable[bytes]) -> None:
    """Write a file of the backup, readable by its owner alone."""
    file = made / name
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as out:
        for piece in content:
            out.write(piece)


def entries(made: Path) -> dict[str, Kept]:
    """Every file under the folder, with its size and digest."""
    files = [each for each in made.rglob("*") if each.is_file()]
    return {
        each.relative_to(made).as_posix(): Kept(each.stat().st_size, manifest.digest_of(each)) for each in sorted(files)
    }


def finish(made: Path) -> Path:
    """Have everything on the disk, then give the folder its name; the backup."""
    for file in [each for each in made.rglob("*") if each.is_file()]:
        _sync(file)
    for folder in [made, *(each for each in made.rglob("*") if each.is_dir())]:
        _sync(folder)
    name = made.name.removesuffix(_UNFINISHED)
    place, number = made.with_name(name), 1
    while place.exists():
        number += 1
        place = made.with_name(f"{name}-{number}")
    made.rename(place)
    _sync(place.parent)
    return place


def newest_in(parent: Path) -> tuple[Path, Manifest] | None:
    """The newest of the whole backups in a folder; None where there is none. HlasatelError for one not to be read."""
    found = [(each, manifest.read(each)) for each in _named_so(parent)]
    if not found:
        return None
    last = max(found, key=lambda one: (one[1].taken_at, one[0].name))
    return _by_age(each for each in found if each == last or _is_of(each[1], last[1].copy_id))[-1]


def remove_older(made: Path, keep_newest: int, copy_id: str) -> list[Path]:
    """Remove all but the newest backups that this very copy of the database made beside `made`; which were removed.

    Other copies' and whatever else lies there is left alone; `made` itself stays in any case.
    """
    own = []
    for each in _named_so(made.parent):
        with suppress(HlasatelError):  # not to be read, so none of those that are counted
            own.append((each, manifest.read(each)))
    others = [path for path, told in _by_age(own) if _is_of(told, copy_id) and path != made]
    gone = others[: len(others) - keep_newest + 1] if len(others) >= keep_newest else []
    for each in gone:
        try:
            (each / manifest.FILE).unlink()  # first, so that half a backup is none
            shutil.rmtree(each)
        except OSError as error:
            told = say("backup.not_removed", place=made, older=each, why=reason_of(error))
            raise HlasatelError(told) from None
    return gone


def _named_so(parent: Path) -> list[Path]:
    return [
        each for each in sorted(parent.iterdir()) if _NAME.fullmatch(each.name) and (each / manifest.FILE).is_file()
    ]


def _by_age(found: Iterable[tuple[Path, Manifest]]) -> list[tuple[Path, Manifest]]:
    """Those of one copy, oldest first: its record only grows, while a clock may have gone back."""
    return sorted(found, key=lambda one: (one[1].events, one[1].taken_at, one[0].name))


def _is_of(told: Manifest, copy_id: str) -> bool:
    return bool(copy_id) and told.copy_id == copy_id


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
