"""`hlasatel run`: clock, web and delivery in one process, until told to stop."""

from __future__ import annotations

from typing import Annotated

import typer

from worker.cli.serving import serve
from worker.cli.stopping import stop_on_signals
from worker.cli.wiring import ForceOption, NowOption, may_send, on_file, open_office, working_clock
from worker.clock import Keeper
from worker.messages import say
from worker.web.app import make_app

app = typer.Typer(add_completion=False, help=say("cli.run_help"))


@app.command(help=say("cli.run_help"))
def run(
    now: NowOption = None,
    bind: Annotated[str | None, typer.Option("--bind", metavar="HOST:PORT", help=say("cli.bind_help"))] = None,
    force: ForceOption = False,
) -> None:
    office = open_office()
    clock = working_clock(office, now)
    may_send(office, clock, force=force)
    offices = on_file(office)
    with stop_on_signals() as stopping:
        keeper = Keeper(offices, clock, "run", stopping)
        base_url = office.settings.base_url
        serve(make_app(offices, clock, keeper.works), base_url, bind, stopping, beside=keeper.at_work())
