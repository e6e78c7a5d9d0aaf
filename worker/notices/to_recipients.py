"""A mail to a recipient about her own place on the lists, in the frame that notices have and in her language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from worker import mime
from worker.audience.joining import mails as joining
from worker.audience.mails import Content, Writer
from worker.audience.privacy import held
from worker.messages import say, speaking
from worker.notices.render import Mail, View, framed, message_id
from worker.notices.texts import paragraphs, spaced
from worker.office import Office
from worker.store.tables import recipients

WRITERS: Mapping[str, Writer] = {
    "confirm": joining.confirm,
    "known": joining.known,
    **held.WRITERS,
}
"""Purpose → what makes its mails' content; the words are `recipient_mails.<purpose>_subject`, `_body` and `_link`."""


def mail(tx: Connection, office: Office, row: Row[Any], now: datetime) -> Mail | None:
    """The mail; mints its link, so the transaction must be committed before the mail leaves.

    None when there is nothing to say any more. Raises HlasatelError when it cannot be made.
    """
    with speaking(row.language):
        content = WRITERS[row.purpose](tx, office, row, now)
        if content is None:
            return None
        data = framed(_headers(office, row, content), _view(tx, office, row, content), row.created_at)
    sender = office.settings.mail.from_address
    return Mail(sender, office.settings.signed(data, sender))


def _headers(office: Office, row: Row[Any], content: Content) -> list[tuple[str, str]]:
    """No List headers: it goes to one person, who cannot leave it (RFC 3834 for the last one)."""
    settings, coordinator = office.settings, office.person(office.settings.coordinator)
    return [
        ("From", mime.address(settings.mail.from_name, settings.mail.from_address)),
        ("Reply-To", mime.address(coordinator.name, coordinator.email)),
        ("To", row.address),
        ("Subject", " ".join(say(f"recipient_mails.{row.purpose}_subject", **content.values).split())),
        ("Message-ID", identity(office, row)),
        ("Auto-Submitted", "auto-generated"),
    ]


def identity(office: Office, row: Row[Any]) -> str:
    """The Message-ID, the same for a repeat."""
    return message_id(office, row, "recipient-mail")


def _view(tx: Connection, office: Office, row: Row[Any], content: Content) -> View:
    organisation = office.settings.organisation
    officer = organisation.data_protection_officer
    signed = say("recipient_mails.signature", organisation=organisation.name)
    return View(
        subject=say(f"recipient_mails.{row.purpose}_subject", **content.values),
        greeting=_greeting(tx, row),
        paragraphs=tuple(paragraphs(say(f"recipient_mails.{row.purpose}_body", **content.values))),
        link=content.link,
        link_label=say(f"recipient_mails.{row.purpose}_link") if content.link else "",
        asked=None,
        drafts=(),
        signature=spaced(f"{signed} {say('recipient_mails.officer', officer=officer)}" if officer else signed),
        accent=organisation.colour,
    )


def _greeting(tx: Connection, row: Row[Any]) -> str:
    """Hers; it is Czech, so that who reads English, and whom we do not know yet, is greeted neutrally."""
    own = select(recipients.c.greeting).where(recipients.c.id == row.recipient_id)
    known = tx.execute(own).scalar() if row.recipient_id is not None and row.language == "cs" else ""
    return known or say("recipient_mails.greeting")
