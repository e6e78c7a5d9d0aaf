"""`hlasatel kit`: photos for the press beside an occurrence, and the themes under which readers find it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from worker.archive import items, kit, marks
from worker.archive.kit import Given
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
from worker.contributions.photo import prepared
from worker.errors import HlasatelError
from worker.messages import say
from worker.store.states import lock_occurrence
from worker.topics import TOPICS, topic_name

app = typer.Typer(add_completion=False, help=say("archive.kit_help"), no_args_is_help=True)


@app.command("list", help=say("archive.kit_list_help"))
def list_(occurrence: OccurrenceArgument, format: TextFormatOption = TextFormat.TEXT) -> None:
    office = open_office()
    with office.database.write() as tx:
        row = lock_occurrence(tx, occurrence)
        if row is None:
            raise HlasatelError(say("archive.no_occurrence", occurrence=occurrence))
        photos, themes = kit.of_occurrence(tx, occurrence), items.themes_of(row)
    if format is TextFormat.JSON:
        shown = [
            {"number": each.id, "name": each.name, "description": each.description, "author": each.author,
             "consents": list(each.consents), "bytes": each.size}
            for each in photos
        ]  # fmt: skip
        print_json({"photos": shown, "themes": list(themes)})
        return
    for each in photos:
        print(f"{each.id:>5}  {each.name}: {each.description} ({each.author})")
    if not photos:
        print(say("archive.kit_empty"))
    if themes:
        print(say("archive.kit_themes", themes=", ".join(topic_name(each) for each in themes)))


@app.command("add", help=say("archive.kit_add_help"))
def add(
    occurrence: OccurrenceArgument,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("archive.kit_file_help"))],
    description: Annotated[
        str, typer.Option("--description", metavar="TEXT", help=say("archive.kit_description_help"))
    ],
    author: Annotated[str, typer.Option("--author", metavar="TEXT", help=say("archive.kit_author_help"))],
    consent: Annotated[
        list[int] | None, typer.Option("--consent", metavar="N", help=say("archive.kit_consent_help"))
    ] = None,
    by: ByOption = None,
    now: NowOption = None,
) -> None:
    office, clock = open_office(), make_clock(now)
    person = person_acting(office, by)
    try:
        with file.open("rb") as opened:
            content = prepared(opened).content
    except OSError as error:
        raise HlasatelError(say("archive.kit_unreadable", file=file, error=error.strerror or error)) from None
    given = Given(content, file.name, description, author, bool(consent), tuple(consent or ()))
    with office.database.write() as tx:
        number = kit.add(tx, occurrence, given, clock.now(), person=person)
    print(say("archive.kit_added", number=number))


@app.command("remove", help=say("archive.kit_remove_help"))
def remove(
    occurrence: OccurrenceArgument,
    number: Annotated[int, typer.Argument(metavar="NUMBER", min=1, help=say("archive.kit_number_help"))],
    by: ByOption = None,
    now: NowOption = None,
) -> None:
    office, clock = open_office(), make_clock(now)
    person = person_acting(office, by)
    with office.database.write() as tx:
        if not kit.remove(tx, occurrence, number, clock.now(), person=person):
            raise HlasatelError(say("archive.kit_no_photo", number=number))
    print(say("archive.kit_removed", number=number))


@app.command("themes", help=say("archive.kit_themes_help"))
def themes(
    occurrence: OccurrenceArgument,
    theme: Annotated[list[str] | None, typer.Argument(metavar="THEME...", help=say("archive.kit_theme_help"))] = None,
    by: ByOption = None,
    now: NowOption = None,
) -> None:
    chosen = theme or []
    if unknown := [each for each in chosen if each not in TOPICS]:
        raise HlasatelError(say("archive.kit_no_theme", theme=unknown[0], known=", ".join(TOPICS)))
    office, clock = open_office(), make_clock(now)
    person = person_acting(office, by)
    with office.database.write() as tx:
        marks.choose_themes(tx, occurrence, chosen, clock.now(), person=person)
    print(say("archive.kit_themes_chosen"))
