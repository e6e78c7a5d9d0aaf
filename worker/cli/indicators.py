"""`hlasatel indicators`: what is counted for each, and what only a person can enter."""

from __future__ import annotations

from typing import Annotated

import typer

from worker.cli.wiring import (
    ByOption,
    NowOption,
    TextFormat,
    TextFormatOption,
    day_given,
    make_clock,
    open_office,
    person_acting,
    print_json,
)
from worker.errors import HlasatelError
from worker.messages import say
from worker.office import Office
from worker.plan.reading.read_back import plain_day
from worker.reporting import facts
from worker.reporting.model import Publisher
from worker.settings.indicators import IndicatorEntry, known_measures, load_indicators
from worker.typed import is_web_address

app = typer.Typer(add_completion=False, help=say("indicators.help"), no_args_is_help=True)


@app.command("list", help=say("indicators.list_help"))
def list_(format: TextFormatOption = TextFormat.TEXT) -> None:
    office = open_office()
    entries, measures = load_indicators(office.settings.config), known_measures(office.settings.config) or {}
    with office.database.read() as tx:
        noted = facts.entered(tx)
    names = {
        called: measures[entry.measure].indicator if entry.measure in measures else entry.name or ""
        for called, entry in entries.items()
    }
    if format is TextFormat.JSON:
        told = [
            {
                "id": called, "name": names[called], "counted": entry.counted, "by_hand": entry.by_hand,
                "entries": [each.as_json() for each in noted if each.indicator == called],
            }
            for called, entry in entries.items()
        ]  # fmt: skip
        print_json(told)
        return
    for called, entry in entries.items():
        print(f"{called} {names[called]}: {entry.counted}")
        for each in noted:
            if each.indicator == called:
                values = {"number": each.id, "title": each.title, "who": each.who, "address": each.address}
                print(say("indicators.entry_line", day=plain_day(each.day), **values).rstrip())
    if not entries:
        print(say("indicators.none"))


@app.command("note", help=say("indicators.note_help"))
def note(
    indicator: Annotated[str, typer.Argument(metavar="INDICATOR", help=say("indicators.indicator_help"))],
    title: Annotated[str, typer.Option("--title", metavar="TEXT", help=say("indicators.title_help"))],
    day: Annotated[str, typer.Option("--day", metavar="DATE", help=say("indicators.day_help"))],
    organiser: Annotated[
        Publisher, typer.Option("--organiser", help=say("indicators.organiser_help"))
    ] = Publisher.REGION,
    who: Annotated[str, typer.Option("--who", metavar="TEXT", help=say("indicators.who_help"))] = "",
    url: Annotated[str, typer.Option("--url", metavar="ADDRESS", help=say("indicators.url_help"))] = "",
    by: ByOption = None,
    now: NowOption = None,
) -> None:
    if url and not is_web_address(url):
        raise HlasatelError(say("approval.bad_address"))
    on, words = day_given(day, "--day"), " ".join(title.split())
    office, at = open_office(), make_clock(now).now()
    entry, person = _entry(office, indicator), person_acting(office, by)
    with office.database.write() as tx:
        number, new = facts.note(
            tx, entry, at, title=words, day=on, organiser=organiser, who=" ".join(who.split()), address=url,
            person=person,
        )  # fmt: skip
    key = "indicators.noted" if new else "indicators.present"
    print(say(key, indicator=entry.called, title=words, day=plain_day(on), number=number))


@app.command("forget", help=say("indicators.forget_help"))
def forget(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help=say("indicators.number_help"))],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=say("cli.reason_help"))],
    by: ByOption = None,
    now: NowOption = None,
) -> None:
    office, at = open_office(), make_clock(now).now()
    person = person_acting(office, by)
    with office.database.write() as tx:
        facts.forget(tx, number, at, reason=reason, person=person)
    print(say("indicators.forgotten", number=number))


def _entry(office: Office, called: str) -> IndicatorEntry:
    entries = load_indicators(office.settings.config)
    if called not in entries:
        raise HlasatelError(say("indicators.unknown", value=called, known=", ".join(entries)))
    return entries[called]
