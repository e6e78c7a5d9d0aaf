"""The forms a report is given out in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from worker.office import Office
from worker.reporting.forms import json_text
from worker.reporting.model import Report


@dataclass(frozen=True)
class Form:
    """`render` gives the whole file; it may raise HlasatelError where a system library is missing.

    `binary`: it is nothing to be shown on a terminal.
    """

    render: Callable[[Report, Office], bytes]
    binary: bool = False


FORMS: Mapping[str, Form] = {
    "json": Form(json_text.render),
}
"""By the word of `report --format`."""
