"""Links in mails: a random token that is one person's, for one purpose and one version. Only its hash is kept.

A role outlives whoever holds it: a link serves the address it was mailed to, as long as that is the person's own.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.office import Office
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
    CONTRIBUTE = "contribute"
    PUBLISH = "publish"
    """Of whoever was handed a text: where it is, or why it is not."""
    SIGN_IN = "sign-in"
    LISTS = "lists"
    """Whoever keeps lists confirms them."""


PATHS = {
    Purpose.APPROVE: "schvaleni",
    Purpose.EDIT: "uprava",
    Purpose.TASK: "ukol",
    Purpose.COMMENT: "pripominky",
    Purpose.CHOOSE: "volba",
    Purpose.CONTRIBUTE: "prispevek",
    Purpose.PUBLISH: "zverejneni",
    Purpose.SIGN_IN: "koordinator/vstup",
    Purpose.LISTS: "seznamy",
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
    publication_id: int | None = None


def mint(
    tx: Connection,
    purpose: Purpose,
    *,
    person: str,
    sent_to: str,
    occurrence_id: str,
    package_id: int | None,
    now: datetime,
    publication_id: int | None = None,
) -> str:
    """A new token (43 characters, 256 random bits) for a mail to the address `sent_to`; every mail has its own."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    tx.execute(
        links.insert().values(
            hash=_hash(purpose, token),
            purpose=purpose,
            person=person,
            sent_to=_address_hash(sent_to),
            occurrence_id=occurrence_id,
            package_id=package_id,
            publication_id=publication_id,
            created_at=now,
        )
    )
    return token


def find(tx: Connection, office: Office, purpose: Purpose, token: str) -> Link | None:
    """What the token stands for; None for a wrong or foreign one, and for one that does not serve its person.

    It ends with the occurrence's send deadline.
    """
    row = tx.execute(select(links).where(links.c.hash == _hash(purpose, token))).first()
    if row is None or not serves(office, row):
        return None
    return Link(purpose, row.person, row.occurrence_id, row.package_id, row.created_at, row.publication_id)


def serves(office: Office, link: Row[Any]) -> bool:
    """Whether a kept link was mailed to the address its person has now; False when there is no such person any more."""
    person = office.people.get(link.person)
    return person is not None and link.sent_to in (None, _address_hash(person.email))


def address(base_url: str, purpose: Purpose, token: str) -> str:
    """The full address of the page; it ends with the token."""
    return f"{base_url.rstrip('/')}/{PATHS[purpose]}/{token}"


def _address_hash(address: str) -> bytes:
    """Upper and lower case reach the same mailbox, and nobody is shut out for how people.yaml writes it."""
    return hashlib.sha256(address.casefold().encode()).digest()


def _hash(purpose: Purpose, token: str) -> bytes:
    return hashlib.sha256(f"hlasatel/{purpose}/{token}".encode()).digest()
