"""One message for many: everything but a few places encoded once, and joined with what each recipient gets there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A place that is filled message by message.

    `width` is how many characters stand there at most, when they are plain ASCII that needs no encoding; None for
    text, which is given as `quoted.encoded` writes it and begins on a line of its own.
    """

    name: str
    width: int | None = None


class Mould:
    """Literal bytes with places between them, ready to be joined."""

    def __init__(self, pieces: Iterable[bytes | Place], places: Sequence[Place]) -> None:
        """`places` names, in the order in which values will come, every place that `pieces` hold."""
        self._pieces = [b""]
        self._indices: list[int] = []
        for piece in pieces:
            if isinstance(piece, Place):
                self._indices.append(places.index(piece))
                self._pieces += [b"", b""]
            else:
                self._pieces[-1] += piece
        self.size = sum(map(len, self._pieces))
        """Bytes without what the places get."""

    def filled(self, values: Sequence[bytes]) -> list[bytes]:
        """The message's pieces in their order, with `values`, one for each place and encoded for it, put in.

        What stands between the places is the same object in every message, so nothing of it is copied.
        """
        pieces = self._pieces.copy()
        pieces[1::2] = [values[index] for index in self._indices]
        return pieces
