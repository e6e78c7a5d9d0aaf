"""A CSV as spreadsheet programs and registers save it: its encoding and its delimiter are found out, and said."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from worker.audience.importing.headings import LOOKED_THROUGH, known
from worker.audience.importing.table import MOST_COLUMNS, Cell, Table, Unreadable
from worker.messages import say
from worker.positions import reason_of

_BLOCK = 1 << 20
_LONGEST_LINE = 1 << 18
"""Characters; a file without line breaks is not taken into memory whole."""
_DELIMITERS = (",", ";", "\t")
_NAMES = {
    "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16",
    "cp1250": "Windows-1250", "iso8859-2": "ISO-8859-2",
}  # fmt: skip
_ONLY_1250 = frozenset(b"\x8a\x8d\x8e\x9a\x9d\x9e")
"""Š, Ť, Ž, š, ť and ž of Windows-1250; in ISO-8859-2 nothing that is written."""
_ONLY_8859_2 = frozenset(b"\xa9\xab\xae\xb9\xbb\xbe")
"""The same letters in ISO-8859-2; in Windows-1250 signs and letters of other languages."""


@contextmanager
def opened(file: Path, headings: Callable[[Sequence[str]], int] = known) -> Iterator[Table]:
    """The table in a CSV with commas, semicolons or tabs. Unreadable, also while it is read.

    `headings` says how many of the cells of a row are headings that are taken: of the delimiters the one fits with
    which there are most.
    """
    try:
        encoding = _encoding(file)
        with file.open(encoding=encoding, newline="") as text:
            yield Table(_rows(file, text, _delimiter(file, encoding, headings)), encoding=_NAMES[encoding])
    except UnicodeDecodeError:
        raise Unreadable(say("importing.no_encoding", file=file.name)) from None
    except OSError as error:
        raise Unreadable(say("importing.unreadable", file=file, why=reason_of(error))) from None


def _encoding(file: Path) -> str:
    """Of the whole file: a letter that gives an old encoding away may be its last."""
    with file.open("rb") as content:
        first = content.read(4096)
        if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if b"\0" in first:  # no text of a byte a letter has one
            return "utf-16-le" if first[1::2].count(0) > first[::2].count(0) else "utf-16-be"
        content.seek(0)
        blocks = iter(lambda: content.read(_BLOCK), b"")
        if _is_utf8(blocks):
            return "utf-8-sig"
        content.seek(0)
        bytes_used = set().union(*iter(lambda: content.read(_BLOCK), b""))
    if bytes_used & _ONLY_8859_2 and not bytes_used & _ONLY_1250:
        return "iso8859-2"
    bytes(bytes_used).decode("cp1250")  # five of its bytes are no letter: then it is no text at all
    return "cp1250"


def _is_utf8(blocks: Iterable[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for block in blocks:
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(file: Path, encoding: str, headings: Callable[[Sequence[str]], int]) -> str:
    """The one with which the headings are headings; failing that, the one there is most of at the top."""
    with file.open(encoding=encoding, newline="") as text:
        top = text.read(_LONGEST_LINE).splitlines()[:LOOKED_THROUGH]
    fitting = {}
    for delimiter in _DELIMITERS:
        rows = [line.rstrip("\r\n").replace('"', "").split(delimiter) for line in top]
        fitting[delimiter] = max(map(headings, rows), default=0)
    best = max(fitting.values())
    among = [delimiter for delimiter, found in fitting.items() if found == best]
    return max(among, key=lambda delimiter: sum(line.count(delimiter) for line in top))


def _rows(file: Path, text: TextIO, delimiter: str) -> Iterator[tuple[int, list[Cell]]]:
    lines = csv.reader(iter(lambda: _line(text), ""), delimiter=delimiter, strict=True)
    try:
        for cells in lines:
            yield lines.line_num, [*cells[:MOST_COLUMNS]]
    except csv.Error:
        raise Unreadable(say("importing.bad_csv", file=file.name, line=lines.line_num)) from None


def _line(text: TextIO) -> str:
    line = text.readline(_LONGEST_LINE)
    if len(line) == _LONGEST_LINE:
        raise csv.Error("a line without an end")
    return line
