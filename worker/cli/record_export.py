"""`hlasatel record export`: everything about one occurrence as a file, for the records office or for whoever asks."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from worker.approval.unknown import no_such
from worker.cli.wiring import NowOption, OccurrenceArgument, make_clock, open_office
from worker.dossier.marks import Marks
from worker.dossier.page import Edition, edition, file_name
from worker.errors import HlasatelError
from worker.forms.printing import archived
from worker.messages import say
from worker.positions import reason_of

_REFERENCE = typer.Option("--reference", metavar="NUMBER", help=say("record.reference_help"))
_FILE_MARK = typer.Option("--file-mark", metavar="MARK", help=say("record.file_mark_help"))
_RETENTION = typer.Option("--retention", metavar="S/5", help=say("record.retention_help"))
_PUBLIC = typer.Option("--without-personal-data", "--public", help=say("record.public_help"))
_WORDS = typer.Option("--with-words", help=say("record.with_words_help"))


class ExportFormat(StrEnum):
    HTML = "html"
    PDF = "pdf"


def export(
    occurrence: OccurrenceArgument,
    format: Annotated[
        ExportFormat, typer.Option("--format", help=say("record.export_format_help"))
    ] = ExportFormat.HTML,
    reference: Annotated[str, _REFERENCE] = "",
    file_mark: Annotated[str | None, _FILE_MARK] = None,
    retention: Annotated[str | None, _RETENTION] = None,
    public: Annotated[bool, _PUBLIC] = False,
    words: Annotated[bool, _WORDS] = False,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help=say("cli.export_out_help"))] = None,
    now: NowOption = None,
) -> None:
    if words and not public:
        raise typer.BadParameter(say("record.words_of_public"), param_hint="--with-words")
    office, clock = open_office(), make_clock(now)
    kept = office.settings.records
    marks = Marks.of(
        reference,
        kept.file_mark if file_mark is None else file_mark,
        kept.retention if retention is None else retention,
    )
    which = Edition(marks, public=public, words=words, attached=format is ExportFormat.PDF)
    with office.database.read() as tx:
        made = edition(tx, office, occurrence, clock.now(), which)
        if made is None:
            raise no_such(tx, occurrence)
    if format is ExportFormat.PDF:
        content = archived(made.html, ("spis.json", made.attachment) if made.attachment is not None else None)
    else:
        content = made.html.encode()
    file = out or Path(file_name(occurrence, format, public=public))
    try:
        file.write_bytes(content)
    except OSError as error:
        raise HlasatelError(say("cli.cannot_write", place=file, why=reason_of(error))) from None
    print(file)
    if public:
        print(say("record.look_by_eye_words" if words else "record.look_by_eye"), file=sys.stderr)
