"""The known ways to smuggle a header into a mail, tried on our own message builder before anything is sent.

The `email` package of many a Python lets some of them through (an encoded-word CRLF in a subject, a CRLF in a name), so
ours does not rely on it; that it has not begun to by an upgrade or an edit is tried at every start.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr

from worker import mime
from worker.drafting.letter import TO, Form
from worker.errors import HlasatelError
from worker.messages import say
from worker.settings import wire_address

FORGERIES = (
    "a\r\nBcc: obet@example.org",
    "a\nBcc: obet@example.org",
    "a\rBcc: obet@example.org",
    "a\r\n\r\n<script>",
    "a\r\n b",
    "=?utf-8?q?a=0D=0ABcc=3A_obet=40example.org?=",
    "=?utf-8?q?a=0ABcc=3A_obet=40example.org?=",
    "=?utf-8?b?YQ0KQmNjOiBvYmV0QGV4YW1wbGUub3Jn?=",
    "příliš =?utf-8?b?YQ0KQmNjOiBvYmV0QGV4YW1wbGUub3Jn?=",
    "=?us-ascii?q?a=0D=0Ab?= =?us-ascii?q?c?=",
    "a\u2028Bcc: obet@example.org",
    "a\u2029Bcc: obet@example.org",
    "a\x85Bcc: obet@example.org",
    "a\x0bb",
    "a\x0cb",
    "a\x1cb",
    "a\x00b",
    "a\tb",
    "a\x7fb",
    "a\udc80b",
)
"""Texts of which none may reach a header."""

_DATE = datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
_MEANT = frozenset({"From", "To", "Subject", "Date", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"})


@dataclass(frozen=True)
class Written:
    """What somebody wrote that stands in a header: a subject, a name, an address."""

    subject: str = "Zpráva"
    name: str = "Krajský úřad"
    mailbox: str = "jana@noviny.example.org"


CASES = (
    *(Written(subject=each) for each in FORGERIES),
    *(Written(name=each) for each in FORGERIES),
    *(Written(mailbox=f"{each}@noviny.example.org") for each in FORGERIES),
)

Builder = Callable[[Written], bytes]


def to_one(written: Written) -> bytes:
    """A mail to one person, built as notices are."""
    to = mime.address(written.name, wire_address(written.mailbox))
    return mime.compose([("To", to), ("Subject", written.subject)], "", None, date=_DATE)


def to_many(written: Written) -> bytes:
    """A mail to a list, built as deliveries are."""
    sender = mime.address(written.name, "tisk@kraj.example.org")
    form = Form([("From", [sender]), ("To", [TO]), ("Subject", [written.subject])], "", "", "", _DATE)
    return b"".join(form.filled(wire_address(written.mailbox), "", "", ""))


def by_python(written: Written) -> bytes:
    """A mail built with the standard library alone, as its documentation shows."""
    mail = EmailMessage(policy=SMTP)
    try:
        mail["To"] = formataddr((written.name, written.mailbox))
        mail["Subject"] = written.subject
        mail.set_content("")
        return mail.as_bytes()
    except (ValueError, LookupError, AttributeError, TypeError, MessageError) as error:  # or stumbles over it
        raise HlasatelError(str(error)) from None


OURS: tuple[Builder, ...] = (to_one, to_many)


def let_through(build: Builder) -> list[tuple[Written, bytes]]:
    """The cases that `build` does not refuse, with what it makes of them."""
    made = []
    for written in CASES:
        try:
            made.append((written, build(written)))
        except (HlasatelError, UnicodeError):  # half a character that no encoding has, if nobody refused it before
            continue
    return made


def forged(build: Builder) -> list[Written]:
    """The cases of which `build` makes a mail that has a header nobody meant, or ends its headers early."""
    return [written for written, data in let_through(build) if not _MEANT.issuperset(_names(data))]


def _names(data: bytes) -> list[str]:
    head = data.partition(b"\r\n\r\n")[0].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    fields = re.sub(rb"\n[ \t]", b" ", head).split(b"\n")
    return [field.partition(b":")[0].decode("ascii", "replace") for field in fields]


def refuse_to_run(builders: Sequence[Builder] = OURS) -> None:
    """HlasatelError when a known forgery is not refused by our own message builder."""
    count = sum(len(let_through(build)) for build in builders)
    if count:
        raise HlasatelError(say("trial.let_through", count=count))
