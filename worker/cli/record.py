"""`hlasatel record`: is the record whole, and what it holds of one occurrence as a file for the records office."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select

from worker.cli.record_show import show
from worker.cli.record_verify import seal, verify
from worker.cli.wiring import NowOption, OccurrenceArgument, make_clock, open_office
from worker.dossier.page import dossier, file_name
from worker.errors import HlasatelError
from worker.messages import say
from worker.plan.words.nearest import suggestion
from worker.positions import reason_of
from worker.store.tables import occurrences

app = typer.Typer(add_completion=False, help=say("cli.record_help"), no_args_is_help=True)


@app.callback()
def record() -> None:
    pass


app.command("verify", help=say("record.verify_help"))(verify)
app.command("show", help=say("record.show_help"))(show)
app.command("seal", help=say("record.seal_help"))(seal)


@app.command("export", help=say("cli.dossier_help"))
def export(
    occurrence: OccurrenceArgument,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help=say("cli.export_out_help"))] = None,
    now: NowOption = None,
) -> None:
    office, clock = open_office(), make_clock(now)
    with office.database.read() as tx:
        made = dossier(tx, office, occurrence, clock.now())
        if made is None:
            hint = suggestion(occurrence, tx.execute(select(occurrences.c.id)).scalars())
            raise HlasatelError(say("cli.no_occurrence", occurrence=occurrence, hint=hint))
    file = out or Path(file_name(occurrence))
    try:
        file.write_text(made, encoding="utf-8", newline="")
    except OSError as error:
        raise HlasatelError(say("cli.cannot_write", place=file, why=reason_of(error))) from None
    print(file)
