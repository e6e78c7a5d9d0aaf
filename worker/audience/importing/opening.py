"""From a file to its table: what it is, its first bytes tell; its name does not count."""

from __future__ import annotations

import hashlib
from contextlib import AbstractContextManager
from pathlib import Path

from worker.audience.importing import csv_file, workbook
from worker.audience.importing.table import Table, Unreadable
from worker.messages import say
from worker.positions import reason_of

_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
"""[MS-CFB]: the .xls of Excel 97 to 2003, or any workbook behind a password."""


def open_table(file: Path, sheet: str = "", most_bytes: int = workbook.MOST_BYTES) -> AbstractContextManager[Table]:
    """The table in `file`: of a workbook `sheet`, or the only one with addresses. Unreadable, also on entering.

    `most_bytes` bounds what a workbook unpacks to.
    """
    first = _first_bytes(file)
    if first.startswith(b"PK\x03\x04"):
        return workbook.opened(file, sheet, most_bytes)
    if first.startswith(_OLD_WORKBOOK):
        raise Unreadable(say("importing.old_workbook", file=file.name))
    return csv_file.opened(file)


def digest(file: Path) -> str:
    """The SHA-256 of its bytes, in hexadecimal; Unreadable."""
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise _not_given_out(file, error) from None


def _first_bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as content:
            return content.read(8)
    except OSError as error:
        raise _not_given_out(file, error) from None


def _not_given_out(file: Path, error: OSError) -> Unreadable:
    if isinstance(error, FileNotFoundError):
        return Unreadable(say("importing.no_file", file=file))
    return Unreadable(say("importing.unreadable", file=file, why=reason_of(error)))
