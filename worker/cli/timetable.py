"""`hlasatel timetable`: the occurrences, as a table for people or JSON for programs."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import date
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from worker.cli.wiring import NowOption, TableFormat, TableFormatOption, instant_given, make_clock, open_office
from worker.messages import say
from worker.planning.current import plan_in_force
from worker.planning.timetable import Entry
from worker.planning.timetable import timetable as entries_of
from worker.times import PRAGUE, local_day

PIPE_WIDTH = 250
COLUMNS = (
    ("id", "what", "window", "when", "lists", "state"),
    ("id", "what", "when", "lists", "state"),
    ("id", "when", "lists", "state"),
    ("id", "when", "state"),
)
"""From the widest table to the narrowest: the id says the period, so its window and its name are the first to go."""
WIDEST = {"what": 70, "lists": 30}

app = typer.Typer(add_completion=False, help=say("cli.timetable_help"))


@app.command(help=say("cli.timetable_help"))
def timetable(
    start: Annotated[str | None, typer.Option("--from", metavar="D", help=say("cli.from_help"))] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="D", help=say("cli.to_help"))] = None,
    format: TableFormatOption = TableFormat.TABLE,
    now: NowOption = None,
) -> None:
    office, clock = open_office(), make_clock(now)
    with office.database.read() as tx:
        plan = plan_in_force(tx, office)
        entries = entries_of(tx, plan, clock.now(), _day(start, "--from"), _day(end, "--to"))
    if format is TableFormat.JSON:
        print(json.dumps([entry.as_json() for entry in entries], ensure_ascii=False, indent=1))
    else:
        _print(entries)


def _day(text: str | None, option: str) -> date | None:
    return local_day(instant_given(text, option)) if text else None


def _print(entries: list[Entry]) -> None:
    """The table with as many columns as the terminal is wide; in a pipe with all, one line for each occurrence."""
    console = Console()
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPE_WIDTH
    for columns in COLUMNS:
        table = _table(entries, columns)
        if console.measure(table, options=console.options.update_width(PIPE_WIDTH)).maximum <= console.width:
            break
    console.print(table)


def _table(entries: list[Entry], columns: Sequence[str]) -> Table:
    rows = [_cells(entry) for entry in entries]
    table = Table(title=say("cli.timetable_title"), box=SIMPLE_HEAD, pad_edge=False)
    for key in columns:
        # What is typed into another command, and when it happens, is never broken.
        whole = max((len(row[key]) for row in rows), default=0) if key in ("id", "when") else None
        table.add_column(
            say(f"cli.column_{key}"),
            overflow="fold",
            no_wrap=whole is not None,
            min_width=whole,
            max_width=WIDEST.get(key),
        )
    for row in rows:
        table.add_row(*(row[key] for key in columns))
    return table


def _cells(entry: Entry) -> dict[str, str]:
    return {
        "id": entry.id,
        "what": entry.title,
        "window": f"{_short(entry.window.start)} – {_short(entry.window.end)}",
        "when": f"{entry.send_at.astimezone(PRAGUE):%-d. %-m. %Y %H:%M}" if entry.send_at else "",
        "lists": ", ".join(entry.lists),
        "state": say(f"states.{entry.state}"),
    }


def _short(day: date) -> str:
    return f"{day.day}. {day.month}. {day.year}"
