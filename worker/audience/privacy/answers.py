"""What people wrote back to a mailing: it is kept in the mail that passes it on to whoever reads the answers."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Text, cast, delete, select, update

from worker.store.tables import notices

PASSED_ON = "answer_passed_on"
"""The kind of those notices; `data` names the recipient by number."""


def of_recipient(tx: Connection, recipient_id: int) -> Sequence[Row[Any]]:
    """The notices with her answers, oldest first."""
    found = tx.execute(select(notices).where(notices.c.kind == PASSED_ON).order_by(notices.c.id))
    return [row for row in found if row.data.get("recipient") == recipient_id]


def forget(tx: Connection, recipient_id: int) -> None:
    """Delete them, sent or not."""
    own = [row.id for row in of_recipient(tx, recipient_id)]
    tx.execute(delete(notices).where(notices.c.id.in_(own)))


def take_out(tx: Connection, address: str) -> None:
    """Take `address` out of every notice that quotes it: a server's words about it, or somebody else's answer."""
    naming = cast(notices.c.data, Text).icontains(address, autoescape=True)
    pattern = re.compile(re.escape(address), re.IGNORECASE)
    for row in tx.execute(select(notices.c.id, notices.c.data).where(naming)).all():
        cleared = json.loads(pattern.sub("…", json.dumps(row.data, ensure_ascii=False)))
        tx.execute(update(notices).where(notices.c.id == row.id).values(data=cleared))
