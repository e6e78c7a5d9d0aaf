"""How a relay talks: whether it offers TLS, of which version, and how long its certificate holds."""

from __future__ import annotations

import smtplib
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime

from worker.settings import Relay

PATIENCE = 10.0
"""Seconds for each step: connecting, greeting, EHLO, STARTTLS."""


@dataclass(frozen=True)
class Talk:
    """What a relay showed. `why` says what went wrong; `distrusted` when that was its certificate.

    `version` is "" without TLS; `offered` when the relay offers STARTTLS that nobody asked for.
    """

    why: str = ""
    distrusted: bool = False
    version: str = ""
    until: datetime | None = None
    offered: bool = False


def talk_to(relay: Relay, patience: float = PATIENCE) -> Talk:
    """Connect as for sending, say EHLO, begin TLS where the relay's address asks for it, and leave without a login."""
    context = ssl.create_default_context()
    try:
        smtp = (
            smtplib.SMTP_SSL(relay.host, relay.port, timeout=patience, context=context)
            if relay.tls == "implicit"
            else smtplib.SMTP(relay.host, relay.port, timeout=patience)
        )
        with smtp:
            smtp.ehlo_or_helo_if_needed()
            offered = smtp.has_extn("starttls")
            if relay.tls == "starttls":
                smtp.starttls(context=context)
                smtp.ehlo()
            assert smtp.sock is not None
            return _seen(smtp.sock, offered and relay.tls == "none")
    except ssl.SSLCertVerificationError as error:
        return Talk(why=error.verify_message, distrusted=True)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        return Talk(why=f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)


def _seen(connection: socket.socket, offered: bool) -> Talk:
    if not isinstance(connection, ssl.SSLSocket):
        return Talk(offered=offered)
    shown = connection.getpeercert() or {}
    until = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(shown["notAfter"])), UTC)
    return Talk(version=connection.version() or "", until=until)
