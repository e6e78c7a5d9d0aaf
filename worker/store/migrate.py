"""Brings a database to the current schema with Alembic; the migrations live in `migrations/`."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text

from worker.errors import HlasatelError
from worker.messages import say
from worker.store.database import Database

SCRIPTS = Path(__file__).parent / "migrations"
UPGRADE_LOCK = 4_812_001
"""Advisory lock so that two programs started at once on an empty PostgreSQL do not both create its tables."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    return config


def refuse_newer(database: Database, current: str | None) -> None:
    """Raises HlasatelError when the database stands at a revision that this program does not know."""
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if current is not None and current not in known:
        place = database.file or database.place()
        raise HlasatelError(say("store.newer_schema", place=place, schema=current))


def upgrade(database: Database, current: str | None, to: str = "head") -> None:
    """Run what is missing up to the revision `to`, in one transaction.

    HlasatelError when the database is newer than this program.
    """
    refuse_newer(database, current)
    config = _config()
    with database.write() as tx:
        if not database.is_sqlite:
            tx.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
        config.attributes["connection"] = tx
        command.upgrade(config, to)
