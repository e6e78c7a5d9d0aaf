"""`hlasatel articles`: what was published, by the region, municipalities and others."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from worker.cli.whole_table import PreviewOption, taken_in
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
from worker.messages import say
from worker.plan.reading.read_back import plain_day
from worker.reporting import articles
from worker.reporting.articles import Given, What
from worker.reporting.articles_table import enter_all
from worker.reporting.model import Publisher

app = typer.Typer(add_completion=False, help=say("articles.help"), no_args_is_help=True)


@app.command("add", help=say("articles.add_help"))
def add(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help=say("articles.address_help"))],
    title: Annotated[str, typer.Option("--title", metavar="TEXT", help=say("articles.title_help"))] = "",
    day: Annotated[str, typer.Option("--day", metavar="DATE", help=say("articles.day_help"))] = "",
    publisher: Annotated[Publisher | None, typer.Option("--publisher", help=say("articles.publisher_help"))] = None,
    who: Annotated[str, typer.Option("--who", metavar="TEXT", help=say("articles.who_help"))] = "",
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help=say("articles.note_help"))] = "",
    by: ByOption = None,
    now: NowOption = None,
) -> None:
    on: date | None = day_given(day, "--day") if day else None
    given = Given(
        address.strip(), " ".join(title.split()), on, publisher, " ".join(who.split()), " ".join(note.split())
    )
    office, at = open_office(), make_clock(now).now()
    person = person_acting(office, by)
    with office.database.write() as tx:
        what = articles.enter(tx, given, at, person=person)
    print(say(f"articles.row_{what}", title=given.title or address, address=given.address))


@app.command("list", help=say("articles.list_help"))
def list_(
    year: Annotated[int | None, typer.Option("--year", metavar="YEAR", help=say("articles.year_help"))] = None,
    format: TextFormatOption = TextFormat.TEXT,
) -> None:
    office = open_office()
    with office.database.read() as tx:
        found = [
            each
            for each in articles.published(tx, office)
            if year is None or (each.day is not None and each.day.year == year)
        ]
    if format is TextFormat.JSON:
        print_json([each.as_json() for each in found])
        return
    for each in found:
        day = plain_day(each.day) if each.day is not None else say("articles.no_day")
        publisher = articles.publisher_name(office, each.publisher)
        values = {"number": each.id, "day": day, "publisher": publisher, "who": each.who, "title": each.title}
        print(say("articles.line", **values, address=each.address))
    if not found:
        print(say("articles.none"))


@app.command("import", help=say("articles.import_help"))
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("past.file_help"))],
    preview: PreviewOption = False,
    by: ByOption = None,
    now: NowOption = None,
) -> None:
    office, at = open_office(), make_clock(now).now()
    person = person_acting(office, by)
    rows = taken_in(office, lambda tx: enter_all(tx, office, file, at, person=person), preview=preview)
    counts = {str(what): sum(row.what is what for row in rows) for what in What}
    print(say("articles.would" if preview else "articles.summary", **counts))


@app.command("remove", help=say("articles.remove_help"))
def remove(
    which: Annotated[str, typer.Argument(metavar="NUMBER", help=say("articles.which_help"))],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=say("cli.reason_help"))],
    by: ByOption = None,
    now: NowOption = None,
) -> None:
    office, at = open_office(), make_clock(now).now()
    person = person_acting(office, by)
    with office.database.write() as tx:
        title = articles.remove(tx, which, at, reason=reason, person=person)
    print(say("articles.removed", title=title))
