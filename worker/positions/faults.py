"""Collects the faults of a file, up to as many as a person can use."""

from __future__ import annotations

from collections.abc import Iterable

from worker.errors import Fault, InvalidFiles
from worker.messages import say

MOST_FAULTS = 400
"""More faults than this are one mistake made over and over, or no file of ours; looking for them all takes minutes."""

_LONGEST_QUOTE = 100


class Faults:
    """What was found so far. `add` raises InvalidFiles itself once there are more than `MOST_FAULTS`."""

    def __init__(self) -> None:
        self._found: list[Fault] = []
        self._settled: set[tuple[str, int, int]] = set()

    def add(self, fault: Fault) -> None:
        """Note one fault, unless it only follows from one that `settle` has noted."""
        if (fault.file, fault.line, fault.column) in self._settled or fault in self._found:
            return
        if len(self._found) == MOST_FAULTS:
            last = max(self._found)
            message = say("config.too_many_faults", most=MOST_FAULTS)
            self._found.append(Fault(last.file, last.line, last.column, message))
            self.refuse()
        self._found.append(fault)

    def settle(self, fault: Fault, *also: tuple[int, int]) -> None:
        """Note a fault that explains whatever else would be found at its place, and at the lines and columns `also`."""
        self.add(fault)
        self._settled.update((fault.file, line, column) for line, column in ((fault.line, fault.column), *also))

    def extend(self, faults: Iterable[Fault]) -> None:
        """Note several; an iterator is asked for no more than can be noted."""
        for fault in faults:
            self.add(fault)

    @property
    def found(self) -> tuple[Fault, ...]:
        """What was noted, in the order it was."""
        return tuple(self._found)

    def refuse(self) -> None:
        """InvalidFiles with everything found, if anything was."""
        if self._found:
            raise InvalidFiles(self._found)


def shortened(text: str) -> str:
    """`text` as a message may quote it: 100 characters at most."""
    return text if len(text) <= _LONGEST_QUOTE else f"{text[: _LONGEST_QUOTE - 1]}…"
