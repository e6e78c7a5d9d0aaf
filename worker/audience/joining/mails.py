"""What the mails say that answer who asked to join: a link to confirm, or that the address is on the lists already."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.audience.mails import Content
from worker.office import Office
from worker.plan.reading.read_back import plain_day
from worker.store.tables import joining_links, joinings
from worker.times import local_day

PATH = "odber/potvrzeni"
"""The address of the page that the link leads to, before the token."""
TOKEN_BYTES = 32


def confirm(tx: Connection, office: Office, mail: Row[Any], now: datetime) -> Content | None:
    """The mail that asks to confirm; None once that was done, or the request has ended."""
    found = select(joinings).where(joinings.c.id == mail.data["joining"], joinings.c.confirmed_at.is_(None))
    asked = tx.execute(found).first()
    if asked is None or asked.ends_at <= now:
        return None
    values = _values(office, asked.lists) | {"until": plain_day(local_day(asked.ends_at))}
    return Content(f"{office.settings.base_url}/{PATH}/{_mint(tx, asked.id)}", values)


def known(tx: Connection, office: Office, mail: Row[Any], now: datetime) -> Content:
    """The mail to an address that is on the lists already."""
    return Content(values=_values(office, mail.data["lists"]))


def link_hash(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(f"hlasatel/joining/{token}".encode()).digest()


def public_name(office: Office, list_id: str) -> str:
    """What the public calls a list; the id itself of one that has left the configuration."""
    found = office.lists.get(list_id)
    if found is None:
        return list_id
    return found.public.name if found.public is not None else found.name


def _mint(tx: Connection, joining_id: int) -> str:
    """A new token (43 characters, 256 random bits) for a mail about the request; earlier ones stay good."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    tx.execute(joining_links.insert().values(hash=link_hash(token), joining_id=joining_id))
    return token


def _values(office: Office, list_ids: Sequence[str]) -> dict[str, object]:
    names = ", ".join(f"„{public_name(office, each)}“" for each in list_ids)
    return {"organisation": office.settings.organisation.name, "lists": names}
