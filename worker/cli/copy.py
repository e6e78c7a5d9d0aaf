"""`hlasatel copy`: which copy of the database this is, what is in doubt of it, and letting it work."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer
from sqlalchemy import Row

from worker.approval.cases import clean
from worker.cli.wiring import (
    ByOption,
    NowOption,
    TextFormat,
    TextFormatOption,
    make_clock,
    open_office,
    person_acting,
    print_json,
)
from worker.errors import HlasatelError
from worker.messages import say
from worker.office import Office
from worker.store import copies
from worker.store.copies import CopyHeld
from worker.times import format_instant, rfc3339
from worker.upkeep.copies import Doubts, doubts, refuse_to_work
from worker.upkeep.copies import release as let_go

app = typer.Typer(add_completion=False, help=say("copies.help"), invoke_without_command=True)


@app.callback()
def copy(context: typer.Context, format: TextFormatOption = TextFormat.TEXT, now: NowOption = None) -> None:
    if context.invoked_subcommand is None:
        _show(format, now)


@app.command("show", help=say("copies.show_help"))
def show(format: TextFormatOption = TextFormat.TEXT, now: NowOption = None) -> None:
    _show(format, now)


@app.command("release", help=say("copies.release_help"))
def release(
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=say("cli.reason_help"))],
    nothing_since: Annotated[bool, typer.Option("--nothing-since", help=say("copies.nothing_since_help"))] = False,
    by: ByOption = None,
    now: NowOption = None,
) -> None:
    office, at = open_office(), make_clock(now).now()
    person, why = person_acting(office, by), clean(reason)
    if not why:
        raise HlasatelError(say("copies.no_reason"))
    _look(office, at)
    done = let_go(office, at, person=person, reason=why, nothing_since=nothing_since)
    if nothing_since:
        print(say("copies.released_exactly"))
        return
    print(say("copies.released", deliveries=done.deliveries, missed=done.missed, publications=done.publications))
    if done.deliveries:
        print(say("copies.next_unknown"))
    if done.missed:
        print(say("copies.next_missed"))


def _look(office: Office, at: datetime) -> str:
    """Why this copy is held, noticed now if need be; empty when it is not."""
    try:
        refuse_to_work(office.database, at)
    except CopyHeld as error:
        return str(error)
    return ""


def _show(format: TextFormat, now: str | None) -> None:
    office, at = open_office(), make_clock(now).now()
    held = _look(office, at)
    with office.database.read() as tx:
        row, found = copies.standing(tx), doubts(tx, at)
    if format is TextFormat.JSON:
        print_json(_as_json(row, found, held))
    elif not held:
        print(say("copies.free"))
    else:
        _print(office, held, found)


def _as_json(row: Row[Any] | None, found: Doubts, held: str) -> dict[str, Any]:
    return {
        "copy": row.copy_id if row is not None else None,
        "held": row.held if row is not None and held else None,
        "as_of": rfc3339(found.as_of) if found.as_of else None,
        "mailings": [{"occurrence": each.occurrence_id, "open": number} for each, number in found.mailings],
        "publications": [{"occurrence": each.occurrence_id, "medium": each.medium} for each in found.publications],
        "missed": [each.id for each in found.missed],
        "ahead": [each.id for each in found.ahead],
    }  # fmt: skip


def _print(office: Office, held: str, found: Doubts) -> None:
    print(held)
    if found.as_of:
        print(say("copies.as_of", at=format_instant(found.as_of, form="at")))
    print("\n" + say("copies.in_doubt" if found else "copies.nothing_in_doubt"))
    for mailing, number in found.mailings:
        words = say("copies.mailing", occurrence=mailing.occurrence_id, open=number, audience=mailing.audience)
        print(f"  {words}")
    for each in found.publications:
        words = say("copies.publication", occurrence=each.occurrence_id, medium=office.medium_name(each.medium))
        print(f"  {words}")
    for each in found.missed:
        print("  " + say("copies.missed", occurrence=each.id, at=format_instant(each.send_at, form="at")))
    if found.ahead:
        print("\n" + say("copies.ahead"))
    for each in found.ahead:
        print("  " + say("copies.ahead_one", occurrence=each.id, at=format_instant(each.send_at)))
