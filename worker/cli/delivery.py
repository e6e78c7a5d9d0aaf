"""`hlasatel delivery`: a person's choice about a mailing, or about a message nobody knows the outcome of."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import Connection, Row

from worker.approval.cases import clean
from worker.cli.delivery_account import account
from worker.cli.wiring import (
    ByOption,
    NowOption,
    OccurrenceArgument,
    TextFormat,
    TextFormatOption,
    WhyOption,
    make_clock,
    open_office,
    person_acting,
    print_json,
    reason_given,
)
from worker.delivery import doubtful, orders, postfix
from worker.errors import HlasatelError
from worker.messages import say
from worker.office import Office
from worker.record import acting, progress
from worker.settings import parse_address
from worker.store.states import DeliveryState, MailingState

app = typer.Typer(add_completion=False, help=say("cli.delivery_help"), no_args_is_help=True)
OUTCOMES = {"sent": DeliveryState.SENT, "failed": DeliveryState.FAILED, "again": DeliveryState.QUEUED}
Order = Callable[[Connection, Office, datetime, str], int]

app.command("account", help=say("mailing_account.command_help"))(account)


@app.command("unknown", help=say("cli.unknown_help"))
def unknown(
    format: TextFormatOption = TextFormat.TEXT,
) -> None:
    office = open_office()
    with office.database.read() as tx:
        rows = [_unknown(office, row) for row in doubtful.unknown(tx)]
    if format is TextFormat.JSON:
        print_json(rows)
    elif rows:
        for row in rows:
            print(f"{row['occurrence']}\t{row['address']}\t{row['message_id']}")
    else:
        print(say("cli.nothing_unknown"))


def _unknown(office: Office, row: Row[Any]) -> dict[str, str]:
    return {
        "occurrence": row.occurrence_id,
        "address": row.address,
        "message_id": doubtful.message_id(office, row),
    }


@app.command("settle", help=say("cli.settle_help"))
def settle(
    occurrence: OccurrenceArgument,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help=say("cli.address_help"))],
    outcome: Annotated[str, typer.Argument(metavar="sent|failed|again", help=say("cli.outcome_help"))],
    reason: WhyOption = "",
    by: ByOption = None,
    now: NowOption = None,
) -> None:
    if outcome not in OUTCOMES:
        raise typer.BadParameter("sent, failed, again", param_hint="OUTCOME")
    recipient = parse_address(address, international=True).lower()

    def settled(tx: Connection, office: Office, at: datetime, person: str) -> int:
        return doubtful.settle(tx, occurrence, recipient, OUTCOMES[outcome], at, person)

    _order(by, now, settled, "cli.settled", reason)


@app.command("reconcile", help=say("cli.reconcile_help"))
def reconcile(
    logs: Annotated[list[Path], typer.Argument(metavar="LOGFILE...", help=say("cli.logfile_help"))],
    complete: Annotated[bool, typer.Option("--complete", help=say("delivery.complete_help"))] = False,
    by: ByOption = None,
    now: NowOption = None,
) -> None:
    office, clock = open_office(), make_clock(now)
    person = person_acting(office, by)
    found = doubtful.reconcile(office, _lines(logs), clock.now(), person, complete=complete)
    print(say("cli.reconciled", sent=found.sent, failed=found.failed))
    if found.again:
        print(say("delivery.sent_now", number=found.again))
    if found.under_way:
        print(say("cli.reconcile_under_way", number=found.under_way))
    if found.not_found:
        print(say("cli.reconcile_not_found", number=found.not_found))


def _lines(logs: list[Path]) -> Iterator[str]:
    for log in logs:
        try:
            with ExitStack() as opened:
                file = sys.stdin.buffer if str(log) == "-" else opened.enter_context(postfix.open_log(log))
                yield from postfix.lines_of(file)
        except (OSError, EOFError) as error:
            why = getattr(error, "strerror", None) or error
            raise HlasatelError(say("cli.log_unreadable", path=log, error=why)) from None


@app.command("pause", help=say("cli.pause_help"))
def pause(occurrence: OccurrenceArgument, reason: WhyOption = "", by: ByOption = None, now: NowOption = None) -> None:
    def stop(tx: Connection, office: Office, at: datetime, person: str) -> int:
        return orders.pause(tx, office, occurrence, at, person=person)

    _order(by, now, stop, "cli.changed", reason)


@app.command("resume", help=say("cli.resume_help"))
def resume(occurrence: OccurrenceArgument, reason: WhyOption = "", by: ByOption = None, now: NowOption = None) -> None:
    def go_on(tx: Connection, _office: Office, at: datetime, person: str) -> int:
        return orders.resume(tx, occurrence, at, person=person)

    _order(by, now, go_on, "cli.changed", reason)


@app.command("cancel", help=say("cli.cancel_help"))
def cancel(
    occurrence: OccurrenceArgument,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=say("cli.reason_help"))] = "",
    by: ByOption = None,
    now: NowOption = None,
) -> None:
    def call_off(tx: Connection, office: Office, at: datetime, person: str) -> int:
        return orders.cancel(tx, office, occurrence, at, reason=clean(reason), person=person)

    office, at = _order(by, now, call_off, "cli.cancelled")
    orders.finish_cancelled(office, occurrence, at)


@app.command("again", help=say("cli.again_help"))
def again(occurrence: OccurrenceArgument, reason: WhyOption = "", by: ByOption = None, now: NowOption = None) -> None:
    def once_more(tx: Connection, _office: Office, at: datetime, person: str) -> int:
        return orders.again(tx, occurrence, at, person=person)

    office, _ = _order(by, now, once_more, "cli.sent_again", reason)
    with office.database.read() as tx:
        paused = any(each.mailing.state == MailingState.PAUSED for each in progress.of_occurrence(tx, occurrence))
    if paused:
        print(say("cli.still_paused", occurrence=occurrence))


def _order(by: str | None, now: str | None, order: Order, done: str, why: str = "") -> tuple[Office, datetime]:
    """Give an order, which says how many it concerned, and print so; the office and the time it was given at."""
    office, at = open_office(), make_clock(now).now()
    person = person_acting(office, by)
    with acting.because(reason_given(why)), office.database.write() as tx:
        number = order(tx, office, at, person)
    print(say(done, number=number))
    return office, at
