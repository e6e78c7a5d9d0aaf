"""The messages of one mailing: its letter encoded once, and every recipient's own parts spliced in.

What is wrong with the letter is wrong for everybody and is found before anything is sent; an address or a greeting
that no mail can carry is one recipient's matter (`Unsendable`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, select

from worker import mime
from worker.audience.bounces import token
from worker.delivery import identity
from worker.delivery.identity import Identity
from worker.drafting.headings import heading, kept
from worker.drafting.letter import Letter
from worker.drafting.packages import drafts_of, is_bound, is_intact, load_files
from worker.errors import HlasatelError
from worker.messages import say
from worker.office import Office
from worker.settings import wire_address
from worker.smtp.carrier import Envelope
from worker.store.tables import deliveries, drafts, packages

_NOBODY = ("nobody@example.org", "<nobody@example.org>", "A" * 22, "")


class Unsendable(HlasatelError):
    """This recipient cannot be sent to, for the reason said, which names no address; the others can."""


class Spliced:
    """One mailing's messages and envelopes; a row is one of `deliveries`, with recipient_id, address and greeting."""

    def __init__(self, letter: Letter, derived: Identity) -> None:
        """Raises UnsafeHeader, and HlasatelError when a list or a person of the letter is gone."""
        self._form = letter.form()
        self._identity = derived
        self._from = letter.heading.from_address
        self._signer = letter.office.settings.signer
        self.sender = letter.sender
        """The envelope sender (RFC 5321 MAIL FROM) where bounces are not read."""
        self._own_sender = self._senders(letter.office)

    def envelope(self, row: Row[Any]) -> Envelope:
        """Whom the message is for. Raises Unsendable."""
        recipient = _address(row.address)
        sender = self._own_sender(row.recipient_id) if self._own_sender is not None else self.sender
        return Envelope(row.recipient_id, sender, recipient, not recipient.isascii(), self._form.size)

    def message(self, row: Row[Any]) -> Sequence[bytes]:
        """The whole message in pieces, with CRLF and dot-stuffed, without the final dot; the same bytes every time.

        Raises Unsendable.
        """
        return self._signed(self._form.filled(*self._parts(row)))

    def _senders(self, office: Office) -> Callable[[int], str] | None:
        """Makes an envelope sender for each recipient, where there is a mailbox that bounces come back to."""
        inbox = office.settings.inbox
        if inbox is None or inbox.bounce_address is None:
            return None
        return token.senders(self._identity.key, self._identity.mailing_id, inbox.bounce_address)

    def prove(self, rows: Iterable[Row[Any]]) -> None:
        """Read the finished messages of `rows` again, as their recipients' programs will, and compare (I4).

        UnsafeHeader when one reads otherwise than it was meant. Whoever cannot be sent to is passed over; when that is
        everybody, a message to nobody is read instead.
        """
        sendable = []
        for row in rows:
            with suppress(Unsendable):
                sendable.append(self._parts(row))
        for parts in sendable or [_NOBODY]:
            self._form.prove(*parts)
            if self._signer is not None and self._signer.signs_for(self._from):
                self._signer.prove(b"".join(self._signed(self._form.filled(*parts))))

    def _signed(self, pieces: list[bytes]) -> list[bytes]:
        """The message with our signature before it where Hlasatel signs (DKIM), and as it is where the relay does."""
        return pieces if self._signer is None else [self._signer.signature(b"".join(pieces), self._from), *pieces]

    def _parts(self, row: Row[Any]) -> tuple[str, str, str, str]:
        greeting: str = row.greeting
        if mime.holds_controls(greeting):
            raise Unsendable(say("addresses.bad_greeting"))
        recipient, derived = row.recipient_id, self._identity
        return _address(row.address), derived.message_id(recipient), derived.unsubscribe_token(recipient), greeting


@lru_cache(maxsize=256)  # a message follows its envelope
def _address(address: str) -> str:
    try:
        return wire_address(address)
    except HlasatelError as error:
        raise Unsendable(str(error)) from None


def load(office: Office, mailing: Row[Any]) -> Spliced:
    """The messages of `mailing`, from the approved draft and its own key, proven on its first, middle and last row.

    HlasatelError when the kept bytes are not those that were approved (I4), or a message would not arrive as meant.
    """
    with office.database.read() as tx:
        draft = tx.execute(select(drafts).where(drafts.c.id == mailing.draft_id)).one()
        package = tx.execute(select(packages).where(packages.c.id == draft.package_id)).one()
        whole = is_intact(draft) and is_bound(package, drafts_of(tx, package.id))
        files = load_files(tx, draft, "inline", "attached")
        read_again = sample(tx, mailing.id)
    if not whole:
        raise HlasatelError(say("validity.damaged_mailing"))
    letter = Letter(
        office=office,
        occurrence_id=mailing.occurrence_id,
        heading=kept(package.headings, draft.kind) or heading(office, draft.kind),
        list_id=mailing.lists[0],
        subject=draft.subject,
        html=draft.html,
        text=draft.text,
        date=mailing.frozen_at,
        files=files,
    )
    spliced = Spliced(letter, identity.of_mailing(office.settings, mailing.id, mailing.key_id, mailing.domain))
    spliced.prove(read_again)
    return spliced


def sample(tx: Connection, mailing_id: int) -> list[Row[Any]]:
    """The first, a middle and the last recipient's row, found by key alone however many there are."""
    found = select(deliveries).where(deliveries.c.mailing_id == mailing_id).limit(1)
    number = deliveries.c.recipient_id
    first, last = (tx.execute(found.order_by(order)).first() for order in (number, number.desc()))
    if first is None or last is None:
        return []
    middle = tx.execute(found.where(number >= (first.recipient_id + last.recipient_id) // 2).order_by(number)).one()
    return list({row.recipient_id: row for row in (first, middle, last)}.values())
