"""`hlasatel publication`: where texts are beside the mailing lists, and a person's word on what became of one."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from sqlalchemy import Connection, Row

from worker.approval.cases import clean
from worker.approval.handed import day_said, noted_out, took_down
from worker.cli.wiring import (
    ByOption,
    NowOption,
    OccurrenceArgument,
    TextFormat,
    TextFormatOption,
    WhyOption,
    make_clock,
    open_office,
    person_acting,
    print_json,
    reason_given,
)
from worker.errors import HlasatelError
from worker.messages import say
from worker.office import Office
from worker.publishing import boards, ledger, rests, settling, withdrawn
from worker.record import acting, media, places
from worker.store.states import lock_occurrence
from worker.times import to_the_second
from worker.typed import is_web_address

app = typer.Typer(add_completion=False, help=say("publication.help"), no_args_is_help=True)
MediumOption = Annotated[str | None, typer.Option("--medium", metavar="MEDIUM", help=say("publication.medium_help"))]
PartOption = Annotated[int | None, typer.Option("--part", metavar="N", min=1, help=say("publication.part_help"))]
DayOption = Annotated[str, typer.Option("--day", metavar="DATE", help=say("publication.day_help"))]


@app.command("list", help=say("publication.list_help"))
def list_(occurrence: OccurrenceArgument, format: TextFormatOption = TextFormat.TEXT, now: NowOption = None) -> None:
    office = open_office()
    with office.database.read() as tx:
        found = places.of_occurrence(tx, office, occurrence, make_clock(now).now())
    if format is TextFormat.JSON:
        print_json([each.as_json() for each in found])
        return
    for each in found:
        print("\t".join(filter(None, (each.row.medium or "-", f"{each.name}: {each.told(office)}"))))
    if not found:
        print(say("publication.none", occurrence=occurrence))


@app.command("media", help=say("media_page.media_help"))
def list_media(format: TextFormatOption = TextFormat.TEXT) -> None:
    office = open_office()
    with office.database.read() as tx:
        found = media.standings(tx, office)
    if format is TextFormat.JSON:
        print_json([each.as_json() for each in found])
        return
    for each in found:
        last = to_the_second(each.last.settled_at) if each.last is not None else say("media_page.nothing")
        numbers = say("media_page.line", out=each.out, waiting=each.waiting, failed=each.failed, last=last)
        print(f"{each.medium.id}\t{each.medium.name}: {numbers}")
        if each.stopped is not None:
            print(f"  {each.stopped.told()}\n    {say('places.let_go_on', command=each.stopped.command)}")
    if not found:
        print(say("media_page.none"))


@app.command("out", help=say("publication.out_help"))
def out(
    occurrence: OccurrenceArgument,
    url: Annotated[str, typer.Option("--url", metavar="ADDRESS", help=say("publication.url_help"))] = "",
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help=say("publication.note_help"))] = "",
    day: DayOption = "",
    medium: MediumOption = None,
    part: PartOption = None,
    by: ByOption = None,
    now: NowOption = None,
) -> None:
    address, words, on = clean(url), clean(note), day_said(day)
    if address and not is_web_address(address):
        raise HlasatelError(say("approval.bad_address"))
    office, at = open_office(), make_clock(now).now()
    person = person_acting(office, by)
    with office.database.write() as tx:
        row = _the_one(tx, office, occurrence, medium, part, settling.tellable)
        noted_out(tx, row, at, address=address, note=words, day=on, person=person, whence="command")
    print(say("publication.noted", medium=office.medium_name(row.medium)))


@app.command("down", help=say("publication.down_help"))
def down(
    occurrence: OccurrenceArgument,
    day: DayOption = "",
    medium: MediumOption = None,
    by: ByOption = None,
    now: NowOption = None,
) -> None:
    office, at, on = open_office(), make_clock(now).now(), day_said(day)
    person = person_acting(office, by)
    with office.database.write() as tx:
        row = _the_one(
            tx, office, occurrence, medium, None,
            lambda each: withdrawn.to_come_down(tx, each) or each.id in boards.of(tx, [each.id]),
        )  # fmt: skip
        taken = withdrawn.told_down(tx, row, at, person=person, whence="command")
        if not taken and not took_down(tx, row, at, day=on, person=person, whence="command"):
            raise HlasatelError(say("boards.not_hanging"))
    print(say("boards.noted", medium=office.medium_name(row.medium)))


@app.command("not", help=say("publication.not_help"))
def not_(
    occurrence: OccurrenceArgument,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help=say("publication.why_not_help"))],
    medium: MediumOption = None,
    part: PartOption = None,
    by: ByOption = None,
    now: NowOption = None,
) -> None:
    if not (words := clean(note)):
        raise HlasatelError(say("handed.why_not"))
    office, at = open_office(), make_clock(now).now()
    person = person_acting(office, by)
    with office.database.write() as tx:
        row = _the_one(tx, office, occurrence, medium, part, settling.declinable)
        settling.told_not(tx, row, at, note=words, person=person, whence="command")
    print(say("publication.noted_not", medium=office.medium_name(row.medium)))


@app.command("again", help=say("publication.again_help"))
def again(
    occurrence: OccurrenceArgument,
    medium: MediumOption = None,
    part: PartOption = None,
    reason: WhyOption = "",
    by: ByOption = None,
    now: NowOption = None,
) -> None:
    office, at = open_office(), make_clock(now).now()
    person = person_acting(office, by)
    with acting.because(reason_given(reason)), office.database.write() as tx:
        row = _the_one(tx, office, occurrence, medium, part, settling.repeatable)
        settling.again(tx, row, at, person=person)
    print(say("publication.tried_again", medium=office.medium_name(row.medium)))


@app.command("resume", help=say("publication.resume_help"))
def resume(
    medium: Annotated[str, typer.Argument(metavar="MEDIUM", help=say("publication.medium_help"))],
    reason: WhyOption = "",
    by: ByOption = None,
    now: NowOption = None,
) -> None:
    office, at = open_office(), make_clock(now).now()
    person = person_acting(office, by)
    with acting.because(reason_given(reason)), office.database.write() as tx:
        if not rests.resume(tx, medium, at, person=person):
            raise HlasatelError(say("publication.does_not_stand", medium=medium))
    print(say("publication.resumed", medium=office.medium_name(medium)))


def _the_one(
    tx: Connection, office: Office, occurrence: str, medium: str | None, part: int | None, fit: settling.Test
) -> Row[Any]:
    """The publication that is meant; HlasatelError when none is fit, or when several are and none of them is named."""
    if lock_occurrence(tx, occurrence) is None:
        raise HlasatelError(say("publication.none", occurrence=occurrence))
    named = [row for row in ledger.of_occurrence(tx, occurrence) if medium in (None, row.medium)]
    found = [row for row in named if part in (None, row.part) and fit(row)]
    if not found:
        raise HlasatelError(say("publication.nothing_fit", occurrence=occurrence))
    if len(found) > 1:
        media = ", ".join(f"{row.medium or '-'}{f' --part {row.part}' if row.part else ''}" for row in found)
        raise HlasatelError(say("publication.which", occurrence=occurrence, media=media))
    return found[0]
