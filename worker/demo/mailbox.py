"""A local mailbox: a real SMTP server on loopback that keeps every mail in memory, for the demo and its page."""

from __future__ import annotations

import socket
from base64 import b64encode
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from threading import Lock
from typing import Any

from aiosmtpd.controller import Controller

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Mail:
    """One mail as it arrived; `number` counts from 1, `sender` is the envelope's, where a bounce would go."""

    number: int
    recipient: str
    raw: bytes
    message: EmailMessage
    sender: str = ""

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    def header(self, name: str) -> str:
        """A header as mail programs show it: without the blanks between encoded words (RFC 2047, 6.2)."""
        raw = next((value for key, value in self.message.raw_items() if key.lower() == name.lower()), "")
        return str(make_header(decode_header("".join(str(raw).splitlines()))))

    @property
    def occurrence(self) -> str:
        return str(self.message["Hlasatel-Occurrence"] or "")

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        return str(part.get_content()) if part is not None else ""

    @property
    def html(self) -> str:
        """Its HTML with the pictures that came with it (RFC 2392) in it, for a frame that loads nothing."""
        part = self.message.get_body(("related", "html"))
        if part is None:
            return ""
        pieces = [part] if not part.is_multipart() else list(part.iter_parts())
        html = str(pieces[0].get_content())
        for picture in pieces[1:]:
            data = b64encode(bytes(picture.get_payload(decode=True) or b"")).decode("ascii")
            address = f"data:{picture.get_content_type()};base64,{data}"
            html = html.replace(f"cid:{str(picture['Content-ID']).strip('<>')}", address)
        return html

    @property
    def files(self) -> dict[str, tuple[str, bytes]]:
        """Its attachments by name, each with its media type and its bytes."""
        return {
            part.get_filename("?"): (part.get_content_type(), bytes(part.get_payload(decode=True) or b""))
            for part in self.message.iter_attachments()
        }


class Mailbox:
    """Takes every mail for everybody. Start it with `with`; it ends with the block."""

    def __init__(self, port: int | None = None) -> None:
        self.port = port or free_port()
        self._mails: list[Mail] = []
        self._lock = Lock()
        self._controller = Controller(self, hostname=HOST, port=self.port)

    def __enter__(self) -> Mailbox:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep one mail (the name is aiosmtpd's)."""
        raw = bytes(envelope.content)
        message = message_from_bytes(raw, policy=policy.default)
        assert isinstance(message, EmailMessage), "the default policy parses to EmailMessage"
        with self._lock:
            for recipient in envelope.rcpt_tos:
                self._mails.append(Mail(len(self._mails) + 1, recipient, raw, message, envelope.mail_from))
        return "250 kept"

    def mails(self) -> list[Mail]:
        """Everything that has arrived, oldest first."""
        with self._lock:
            return list(self._mails)


def free_port(wanted: int = 0) -> int:
    """`wanted` if nothing listens there on loopback, any free port otherwise."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, wanted))
        except OSError:
            return free_port()
        return int(probe.getsockname()[1])
