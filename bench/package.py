"""`python -m bench.package FOLDER`: drafts the package that waits in FOLDER, and personalises its newsletter.

A process of its own, so that the first package pays for everything that drafting brings in. Prints one line of JSON:
seconds of wall and CPU time of the first package and of each after it, and microseconds of CPU time a message takes
when its styles are inlined once for all, and when they are inlined for it alone.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from worker.cli.wiring import open_office
from worker.drafting import make
from worker.drafting.gather import draft_package
from worker.drafting.headings import heading
from worker.drafting.inline import inline
from worker.drafting.letter import Letter
from worker.drafting.make import Rendered
from worker.forms import made
from worker.office import Office
from worker.plan.occurrences import occurrences
from worker.planning.on_file import read_on_file

WHEN = datetime(2026, 11, 27, 9, 5, tzinfo=UTC)
"""Five minutes after the stage `draft` of the plan that waits there."""
AGAIN = 6
"""Packages after the first."""
SPLICED, ALONE = 1000, 20
"""Messages of the newsletter whose styles are inlined together, and each for itself."""


def main() -> None:
    office = open_office(Path(sys.argv[1]) / "schedules.yaml")
    settings = office.settings
    plan = read_on_file(settings.plan, settings.config).plan
    planned = occurrences(plan)
    laid_out: list[str] = []
    times, package = [], list[Rendered]()
    with patch.object(make, "inline", _noting(laid_out)):
        for _ in range(1 + AGAIN):
            made.cache_clear()  # no file of the package before is of use, and no mail
            make.finished.cache_clear()
            began, used = time.monotonic(), time.process_time()
            package = draft_package(office, plan, planned, planned[0], WHEN)
            times.append({"wall": time.monotonic() - began, "cpu": time.process_time() - used})
    newsletter = package[0]
    told: dict[str, Any] = {
        "first": times[0],
        "again": times[1:],
        "sizes": {each.kind: _size(each) for each in package},
    }
    before_inlining = laid_out[0]  # the newsletter is the first of the package
    told["spliced"], told["alone"] = _messages(office, planned[0].id, newsletter, before_inlining)
    office.database.close()
    print(json.dumps(told))


def _noting(seen: list[str]) -> Callable[[str], str]:
    """Inlines as ever, and keeps the HTML it was given."""

    def inlining(html: str) -> str:
        seen.append(html)
        return inline(html)

    return inlining


def _size(rendered: Rendered) -> int:
    """Bytes of the texts and files of one draft."""
    return len((rendered.text + rendered.html).encode()) + sum(len(file.content) for file in rendered.files)


def _messages(office: Office, occurrence: str, rendered: Rendered, html: str) -> tuple[float, float]:
    """Microseconds of CPU time a message: inlined once and spliced, and inlined and encoded for each."""
    letter = Letter(
        office, occurrence, heading(office, rendered.kind), "vsichni", rendered.subject, "", rendered.text, WHEN
    )

    def each(messages: int, *, alone: bool) -> float:
        used = time.process_time()
        form = None
        for number in range(messages):
            if form is None or alone:
                form = replace(letter, html=inline(html)).form()
            address = f"ctenar-{number}@posta.example.org"
            b"".join(form.filled(address, f"<{number}@kraj.example.org>", f"{number:022}", f"Vážená paní {number}"))
        return 1e6 * (time.process_time() - used) / messages

    return each(SPLICED, alone=False), each(ALONE, alone=True)


if __name__ == "__main__":
    main()
