"""Where an office's files and database are, without reading any: for a command that keeps or brings them back whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from worker.errors import HlasatelError
from worker.messages import say
from worker.settings.environment import read_value
from worker.settings.secret import parse_keys

JOURNAL_FILE = "erasures.log"


@dataclass(frozen=True)
class Places:
    """As the environment names them. The URL may hold a password, so it is not part of the repr."""

    plan: Path
    config: Path
    data: Path
    journal: Path
    """Where erasures and departures are noted beside the database."""
    database_url: str = field(repr=False)
    given_keys: tuple[bytes, ...] = field(default=(), repr=False)
    given_suppression_key: bytes | None = field(default=None, repr=False)


def places_of(environ: Mapping[str, str], *, plan: Path, config: Path) -> Places:
    """The places that `environ` names, with the plan and the folder of configuration found already. HlasatelError."""
    data = Path(read_value(environ, "HLASATEL_DATA") or "data")
    keys = read_value(environ, "HLASATEL_SECRET_KEY")
    suppression = read_value(environ, "HLASATEL_SUPPRESSION_KEY")
    return Places(
        plan,
        config,
        data,
        Path(read_value(environ, "HLASATEL_JOURNAL") or data / JOURNAL_FILE),
        _database_url(read_value(environ, "HLASATEL_DATABASE_URL"), data),
        parse_keys(keys) if keys else (),
        parse_keys(suppression)[0] if suppression else None,
    )


def _database_url(text: str | None, data: Path) -> str:
    """The URL as given; a database of its own under `data` otherwise. The sentence never repeats the URL."""
    if text is None:
        return f"sqlite:///{data.absolute() / 'hlasatel.db'}"
    if not text.startswith(("sqlite:", "sqlite+", "postgresql:", "postgresql+", "postgres:")) or "://" not in text:
        raise HlasatelError(say("config.database_url"))
    return text
