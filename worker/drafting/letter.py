"""A draft as the mail its recipients get: its own bytes with each recipient's parts put in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from worker import mime
from worker.drafting.headings import Heading
from worker.drafting.slots import NEUTRAL_GREETING, fill
from worker.errors import HlasatelError
from worker.messages import say
from worker.office import Office
from worker.times import PRAGUE

UNSUBSCRIBE_PATH = "o"
"""Short on purpose: the whole address must fit on one header line."""
SPECIMEN_TOKEN = "zkouska"
"""Stands where a recipient's unsubscribe token would, and unsubscribes nobody."""


@dataclass(frozen=True)
class Letter:
    """What is the same for every recipient of one mailing. `date` is aware and belongs to the content.

    `heading` is the one that was approved: a mailing ends under the name it began with, whatever the settings say.
    """

    office: Office
    occurrence_id: str
    heading: Heading
    list_id: str
    subject: str
    html: str
    text: str
    date: datetime

    @property
    def sender(self) -> str:
        """The envelope sender (RFC 5321 MAIL FROM)."""
        return self.heading.from_address

    def message(self, address: str, greeting: str, message_id: str, unsubscribe: str) -> bytes:
        """The whole message for one recipient; `unsubscribe` is the address of her own page to leave (RFC 8058).

        `greeting` is empty for the neutral one. Raises UnsafeHeader, and HlasatelError when the list is gone.
        """
        headers = [
            *self._headers(address, self.subject, message_id),
            ("List-Id", self._list_id()),
            ("List-Unsubscribe", f"<{unsubscribe}>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
            ("Precedence", "bulk"),
            ("Hlasatel-Occurrence", self.occurrence_id),
        ]
        return self._composed(headers, greeting, unsubscribe)

    def specimen(self, address: str, message_id: str) -> bytes:
        """The same message for somebody who decides about it: marked in its subject, and no mail of a list.

        Its link to unsubscribe leads to a page that says so. Raises UnsafeHeader.
        """
        subject = say("letter.specimen_subject", subject=self.subject)
        headers = [
            *self._headers(address, subject, message_id),
            ("Auto-Submitted", "auto-generated"),
            ("Hlasatel-Occurrence", self.occurrence_id),
        ]
        return self._composed(headers, "", unsubscribe_address(self.office, SPECIMEN_TOKEN))

    def _headers(self, address: str, subject: str, message_id: str) -> list[tuple[str, str]]:
        heading = self.heading
        if not heading.reply_address:
            raise HlasatelError(say("config.person_gone", person=heading.reply_name))
        return [
            ("From", mime.address(heading.from_name, heading.from_address)),
            ("Reply-To", mime.address(heading.reply_name, heading.reply_address)),
            ("To", address),
            ("Subject", subject),
            ("Message-ID", message_id),
        ]

    def _composed(self, headers: list[tuple[str, str]], greeting: str, unsubscribe: str) -> bytes:
        line = f"{greeting.rstrip(',')}," if greeting else NEUTRAL_GREETING
        return mime.compose(
            headers,
            fill(self.text, greeting=line, unsubscribe=unsubscribe, html=False),
            fill(self.html, greeting=line, unsubscribe=unsubscribe, html=True) if self.html else None,
            date=self.date.astimezone(PRAGUE),
        )

    def _list_id(self) -> str:
        if self.list_id not in self.office.lists:
            raise HlasatelError(say("config.list_gone", list=self.list_id))
        name = self.office.lists[self.list_id].name
        return mime.address(name, f"{self.list_id}.{self.sender.rpartition('@')[2]}")


def unsubscribe_address(office: Office, token: str) -> str:
    """The page and one-click address of a token."""
    return f"{office.settings.base_url}/{UNSUBSCRIBE_PATH}/{token}"
