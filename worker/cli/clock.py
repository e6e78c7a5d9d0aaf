"""`hlasatel clock`: the clock alone, for several machines; the first one works, the others stand by."""

from __future__ import annotations

import typer

from worker.cli.stopping import stop_on_signals
from worker.cli.wiring import ForceOption, NowOption, may_send, on_file, open_office, refuse_one_machine, working_clock
from worker.clock import Keeper
from worker.messages import say

app = typer.Typer(add_completion=False, help=say("machines.clock_help"))


@app.command(help=say("machines.clock_help"))
def clock(now: NowOption = None, force: ForceOption = False) -> None:
    office = open_office()
    refuse_one_machine(office, "clock")
    time = working_clock(office, now)
    may_send(office, time, force=force)
    with stop_on_signals() as stopping:
        keeper = Keeper(on_file(office), time, "clock", stopping, stands_by=True, delivers=False)
        with keeper.at_work():
            stopping.wait()
