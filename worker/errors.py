"""What can go wrong in words a person can act on.

Every error that reaches a person is a `HlasatelError`: one sentence that says what is wrong and one that says what
to do next. The command line prints it and exits 1; a page shows it. Anything else that escapes is a defect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class HlasatelError(Exception):
    """A refusal with its remedy, already in the reader's language."""


@dataclass(frozen=True, order=True)
class Fault:
    """One fault of a file a person edits: `file:line:column: message`. Lines and columns count from 1."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class InvalidFiles(HlasatelError):
    """The plan or the configuration has faults; all of them are listed, in file order."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))
