"""`hlasatel occurrence`: a person's choice about one occurrence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from worker.approval import choose, past
from worker.approval import release as emergency
from worker.archive import marks
from worker.cli.whole_table import PreviewOption, taken_in
from worker.cli.wiring import (
    ByOption,
    NowOption,
    OccurrenceArgument,
    day_given,
    make_clock,
    open_office,
    person_acting,
)
from worker.errors import HlasatelError
from worker.messages import say
from worker.office import Office
from worker.plan.model import Activity
from worker.planning import ad_hoc, corrections
from worker.planning.current import plan_in_force
from worker.times import PRAGUE, format_instant, local_instant, parse_instant
from worker.typed import is_web_address

app = typer.Typer(add_completion=False, help=say("cli.occurrence_group_help"), no_args_is_help=True)
WHENCE = "command"
"""From where these choices are made, for the record."""
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help=say("cli.reason_help"))]


@app.command("new", help=say("ad_hoc.new_help"))
def new(
    kind: Annotated[str, typer.Argument(metavar="KIND", help=say("ad_hoc.kind_help"))],
    reason: ReasonOption,
    activity: Annotated[str, typer.Option("--activity", metavar="ID", help=say("ad_hoc.activity_help"))] = "",
    at: Annotated[str, typer.Option("--at", metavar="T", help=say("ad_hoc.at_help"))] = "",
    title: Annotated[str, typer.Option("--title", metavar="TEXT", help=say("ad_hoc.title_help"))] = "",
    by: ByOption = None,
    now: NowOption = None,
) -> None:
    def act(tx: Connection, office: Office, moment: datetime, person: str) -> None:
        plan = plan_in_force(tx, office)
        row = ad_hoc.row_for(plan, kind, activity)
        made = ad_hoc.new(
            tx, plan, kind, moment, activity_id=row.id, send_at=_send_at(row, at) if at else None, called=title,
            reason=reason, person=person, whence=WHENCE,
        )  # fmt: skip
        print(ad_hoc.told(tx, made))

    _choose(by, now, act)


@app.command("correct", help=say("corrections.help"))
def correct(
    occurrence: Annotated[str, typer.Argument(metavar="OCCURRENCE", help=say("corrections.sent_help"))],
    reason: ReasonOption,
    at: Annotated[str, typer.Option("--at", metavar="T", help=say("corrections.send_at_help"))] = "",
    by: ByOption = None,
    now: NowOption = None,
) -> None:
    def act(tx: Connection, office: Office, moment: datetime, person: str) -> None:
        send_at = _send_at(_activity(tx, office, occurrence), at) if at else None
        made, goes_out = corrections.correct(
            tx, plan_in_force(tx, office), occurrence, moment, send_at=send_at, reason=reason, person=person,
            whence=WHENCE,
        )  # fmt: skip
        print(say("corrections.begun", occurrence=made, at=format_instant(goes_out, form="at")))

    _choose(by, now, act)


@app.command("send-now", help=say("cli.send_now_help"))
def send_now(occurrence: OccurrenceArgument, reason: ReasonOption, by: ByOption = None, now: NowOption = None) -> None:
    def act(tx: Connection, office: Office, at: datetime, person: str) -> None:
        activity = _activity(tx, office, occurrence)
        choose.move(tx, office, activity, occurrence, at, at, reason=reason, person=person, whence=WHENCE)
        print(say("cli.asked_anew" if activity.kinds else "choices.task_is_due", occurrence=occurrence))

    _choose(by, now, act)


@app.command("move", help=say("cli.move_help"))
def move(
    occurrence: OccurrenceArgument,
    date: Annotated[str, typer.Argument(metavar="DATE", help=say("cli.date_help"))],
    reason: ReasonOption,
    by: ByOption = None,
    now: NowOption = None,
) -> None:
    def act(tx: Connection, office: Office, at: datetime, person: str) -> None:
        activity = _activity(tx, office, occurrence)
        send_at = _send_at(activity, date)
        choose.move(tx, office, activity, occurrence, send_at, at, reason=reason, person=person, whence=WHENCE)
        print(say("cli.moved", occurrence=occurrence, at=format_instant(send_at)))

    _choose(by, now, act)


@app.command("drop", help=say("cli.drop_help"))
def drop(occurrence: OccurrenceArgument, reason: ReasonOption, by: ByOption = None, now: NowOption = None) -> None:
    def act(tx: Connection, office: Office, at: datetime, person: str) -> None:
        choose.drop(tx, office, occurrence, at, reason=reason, person=person, whence=WHENCE)

    _choose(by, now, act)
    print(say("cli.dropped", occurrence=occurrence))


@app.command("done", help=say("cli.done_help"))
def done(
    occurrence: OccurrenceArgument,
    reason: ReasonOption,
    by: ByOption = None,
    url: Annotated[str, typer.Option("--url", metavar="ADDRESS", help=say("cli.url_help"))] = "",
    on: Annotated[str, typer.Option("--on", metavar="DATE", help=say("past.on_help"))] = "",
    now: NowOption = None,
) -> None:
    if url and not is_web_address(url):
        raise HlasatelError(say("approval.bad_address"))
    day = day_given(on, "--on") if on else None

    def act(tx: Connection, office: Office, at: datetime, person: str) -> None:
        what = past.note(
            tx, office, occurrence, at, reason=reason, person=person, address=url, on=day, whence=WHENCE
        )  # fmt: skip
        print(say("cli.noted_done" if what is past.What.NOTED else f"past.{what}_one", occurrence=occurrence))

    _choose(by, now, act)


@app.command("done-from", help=say("past.help"))
def done_from(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("past.file_help"))],
    preview: PreviewOption = False,
    by: ByOption = None,
    now: NowOption = None,
) -> None:
    office, clock = open_office(), make_clock(now)
    person = person_acting(office, by)

    def note(tx: Connection) -> Sequence[past.Row]:
        return past.note_all(tx, office, file, clock.now(), person=person, whence=WHENCE)

    rows = taken_in(office, note, preview=preview)
    counts = {str(what): sum(row.what is what for row in rows) for what in past.What}
    print(say("past.would" if preview else "past.summary", **counts))


@app.command("release", help=say("seats.release_help"))
def release(occurrence: OccurrenceArgument, reason: ReasonOption, by: ByOption = None, now: NowOption = None) -> None:
    office, clock = open_office(), make_clock(now)
    person = person_acting(office, by)
    with closing(office.database):
        print(emergency.release(office, occurrence, clock.now(), reason=reason, person=person, whence="command"))


@app.command("withdraw", help=say("archive.withdraw_command"))
def withdraw(occurrence: OccurrenceArgument, reason: ReasonOption, by: ByOption = None, now: NowOption = None) -> None:
    def act(tx: Connection, office: Office, at: datetime, person: str) -> None:
        marks.withdraw(tx, office, occurrence, at, reason=reason, person=person, whence=WHENCE)

    _choose(by, now, act)
    print(say("archive.withdrawn_now", occurrence=occurrence))


def _choose(by: str | None, now: str | None, act: Callable[[Connection, Office, datetime, str], None]) -> None:
    office, clock = open_office(), make_clock(now)
    person = person_acting(office, by)
    with office.database.write() as tx:
        act(tx, office, clock.now(), person)


def _activity(tx: Connection, office: Office, occurrence: str) -> Activity:
    activity = occurrence.partition("/")[0]
    try:
        return plan_in_force(tx, office).activity(activity)
    except KeyError:
        raise HlasatelError(say("cli.activity_gone", activity=activity)) from None


def _send_at(activity: Activity, date: str) -> datetime:
    """The instant named; a bare day gets the activity's own hour."""
    instant = parse_instant(date)
    if len(date.strip()) > len("2026-12-15"):
        return instant
    return local_instant(instant.astimezone(PRAGUE).date(), activity.send.at)
