"""`[records]`: how the office's filing service marks what is exported of the record.

A file gets a mark of the office's filing plan (spisový znak) and a disposal mark with a period in years (skartační znak
a lhůta): zákon č. 499/2004 Sb., § 66; vyhláška č. 259/2012 Sb. Both are the office's own, so neither has a default.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from worker.messages import say
from worker.settings.faults import Line, Strict

_RETENTION = re.compile(r"([ASV])\s*/?\s*(\d{1,3})")


def checked_retention(text: str) -> str:
    """`S/5` of whatever spelling; ValueError for what is no disposal mark with its years."""
    found = _RETENTION.fullmatch(text.strip().upper())
    if found is None:
        raise ValueError(say("record.bad_retention", given=text[:50]))
    return f"{found[1]}/{int(found[2])}"


class Records(Strict):
    """What stands on an export unless the command says otherwise; empty: it is left to the filing service."""

    file_mark: Line = ""
    retention: Annotated[Line, AfterValidator(checked_retention)] = ""
