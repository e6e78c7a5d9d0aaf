"""Space: what is left where the data lies, and what the database takes."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import Connection, text


def free_bytes(data: Path) -> int | None:
    """What a program without special rights may still write where `data` lies; None when that cannot be asked."""
    for folder in (data, *data.absolute().parents):
        if folder.is_dir():
            try:
                return shutil.disk_usage(folder).free
            except OSError:
                return None
    return None


def database_bytes(tx: Connection) -> int:
    """The pages of an SQLite file, or what the server says of the database, its indexes included."""
    if tx.dialect.name == "postgresql":
        return int(tx.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    pages, size = (tx.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("page_count", "page_size"))
    return int(pages) * int(size)
