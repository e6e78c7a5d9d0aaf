"""`hlasatel deliver`: sends the slices of mailings, on any number of machines at once."""

from __future__ import annotations

import typer

from worker.cli.stopping import stop_on_signals
from worker.cli.wiring import ForceOption, NowOption, may_send, on_file, open_office, refuse_one_machine, working_clock
from worker.messages import say
from worker.smtp.relays import RelayCarrier
from worker.upkeep.copies import refuse_to_work
from worker.watch.heartbeat import Pulse

app = typer.Typer(add_completion=False, help=say("machines.deliver_help"))


@app.command(help=say("machines.deliver_help"))
def deliver(now: NowOption = None, force: ForceOption = False) -> None:
    office = open_office()
    refuse_one_machine(office, "deliver")
    clock = working_clock(office, now)
    may_send(office, clock, force=force)
    refuse_to_work(office.database, clock.now())
    from worker.delivery.deliverer import Deliverer  # Procrastinate, which no other command waits for

    offices, pulse = on_file(office), Pulse("deliver")
    with stop_on_signals() as stopping:
        Deliverer(
            offices, clock, lambda: RelayCarrier(offices().relay), stopping,
            came_round=lambda: pulse.beat(office.database, clock.now()),
        ).run()  # fmt: skip
    pulse.stop(office.database)
