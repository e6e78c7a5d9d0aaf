"""Bringing an office back from a backup, into an empty place: everything is checked before anything is written.

The database comes last and appears whole, so a restore that was broken off is begun again with the same command. It is
held: nothing leaves it until a person lets it go (`worker/upkeep/copies`).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.exc import DatabaseError

from worker.audience.privacy.again import Repeated, do_again
from worker.audience.privacy.erase import clean
from worker.errors import HlasatelError
from worker.messages import say
from worker.positions import reason_of
from worker.record import events as record
from worker.settings.places import Places
from worker.settings.secret import SUPPRESSION_FILE
from worker.store import copies
from worker.store.copies import Held
from worker.store.database import SCHEMA, Database
from worker.store.lock import alone
from worker.store.tables import events, heartbeats, installation, occurrences, recipients
from worker.upkeep.backup import folder, keys, manifest
from worker.upkeep.backup.manifest import Manifest
from worker.upkeep.backup.placing import journal_goes_on, place, place_database
from worker.upkeep.backup.rows import carry
from worker.upkeep.backup.since import since

_DRAFT = "restoring-"


@dataclass(frozen=True)
class Restored:
    """What came back: from which backup, what was done again about people, and what was left as it was.

    `missing_keys`: `secret` or `suppression`, of which this place has not the one that the backup was made with.
    """

    backup: Path
    told: Manifest
    again: Repeated
    journals: Sequence[Path]
    left_alone: Sequence[Path]
    missing_keys: Sequence[str]


def choose(given: Path) -> tuple[Path, Manifest]:
    """The backup at `given`, or the newest in that folder. HlasatelError when there is none."""
    if (given / manifest.FILE).is_file():
        return given, manifest.read(given)
    found = folder.newest_in(given) if given.is_dir() else None
    if found is None:
        raise HlasatelError(say("backup.none_there", folder=given))
    return found


def restore(
    given: Path, places: Places, now: datetime, *, journals: Sequence[Path] = (), keep_config: bool = False
) -> Restored:
    """Restore a backup into `places`, from the backup's own journal and `journals` besides.

    HlasatelError, before anything is written, when the place is not empty, the backup is not whole, or it is newer than
    this program. With `keep_config` the plan and configuration that are there stay.
    """
    backup, told = choose(given)
    if told.schema > SCHEMA:
        raise HlasatelError(say("backup.newer", folder=backup, schema=told.schema, program=told.program, known=SCHEMA))
    manifest.check(backup, told)
    database = Database(places.database_url)
    try:
        _refuse_used(database)
        files = dict(_files(backup, told, places))
        left_alone = _refuse_others(files, keep_config=keep_config)
        found = [*_journals(backup, told, places), *journals]
        entries = since(backup, told, found)
        with alone(database, f"hlasatel restore, process {os.getpid()}"), _migrated(backup, told, places) as copy:
            for target, source in files.items():
                if not target.exists():  # what is there already is the same, or stays
                    place(source, target)
            key = keys.suppression_key(places)
            if entries and key is None:
                raise HlasatelError(say("backup.no_suppression_key", file=places.data / SUPPRESSION_FILE))
            with copy.write() as tx:
                again = do_again(tx, key, entries, now) if key is not None else Repeated()
                copies.hold(tx, Held.BACKUP, mark="", held_at=now, as_of=told.taken_at)
                tx.execute(delete(heartbeats))  # of the original's processes, which nobody here has lost
                record.append(tx, "copy.restored", now, backup=backup.name, taken=told.taken_at.isoformat())
            if again.erased:
                clean(copy)
            journal_goes_on(found, places.journal)
            _refuse_used(database)  # what may have begun here meanwhile
            _set_up(copy, database)
        return Restored(backup, told, again, found, left_alone, _missing(places, told))
    except OSError as error:
        raise HlasatelError(
            say("backup.not_restored", file=error.filename or places.data, why=reason_of(error))
        ) from None
    except DatabaseError as error:
        why = str(error.orig).strip().splitlines()[0]
        raise HlasatelError(say("store.unreachable", place=database.place(), why=why)) from None
    finally:
        database.close()


def _refuse_used(database: Database) -> None:
    """Only a database that nothing was ever done with may be replaced."""
    if database.file is not None and not database.file.exists():
        return
    if database.schema() is None:
        return
    if database.schema() == SCHEMA:
        with database.read() as tx:
            if not _is_used(tx):
                return
    raise HlasatelError(say("backup.not_empty", place=database.file or database.place()))


def _is_used(tx: Connection) -> bool:
    begun = tx.execute(select(installation.c.first_start_at)).scalar() is not None
    return begun or any(
        tx.execute(select(func.count()).select_from(each)).scalar_one() for each in (events, occurrences, recipients)
    )


def _files(backup: Path, told: Manifest, places: Places) -> Iterator[tuple[Path, Path]]:
    """Where each file belongs, and where it lies in the backup; the database and the journal apart."""
    for name in told.files:
        top, _, inside = name.partition("/")
        if name == manifest.PLAN:
            yield places.plan, backup / name
        elif top == manifest.CONFIG:
            yield places.config / inside, backup / name
        elif top == manifest.KEYS and inside in keys.FILES:
            yield places.data / inside, backup / name


def _refuse_others(files: dict[Path, Path], *, keep_config: bool) -> list[Path]:
    """Those of `files` that are there already and stay; HlasatelError when one of them says something else."""
    present = [target for target in files if target.exists()]
    others = [each for each in present if manifest.digest_of(each) != manifest.digest_of(files[each])]
    of_keys = [each for each in others if files[each].parent.name == manifest.KEYS]
    if of_keys:
        raise HlasatelError(say("backup.other_key", file=of_keys[0]))
    if others and not keep_config:
        raise HlasatelError(say("backup.other_config", file=manifest.shown(others[0]), count=len(others)))
    return others


def _journals(backup: Path, told: Manifest, places: Places) -> list[Path]:
    """The backup's own journal, and one that survived here."""
    own = [backup / manifest.JOURNAL] if manifest.JOURNAL in told.files else []
    return [*own, *([places.journal] if places.journal.is_file() else [])]


@contextmanager
def _migrated(backup: Path, told: Manifest, places: Places) -> Iterator[Database]:
    """A copy of the backup's database beside the place it belongs to, brought to the current schema and found whole."""
    places.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in places.data.glob(f"{_DRAFT}*"):  # with people in it, by a restore that was killed
        shutil.rmtree(left)
    with TemporaryDirectory(prefix=_DRAFT, dir=places.data) as own:
        file = Path(own) / manifest.DATABASE
        place(backup / manifest.DATABASE, file)
        copy = Database(f"sqlite:///{file}")
        try:
            copy.bring_up_to_date()
            with copy.read() as tx:
                broken, count = record.first_broken(tx), record.count(tx)
            if broken is not None or count != told.events:
                raise HlasatelError(say("backup.record_broken", seq=broken or count))
            yield copy
        finally:
            copy.close()


def _set_up(copy: Database, database: Database) -> None:
    """Put the finished copy where the office's database belongs, in one step."""
    if database.file is not None:
        copy.close()
        database.close()
        assert copy.file is not None
        place_database(copy.file, database.file)
        return
    database.bring_up_to_date()
    with copy.read() as source_tx, database.write() as target:
        if _is_used(target):
            raise HlasatelError(say("backup.not_empty", place=database.place()))
        carry(source_tx, target)


def _missing(places: Places, told: Manifest) -> list[str]:
    secret = [] if set(told.secret_keys) <= set(keys.secret_names(places)) else ["secret"]
    return secret + ([] if told.suppression_key in (None, keys.suppression_name(places)) else ["suppression"])
