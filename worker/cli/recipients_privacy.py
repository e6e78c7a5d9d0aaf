"""`hlasatel recipients export`, `erase` and `retention`: what is held of people, given out and taken away."""

from __future__ import annotations

from typing import Annotated

import typer

from worker.audience.privacy import erase as erasing
from worker.audience.privacy import retention as keeping
from worker.audience.privacy.export import of_address
from worker.cli.wiring import ByOption, TextFormat, TextFormatOption, open_office, person_acting, print_json
from worker.messages import say
from worker.times import Clock

AddressArgument = Annotated[str, typer.Argument(metavar="ADDRESS", help=say("cli.address_help"))]


def export(address: AddressArgument) -> None:
    """Print all of it as JSON."""
    office = open_office()
    with office.database.read() as tx:
        print_json(of_address(tx, office, address))


def erase(address: AddressArgument, by: ByOption = None) -> None:
    """Erase it, and clean the database's file."""
    office = open_office()
    erased = erasing.erase(office, address, Clock.real().now(), by=person_acting(office, by))
    print(say("privacy.erased" if erased.found else "privacy.erased_before", stopped=erased.stopped))
    print(say("privacy.backups", journal=office.settings.journal))


def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help=say("privacy.dry_run_help"))] = False,
    format: TextFormatOption = TextFormat.TEXT,
) -> None:
    """Take away what is kept no longer, or with `--dry-run` only say how much that would be."""
    office, now = open_office(), Clock.real().now()
    with office.database.read() as tx:
        found = keeping.due(tx, office.settings.retention, now)
    if not dry_run:
        more = True
        while more:
            with office.database.write() as tx:
                more = bool(keeping.take_some(tx, office.settings.retention, now))
        erasing.clean(office.database)
    if format is TextFormat.JSON:
        print_json(found)
        return
    print(say("privacy.would_go" if dry_run else "privacy.gone"))
    for name, number in found.items():
        print(f"{number:>9}  {say(f'privacy.rule_{name}')}")
