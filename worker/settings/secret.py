"""The secret key: given by the administrator, or made once and kept in the data folder."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from worker.errors import HlasatelError
from worker.messages import say
from worker.positions import reason_of

FILE = "secret.key"
SUPPRESSION_FILE = "suppression.key"
SHORTEST = 16
"""Characters of a key; the ones we make have 43 (256 bits)."""


def parse_keys(text: str) -> tuple[bytes, ...]:
    """Keys divided by commas or white space, newest first; HlasatelError if one is too short or there is none."""
    words = text.replace(",", " ").split()
    if not words or any(len(word) < SHORTEST for word in words):
        raise HlasatelError(say("config.secret_key_short", shortest=SHORTEST))
    return tuple(word.encode() for word in words)


def key_id(key: bytes) -> str:
    """A name for a key that tells nothing about it: kept beside what was derived with it, to find it after rotation."""
    return hashlib.sha256(b"hlasatel key id\0" + key).hexdigest()[:16]


def read_or_create_key(data: Path, name: str = FILE) -> bytes:
    """The key in the file `name` of `data` (mode 0600), made if missing; HlasatelError if the folder cannot be used.

    Of several processes that start at once, one makes the file; it appears under its name complete or not at all.
    """
    path = data / name
    try:
        if not path.exists():
            _create(path)
        return parse_keys(path.read_text(encoding="ascii"))[0]
    except OSError as error:
        raise HlasatelError(say("config.secret_key_file", path=path, reason=reason_of(error))) from None
    except (UnicodeDecodeError, HlasatelError):
        raise HlasatelError(say("config.secret_key_damaged", path=path)) from None


def _create(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # exclusive like O_EXCL: whoever comes second reads the first one's key
        except FileExistsError:
            return
    finally:
        draft.unlink()
