"""The words that differ between two texts, so that a reader finds them without comparing line by line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

_PIECES = re.compile(r"\w+|\s+|[^\w\s]")
MOST_PIECES = 2000
"""Words and blanks of one text that are compared; of a longer one everything counts as changed."""
TOO_UNLIKE = 0.4
"""Two texts that have less than this share in common are another sentence, not the same one changed."""


@dataclass(frozen=True)
class Piece:
    """A run of a text that is the same in both, or stands in this one alone."""

    text: str
    changed: bool


def marked(before: Sequence[str], now: Sequence[str]) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """The lines of both texts, joined, with the runs in which they differ; whole where nothing is worth comparing."""
    texts = "\n".join(before), "\n".join(now)
    old, new = (_PIECES.findall(text) for text in texts)
    if not (old and new) or max(len(old), len(new)) > MOST_PIECES:
        return _whole(texts[0]), _whole(texts[1])
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < TOO_UNLIKE:
        return _whole(texts[0]), _whole(texts[1])
    places = matcher.get_opcodes()
    return (
        _joined([Piece("".join(old[i1:i2]), tag != "equal") for tag, i1, i2, _, _ in places]),
        _joined([Piece("".join(new[j1:j2]), tag != "equal") for tag, _, _, j1, j2 in places]),
    )


def _whole(text: str) -> tuple[Piece, ...]:
    return (Piece(text, True),) if text else ()


def _joined(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Without empty runs, and with a lone blank between two changes made part of them."""
    found: list[Piece] = []
    kept = [piece for piece in pieces if piece.text]
    for at, piece in enumerate(kept):
        between = piece.text.isspace() and 0 < at < len(kept) - 1 and kept[at - 1].changed and kept[at + 1].changed
        changed = piece.changed or between
        if found and found[-1].changed == changed:
            found[-1] = Piece(found[-1].text + piece.text, changed)
        else:
            found.append(Piece(piece.text, changed))
    return tuple(found)
