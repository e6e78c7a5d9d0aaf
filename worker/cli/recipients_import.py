"""`hlasatel recipients import`: a table of an office onto one of its lists."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from worker.audience.imports import import_csv
from worker.cli.wiring import open_office
from worker.messages import say
from worker.times import Clock


def import_(
    list_id: Annotated[str, typer.Argument(metavar="LIST", help=say("cli.list_help"))],
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("cli.file_help"))],
) -> None:
    """Take the rows of `file` onto the list and say what became of them; exit 1 when none could be used."""
    office = open_office()
    result = import_csv(office, list_id, file, Clock.real().now())
    counts = {
        "added": result.added,
        "present": result.present,
        "repeated": result.repeated,
        "refused": len(result.refused),
    }
    print(say("cli.imported", list=list_id, rows=sum(counts.values()), **counts))
    if result.addressed:
        print(say("salutation.suggested", count=result.addressed, list=list_id))
    for fault in result.refused:
        print(fault, file=sys.stderr)
    if result.refused and not result.added and not result.present:
        raise typer.Exit(1)
