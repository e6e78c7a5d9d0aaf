"""`hlasatel access`: the coordinator's sessions and the addresses that are keys, made anew or ended."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

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
from worker.messages import say
from worker.notices import sign_ins
from worker.notices.sign_ins import Purpose
from worker.times import format_instant, rfc3339

app = typer.Typer(add_completion=False, help=say("access.help"), no_args_is_help=True)


class What(StrEnum):
    """What may be ended."""

    SESSIONS = "sessions"
    CALENDAR = "calendar"
    PARTNERS = "partners"


PURPOSES = {What.SESSIONS: Purpose.SESSION, What.CALENDAR: Purpose.CALENDAR, What.PARTNERS: Purpose.PARTNERS}


@app.command("list", help=say("access.list_help"))
def list_(format: TextFormatOption = TextFormat.TEXT, now: NowOption = None) -> None:
    office, clock = open_office(), make_clock(now)
    with office.database.read() as tx:
        found = sign_ins.live(tx, office.settings.coordinator, clock.now())
    if format is TextFormat.JSON:
        shown = {str(what): [rfc3339(at) for at in found.get(PURPOSES[what], [])] for what in What}
        print_json(shown)
        return
    for what in What:
        made = found.get(PURPOSES[what], [])
        since = say("access.since", at=format_instant(made[0])) if made else ""
        print(" ".join(filter(None, (say(f"access.line_{what}", number=len(made)), since))))


@app.command("calendar", help=say("access.calendar_help"))
def calendar(by: ByOption = None, now: NowOption = None) -> None:
    _new(Purpose.CALENDAR, by, now)


@app.command("partners", help=say("access.partners_help"))
def partners(by: ByOption = None, now: NowOption = None) -> None:
    _new(Purpose.PARTNERS, by, now)


@app.command("end", help=say("access.end_help"))
def end(
    what: Annotated[What, typer.Argument(metavar="sessions|calendar|partners", help=say("access.what_help"))],
    by: ByOption = None,
    now: NowOption = None,
) -> None:
    office, clock = open_office(), make_clock(now)
    person = person_acting(office, by)
    with office.database.write() as tx:
        number = sign_ins.end_all(tx, PURPOSES[what], office.settings.coordinator, clock.now(), by=person)
    print(say("access.ended", number=number))


def _new(purpose: Purpose, by: str | None, now: str | None) -> None:
    """Make an address anew; it is printed this once."""
    office, clock = open_office(), make_clock(now)
    person = person_acting(office, by)
    with office.database.write() as tx:
        token = sign_ins.new_address(tx, purpose, office.settings.coordinator, clock.now(), by=person)
    print(f"{office.settings.base_url}/{sign_ins.PATHS[purpose]}/{token}")
