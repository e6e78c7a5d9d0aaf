"""`hlasatel demo`: the main job on the real plan, with sample people and a local mailbox."""

from __future__ import annotations

import logging
from typing import Annotated

import typer

from worker.cli.stopping import stop_on_signals
from worker.demo.play import by_itself, with_a_person
from worker.messages import say

app = typer.Typer(add_completion=False, help=say("cli.demo_help"))


@app.command(help=say("cli.demo_help"))
def demo(auto: Annotated[bool, typer.Option("--auto", help=say("cli.auto_help"))] = False) -> None:
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd tells every command it gets
    logging.getLogger("hlasatel").setLevel(logging.WARNING)  # the play itself tells what happens
    if auto:
        by_itself()
    else:
        with stop_on_signals() as stopping:
            with_a_person(stopping)
