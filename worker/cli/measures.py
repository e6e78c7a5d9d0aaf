"""`hlasatel measures`: the strategy's measures out as a CSV to fill in, and what was answered in again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from worker.cli.wiring import open_office
from worker.errors import HlasatelError
from worker.messages import say
from worker.positions import reason_of
from worker.settings import load_measures
from worker.settings.gestors import of_gestor
from worker.settings.measures import FILE
from worker.settings.measures_import import as_csv, update_of, write

app = typer.Typer(add_completion=False, help=say("measures.help"), no_args_is_help=True)


@app.command("export", help=say("measures.export_help"))
def export(
    gestor: Annotated[str | None, typer.Option("--gestor", metavar="PERSON", help=say("measures.gestor_help"))] = None,
) -> None:
    office = open_office()
    measures = load_measures(office.settings.config)
    if gestor is not None:
        measures = of_gestor(office.person(gestor), measures)
    print(as_csv(measures), end="")


@app.command("import", help=say("measures.import_help"))
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("measures.file_help"))],
    dry_run: Annotated[bool, typer.Option("--dry-run", help=say("measures.dry_run_help"))] = False,
) -> None:
    config = open_office().settings.config
    update = update_of(config, file)
    if update.changed and not dry_run:
        try:
            write(config, update.measures)
        except OSError as error:
            raise HlasatelError(say("measures.not_written", file=config / FILE, why=reason_of(error))) from None
    for before, now in update.changed:
        print(
            say(
                "measures.changed", id=now.id, before=before.status, before_day=before.as_of,
                now=now.status, now_day=now.as_of,
            )
        )  # fmt: skip
    said = "measures.would_import" if dry_run else "measures.imported"
    print(say(said, file=config / FILE, changed=len(update.changed), same=update.same))
