"""`hlasatel hold`: one switch that holds everything but crisis messages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

import typer

from worker.approval.cases import clean
from worker.cli.status import occurrence_line
from worker.cli.wiring import (
    ByOption,
    NowOption,
    TextFormat,
    TextFormatOption,
    instant_given,
    make_clock,
    open_office,
    person_acting,
    print_json,
)
from worker.errors import HlasatelError
from worker.holding.begin import Begun
from worker.holding.begin import begin as begin_hold
from worker.holding.release import end as end_hold
from worker.messages import say
from worker.office import Office
from worker.record import holds
from worker.record.status import held
from worker.times import PRAGUE, local_instant

app = typer.Typer(add_completion=False, help=say("hold.help"), invoke_without_command=True)
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help=say("cli.reason_help"))]


@app.callback()
def hold(context: typer.Context, format: TextFormatOption = TextFormat.TEXT, now: NowOption = None) -> None:
    if context.invoked_subcommand is None:
        _show(format, now)


@app.command("show", help=say("hold.show_help"))
def show(format: TextFormatOption = TextFormat.TEXT, now: NowOption = None) -> None:
    _show(format, now)


@app.command("begin", help=say("hold.begin_help"))
def begin(
    until: Annotated[str, typer.Option("--until", metavar="D", help=say("hold.until_help"))],
    reason: ReasonOption,
    by: ByOption = None,
    now: NowOption = None,
) -> None:
    office, clock = open_office(), make_clock(now)
    person, why, at = person_acting(office, by), _reason(reason), _until(until)
    with office.database.write() as tx:
        begun = begin_hold(tx, office, clock.now(), until=at, reason=why, person=person)
    _print_begun(office, begun, clock.now())


@app.command("end", help=say("hold.end_help"))
def end(reason: ReasonOption, by: ByOption = None, now: NowOption = None) -> None:
    office, clock = open_office(), make_clock(now)
    person, why = person_acting(office, by), _reason(reason)
    with office.database.write() as tx:
        end_hold(tx, clock.now(), reason=why, person=person)
        waiting = len(held(tx))
    print(say("hold.ended", number=waiting))


def _reason(text: str) -> str:
    """One line that sentences go on behind."""
    if not (found := " ".join(clean(text).split()).rstrip(".")):
        raise HlasatelError(say("hold.no_reason"))
    return found


def _until(text: str) -> datetime:
    """The instant named; a bare day is held to its end."""
    instant = instant_given(text, "--until")
    if len(text.strip()) > len("2026-12-15"):
        return instant
    return local_instant(instant.astimezone(PRAGUE).date() + timedelta(days=1), datetime.min.time())


def _print_begun(office: Office, begun: Begun, now: datetime) -> None:
    print(holds.told(office, begun.hold, now))
    if begun.extended:
        return
    print(say("hold.begun", held=len(begun.held)))
    for line in begun.stopped:
        print(f"  {line}")


def _show(format: TextFormat, now: str | None) -> None:
    office, clock = open_office(), make_clock(now)
    with office.database.read() as tx:
        found, rows = holds.live(tx), held(tx)
    if format is TextFormat.JSON:
        shown = {"hold": holds.as_json(found) if found else None, "held": rows}
        print_json(shown)
        return
    print(holds.told(office, found, clock.now()) if found else say("hold.none_on"))
    for row in rows:
        print(occurrence_line(office, row))
