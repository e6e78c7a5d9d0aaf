"""`hlasatel why`: the whole story of one occurrence, in order."""

from __future__ import annotations

import typer

from worker.cli.wiring import (
    NowOption,
    OccurrenceArgument,
    TextFormat,
    TextFormatOption,
    make_clock,
    open_office,
    print_json,
)
from worker.errors import HlasatelError
from worker.messages import say
from worker.plan.words.nearest import suggestion
from worker.planning.current import plan_in_force
from worker.planning.timetable import timetable
from worker.record.account import account
from worker.record.why import story

app = typer.Typer(add_completion=False, help=say("cli.why_help"))


@app.command(help=say("cli.why_help"))
def why(
    occurrence: OccurrenceArgument,
    format: TextFormatOption = TextFormat.TEXT,
    now: NowOption = None,
) -> None:
    office, clock = open_office(), make_clock(now)
    if format is TextFormat.JSON:
        with office.database.read() as tx:
            found = account(tx, office, occurrence, clock.now())
        if found is None:
            raise HlasatelError(say("cli.no_occurrence", occurrence=occurrence, hint=""))
        print_json(found)
        return
    with office.database.read() as tx:
        told = story(tx, office, occurrence, clock.now())
        if told is None:
            entries = timetable(tx, plan_in_force(tx, office), clock.now())
            entry = next((each for each in entries if each.id == occurrence), None)
            if entry is None:
                hint = suggestion(occurrence, [each.id for each in entries])
                raise HlasatelError(say("cli.no_occurrence", occurrence=occurrence, hint=hint))
            told = [entry.title, say("cli.not_started")]
    print("\n".join(told))
