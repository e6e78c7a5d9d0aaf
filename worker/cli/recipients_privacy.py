"""`hlasatel recipients export` and `erase`: what is held about one address, given out and taken away."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from worker.audience.privacy import erase as erasing
from worker.audience.privacy.export import of_address
from worker.cli.wiring import open_office
from worker.messages import say
from worker.times import Clock

AddressArgument = Annotated[str, typer.Argument(metavar="ADDRESS", help=say("cli.address_help"))]


def export(address: AddressArgument) -> None:
    """Print all of it as JSON."""
    office = open_office()
    with office.database.read() as tx:
        print(json.dumps(of_address(tx, office, address), ensure_ascii=False, indent=1))


def erase(address: AddressArgument) -> None:
    """Erase it, and clean the database's file."""
    erased = erasing.erase(open_office(), address, Clock.real().now())
    print(say("privacy.erased" if erased.found else "privacy.erased_before", stopped=erased.stopped))
    print(say("privacy.backups"))
