"""Replies out of a stream of bytes (RFC 5321 §4.2): three digits, and a hyphen where another line follows."""

from __future__ import annotations

from collections.abc import Iterator

MOST = 65536
"""Bytes of one reply; a relay that says more is none."""


class NotSmtp(Exception):
    """What was heard is no reply."""


class Answers:
    """Cuts what is heard into replies; a part of one is kept until its end comes."""

    __slots__ = ("_lines", "_rest", "_size")

    def __init__(self) -> None:
        self._rest = b""
        self._lines: list[bytes] = []
        self._size = 0

    def read(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Code and text of each reply that is whole now. Raises NotSmtp, after the replies before the nonsense."""
        lines = (self._rest + data if self._rest else data).split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            code, mark = line[:3], line[3:4]
            self._size += len(line)
            if len(code) < 3 or not code.isdigit() or mark not in (b" ", b"-", b"\r", b"") or self._size > MOST:
                raise NotSmtp
            if mark == b"-":
                self._lines.append(line[4:])
                continue
            text = line[4:]
            if self._lines:
                text = b" ".join([*self._lines, text])
                self._lines.clear()
            self._size = 0
            yield int(code), text.strip()
        if len(self._rest) + self._size > MOST:
            raise NotSmtp
