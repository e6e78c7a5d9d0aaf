"""`hlasatel timetable`: the occurrences, as a table for people or JSON for programs."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from worker.cli.wiring import NowOption, TableFormat, TableFormatOption, make_clock, open_office
from worker.messages import say
from worker.planning.current import plan_on_file
from worker.planning.timetable import Entry
from worker.planning.timetable import timetable as entries_of
from worker.times import PRAGUE, local_day, parse_instant

app = typer.Typer(add_completion=False, help=say("cli.timetable_help"))


@app.command(help=say("cli.timetable_help"))
def timetable(
    start: Annotated[str | None, typer.Option("--from", metavar="D", help=say("cli.from_help"))] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="D", help=say("cli.to_help"))] = None,
    format: TableFormatOption = TableFormat.TABLE,
    now: NowOption = None,
) -> None:
    office, clock = open_office(), make_clock(now)
    plan = plan_on_file(office)
    with office.database.read() as tx:
        entries = entries_of(tx, plan, clock.now(), _day(start), _day(end))
    if format is TableFormat.JSON:
        print(json.dumps([entry.as_json() for entry in entries], ensure_ascii=False, indent=1))
    else:
        Console().print(_table(entries))


def _day(text: str | None) -> date | None:
    return local_day(parse_instant(text)) if text else None


def _table(entries: list[Entry]) -> Table:
    table = Table(title=say("cli.timetable_title"))
    for key in ("id", "what", "window", "when", "lists", "state"):
        table.add_column(say(f"cli.column_{key}"), overflow="fold")
    for entry in entries:
        window = f"{_short(entry.window.start)} – {_short(entry.window.end)}"
        when = f"{entry.send_at.astimezone(PRAGUE):%-d. %-m. %Y %H:%M}" if entry.send_at else ""
        table.add_row(entry.id, entry.title, window, when, ", ".join(entry.lists), say(f"states.{entry.state}"))
    return table


def _short(day: date) -> str:
    return f"{day.day}. {day.month}. {day.year}"
