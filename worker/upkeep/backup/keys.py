"""The keys of an office as a backup sees them: the files it may hold, and the names it always holds.

Without `secret.key` links that were mailed lead nowhere; without `suppression.key` nobody can tell any more who
asked to be left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from worker.settings import key_id
from worker.settings.places import Places
from worker.settings.secret import FILE, SUPPRESSION_FILE, parse_keys, read_or_create_key

FILES = (FILE, SUPPRESSION_FILE)


def make_missing(places: Places) -> None:
    """Make what was not needed yet, so that whatever is done with a key later can be read with the backup's."""
    if not places.given_keys:
        read_or_create_key(places.data)
    if places.given_suppression_key is None:
        read_or_create_key(places.data, SUPPRESSION_FILE)


def files_of(places: Places) -> Mapping[str, Path]:
    """`secret` and `suppression`: those in use that lie in the data folder, and are not given by the environment."""
    own = {
        "secret": (places.data / FILE, not places.given_keys),
        "suppression": (places.data / SUPPRESSION_FILE, places.given_suppression_key is None),
    }
    return {name: file for name, (file, used) in own.items() if used and file.is_file()}


def secret_names(places: Places) -> tuple[str, ...]:
    """The names of the secret keys, newest first; none where none was made yet."""
    found = places.given_keys or _in(places.data / FILE)
    return tuple(key_id(each) for each in found)


def suppression_key(places: Places) -> bytes | None:
    """The suppression key; None where none was made yet."""
    return places.given_suppression_key or next(iter(_in(places.data / SUPPRESSION_FILE)), None)


def suppression_name(places: Places) -> str | None:
    """The name of the suppression key."""
    key = suppression_key(places)
    return None if key is None else key_id(key)


def _in(file: Path) -> tuple[bytes, ...]:
    return parse_keys(file.read_text(encoding="ascii")) if file.is_file() else ()
