"""Links in mails: a random token that is one person's, for one purpose and one version. Only its hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, select

from worker.store.tables import links

TOKEN_BYTES = 32


class Purpose(StrEnum):
    """What a link is for; each has a salt of its own, so a token of one purpose is nothing to another."""

    APPROVE = "approve"
    EDIT = "edit"
    TASK = "task"
    COMMENT = "comment"
    CHOOSE = "choose"
    """The coordinator's: what becomes of what nobody approved in time."""
    SIGN_IN = "sign-in"


PATHS = {
    Purpose.APPROVE: "schvaleni",
    Purpose.EDIT: "uprava",
    Purpose.TASK: "ukol",
    Purpose.COMMENT: "pripominky",
    Purpose.CHOOSE: "volba",
    Purpose.SIGN_IN: "koordinator/vstup",
}
"""First part of the address of each purpose's page; the token is the last."""


@dataclass(frozen=True)
class Link:
    """Whose link this is and what it leads to."""

    purpose: Purpose
    person: str
    occurrence_id: str
    package_id: int | None
    created_at: datetime


def mint(
    tx: Connection,
    purpose: Purpose,
    *,
    person: str,
    occurrence_id: str,
    package_id: int | None,
    now: datetime,
) -> str:
    """A new token (43 characters, 256 random bits); every mail carries one of its own."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    tx.execute(
        links.insert().values(
            hash=_hash(purpose, token),
            purpose=purpose,
            person=person,
            occurrence_id=occurrence_id,
            package_id=package_id,
            created_at=now,
        )
    )
    return token


def find(tx: Connection, purpose: Purpose, token: str) -> Link | None:
    """What the token stands for; None for a wrong or foreign one. It ends with the occurrence's send deadline."""
    row = tx.execute(select(links).where(links.c.hash == _hash(purpose, token))).first()
    if row is None:
        return None
    return Link(purpose, row.person, row.occurrence_id, row.package_id, row.created_at)


def address(base_url: str, purpose: Purpose, token: str) -> str:
    """The full address of the page; it ends with the token."""
    return f"{base_url.rstrip('/')}/{PATHS[purpose]}/{token}"


def _hash(purpose: Purpose, token: str) -> bytes:
    return hashlib.sha256(f"hlasatel/{purpose}/{token}".encode()).digest()
