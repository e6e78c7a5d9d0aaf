"""The data folder: who may look into it, what room there is, and whether the keys are there."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import func, select

from worker.messages import say
from worker.settings.secret import FILE, SUPPRESSION_FILE
from worker.store.tables import installation, links
from worker.upkeep.doctor.examined import Examined
from worker.upkeep.findings import Finding, Level
from worker.watch.disk import free_bytes

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def _data(about: Examined) -> Iterator[Finding]:
    folder = about.settings.data.absolute()
    if not folder.is_dir():
        yield Finding("data", Level.NOTE, say("doctor.data_none", folder=folder))
        return
    known = folder.stat()
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield Finding("data", Level.FAULT, say("doctor.data_locked", folder=folder))
    elif known.st_mode & _OTHERS:
        yield Finding("data", Level.NOTE, say("doctor.data_open", folder=folder))
    else:
        yield Finding("data", Level.OK, say("doctor.data_sound", folder=folder))


def _space(about: Examined) -> Iterator[Finding]:
    free = free_bytes(about.settings.data)
    if free is None:
        return
    megabytes, least = free // 1_000_000, about.settings.alerts.free_megabytes
    scarce = megabytes < least
    text = say(f"doctor.space{'_little' if scarce else ''}", free=megabytes, least=least)
    yield Finding("space", Level.FAULT if scarce else Level.OK, text)


def _keys(about: Examined) -> Iterator[Finding]:
    """A key that the database was filled with and that is gone makes links dead, or keeps nobody from being written to.

    One that nothing was made with yet is made when it is first needed.
    """
    settings = about.settings
    used, kept = _used(about), settings.data
    for file, given, needed in (
        (FILE, bool(settings.given_keys), used[0]),
        (SUPPRESSION_FILE, settings.given_suppression_key is not None, used[1]),
    ):
        yield from _key(kept / file, given, needed)


def _key(file: Path, given: bool, needed: bool) -> Iterator[Finding]:
    if given:
        yield Finding("keys", Level.OK, say("doctor.key_given", name=_variable(file.name)))
    elif not file.is_file():
        level, key = (Level.FAULT, "doctor.key_gone") if needed else (Level.OK, "doctor.key_none")
        yield Finding("keys", level, say(key, file=file, name=_variable(file.name)))
    elif file.stat().st_mode & _OTHERS:
        yield Finding("keys", Level.NOTE, say("doctor.key_open", file=file))
    else:
        yield Finding("keys", Level.OK, say("doctor.key_there", file=file))


def _variable(file: str) -> str:
    return {FILE: "HLASATEL_SECRET_KEY", SUPPRESSION_FILE: "HLASATEL_SUPPRESSION_KEY"}[file]


def _used(about: Examined) -> tuple[bool, bool]:
    """Whether anything was made with the key of links, and with that of suppressions."""
    if not about.is_readable:
        return False, False
    with about.database.read() as tx:
        mailed = tx.execute(select(func.count()).select_from(links)).scalar_one()
        return mailed > 0, tx.execute(select(installation.c.suppression_key)).scalar() is not None


CHECKS: tuple[Callable[[Examined], Iterator[Finding]], ...] = (_data, _space, _keys)
