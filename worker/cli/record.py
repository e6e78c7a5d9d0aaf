"""`hlasatel record`: is the record whole?"""

from __future__ import annotations

import typer

from worker.cli.wiring import open_office
from worker.errors import HlasatelError
from worker.messages import say
from worker.record import events

app = typer.Typer(add_completion=False, help=say("cli.record_help"), no_args_is_help=True)


@app.callback()
def record() -> None:
    pass


@app.command("verify", help=say("cli.verify_help"))
def verify() -> None:
    office = open_office()
    with office.database.read() as tx:
        broken, number = events.first_broken(tx), events.count(tx)
    if broken is not None:
        raise HlasatelError(say("cli.record_broken", seq=broken))
    print(say("cli.record_whole", number=number))
