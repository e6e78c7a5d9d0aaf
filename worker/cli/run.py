"""`hlasatel run`: clock, web and delivery in one process, until told to stop."""

from __future__ import annotations

from typing import Annotated

import typer

from worker.cli.serving import announce, server
from worker.cli.stopping import stop_on_signals
from worker.cli.wiring import ForceOption, NowOption, make_clock, may_send, open_office
from worker.clock import shift, ticking
from worker.messages import say
from worker.web.app import make_app

app = typer.Typer(add_completion=False, help=say("cli.run_help"))


@app.command(help=say("cli.run_help"))
def run(
    now: NowOption = None,
    bind: Annotated[str | None, typer.Option("--bind", metavar="HOST:PORT", help=say("cli.bind_help"))] = None,
    force: ForceOption = False,
) -> None:
    office, clock = open_office(), make_clock(now)
    may_send(office, clock, force=force)
    serving = server(make_app(office, clock), office.settings.base_url, bind)
    with stop_on_signals() as stopping, shift(office, clock, "run", stopping) as current, ticking(current):
        announce(office.settings.base_url)
        serving.run()
