"""`hlasatel delivery account`: what became of an occurrence's mailings, and who got them and who did not."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated, Any

import typer
from sqlalchemy import select

from worker.approval.unknown import no_such
from worker.cli.wiring import OccurrenceArgument, open_office, print_json
from worker.delivery.who_got_it import who_got_it
from worker.messages import say
from worker.record import mailing_account, words_of_account
from worker.record.mailing_account import MailingAccount, Reason
from worker.store.tables import occurrences
from worker.times import Clock, rfc3339


class AccountFormat(StrEnum):
    """`csv` names people, the other two nobody."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


def account(
    occurrence: OccurrenceArgument,
    format: Annotated[
        AccountFormat, typer.Option("--format", help=say("mailing_account.format_help"))
    ] = AccountFormat.TEXT,
) -> None:
    office = open_office()
    with office.database.read() as tx:
        row = tx.execute(select(occurrences.c.title).where(occurrences.c.id == occurrence)).first()
        if row is None:
            raise no_such(tx, occurrence)
        if format is AccountFormat.CSV:
            for piece in who_got_it(tx, occurrence):
                sys.stdout.buffer.write(piece.encode())
            sys.stdout.buffer.flush()
            return
        found = mailing_account.of_occurrence(tx, occurrence, Clock.real().now(), thoroughly=True)
        if format is AccountFormat.JSON:
            told = {"occurrence": occurrence, "mailings": [as_json(each) for each in found]}
            print_json(told)
            return
        print(say("mailing_account.title", title=f"{row.title} ({occurrence})"))
        if not found:
            print(say("mailing_account.nothing", occurrence=occurrence))
        for each in found:
            print()
            for line in words_of_account.told(office, each):
                print(line)


def as_json(account: MailingAccount) -> dict[str, Any]:
    """Times are RFC 3339 or null, spans whole seconds; `adds_up` says that every recipient stands in one state."""
    return {
        "kind": account.progress.kind,
        "state": account.progress.standing,
        "lists": list(account.lists),
        "addressed": account.addressed,
        "excluded": dict(account.excluded),
        "audience": account.audience,
        "final": account.final,
        "open": account.open,
        "adds_up": account.adds_up,
        "deliveries": dict(account.states),
        "failed": [_reason(each) for each in account.reasons],
        "expired": [_reason(each) for each in account.expired],
        "returned": dict(account.returned),
        "unsubscribed": account.left,
        "replies": account.replies,
        "domains": [
            {"domain": each.name, "audience": each.audience, "deliveries": dict(each.states), "returned": each.returned}
            for each in account.domains
        ],
        "approved_at": _at(account.approved_at),
        "began_at": _at(account.progress.mailing.frozen_at),
        "last_sent_at": _at(account.last_sent_at),
        "approval_to_last_sent_seconds": round(account.took.total_seconds()) if account.took is not None else None,
        "counted_at": _at(account.counted_at),
        "emptied_at": _at(account.progress.mailing.emptied_at),
    }


def _reason(reason: Reason) -> dict[str, Any]:
    text = words_of_account.reason_words(reason.word, reason.code, reason.status)
    return {"reason": reason.word, "code": reason.code, "status": reason.status, "number": reason.number, "text": text}


def _at(at: Any) -> str | None:
    return rfc3339(at) if at is not None else None
