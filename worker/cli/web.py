"""`hlasatel web`: the pages alone; they run beside `run`, `tick` and every other command."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from worker.cli.serving import serve
from worker.cli.stopping import stop_on_signals
from worker.cli.wiring import ForceOption, NowOption, on_file, open_office, refuse_simulated, working_clock
from worker.messages import say
from worker.watch.heartbeat import Pulse
from worker.web.app import make_app

app = typer.Typer(add_completion=False, help=say("cli.web_help"))


@app.command(help=say("cli.web_help"))
def web(
    now: NowOption = None,
    bind: Annotated[str | None, typer.Option("--bind", metavar="HOST:PORT", help=say("cli.bind_help"))] = None,
    force: ForceOption = False,
) -> None:
    office = open_office()
    clock = working_clock(office, now)
    refuse_simulated(office, clock, force=force)
    pulse = Pulse("web")

    def beat() -> None:
        with suppress(SQLAlchemyError):  # `/readyz` says so
            pulse.beat(office.database, clock.now())

    with stop_on_signals() as stopping:
        serve(make_app(on_file(office), clock), office.settings.base_url, bind, stopping, came_round=beat)
    pulse.stop(office.database)
