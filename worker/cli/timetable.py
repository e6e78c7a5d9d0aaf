"""`hlasatel timetable`: the occurrences for people (table, picture, workbook), calendars and programs (JSON)."""

from __future__ import annotations

import os
import sys
from datetime import date
from enum import StrEnum
from typing import Annotated

import typer

from worker.cli.wiring import NowOption, instant_given, make_clock, open_office, print_json
from worker.errors import HlasatelError
from worker.messages import say
from worker.times import local_day
from worker.timetables.content import Timetable, gather

PIPE_WIDTH = 250

app = typer.Typer(add_completion=False, help=say("cli.timetable_help"))


class Form(StrEnum):
    """The forms of the timetable; any other word is wrong usage (exit 2)."""

    TABLE = "table"
    JSON = "json"
    ICS = "ics"
    SVG = "svg"
    XLSX = "xlsx"


@app.command(help=say("cli.timetable_help"))
def timetable(
    start: Annotated[str | None, typer.Option("--from", metavar="D", help=say("cli.from_help"))] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="D", help=say("cli.to_help"))] = None,
    format: Annotated[Form, typer.Option("--format", help=say("timetables.format_help"))] = Form.TABLE,
    now: NowOption = None,
) -> None:
    if format is Form.XLSX and sys.stdout.isatty():
        raise HlasatelError(say("timetables.not_for_a_terminal"))
    office, clock = open_office(), make_clock(now)
    with office.database.read() as tx:
        found = gather(tx, office, clock.now(), _day(start, "--from"), _day(end, "--to"))
    _print(found, format)


def _day(text: str | None, option: str) -> date | None:
    return local_day(instant_given(text, option)) if text else None


def _print(found: Timetable, form: Form) -> None:
    # Each form has a library of its own, which the others do not wait for.
    match form:
        case Form.TABLE:
            _print_table(found)
        case Form.JSON:
            print_json([entry.as_json() for entry in found.entries])
        case Form.ICS:
            from worker.timetables.ics import ics

            _write(ics(found))
        case Form.SVG:
            from worker.timetables.svg import svg

            _write(svg(found).encode())
        case Form.XLSX:
            from worker.timetables.xlsx import xlsx

            _write(xlsx(found))


def _write(content: bytes) -> None:
    """As it is: neither the machine's encoding nor its line ends may touch a file's bytes."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def _print_table(found: Timetable) -> None:
    """As wide as the terminal; in a pipe with every column, one line for each occurrence."""
    from rich.console import Console

    from worker.timetables.table import print_table

    console = Console()
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPE_WIDTH
    print_table(found, console, PIPE_WIDTH)
