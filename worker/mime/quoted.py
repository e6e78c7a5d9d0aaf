"""Texts in quoted-printable (RFC 2045 §6.7), with places for what differs from message to message.

A line never begins with a dot: it is encoded there, so that nothing is left for SMTP to stuff (RFC 5321 §4.5.2), a
relay that forgets to take the stuffing out spoils nothing, and a message has the same bytes before and after.
"""

from __future__ import annotations

from binascii import b2a_qp
from collections.abc import Iterator, Sequence

from worker.mime.mould import Place

LINE = 76  # characters at most, the "=" of a soft line break among them
_SOFT_BREAK = "=\r\n"
_CODES = tuple(
    chr(byte) if byte in b"\t " or (33 <= byte <= 126 and byte != ord("=")) else f"={byte:02X}" for byte in range(256)
)


def encoded(text: str) -> bytes:
    """`text` of one line for a place that takes text; several lines with soft breaks when it is long."""
    raw = text.encode()
    quick = b2a_qp(raw)
    if len(quick) < LINE and not quick.startswith(b"."):
        return quick
    lines, _ = _broken(_quoted(raw, ends=True), 0, ends=False)
    return lines.encode("ascii")


def quoted(pieces: Sequence[str | Place]) -> Iterator[bytes | Place]:
    """A whole text, encoded; its line ends may be LF, CR or CRLF, and the last line gets one if it has none."""
    column, fresh = 0, False  # fresh: right behind a place for text, which may fill its line
    for piece in _ended(pieces):
        if isinstance(piece, Place):
            needed = LINE if piece.width is None else piece.width + 1
            if fresh or column + needed > LINE:
                yield _SOFT_BREAK.encode()
                column = 0
            yield piece
            fresh, column = piece.width is None, column + (piece.width or 0)
        elif piece:
            text, column = _text(piece, column, fresh=fresh)
            yield text.encode("ascii")
            fresh = False


def _text(text: str, column: int, *, fresh: bool) -> tuple[str, int]:
    """`text` from `column` on with its soft and hard breaks; the column where it ends."""
    done: list[str] = []
    *lines, rest = text.split("\n")
    if fresh and (not lines or lines[0]):
        done.append(_SOFT_BREAK)
        column = 0
    for line in lines:
        done += [_broken(_quoted(line.encode(), ends=True), column, ends=True)[0], "\r\n"]
        column = 0
    last, column = _broken(_quoted(rest.encode(), ends=False), column, ends=False)
    return "".join([*done, last]), column


def _quoted(line: bytes, *, ends: bool) -> str:
    """One line's characters; a blank at its end would be lost on the way."""
    codes = "".join([_CODES[byte] for byte in line])
    return f"{codes[:-1]}={line[-1]:02X}" if ends and line.endswith((b" ", b"\t")) else codes


def _broken(codes: str, column: int, *, ends: bool) -> tuple[str, int]:
    """`codes` in lines from `column` on, and the column where they end; `ends`: a hard line break follows."""
    done: list[str] = []
    start = 0
    while True:
        if column == 0 and codes.startswith(".", start):
            done.append("=2E")
            start, column = start + 1, 3
        if column + len(codes) - start <= (LINE if ends else LINE - 1):
            done.append(codes[start:])
            return "".join(done), column + len(codes) - start
        end = max(start, start + LINE - 1 - column)
        while end > start and "=" in codes[max(start, end - 2) : end]:  # never inside an encoded byte
            end -= 1
        done += [codes[start:end], _SOFT_BREAK]
        start, column = end, 0


def _ended(pieces: Sequence[str | Place]) -> list[str | Place]:
    """The same with LF for every line end, one at the very end, and all text between two places in one piece."""
    joined: list[str | Place] = []
    for piece in (*pieces, ""):
        before = joined[-1] if joined else None
        if isinstance(piece, str) and isinstance(before, str):
            joined[-1] = before + piece
        else:
            joined.append(piece)
    plain = [piece.replace("\r\n", "\n").replace("\r", "\n") if isinstance(piece, str) else piece for piece in joined]
    last = plain[-1]
    return plain if isinstance(last, str) and last.endswith("\n") else [*plain[:-1], f"{last}\n"]
