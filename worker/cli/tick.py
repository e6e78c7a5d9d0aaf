"""`hlasatel tick`: all that is due now, once."""

from __future__ import annotations

import sys

import typer

from worker.cli.stopping import stop_on_signals
from worker.cli.wiring import ForceOption, NowOption, may_send, open_office, working_clock
from worker.clock import shift
from worker.jobs import finish, work
from worker.messages import say

app = typer.Typer(add_completion=False, help=say("cli.tick_help"))


@app.command(help=say("cli.tick_help"))
def tick(now: NowOption = None, force: ForceOption = False) -> None:
    office = open_office()
    clock = working_clock(office, now)
    may_send(office, clock, force=force)
    with stop_on_signals() as stopping, shift(office, clock, "tick", stopping) as current:
        steps = work(current) + finish(current)
        trouble = current.relay_trouble
    if trouble:
        print(say("cli.relay_trouble", relay=str(office.relay), why=trouble), file=sys.stderr)
    print(say("cli.tick_done", steps=steps))
