"""A value of the environment: the variable itself, the file that `<name>_FILE` names, or systemd's credential.

With `LoadCredential=HLASATEL:/etc/hlasatel/secrets` in its unit, a process finds every file of that folder in the one
that `CREDENTIALS_DIRECTORY` names: `SMTP_URL` as `HLASATEL_SMTP_URL`. Such a file counts as if `<name>_FILE` named it.
"""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path

from worker.errors import HlasatelError
from worker.messages import say

CREDENTIALS = "CREDENTIALS_DIRECTORY"
_FILE = "_FILE"


def file_of(environ: Mapping[str, str], name: str) -> Path | None:
    """The file that holds the value of `name`, named outright or as a credential; it may not be there if named."""
    if named := environ.get(name + _FILE, ""):
        return Path(named)
    folder = environ.get(CREDENTIALS, "")
    file = Path(folder) / name
    return file if folder and file.is_file() else None


def read_value(environ: Mapping[str, str], name: str) -> str | None:
    """The value of `name` without white space round it, from wherever it stands; None if empty. HlasatelError for a
    file that cannot be read, or a value given twice.
    """
    value, file = environ.get(name, ""), file_of(environ, name)
    if value and file is not None:
        raise HlasatelError(say("config.both_given", name=name, file=_called(environ, name)))
    if file is not None:
        try:
            value = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise HlasatelError(say("config.secret_file", name=_called(environ, name), path=file)) from None
    return value.strip() or None


def given_names(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The names of all settings that are given here, wherever their values stand, sorted."""
    named = {name.removesuffix(_FILE) for name in environ if name.startswith("HLASATEL_")}
    folder = Path(environ.get(CREDENTIALS, "") or "/nowhere")
    credentials = {each.name for each in folder.glob("HLASATEL_*")} if folder.is_dir() else set()
    return tuple(sorted(named | credentials))


def read_by_everybody(environ: Mapping[str, str]) -> list[Path]:
    """The files named by `HLASATEL_…_FILE` that every user of this machine may read, sorted."""
    named = {Path(value) for name, value in environ.items() if name.startswith("HLASATEL_") and name.endswith(_FILE)}
    return sorted(file for file in named if _open_to_all(file))


def _called(environ: Mapping[str, str], name: str) -> str:
    return name + _FILE if environ.get(name + _FILE, "") else f"{CREDENTIALS}/{name}"


def _open_to_all(file: Path) -> bool:
    """Whether others may read it and enter every folder above it; False for a file that is not there."""
    try:
        place = file.resolve(strict=True)
        return bool(place.stat().st_mode & stat.S_IROTH) and all(
            folder.stat().st_mode & stat.S_IXOTH for folder in place.parents
        )
    except OSError:
        return False
