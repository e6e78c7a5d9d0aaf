"""The text of a file a person edits: how large it may be, its encoding, and what it may not hold."""

from __future__ import annotations

import bisect
import errno
import re
from pathlib import Path

from worker.errors import Fault, InvalidFiles
from worker.messages import say

LARGEST = 1024 * 1024
"""Bytes of a file a person edits; a plan for ten years takes a few per cent of it."""

# YAML 1.2, production 1 (c-printable).
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OFFICE = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"{\\rtf", b"%PDF-")
"""How the files of Word, Excel, OpenDocument and PDF begin."""
# Text whose every other byte is 0, without a mark at its beginning.
_UTF16 = re.compile(rb"(?:\x00[^\x00]){4}|(?:[^\x00]\x00){4}", re.DOTALL)
_WORD = re.compile(rb"[A-Za-z\x80-\xff]+")
_CZECH = frozenset("áčďéěíňóřšťúůýžÁČĎÉĚÍŇÓŘŠŤÚŮÝŽ")
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


def read_bytes(path: Path) -> bytes:
    """What `path` holds, or just enough of it for `decode` to refuse its size; InvalidFiles if it cannot be opened."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except FileNotFoundError:
        raise InvalidFiles([Fault(str(path), 1, 1, say("config.file_missing"))]) from None
    except OSError as error:
        raise InvalidFiles([Fault(str(path), 1, 1, say("config.file_unreadable", reason=reason_of(error)))]) from None


_REASONS = {
    errno.ENOENT: "missing",
    errno.ENOTDIR: "missing",
    errno.EISDIR: "folder",
    errno.EACCES: "not_allowed",
    errno.EPERM: "not_allowed",
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EROFS: "read_only",
}


def reason_of(error: OSError) -> str:
    """Why the operating system refused, as words in brackets; its own are English whatever the reader speaks."""
    if (name := _REASONS.get(error.errno or 0)) is not None:
        return say(f"config.reason_{name}")
    return say("config.reason_code", code=errno.errorcode.get(error.errno or 0, type(error).__name__))


def decode(data: bytes, file: str) -> str:
    """The text of `data` without its BOM; InvalidFiles when it is too large, not UTF-8 or holds control characters.

    `file` is the name the fault carries.
    """
    if len(data) > LARGEST:
        raise InvalidFiles([Fault(file, 1, 1, say("config.file_too_large", limit=LARGEST // 1024**2))])
    if data.startswith(_OFFICE):
        raise InvalidFiles([Fault(file, 1, 1, say("files.office"))])
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or _UTF16.match(data):
        raise InvalidFiles([Fault(file, 1, 1, say("files.utf16"))])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig")
        raise InvalidFiles([fault_behind(before, file, _other_encoding(data, error.start))]) from None
    if odd := _UNPRINTABLE.search(text):
        message = say("config.unprintable", code=f"U+{ord(odd[0]):04X}")
        raise InvalidFiles([fault_behind(text[: odd.start()], file, message)])
    return text


def _other_encoding(data: bytes, start: int) -> str:
    """What is probably the matter with `data`, which is not UTF-8 from the byte `start` on."""
    here = _WORD.search(data, data.rfind(b"\n", 0, start) + 1, start + 100)
    while here is not None and here.end() <= start:
        here = _WORD.search(data, here.end(), start + 100)
    try:
        word = here[0].decode("cp1250") if here is not None else ""
    except UnicodeDecodeError:
        word = ""
    if word and all(char.isascii() or char in _CZECH for char in word):
        return say("files.windows_1250", word=word[:40])
    return say("config.file_not_utf8")


def read_text(path: Path) -> str:
    """The same for the file at `path`."""
    return decode(read_bytes(path), str(path))


class Places:
    """Where in `text` the offsets of its characters are, for many questions about one text."""

    def __init__(self, text: str, file: str) -> None:
        self._file = file
        self._starts = [0, *(match.end() for match in _LINE_BREAK.finditer(text))]

    def fault(self, offset: int, message: str) -> Fault:
        """A fault at the character that has `offset` others before it."""
        line = bisect.bisect_right(self._starts, offset)
        return Fault(self._file, line, offset - self._starts[line - 1] + 1, message)


def fault_behind(before: str, file: str, message: str) -> Fault:
    """A fault at the place that follows the text `before`."""
    return Places(before, file).fault(len(before), message)
