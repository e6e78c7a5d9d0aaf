"""`hlasatel recipients`: who is on the lists."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from worker.audience import export as held
from worker.audience.members import sizes
from worker.audience.upkeep import spreadsheet
from worker.cli import recipients_hand
from worker.cli.recipients_import import import_
from worker.cli.recipients_privacy import erase, export, retention
from worker.cli.wiring import open_office, print_json
from worker.drafting.slots import greeting_line
from worker.messages import say
from worker.office import Office
from worker.times import Clock


class ListFormat(StrEnum):
    """The forms of a list; `csv` is one list for a spreadsheet program."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


app = typer.Typer(add_completion=False, help=say("cli.recipients_help"), no_args_is_help=True)
ListArgument = Annotated[str, typer.Argument(metavar="LIST", help=say("cli.list_help"))]


app.command("import", help=say("cli.import_help"))(import_)


@app.command("list", help=say("cli.list_recipients_help"))
def list_(
    list_id: Annotated[str | None, typer.Argument(metavar="LIST", help=say("cli.list_help"))] = None,
    format: Annotated[ListFormat, typer.Option("--format", help=say("recipients.format_help"))] = ListFormat.TEXT,
) -> None:
    office = open_office()
    if format is ListFormat.CSV:
        _print_table(office, list_id)
        return
    with office.database.read() as tx:
        if list_id is None:
            found = sizes(tx, office, list(office.lists), Clock.real().now())
            rows = [{"list": each, "name": office.lists[each].name, "recipients": found[each]} for each in found]
            lines = [f"{row['list']:<26} {row['recipients']:>7}  {row['name']}" for row in rows]
        else:
            members = held.members(tx, office, list_id)
            rows = [vars(member) for member in members]
            lines = [f"{member.address}\t{member.name}\t{greeting_line(member.greeting)}" for member in members]
    if format is ListFormat.JSON:
        print_json(rows)
    else:
        print("\n".join(lines))


def _print_table(office: Office, list_id: str | None) -> None:
    """In the bytes of the table itself, whatever the terminal speaks: its mark tells spreadsheet programs the rest."""
    if list_id is None:
        raise typer.BadParameter(say("recipients.csv_of_one_list"), param_hint="LIST")
    with office.database.read() as tx:
        for piece in spreadsheet.export(tx, office, list_id, Clock.real().now()):
            sys.stdout.buffer.write(piece.encode())
    sys.stdout.buffer.flush()


app.command("add", help=say("recipients.command_add"))(recipients_hand.add)
app.command("put", help=say("recipients.command_put"))(recipients_hand.put)
app.command("move", help=say("recipients.command_move"))(recipients_hand.move)
app.command("take-off", help=say("recipients.command_take_off"))(recipients_hand.take_off)
app.command("stop", help=say("recipients.command_stop"))(recipients_hand.stop)
app.command("start", help=say("recipients.command_start"))(recipients_hand.start)
app.command("confirm", help=say("lists_page.confirm_help"))(recipients_hand.confirm)
app.command("growth", help=say("lists_page.growth_help"))(recipients_hand.grown)
app.command("export", help=say("cli.export_help"))(export)
app.command("erase", help=say("privacy.erase_help"))(erase)
app.command("retention", help=say("privacy.retention_help"))(retention)
