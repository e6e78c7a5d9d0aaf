"""`manifest.json` of a backup: what it holds, of which state, and the digest of every file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from worker.errors import HlasatelError
from worker.messages import say
from worker.positions import reason_of
from worker.times import parse_instant, rfc3339

FILE = "manifest.json"
DATABASE = "hlasatel.db"
PLAN = "schedules.yaml"
CONFIG = "config"
KEYS = "keys"
JOURNAL = "erasures.log"
FORMAT = 1
PIECE = 1 << 20


@dataclass(frozen=True)
class Kept:
    """A file of the backup."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. `events` and `head` are the record's length and last hash."""

    taken_at: datetime
    program: str
    schema: str
    source: str
    """sqlite or postgresql: what the database was; in the backup it is an SQLite file."""
    copy_id: str
    events: int
    head: str
    secret_keys: tuple[str, ...]
    """Names of the keys that links and Message-IDs were made with, newest first."""
    suppression_key: str | None
    keys_kept: tuple[str, ...]
    """Which of them are in the backup: `secret`, `suppression`."""
    settings: tuple[str, ...]
    """Names of the settings that were given by the environment; never their values."""
    files: Mapping[str, Kept] = field(default_factory=dict)

    def as_file(self) -> bytes:
        """The bytes of the file."""
        told = asdict(self) | {"format": FORMAT, "taken_at": rfc3339(self.taken_at)}
        return (json.dumps(told, indent=1, sort_keys=True) + "\n").encode()  # ASCII: a name may be no UTF-8


def read(folder: Path) -> Manifest:
    """What stands in the folder; HlasatelError when there is none, or it cannot be understood."""
    file = folder / FILE
    try:
        told = json.loads(file.read_bytes())
        if told["format"] != FORMAT:
            raise HlasatelError(say("backup.other_format", folder=folder, program=told.get("program", "?")))
        return _manifest(told)
    except OSError as error:
        raise HlasatelError(say("backup.no_manifest", folder=folder, why=reason_of(error))) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise HlasatelError(say("backup.bad_manifest", folder=folder)) from None


def _manifest(told: Mapping[str, Any]) -> Manifest:
    files = {name: Kept(int(each["bytes"]), str(each["sha256"])) for name, each in told["files"].items()}
    if any(not _is_inside(name) for name in files):
        raise ValueError("a file outside the backup")
    if DATABASE not in files:
        raise ValueError("no database")
    return Manifest(
        parse_instant(told["taken_at"]), str(told["program"]), str(told["schema"]), str(told["source"]),
        str(told["copy_id"]), int(told["events"]), str(told["head"]), _names(told["secret_keys"]),
        told["suppression_key"], _names(told["keys_kept"]), _names(told["settings"]), files,
    )  # fmt: skip


def _names(told: Any) -> tuple[str, ...]:
    if not isinstance(told, list) or not all(isinstance(each, str) for each in told):
        raise TypeError("names")
    return tuple(told)


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\0" not in name


def shown(file: Path) -> str:
    """A file's path as it may be printed, whatever somebody called it."""
    return "".join(letter if letter.isprintable() else "?" for letter in str(file))


def check(folder: Path, manifest: Manifest) -> None:
    """Hold every file against its size and digest; HlasatelError names the first that is missing or changed."""
    for name, kept in sorted(manifest.files.items()):
        file = folder / name
        try:
            is_it = file.stat().st_size == kept.bytes and digest_of(file) == kept.sha256
        except OSError as error:
            raise HlasatelError(say("backup.file_missing", file=shown(file), why=reason_of(error))) from None
        if not is_it:
            raise HlasatelError(say("backup.file_changed", file=shown(file)))


def digest_of(file: Path) -> str:
    """Hex SHA-256 of a file's bytes."""
    found = hashlib.sha256()
    for piece in pieces_of(file):
        found.update(piece)
    return found.hexdigest()


def pieces_of(file: Path) -> Iterator[bytes]:
    """A file's bytes, a MiB at a time."""
    with file.open("rb") as content:
        while piece := content.read(PIECE):
            yield piece
