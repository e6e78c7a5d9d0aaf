"""A draft as the mail its recipients get: its own bytes with each recipient's parts put in.

A mailing's letter is encoded once; what a recipient gets is that with a few short values joined in. The test mail is
made by the same code, for one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from html import escape

from worker import mime
from worker.audience.leaving import by_mail
from worker.drafting.files import File
from worker.drafting.headings import Heading
from worker.drafting.slots import SLOT_GREETING, SLOT_UNSUBSCRIBE, fill, greeting_line, parted
from worker.errors import HlasatelError
from worker.messages import say
from worker.mime import Place
from worker.office import Office
from worker.times import PRAGUE

UNSUBSCRIBE_PATH = "o"
"""Short on purpose: the whole address must fit on one header line."""
SPECIMEN_TOKEN = "zkouska"
"""Stands where a recipient's unsubscribe token would, and unsubscribes nobody."""

TO = Place("to", 320)  # 64 octets @ 255 (RFC 5321 §4.5.3.1)
_MESSAGE_ID = Place("message-id", 320)
_TOKEN = Place("token", 22)
_GREETING = Place("greeting")
_GREETING_HTML = Place("greeting-html")
_PLACES = (TO, _MESSAGE_ID, _TOKEN, _GREETING, _GREETING_HTML)

Header = tuple[str, Sequence[str | Place]]


class Form:
    """A letter encoded for its recipients: everything but their own parts.

    Those are the address and the Message-ID, which stand in the header as they are and must be fit for it
    (`settings.wire_address`), the token, base64url of 22 characters at most, and the greeting, empty for the neutral
    one and free of controls.
    """

    def __init__(
        self,
        headers: Sequence[Header],
        text: str,
        html: str,
        leave: str,
        date: datetime,
        files: Sequence[mime.Enclosed] = (),
    ) -> None:
        """`leave` is the address to leave at, but for the token at its end. Raises UnsafeHeader."""
        self._headers, self._text, self._html, self._leave, self._date = headers, text, html, leave, date
        self._files = files
        self._mould = mime.mould(
            headers,
            _with_places(text, _GREETING, leave),
            _with_places(html, _GREETING_HTML, escape(leave)) if html else None,
            date=date,
            places=_PLACES,
            files=files,
        )
        self.size = self._mould.size
        """Bytes without anybody's parts."""

    def filled(self, address: str, message_id: str, token: str, greeting: str) -> list[bytes]:
        """The whole message for one recipient, in pieces; lines end in CRLF, and none begins with a dot."""
        return self._mould.filled((address.encode(), message_id.encode(), token.encode(), *_greeted(greeting)))

    def prove(self, address: str, message_id: str, token: str, greeting: str) -> None:
        """Read the finished message again: UnsafeHeader unless its headers and texts are those that were meant."""
        data = b"".join(self.filled(address, message_id, token, greeting))
        values = {TO: address, _MESSAGE_ID: message_id, _TOKEN: token}
        meant = [
            (name, "".join(values[piece] if isinstance(piece, Place) else piece for piece in value))
            for name, value in self._headers
        ]
        mime.compare(data, [*meant, ("Date", format_datetime(self._date))])
        line, unsubscribe = greeting_line(greeting), self._leave + token
        text = fill(self._text, greeting=line, unsubscribe=unsubscribe, html=False)
        html = fill(self._html, greeting=line, unsubscribe=unsubscribe, html=True) if self._html else None
        mime.compare_texts(data, text, html, self._files)


@dataclass(frozen=True)
class Letter:
    """What is the same for every recipient of one mailing. `date` is aware and belongs to the content.

    `heading` is the one that was approved: a mailing ends under the name it began with, whatever the settings say.
    `files` are those that go with it: attachments, and the pictures in its HTML.
    """

    office: Office
    occurrence_id: str
    heading: Heading
    list_id: str
    subject: str
    html: str
    text: str
    date: datetime
    files: Sequence[File] = ()

    @property
    def sender(self) -> str:
        """The envelope sender (RFC 5321 MAIL FROM)."""
        return self.heading.from_address

    def form(self) -> Form:
        """The message of its recipients; each can leave by one click (RFC 8058), or by mail where answers are read.

        Raises UnsafeHeader, and HlasatelError when the list is gone.
        """
        return self._form(
            [
                *self._headers(self.subject),
                ("List-Id", [self._list_id()]),
                ("List-Unsubscribe", self._ways_to_leave()),
                ("List-Unsubscribe-Post", ["List-Unsubscribe=One-Click"]),
                ("Precedence", ["bulk"]),
                ("Hlasatel-Occurrence", [self.occurrence_id]),
            ]
        )

    def specimen(self, address: str, message_id: str) -> bytes:
        """The same message for somebody who decides about it: marked in its subject, and no mail of a list.

        Its link to unsubscribe leads to a page that says so. Raises UnsafeHeader.
        """
        form = self._form(
            [
                *self._headers(say("letter.specimen_subject", subject=self.subject)),
                ("Auto-Submitted", ["auto-generated"]),
                ("Hlasatel-Occurrence", [self.occurrence_id]),
            ]
        )
        form.prove(address, message_id, SPECIMEN_TOKEN, "")
        return b"".join(form.filled(address, message_id, SPECIMEN_TOKEN, ""))

    def _form(self, headers: Sequence[Header]) -> Form:
        leave = unsubscribe_address(self.office, "")
        files = [enclosed(file) for file in self.files]
        return Form(headers, self.text, self.html, leave, self.date.astimezone(PRAGUE), files)

    def _headers(self, subject: str) -> list[Header]:
        heading = self.heading
        if not heading.reply_address:
            raise HlasatelError(say("config.person_gone", person=heading.reply_name))
        return [
            ("From", [mime.address(heading.from_name, heading.from_address)]),
            ("Reply-To", [mime.address(heading.reply_name, heading.reply_address)]),
            ("To", [TO]),
            ("Subject", [subject]),
            ("Message-ID", [_MESSAGE_ID]),
        ]

    def _ways_to_leave(self) -> list[str | Place]:
        """The one-click address first (RFC 2369 §2: in the order preferred), then that of the mailbox for answers."""
        page: list[str | Place] = ["<", unsubscribe_address(self.office, ""), _TOKEN, ">"]
        inbox = self.office.settings.inbox
        return page if inbox is None else [*page, f", <{by_mail.address(inbox.address)}", _TOKEN, ">"]

    def _list_id(self) -> str:
        if self.list_id not in self.office.lists:
            raise HlasatelError(say("config.list_gone", list=self.list_id))
        name = self.office.lists[self.list_id].name
        return mime.address(name, f"{self.list_id}.{self.sender.rpartition('@')[2]}")


def enclosed(file: File) -> mime.Enclosed:
    """A draft's file as a message has it."""
    content_id = file.content_id if file.use == "inline" else ""
    return mime.Enclosed(file.name, file.media_type, file.content, content_id)


def unsubscribe_address(office: Office, token: str) -> str:
    """The page and one-click address of a token."""
    return f"{office.settings.base_url}/{UNSUBSCRIBE_PATH}/{token}"


def _with_places(text: str, greeting: Place, leave: str) -> list[str | Place]:
    pieces: list[str | Place] = []
    for piece in parted(text):
        if piece == SLOT_GREETING:
            pieces.append(greeting)
        elif piece == SLOT_UNSUBSCRIBE:
            pieces += [leave, _TOKEN]
        else:
            pieces.append(piece)
    return pieces


@lru_cache(maxsize=10_000)
def _greeted(greeting: str) -> tuple[bytes, bytes]:
    """The greeting's line as text and as HTML has it; many people share one."""
    line = greeting_line(greeting)
    text, escaped = mime.encoded(line), escape(line)
    return text, text if escaped == line else mime.encoded(escaped)
