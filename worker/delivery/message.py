"""One delivery's message: the draft's own bytes with the recipient's parts put in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from worker import mime
from worker.delivery.identity import Identity
from worker.drafting.slots import NEUTRAL_GREETING, fill
from worker.errors import HlasatelError
from worker.messages import say
from worker.office import Office
from worker.times import PRAGUE

UNSUBSCRIBE_PATH = "o"
"""Short on purpose: the whole address must fit on one header line."""


@dataclass(frozen=True)
class Letter:
    """What is the same for every recipient of one mailing."""

    office: Office
    identity: Identity
    occurrence_id: str
    kind: str
    list_id: str
    subject: str
    html: str
    text: str
    date: datetime

    @property
    def sender(self) -> str:
        """The envelope sender (RFC 5321 MAIL FROM)."""
        return self.office.settings.mail_of(self.kind).from_address

    def prove(self) -> None:
        """Build the message once for nobody: what is wrong with it for everybody must fail no recipient."""
        self._build(0, "nobody@example.org", "")

    def message(self, delivery: Row[Any]) -> bytes:
        """The whole message for one row of `deliveries`; the same bytes every time it is asked for."""
        return self._build(delivery.recipient_id, delivery.address, delivery.greeting)

    def _build(self, recipient_id: int, address: str, greeting: str) -> bytes:
        heading = self.office.settings.mail_of(self.kind)
        leave = unsubscribe_address(self.office, self.identity.unsubscribe_token(recipient_id))
        line = f"{greeting.rstrip(',')}," if greeting else NEUTRAL_GREETING
        headers = [
            ("From", mime.address(heading.from_name, heading.from_address)),
            ("Reply-To", self._reply_to(heading.reply_to)),
            ("To", address),
            ("Subject", self.subject),
            ("Message-ID", self.identity.message_id(recipient_id)),
            ("List-Id", self._list_id(heading.from_address)),
            ("List-Unsubscribe", f"<{leave}>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
            ("Precedence", "bulk"),
            ("Hlasatel-Occurrence", self.occurrence_id),
        ]
        return mime.compose(
            headers,
            fill(self.text, greeting=line, unsubscribe=leave, html=False),
            fill(self.html, greeting=line, unsubscribe=leave, html=True) if self.html else None,
            date=self.date.astimezone(PRAGUE),
        )

    def _reply_to(self, person_id: str) -> str:
        person = self.office.person(person_id)
        return mime.address(person.name, person.email)

    def _list_id(self, from_address: str) -> str:
        if self.list_id not in self.office.lists:
            raise HlasatelError(say("config.list_gone", list=self.list_id))
        name = self.office.lists[self.list_id].name
        return mime.address(name, f"{self.list_id}.{from_address.rpartition('@')[2]}")


def unsubscribe_address(office: Office, token: str) -> str:
    """The page and one-click address of a token."""
    return f"{office.settings.base_url}/{UNSUBSCRIBE_PATH}/{token}"
