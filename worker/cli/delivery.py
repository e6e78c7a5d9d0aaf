"""`hlasatel delivery`: a person's choice about a mailing that stopped or a message nobody knows the outcome of."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any

import typer
from sqlalchemy import Connection, Row, select

from worker.cli.wiring import (
    ByOption,
    NowOption,
    OccurrenceArgument,
    TextFormat,
    TextFormatOption,
    make_clock,
    open_office,
    person_acting,
)
from worker.delivery import identity, mailings
from worker.errors import HlasatelError
from worker.messages import say
from worker.notices import queue
from worker.office import Office
from worker.record import holds
from worker.settings import parse_address
from worker.store import tables
from worker.store.states import DeliveryState, MailingState

app = typer.Typer(add_completion=False, help=say("cli.delivery_help"), no_args_is_help=True)
OUTCOMES = {"sent": DeliveryState.SENT, "failed": DeliveryState.FAILED, "again": DeliveryState.QUEUED}


@app.command("unknown", help=say("cli.unknown_help"))
def unknown(
    format: TextFormatOption = TextFormat.TEXT,
) -> None:
    office = open_office()
    with office.database.read() as tx:
        rows = [_unknown(office, row) for row in mailings.unknown(tx)]
    if format is TextFormat.JSON:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
    elif rows:
        for row in rows:
            print(f"{row['occurrence']}\t{row['address']}\t{row['message_id']}")
    else:
        print(say("cli.nothing_unknown"))


def _unknown(office: Office, row: Row[Any]) -> dict[str, str]:
    derived = identity.of_mailing(office.settings, row.mailing_id, row.key_id, row.domain)
    return {
        "occurrence": row.occurrence_id,
        "address": row.address,
        "message_id": derived.message_id(row.recipient_id),
    }


@app.command("settle", help=say("cli.settle_help"))
def settle(
    occurrence: OccurrenceArgument,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help=say("cli.address_help"))],
    outcome: Annotated[str, typer.Argument(metavar="sent|failed|again", help=say("cli.outcome_help"))],
    by: ByOption = None,
    now: NowOption = None,
) -> None:
    if outcome not in OUTCOMES:
        raise typer.BadParameter("sent, failed, again", param_hint="OUTCOME")
    office, clock = open_office(), make_clock(now)
    person = person_acting(office, by)
    with office.database.write() as tx:
        if OUTCOMES[outcome] is DeliveryState.QUEUED:
            holds.refuse_sending(tx, occurrence, clock.now())
        number = mailings.settle(tx, occurrence, parse_address(address).lower(), OUTCOMES[outcome], clock.now(), person)
    print(say("cli.settled", number=number))


@app.command("pause", help=say("cli.pause_help"))
def pause(occurrence: OccurrenceArgument, by: ByOption = None, now: NowOption = None) -> None:
    def stop(tx: Connection, office: Office, at: datetime, person: str) -> int:
        reason = say("cli.paused_by", person=office.person_name(person))
        rows = _mailings(tx, occurrence, MailingState.SENDING)
        return sum(mailings.pause(tx, office, row, at, reason, resumes=False, person=person) for row in rows)

    _act(occurrence, by, now, stop, "cli.nothing_to_pause")


@app.command("resume", help=say("cli.resume_help"))
def resume(occurrence: OccurrenceArgument, by: ByOption = None, now: NowOption = None) -> None:
    def go_on(tx: Connection, office: Office, at: datetime, person: str) -> int:
        holds.refuse_sending(tx, occurrence, at)
        rows = _mailings(tx, occurrence, MailingState.PAUSED)
        changed = sum(mailings.resume(tx, row.id, row.occurrence_id, at, person) for row in rows)
        return changed + queue.resume_hand_off(tx, occurrence, at)

    _act(occurrence, by, now, go_on, "cli.nothing_to_resume")


def _mailings(tx: Connection, occurrence: str, state: MailingState) -> Sequence[Row[Any]]:
    found = tables.mailings.c.occurrence_id == occurrence, tables.mailings.c.state == state
    return tx.execute(select(tables.mailings).where(*found)).all()


def _act(
    occurrence: str,
    by: str | None,
    now: str | None,
    action: Callable[[Connection, Office, datetime, str], int],
    nothing: str,
) -> None:
    """Do `action`, which says how many it changed; a sentence when it was none."""
    office, clock = open_office(), make_clock(now)
    person = person_acting(office, by)
    with office.database.write() as tx:
        changed = action(tx, office, clock.now(), person)
    if not changed:
        raise HlasatelError(say(nothing, occurrence=occurrence))
    print(say("cli.changed", number=changed))
