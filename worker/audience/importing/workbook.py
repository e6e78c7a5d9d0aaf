"""A workbook (Office Open XML, ECMA-376) read row by row with bounds: nobody's ZIP may fill the memory.

A formula counts as what it came to when the workbook was saved, which is what its author saw.
"""

from __future__ import annotations

import re
import warnings
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, time, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

from worker.audience.importing.headings import LOOKED_THROUGH, has_address
from worker.audience.importing.table import MOST_COLUMNS, Cell, Merged, NoText, Table, Unreadable
from worker.messages import say
from worker.positions import shortened

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

MOST_PARTS = 2000
MOST_BYTES = 256 << 20
"""Of everything unpacked; a million rows of three columns take some 120 MB."""
LONGEST_ROW = 1 << 20
"""Bytes from one row to the next, for a row is held in memory whole."""
SHARE_HELD = 8
"""So many times less than that may be in all parts but the sheets, which are held in memory: strings, above all."""
MOST_MERGED = 10_000
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument"
_BROKEN = (
    BadZipFile, zlib.error, SyntaxError, LookupError, ValueError, TypeError, AttributeError, EOFError, OverflowError,
    NotImplementedError, RuntimeError, OSError,
)  # fmt: skip
"""What openpyxl, zipfile and the XML parsers (SyntaxError; ValueError for entities) raise for a file that lies."""
_ROW = re.compile(rb"<(?:\w+:)?row[\s>/]")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"')
_BLOCK, _OVERLAP = 1 << 18, 200
"""Bytes read at once, and how many of them are looked at again with the next."""
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")


@contextmanager
def opened(file: Path, sheet: str, most_bytes: int = MOST_BYTES) -> Iterator[Table]:
    """The table on `sheet`; without a name on the only sheet that has a heading of addresses. Unreadable, also while
    it is read: for what is no workbook, is too large, or leaves a doubt about the sheet.
    """
    from openpyxl import load_workbook

    # What a workbook has besides its cells (validation, styles) is not read, and openpyxl warns of it.
    warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")
    with file.open("rb") as content:
        try:
            with ZipFile(content) as packed:
                _within_bounds(file, packed, most_bytes)
            book = load_workbook(content, read_only=True, data_only=True, keep_links=False)
        except _BROKEN:
            raise _no_workbook(file) from None
        try:
            chosen = _chosen(file, book.worksheets, sheet)
            yield Table(_rows(file, chosen), sheet=chosen.title, merged=_merged(file, chosen))
        finally:
            book.close()


def _within_bounds(file: Path, packed: ZipFile, most_bytes: int) -> None:
    """Before anything is parsed: zipfile unpacks no more of a part than the part says it has, whatever is inside."""
    parts = packed.infolist()
    if any(part.filename == "mimetype" for part in parts) and packed.read("mimetype").startswith(_OPEN_DOCUMENT):
        raise Unreadable(say("importing.open_document", file=file.name))
    sheets = [part for part in parts if _SHEET.fullmatch(part.filename)]
    total = sum(part.file_size for part in parts)
    held = total - sum(part.file_size for part in sheets)
    if len(parts) > MOST_PARTS or total > most_bytes or held > most_bytes // SHARE_HELD:
        raise Unreadable(say("importing.too_large_workbook", file=file.name))
    for sheet in sheets:
        begun = 0
        for at, text in _blocks(packed, sheet.filename):
            begun = max(begun, *(at + match.start() for match in _ROW.finditer(text)), 0)
            if at + len(text) - begun > LONGEST_ROW + _BLOCK:
                raise Unreadable(say("importing.too_large_workbook", file=file.name))


def _chosen(file: Path, sheets: Sequence[ReadOnlyWorksheet], name: str) -> ReadOnlyWorksheet:
    if name:
        for sheet in sheets:
            if sheet.title.casefold() == name.strip().casefold():
                return sheet
        names = shortened(", ".join(sheet.title for sheet in sheets))
        raise Unreadable(say("importing.no_sheet", file=file.name, sheet=shortened(name), names=names))
    fitting = [sheet for sheet in sheets if sheet.sheet_state == "visible" and _has_addresses(file, sheet)]
    if not fitting and len(sheets) == 1:
        return sheets[0]  # its headings are told to be missing
    if len(fitting) == 1:
        return fitting[0]
    names = shortened(", ".join(sheet.title for sheet in fitting or sheets))
    raise Unreadable(
        say("importing.which_sheet" if fitting else "importing.no_such_sheet", file=file.name, names=names)
    )


def _has_addresses(file: Path, sheet: ReadOnlyWorksheet) -> bool:
    top = islice(_rows(file, sheet), LOOKED_THROUGH)
    return any(has_address([cell for cell in cells if isinstance(cell, str)]) for _, cells in top)


def _rows(file: Path, sheet: ReadOnlyWorksheet) -> Iterator[tuple[int, list[Cell]]]:
    sheet.reset_dimensions()  # what a sheet says of its size need not be so
    try:
        for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), 1):
            yield number, [_cell(cell) for cell in cells]
    except _BROKEN:
        raise _no_workbook(file) from None


def _cell(cell: Any) -> Cell:
    value = cell.value
    if isinstance(value, str):
        return NoText(say("importing.error_cell", value=shortened(value))) if cell.data_type == "e" else value
    if value is None:
        return ""
    if isinstance(value, date | time | timedelta):
        return NoText(say("importing.date_cell"))
    if isinstance(value, bool):
        return NoText(say("importing.yes_no_cell"))
    return str(int(value) if float(value).is_integer() else value)


def _merged(file: Path, sheet: ReadOnlyWorksheet) -> tuple[Merged, ...]:
    """Ranges of more than a row, which openpyxl does not tell of a workbook that it only reads."""
    try:
        with ZipFile(file) as packed:
            found = [each for _, text in _blocks(packed, sheet._worksheet_path) for each in _ranges(text)]
    except _BROKEN:
        raise _no_workbook(file) from None
    return tuple(dict.fromkeys(found))[:MOST_MERGED]


def _blocks(packed: ZipFile, part: str) -> Iterator[tuple[int, bytes]]:
    """A part in blocks that overlap, lest what is split be missed, each with the place where it begins."""
    rest, at = b"", 0
    with packed.open(part) as content:
        while block := content.read(_BLOCK):
            text = rest + block
            yield at, text
            rest = text[-_OVERLAP:]
            at += len(text) - len(rest)


def _ranges(text: bytes) -> Iterator[Merged]:
    from openpyxl.utils import column_index_from_string

    for match in _MERGED.finditer(text):
        left, top, right, bottom = (part.decode() for part in match.groups())
        if top != bottom:
            columns = column_index_from_string(left), column_index_from_string(right)
            yield Merged(int(top), int(bottom), *columns)


def _no_workbook(file: Path) -> Unreadable:
    return Unreadable(say("importing.no_workbook", file=file.name))
