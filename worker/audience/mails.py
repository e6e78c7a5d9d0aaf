"""Mails to recipients about their own place on the lists: one waits for each reason until the job sends it.

The people who run the plan get notices; recipients are not in `people.yaml`, so theirs wait here. Such a mail answers
what somebody asked for, so it waits for no approval. A link's token is made when the mail is written, and only its
hash is kept: it cannot wait here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row
from sqlalchemy.dialects import postgresql, sqlite

from worker.office import Office
from worker.store.outbox import Outbox
from worker.store.states import NoticeState
from worker.store.tables import recipient_mails

OUTBOX = Outbox(recipient_mails)


@dataclass(frozen=True)
class Content:
    """What one mail adds to the words of its purpose: what their places are filled with, and where its link leads."""

    link: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


Writer = Callable[[Connection, Office, Row[Any], datetime], Content | None]
"""Makes the content of a row of `recipient_mails` at the time given; None when there is nothing to say any more.

It mints the token of its link. It is called in the language of the mail, in the transaction that begins to send it.
"""


def put(
    tx: Connection,
    key: str,
    purpose: str,
    address: str,
    now: datetime,
    *,
    recipient_id: int | None = None,
    language: str = "cs",
    **data: Any,
) -> bool:
    """Queue a mail to `address`; False when one with this `key` (its reason) was queued before, whenever that was.

    `purpose` names its words in `messages/recipient_mails.toml` and its writer in `notices/to_recipients.py`; `data`
    (JSON) is for that writer. The address must not stand in `key`.
    """
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    values = {
        "key": key, "purpose": purpose, "address": address, "recipient_id": recipient_id, "language": language,
        "data": data, "state": NoticeState.QUEUED, "attempts": 0, "due_at": now, "created_at": now, "reply": "",
    }  # fmt: skip
    new = insert(recipient_mails).values(values).on_conflict_do_nothing(index_elements=["key"])
    return tx.execute(new.returning(recipient_mails.c.id)).first() is not None
