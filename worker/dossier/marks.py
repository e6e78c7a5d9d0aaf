"""What the records office needs on a file: its reference number, where it belongs, and how long it is kept.

Czech offices give a file a reference number (číslo jednací), a mark of their filing plan (spisový znak), and a disposal
mark with a period (skartační znak a lhůta), e.g. `S/5`: zákon č. 499/2004 Sb., § 66; vyhláška č. 259/2012 Sb. None of
them is invented here: what nobody gives is left to the office's filing service, and the file says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from worker.errors import HlasatelError
from worker.messages import say
from worker.settings.records import checked_retention

LONGEST = 200


@dataclass(frozen=True)
class Marks:
    """Each as a person gives it; empty where she gives none."""

    reference: str = ""
    file_mark: str = ""
    retention: str = ""

    @classmethod
    def of(cls, reference: str, file_mark: str, retention: str) -> Marks:
        """Checked; HlasatelError for what cannot be one."""
        given = [" ".join(each.split()) for each in (reference, file_mark)]
        if any(len(each) > LONGEST or not each.isprintable() for each in given):
            raise HlasatelError(say("record.bad_mark", most=LONGEST))
        try:
            return cls(given[0], given[1], checked_retention(retention) if retention.strip() else "")
        except ValueError as error:
            raise HlasatelError(str(error)) from None


NO_MARKS = Marks()
