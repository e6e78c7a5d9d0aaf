"""`hlasatel agenda`: dates for the calendar of events, offered by partners or entered here."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from sqlalchemy import Row

from worker.agenda import dates, intake
from worker.agenda.dates import Offered, Standing
from worker.cli.wiring import (
    ByOption,
    NowOption,
    TextFormat,
    TextFormatOption,
    make_clock,
    open_office,
    person_acting,
    print_json,
)
from worker.contributions import dates as office_dates
from worker.messages import say
from worker.plan.reading.read_back import plain_day
from worker.times import local_day

app = typer.Typer(add_completion=False, help=say("calendar.group_help"), no_args_is_help=True)
NumberArgument = Annotated[int, typer.Argument(metavar="NUMBER", min=1, help=say("calendar.number_help"))]


@app.command("list", help=say("calendar.list_command_help"))
def list_(format: TextFormatOption = TextFormat.TEXT, now: NowOption = None) -> None:
    office, clock = open_office(), make_clock(now)
    with office.database.read() as tx:
        rows = dates.ahead(tx, local_day(clock.now()))
    if format is TextFormat.JSON:
        print_json([_as_json(row) for row in rows])
        return
    for row in rows:
        state = say(f"calendar.state_{row.standing.replace('-', '_')}")
        print(f"{row.id:>5}  {plain_day(row.day)}  {row.title}, {row.place} ({row.organiser}); {state}")
    if not rows:
        print(say("calendar.none_ahead"))


@app.command("add", help=say("calendar.add_command_help"))
def add(
    title: Annotated[str, typer.Option("--title", metavar="TEXT", help=say("calendar.part_title"))],
    day: Annotated[str, typer.Option("--day", metavar="DATE", help=say("calendar.part_day"))],
    place: Annotated[str, typer.Option("--place", metavar="TEXT", help=say("calendar.part_place"))],
    organiser: Annotated[str, typer.Option("--organiser", metavar="TEXT", help=say("calendar.part_organiser"))],
    at: Annotated[str, typer.Option("--at", metavar="HH:MM", help=say("calendar.part_at"))] = "",
    last_day: Annotated[str, typer.Option("--last-day", metavar="DATE", help=say("calendar.part_last_day"))] = "",
    url: Annotated[str, typer.Option("--url", metavar="ADDRESS", help=say("calendar.part_address"))] = "",
    by: ByOption = None,
    now: NowOption = None,
) -> None:
    office, clock = open_office(), make_clock(now)
    person = person_acting(office, by)
    form = {"title": title, "day": day, "at": at, "last_day": last_day, "place": place, "organiser": organiser}
    given = intake.from_form(form | {"address": url}, local_day(clock.now()))
    with office.database.write() as tx:
        came = office_dates.add(tx, office, given, clock.now(), person=person)
    print(say("calendar.known" if came is Offered.KNOWN else "calendar.added", count=1))


@app.command("take", help=say("calendar.take_command_help"))
def take(number: NumberArgument, by: ByOption = None, now: NowOption = None) -> None:
    _choose(number, Standing.TAKEN, by, now)


@app.command("leave", help=say("calendar.leave_command_help"))
def leave(number: NumberArgument, by: ByOption = None, now: NowOption = None) -> None:
    _choose(number, Standing.LEFT_OUT, by, now)


def _choose(number: int, standing: Standing, by: str | None, now: str | None) -> None:
    office, clock = open_office(), make_clock(now)
    person = person_acting(office, by)
    with office.database.write() as tx:
        office_dates.choose(tx, number, standing, clock.now(), person=person)
    print(say("calendar.chosen"))


def _as_json(row: Row[Any]) -> dict[str, Any]:
    return {
        "number": row.id,
        "title": row.title,
        "day": row.day.isoformat(),
        "last_day": row.last_day.isoformat() if row.last_day else None,
        "at": f"{row.at:%H:%M}" if row.at else None,
        "place": row.place,
        "organiser": row.organiser,
        "address": row.address,
        "standing": row.standing,
        "offered_by": row.offered_by,
    }
