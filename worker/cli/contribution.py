"""`hlasatel contribution`: what was sent in for an occurrence, and what of it is included."""

from __future__ import annotations

from typing import Annotated

import typer

from worker.cli.wiring import (
    ByOption,
    NowOption,
    OccurrenceArgument,
    TextFormat,
    TextFormatOption,
    make_clock,
    open_office,
    person_acting,
    print_json,
)
from worker.contributions.choosing import begins, choose
from worker.errors import HlasatelError
from worker.messages import say
from worker.record import contributions
from worker.record.contributions import Chosen

app = typer.Typer(add_completion=False, help=say("contributions.command_group"), no_args_is_help=True)
NumberArgument = Annotated[int, typer.Argument(metavar="NUMBER", min=1, help=say("contributions.command_number"))]
NoteOption = Annotated[str, typer.Option("--note", metavar="TEXT", help=say("contributions.command_note"))]


@app.command("list", help=say("contributions.command_list"))
def list_(occurrence: OccurrenceArgument, format: TextFormatOption = TextFormat.TEXT) -> None:
    office = open_office()
    with office.database.read() as tx:
        found = contributions.of_occurrence(tx, occurrence)
    if format is TextFormat.JSON:
        shown = [
            {"number": each.id, "person": each.person, "signed": each.signed, "text": each.text, "people": each.people,
             "chosen": each.chosen, "note": each.note, "photo": each.photo is not None}
            for each in found
        ]  # fmt: skip
        print_json(shown)
        return
    for each in found:
        state = say(f"contributions.stands_{(each.chosen or 'open').replace('-', '_')}")
        print(f"{each.id:>5}  {office.person_name(each.person)}: {begins(each)} ({state})")
    if not found:
        print(say("contributions.none_of", occurrence=occurrence))


@app.command("include", help=say("contributions.command_include"))
def include(number: NumberArgument, note: NoteOption = "", by: ByOption = None, now: NowOption = None) -> None:
    _choose(number, Chosen.INCLUDED, note, by, now)


@app.command("leave-out", help=say("contributions.command_leave_out"))
def leave_out(number: NumberArgument, note: NoteOption = "", by: ByOption = None, now: NowOption = None) -> None:
    _choose(number, Chosen.LEFT_OUT, note, by, now)


def _choose(number: int, chosen: Chosen, note: str, by: str | None, now: str | None) -> None:
    """Choose of what stands now: a command shows nothing first that could be another by then."""
    office, clock = open_office(), make_clock(now)
    person = person_acting(office, by)
    with office.database.read() as tx:
        sent = contributions.find(tx, number)
    if sent is None:
        raise HlasatelError(say("contributions.no_such"))
    choose(office, number, chosen, note, clock.now(), person=person, seen=sent.choices)
    print(say("contributions.chosen_now", number=number))
