"""`hlasatel record show`: who did what, when, from where, on which version."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import Annotated

import typer

from worker.audience.upkeep import spreadsheet
from worker.cli.wiring import open_office
from worker.messages import say
from worker.record import listed
from worker.record.listed import Wanted
from worker.times import parse_instant

_AT_ONCE = 500


class ShowFormat(StrEnum):
    TEXT = "text"
    JSON = "json"
    CSV = "csv"


def show(
    person: Annotated[str | None, typer.Option("--person", metavar="PERSON", help=say("record.person_help"))] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="T", help=say("record.since_help"))] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="T", help=say("record.until_help"))] = None,
    occurrence: Annotated[
        str | None, typer.Option("--occurrence", metavar="OCCURRENCE", help=say("record.occurrence_help"))
    ] = None,
    kind: Annotated[str | None, typer.Option("--kind", metavar="KIND", help=say("record.kind_help"))] = None,
    format: Annotated[ShowFormat, typer.Option("--format", help=say("record.format_help"))] = ShowFormat.TEXT,
) -> None:
    office = open_office()
    wanted = Wanted(
        person, parse_instant(since) if since else None, parse_instant(until) if until else None, occurrence, kind
    )
    with office.database.read() as tx:
        found = listed.lines(tx, wanted)
        if format is ShowFormat.JSON:
            # A list that is written as it is read: the record may be longer than the memory.
            print("[", end="")
            for number, event in enumerate(found):
                print(
                    ",\n " if number else "\n ",
                    json.dumps(listed.as_json(office, event), ensure_ascii=False),
                    sep="",
                    end="",
                )
            print("\n]")
        elif format is ShowFormat.CSV:
            headings = tuple(say(f"record.column_{each}") for each in listed.COLUMNS)
            _write(spreadsheet.MARK + spreadsheet.lines([headings]))
            for event in found:
                _write(spreadsheet.lines([listed.as_cells(office, event)]))
            sys.stdout.buffer.flush()
        else:
            for event in found:
                seq, at, _, about, version, who, _, text = listed.as_cells(office, event)
                on = f" {about}" + (f" v{version}" if version else "") if about else ""
                print(f"{seq:>6}  {at}{on}  {who + ': ' if who else ''}{text}")


def _write(piece: str) -> None:
    sys.stdout.buffer.write(piece.encode())
