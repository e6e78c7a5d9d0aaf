"""`hlasatel recipients import`: a table of an office onto one of its lists, or a look at what that would do."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from worker.audience.importing.headings import Field
from worker.audience.importing.reading import Progress, Read, read
from worker.audience.importing.said import as_json, sentence, summary, understood
from worker.audience.importing.spool import What
from worker.audience.importing.taking import Account, look, take_in
from worker.cli.wiring import ByOption, TextFormat, TextFormatOption, open_office, person_acting
from worker.errors import Fault
from worker.messages import say
from worker.times import Clock

SAID_EACH = 2.0
"""Seconds between two words on how far it is."""
_NOT_TAKEN = (What.REFUSED, What.SUPPRESSED, What.LEFT)
_LOOKED_AT = (What.ADDED, What.CHANGED, What.REPEATED, What.OWN, What.ROLE)


def import_(
    list_id: Annotated[str, typer.Argument(metavar="LIST", help=say("cli.list_help"))],
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("cli.file_help"))],
    preview: Annotated[bool, typer.Option("--preview", help=say("importing.preview_help"))] = False,
    all_or_nothing: Annotated[bool, typer.Option("--all-or-nothing", help=say("importing.all_help"))] = False,
    sheet: Annotated[str, typer.Option("--sheet", metavar="NAME", help=say("importing.sheet_help"))] = "",
    format: TextFormatOption = TextFormat.TEXT,
    by: ByOption = None,
) -> None:
    """Take the rows of `file` onto the list and say what became of them; exit 1 when none could be used."""
    office, progress = open_office(), _progress()
    person = person_acting(office, by)
    with read(office, list_id, file, sheet=sheet, progress=progress) as found:
        if preview:
            account = look(office, found, progress=progress, each=True)
        else:
            now = Clock.real().now()
            account = take_in(
                office, found, now, all_or_nothing=all_or_nothing, person=person, progress=progress
            )  # fmt: skip
        if format is TextFormat.JSON:
            for piece in as_json(found, account, preview=preview):
                print(piece, end="")
        else:
            _print(found, account, preview=preview)
    if account.refused and account.refused + account.repeated == account.rows:
        raise typer.Exit(1)


def _progress() -> Progress:
    """Says on stderr how far it is, once in a while."""
    said = time.monotonic()

    def progress(done: int, of: int) -> None:
        nonlocal said
        if time.monotonic() - said >= SAID_EACH:
            said = time.monotonic()
            print(say("importing.progress" if of else "importing.being_read", done=done, of=of), file=sys.stderr)

    return progress


def _print(found: Read, account: Account, *, preview: bool) -> None:
    if preview:
        print(say("importing.preview", file=found.file), *understood(found), sep="\n")
    counts = {"added": account.added, "present": account.present, "repeated": account.repeated}
    said = "importing.would" if preview else "cli.imported"
    print(say(said, list=found.list_id, rows=account.rows, refused=account.refused, **counts))
    for line in summary(found, account):
        print(line)
    if account.addressed and not preview:
        print(say("salutation.suggested", count=account.addressed, list=found.list_id))
    for what in (*_NOT_TAKEN, *_LOOKED_AT) if preview else _NOT_TAKEN:
        for told in found.spool.told(what):
            column = told.column or found.headings.columns[Field.ADDRESS]
            fault = Fault(str(found.file), told.number, column, sentence(told))
            print(fault, file=sys.stdout if preview else sys.stderr)
