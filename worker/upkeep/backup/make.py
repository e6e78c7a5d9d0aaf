"""Making a backup: the database of one moment, the plan, the configuration, the keys and the journal of erasures."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from worker import __version__
from worker.errors import HlasatelError
from worker.messages import say
from worker.positions import reason_of
from worker.record import events as record
from worker.record.backups import MADE
from worker.settings.places import Places
from worker.store.database import SCHEMA, Database
from worker.upkeep.backup import folder, keys, manifest, snapshot
from worker.upkeep.backup.manifest import Manifest, pieces_of

LARGEST_FILE = 256 << 20
"""Bytes of a file of the configuration; whatever is larger is none."""


@dataclass(frozen=True)
class Made:
    """A backup: where it is, what it says of itself, and which older ones were removed for it."""

    place: Path
    told: Manifest
    removed: tuple[Path, ...]

    @property
    def bytes(self) -> int:
        return sum(each.bytes for each in self.told.files.values())


def make(
    places: Places,
    into: Path,
    now: datetime,
    *,
    settings: tuple[str, ...] = (),
    with_keys: bool = True,
    keep: int | None = None,
) -> Made:
    """Back the office up into a new folder in `into`, while it works. HlasatelError; then nothing is left of it.

    `settings` are the names of those in the environment. `keep`: how many of its own backups stay there, this one too.
    """
    database = Database(places.database_url)
    try:
        _refuse(database, into)
        keys.make_missing(places)
        made = folder.begin(into, now)
        try:
            told = _filled(made, places, database, now, settings, with_keys=with_keys)
            folder.keep(made, manifest.FILE, [told.as_file()])
            place = folder.finish(made)
            manifest.check(place, manifest.read(place))
        except OSError as error:
            raise HlasatelError(say("backup.not_written", folder=into, why=reason_of(error))) from None
        finally:
            folder.give_up(made)
        if told.schema == SCHEMA:
            with database.write() as tx:
                record.append(tx, MADE, now, backup=place.name, bytes=sum(each.bytes for each in told.files.values()))
        removed = folder.remove_older(place, keep, told.copy_id) if keep else []
        return Made(place, told, tuple(removed))
    except DatabaseError as error:
        why = str(error.orig).strip().splitlines()[0]
        raise HlasatelError(say("store.unreachable", place=database.place(), why=why)) from None
    finally:
        database.close()


def _refuse(database: Database, into: Path) -> None:
    if database.file is None:
        return
    if not database.file.exists():
        raise HlasatelError(say("backup.empty", place=database.file))
    needed = database.file.stat().st_size + (64 << 20)
    parent = next(each for each in (into.absolute(), *into.absolute().parents) if each.exists())
    if (free := shutil.disk_usage(parent).free) < needed:
        raise HlasatelError(say("backup.no_space", folder=into, free=free >> 20, needed=needed >> 20))


def _filled(
    made: Path, places: Places, database: Database, now: datetime, settings: tuple[str, ...], *, with_keys: bool
) -> Manifest:
    found = snapshot.take(database, made / manifest.DATABASE, now)
    (made / manifest.DATABASE).chmod(0o600)
    for name, file in _files(places, made):
        folder.keep(made, name, pieces_of(file))
    kept = keys.files_of(places) if with_keys else {}
    for file in kept.values():
        folder.keep(made, f"{manifest.KEYS}/{file.name}", pieces_of(file))
    source, secret = database.url.get_backend_name(), keys.secret_names(places)
    return Manifest(
        now, __version__, found.schema, source, found.copy_id, found.events, found.head, secret,
        keys.suppression_name(places), tuple(kept), settings, folder.entries(made),
    )  # fmt: skip


def _files(places: Places, made: Path) -> Iterator[tuple[str, Path]]:
    """Name in the backup and place of the plan, of everything in the configuration, and of the journal.

    Should the data or the backups lie inside the configuration, they are no part of it.
    """
    if places.plan.is_file():
        yield manifest.PLAN, places.plan
    if places.config.is_dir():
        others = (places.data.resolve(), made.parent.resolve())
        apart = {each for each in others if places.config.resolve() in each.parents}
        for file in sorted(places.config.rglob("*")):
            inside = file.relative_to(places.config)
            if not file.is_file() or apart & set(file.resolve().parents):
                continue
            if not inside.parts[0].startswith(".") and file.stat().st_size <= LARGEST_FILE:
                yield f"{manifest.CONFIG}/{inside.as_posix()}", file
    if places.journal.is_file():
        yield manifest.JOURNAL, places.journal
