"""What a form of the report is: one file of this package with one `Form`, which `FORMS` finds by itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from worker.office import Office
from worker.reporting.model import Report


class Form(ABC):
    """One way to give the report out. `suffix` ends its file's name, `media_type` is IANA's.

    `binary`: it is nothing to be shown on a terminal. `label_key` is what a person is told that it is.
    """

    id: ClassVar[str]
    label_key: ClassVar[str]
    suffix: ClassVar[str]
    media_type: ClassVar[str]
    binary: ClassVar[bool] = False
    rank: ClassVar[int] = 9
    """Where it stands among the others: first what most people want."""

    @abstractmethod
    def render(self, report: Report, office: Office) -> bytes:
        """The whole file, the same bytes for the same report. HlasatelError where a system library is missing."""


def file_name(report: Report, form: Form) -> str:
    """What a file of it is called, in ASCII without blanks: `vykaz-2026-01-01-2026-12-31.pdf`, `vykaz-2026.pdf`."""
    span = report.span
    stem = str(report.year) if report.year else f"{span.start.isoformat()}-{span.end.isoformat()}"
    return f"vykaz-{stem}{form.suffix}"
