"""What somebody agrees to who joins: the exact words, each version of them kept for ever as evidence (GDPR, art. 7(1)).

A version is told by its words alone, so that nobody has to remember to number it: another organisation, another
officer or an edit of the catalogue makes another one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from worker.messages import language, say
from worker.office import Office
from worker.store.tables import consent_texts

_DIGITS = 16


@dataclass(frozen=True)
class ConsentText:
    """Words on the page, word for word, and what tells them from any other (16 hexadecimal digits of their SHA-256)."""

    version: str
    text: str
    language: str

    @property
    def paragraphs(self) -> tuple[str, ...]:
        return tuple(self.text.split("\n\n"))


def in_force(office: Office) -> ConsentText:
    """The words that hold now, in the language spoken here."""
    organisation = office.settings.organisation
    officer = organisation.data_protection_officer
    parts = [
        say("joining.consent", organisation=organisation.name),
        say("joining.consent_data", organisation=organisation.name),
        *([say("joining.consent_officer", officer=officer)] if officer else []),
    ]
    text = "\n\n".join(parts)
    return ConsentText(hashlib.sha256(text.encode()).hexdigest()[:_DIGITS], text, language())


def keep(tx: Connection, agreed: ConsentText, now: datetime) -> None:
    """Keep the words before anything refers to their version; those kept before stay as they are."""
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    values = {"version": agreed.version, "text": agreed.text, "language": agreed.language, "since": now}
    tx.execute(insert(consent_texts).values(values).on_conflict_do_nothing())


def kept(tx: Connection, version: str) -> ConsentText:
    """The words of a version that something refers to."""
    row = tx.execute(select(consent_texts).where(consent_texts.c.version == version)).one()
    return ConsentText(version, row.text, row.language)
