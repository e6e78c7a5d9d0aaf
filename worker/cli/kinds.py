"""`hlasatel kinds`: every kind of communication on one page, before anybody sends the first."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from worker.cli.wiring import NowOption, make_clock, open_office
from worker.errors import HlasatelError
from worker.gallery.page import INDEX, files
from worker.gallery.specimens import specimens
from worker.messages import say
from worker.planning.current import plan_in_force
from worker.positions import reason_of

app = typer.Typer(add_completion=False, help=say("gallery.help"))


@app.command(help=say("gallery.help"))
def kinds(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help=say("gallery.out_help"))] = Path("kinds"),
    now: NowOption = None,
) -> None:
    office, clock = open_office(), make_clock(now)
    with closing(office.database):
        with office.database.read() as tx:
            plan = plan_in_force(tx, office)
        found = list(specimens(office, plan, clock.now()))
        try:
            for path, content in files(office, found):
                file = out / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
        except OSError as error:
            raise HlasatelError(say("cli.cannot_write", place=out, why=reason_of(error))) from None
    failed = sum(each.draft is None for each in found)
    print(say("gallery.written", file=out / INDEX, count=len(found), failed=failed))
