"""How mails are headed, and the mailbox that answers and bounces come to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from worker.messages import say
from worker.settings.faults import Address, Id, Line, Strict


class KindMail(Strict):
    """How the mails of one kind are headed; `reply_to` is the id of the person who reads the answers."""

    from_name: Line
    from_address: Address
    reply_to: Id


class MailSettings(Strict):
    """From of service mails, and the headings of each kind that goes out by mail."""

    from_name: Line
    from_address: Address
    kinds: dict[Id, KindMail] = Field(default_factory=dict)


def _absolute(path: Path) -> Path:
    if not path.is_absolute() or not str(path).isprintable():
        raise ValueError(say("config.not_absolute", value=path))
    return path


def _short(address: str) -> str:
    if "+" in address or len(address.rpartition("@")[0]) > _LONGEST_LOCAL:
        raise ValueError(say("bounces.bad_address", value=address, most=_LONGEST_LOCAL))
    return address


_LONGEST_LOCAL = 37
"""With the plus sign and the token of 26 characters behind it that makes the 64 of RFC 5321 §4.5.3.1.1."""


class Inbox(Strict):
    """The mailbox that answers and bounces come to; off unless it is configured. It is Hlasatel's own.

    It is read as a Maildir of this machine, over IMAP (`HLASATEL_IMAP_URL`), or both.
    """

    maildir: Annotated[Path, Field(strict=False), AfterValidator(_absolute)] | None = None
    """A Maildir (https://cr.yp.to/proto/maildir.html); an absolute path."""
    address: Address
    """The mailbox's address: Reply-To, and the envelope's sender, of what asks for a decision or a comment."""
    bounce_address: Annotated[Address, AfterValidator(_short)] | None = None
    """`a@domain`, where mail to `a+anything@domain` comes into that mailbox: envelope's sender of mailings, which then
    tells whom a bounce is about. Without it bounces of mailings go to their From and nobody reads them here."""
