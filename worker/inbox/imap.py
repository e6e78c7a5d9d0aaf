"""A mailbox read over IMAP (RFC 3501) beside everything else a shift does: what is unseen is new.

A mail is deleted only after what it means is committed; what is not for us stays, marked as seen. Nothing waits for the
server, save `wait`. When a look breaks off between a commit and its deletion, the mail comes again and is known by its
hash.
"""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING

from worker.inbox.maildir import AT_ONCE, MOST_BYTES
from worker.settings.imap import ImapBox

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

EVERY = timedelta(minutes=1)
"""Between two looks, when the last found nothing."""
PATIENCE = 30.0
"""Seconds for each answer of the server."""


@dataclass(frozen=True)
class Fetched:
    """One mail of the folder: its number there, its beginning, and a hash as `maildir.read` makes it."""

    uid: str
    data: bytes
    hash: bytes


@dataclass
class Settled:
    """What to tell the server at the next look: which mails are done with, and which a person is to look at.

    The numbers hold for one `validity` of the folder (RFC 3501 §2.3.1.1).
    """

    validity: int | None = None
    done: list[str] = field(default_factory=list)
    keep: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Look:
    """What a look found; `trouble` is why there was none, without a word of what the server said about the account."""

    mails: tuple[Fetched, ...] = ()
    validity: int | None = None
    trouble: str | None = None


def look(box: ImapBox, settled: Settled) -> Look:
    """Settle what was taken in, then bring the oldest unseen mails, at most `AT_ONCE`. Waits for the server."""
    import imaplib

    from imap_tools.errors import ImapToolsError

    try:
        with _opened(box) as mailbox:
            validity = mailbox.folder.status(box.folder, ["UIDVALIDITY"]).get("UIDVALIDITY")
            if settled.validity == validity:
                mailbox.delete(settled.done)
                mailbox.flag(settled.keep, r"\Seen", True)
            new = mailbox.uids("UNSEEN UNDELETED", charset=None)[:AT_ONCE]
            return Look(tuple(_fetched(mailbox, new)), validity)
    except (OSError, imaplib.IMAP4.error, ImapToolsError) as error:
        return Look(trouble=_told(error))


def trouble_with(box: ImapBox) -> str | None:
    """Why the folder cannot be opened; None when it can. Changes nothing in it, and waits for the server."""
    import imaplib

    from imap_tools.errors import ImapToolsError

    try:
        with _opened(box):
            return None
    except (OSError, imaplib.IMAP4.error, ImapToolsError) as error:
        return _told(error)


def _told(error: Exception) -> str:
    """What went wrong, without what the server said: that may name the account."""
    if isinstance(error, ssl.SSLError):
        return f"TLS: {error.reason or type(error).__name__}"
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__


@contextmanager
def _opened(box: ImapBox) -> Iterator[BaseMailBox]:
    from imap_tools import MailBox, MailBoxUnencrypted

    mailbox: BaseMailBox
    trusting = ssl.create_default_context()  # without one of ours nobody would look at the certificate
    if box.tls == "implicit":
        mailbox = MailBox(box.host, box.port, timeout=PATIENCE, ssl_context=trusting)
    else:
        mailbox = MailBoxUnencrypted(box.host, box.port, timeout=PATIENCE)
    try:
        if box.tls == "starttls":
            mailbox.client.starttls(trusting)
        mailbox.login(box.user, box.password, initial_folder=box.folder)
        yield mailbox
    except BaseException:
        with suppress(OSError):  # after a failed handshake there is nothing left to close
            mailbox.client.shutdown()
        raise
    mailbox.logout()


def _fetched(mailbox: BaseMailBox, uids: Sequence[str]) -> Iterator[Fetched]:
    """One after the other, so that twenty large ones are not asked for at once. `PEEK`: they stay unseen."""
    for uid in uids:
        status, answer = mailbox.client.uid("FETCH", uid, f"(RFC822.SIZE BODY.PEEK[]<0.{MOST_BYTES}>)")
        found = next((each for each in answer if isinstance(each, tuple)), None)
        if status == "OK" and found is not None:  # else somebody has tidied it away
            size = int(found[0].partition(b"RFC822.SIZE ")[2].split()[0])
            yield Fetched(uid, found[1], hashlib.sha256(found[1] + b"\0%d" % size).digest())


class Reader:
    """One shift's. A look is a thread of its own, which dies with the process: it holds nothing that cannot be lost."""

    def __init__(self) -> None:
        self._answer: SimpleQueue[Look] | None = None
        self._looked: datetime | None = None
        self._waiting: list[Fetched] = []
        self._settled = Settled()
        self._came: Look | None = None

    def step(self, box: ImapBox, now: datetime) -> Look | None:
        """Begin a look when it is time; what one that is over found, once. Then `next` has its mails, one by one."""
        if self._answer is None:
            due = self._looked is None or not self._looked <= now < self._looked + EVERY
            if self._waiting or not (due or self._settled.done or self._settled.keep):
                return None
            self._looked, self._answer = now, SimpleQueue()
            settled, self._settled = self._settled, Settled()
            Thread(target=_look_for, args=(box, settled, self._answer), daemon=True).start()
        return self._collected()

    def next(self) -> Fetched | None:
        """The oldest mail that waits to be taken in; the same one until it is settled."""
        return self._waiting[0] if self._waiting else None

    def settle(self, mail: Fetched, *, keep: bool) -> None:
        """It has been taken in and committed: the next look deletes it, or marks it as seen."""
        self._waiting.remove(mail)
        (self._settled.keep if keep else self._settled.done).append(mail.uid)

    def wait(self, stopping: Event) -> bool:
        """Wait for a look that is under way; whether there may be something to do."""
        while self._answer is not None and self._came is None and not stopping.is_set():
            try:
                self._came = self._answer.get(timeout=0.2)
            except Empty:
                continue
        return self._came is not None

    def _collected(self) -> Look | None:
        assert self._answer is not None
        found, self._came = self._came, None
        if found is None:
            try:
                found = self._answer.get_nowait()
            except Empty:
                return None
        self._answer = None
        self._waiting, self._settled = list(found.mails), Settled(found.validity)
        return found


def _look_for(box: ImapBox, settled: Settled, answer: SimpleQueue[Look]) -> None:
    answer.put(look(box, settled))
