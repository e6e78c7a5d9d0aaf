"""How a job hands over a mail from an outbox: made and begun, sent, and what became of it written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Row

from worker.channels import email
from worker.errors import HlasatelError
from worker.jobs.base import Shift
from worker.store.outbox import Outbox

Made = TypeVar("Made")


@dataclass(frozen=True)
class Letter:
    """A mail ready to leave: its envelope (RFC 5321 MAIL FROM and RCPT TO) and its bytes."""

    sender: str
    recipient: str
    data: bytes


def made(make: Callable[[], Made | None], set_aside: Callable[[str], None]) -> Made | None:
    """What `make` gives; None when it cannot be made.

    `set_aside` is told why and sees to it that the same row is not tried for ever. What is no refusal in words but a
    fault of ours is raised again behind it.
    """
    try:
        return make()
    except HlasatelError as error:
        set_aside(str(error))
        return None
    except Exception as error:
        set_aside(type(error).__name__)
        raise


def post(
    shift: Shift,
    outbox: Outbox,
    row: Row[Any],
    letter: Letter,
    now: datetime,
    *,
    sent: Callable[[Connection], None],
    lost: Callable[[Connection, str], None],
) -> None:
    """Hand over a mail of `outbox` that has begun, and write down what became of it.

    `row` is as it was before it began. `sent` is told of its acceptance, `lost` why it will never arrive, each in the
    transaction that writes that down. A relay that cannot be used becomes the shift's trouble.
    """
    database = shift.office.database
    try:
        shift.connection.begin(letter.sender, letter.recipient)
        reply = shift.connection.finish(letter.data, letter.recipient)
    except email.MessageRefused as error:
        with database.write() as tx:
            outbox.failed(tx, row.id, now, str(error))
            lost(tx, str(error))
    except email.OutcomeUnknown as error:
        with database.write() as tx:
            if not outbox.doubtful(tx, row, now, str(error)):
                lost(tx, str(error))
    except email.SmtpError as error:
        trouble = isinstance(error, email.RelayUnusable)
        if trouble:
            shift.relay_trouble = str(error)
            shift.relay_down = True
        with database.write() as tx:
            if not outbox.later(tx, row, now, str(error), spent=not trouble):
                lost(tx, str(error))
    else:
        shift.relay_down = False
        with database.write() as tx:
            outbox.sent(tx, row.id, now, str(reply))
            sent(tx)
