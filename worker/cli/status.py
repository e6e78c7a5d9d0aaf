"""`hlasatel status`: what is open and what needs a person."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any

import typer

from worker.cli.wiring import NowOption, make_clock, open_office
from worker.messages import say
from worker.office import Office
from worker.record.status import status as status_of
from worker.times import format_instant

app = typer.Typer(add_completion=False, help=say("cli.status_help"))


@app.command(help=say("cli.status_help"))
def status(
    format: Annotated[str, typer.Option("--format", metavar="text|json", help=say("cli.format_help"))] = "text",
    now: NowOption = None,
) -> None:
    office, clock = open_office(), make_clock(now)
    with office.database.read() as tx:
        found = status_of(tx, clock.now())
    if format == "json":
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        _print(office, found)


def _print(office: Office, found: dict[str, Any]) -> None:
    if found["first_start_at"] is None:
        print(say("cli.not_started"))
    else:
        print(say("cli.started", at=_at(found["first_start_at"]), plan=_at(found["plan_taken_up_at"])))
    for key in ("needs_a_person", "coming"):
        print(f"\n{say(f'cli.status_{key}')}")
        for row in found[key]:
            who = ", ".join(office.person_name(each) for each in row["waits_for"])
            print(f"  {row['id']:<28} {say('states.' + row['state'])}; {_at(row['send_at'])}; {row['title']} ({who})")
        if not found[key]:
            print(f"  {say('cli.nothing')}")
    if found["mailings"]:
        print(f"\n{say('cli.status_mailings')}")
    for row in found["mailings"]:
        counts = ", ".join(f"{say('states.delivery_' + state)} {number}" for state, number in row["deliveries"].items())
        print(f"  {row['occurrence']:<28} {say('states.mailing_' + row['state'])}: {counts}")
        if row["reason"]:
            print(f"    {row['reason']}")
        if "unknown" in row["deliveries"]:
            print(f"    {say('cli.settle_hint')}")
    for row in found["failed_notices"]:
        print(say("cli.notice_failed", kind=row["kind"], person=office.person_name(row["person"]), reply=row["reply"]))


def _at(text: str | None) -> str:
    return format_instant(datetime.fromisoformat(text)) if text else ""
