"""E-mail over SMTP (RFC 5321), driven command by command so that the phase of every failure is known.

`smtplib` raises the same error for a connection lost before and after the final dot. Here the caller begins an
envelope (MAIL, RCPT, DATA), commits its intent once the relay has answered 354, and only then finishes with the text
and the dot. An error before the dot means "not sent"; a silence after it means "nobody knows" (`OutcomeUnknown`).
"""

from __future__ import annotations

import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn, Protocol

from worker.settings import Relay

CONNECT_SECONDS = 30
COMMAND_SECONDS = 300  # RFC 5321 §4.5.3.2: five minutes for MAIL and RCPT, two for DATA
DATA_SECONDS = 120
DOT_SECONDS = 600  # ten minutes after the final dot, so that a slow relay does not make us send twice


@dataclass(frozen=True)
class Reply:
    """A reply of the relay: its code (RFC 5321 §4.2) and text, the recipient's address taken out."""

    code: int
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.text}".strip()


class SmtpError(Exception):
    """A failed exchange; `reply` is what the relay said, None when it said nothing."""

    def __init__(self, reply: Reply | None, reason: str) -> None:
        super().__init__(reason)
        self.reply = reply


class RelayUnusable(SmtpError):
    """The relay cannot be used now (refused, 421, TLS, authentication, any refusal of EHLO or MAIL): pause."""


class MessageRefused(SmtpError):
    """5xx to RCPT or the dot: final for this recipient."""


class MessageDeferred(SmtpError):
    """4xx to RCPT, DATA or the dot: try again later."""


class OutcomeUnknown(SmtpError):
    """No answer that means anything came after the final dot: the relay may or may not have the message."""


class Outlet(Protocol):
    """Where mails are handed over, one after the other: `begin`, then `finish` or `abandon`; `close` at the end."""

    def begin(self, sender: str, recipient: str) -> None: ...

    def finish(self, data: bytes, recipient: str) -> Reply: ...

    def abandon(self) -> None: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Taken:
    """A mail that a sink has taken: its envelope's recipient and its bytes."""

    recipient: str
    data: bytes


class Sink:
    """An outlet that leads nowhere: it accepts every mail and keeps it until it is emptied. It opens no connection."""

    def __init__(self) -> None:
        self._taken: list[Taken] = []

    def begin(self, sender: str, recipient: str) -> None:
        """Nobody is refused."""

    def finish(self, data: bytes, recipient: str) -> Reply:
        self._taken.append(Taken(recipient, data))
        return Reply(250, "kept")

    def abandon(self) -> None:
        """There is no envelope to leave."""

    def close(self) -> None:
        """There is no connection to end; what was taken stays."""

    def empty(self) -> list[Taken]:
        """What was taken since it was last emptied, oldest first."""
        taken, self._taken = self._taken, []
        return taken


class SmtpConnection:
    """One connection to the relay, opened when first used. Not for two threads at once."""

    def __init__(self, relay: Relay, local_name: str | None = None) -> None:
        self._relay = relay
        self._local_name = local_name
        self._smtp: smtplib.SMTP | None = None

    def begin(self, sender: str, recipient: str) -> None:
        """MAIL, RCPT and DATA up to the relay's 354. Raises RelayUnusable, MessageRefused or MessageDeferred.

        A relay may hang up without a word after so many messages; a connection that was open already is then opened
        anew once. A 421 is a word: it asks for a pause.
        """
        reused = self._smtp is not None
        try:
            self._begin(sender, recipient)
        except RelayUnusable as error:
            if not reused or error.reply is not None:
                raise
            self.abandon()
            self._begin(sender, recipient)

    def _begin(self, sender: str, recipient: str) -> None:
        smtp = self._opened()
        reply = self._command(smtp, f"MAIL FROM:<{sender}>", recipient, COMMAND_SECONDS)
        if reply.code // 100 != 2:
            self._reset(smtp, reply, recipient)
            raise RelayUnusable(reply, str(reply))
        reply = self._command(smtp, f"RCPT TO:<{recipient}>", recipient, COMMAND_SECONDS)
        if reply.code // 100 == 2:
            reply = self._command(smtp, "DATA", recipient, DATA_SECONDS)
            if reply.code == 354:
                return
        self._fail(smtp, reply, recipient)

    def finish(self, data: bytes, recipient: str) -> Reply:
        """Send the text and the final dot; the relay's acceptance. Call only after `begin`, once, intent committed.

        `data` is the message with CRLF line ends, not yet dot-stuffed.
        """
        smtp = self._smtp
        assert smtp is not None and smtp.sock is not None, "finish without begin"
        try:
            smtp.sock.settimeout(DOT_SECONDS)
            smtp.send(stuffed(data))
        except (OSError, smtplib.SMTPException) as error:
            self.abandon()  # the last bytes, the dot among them, never left: the relay discards what it has
            raise RelayUnusable(None, _why(error)) from error
        try:
            reply = self._reply(smtp, recipient)
        except (OSError, smtplib.SMTPException) as error:
            self.abandon()
            raise OutcomeUnknown(None, _why(error)) from error
        if reply.code // 100 not in (2, 4, 5):
            self.abandon()
            raise OutcomeUnknown(reply, str(reply))
        if reply.code // 100 != 2:
            self._fail(smtp, reply, recipient)
        return reply

    def abandon(self) -> None:
        """Leave a begun envelope without its dot. The relay discards it when the connection closes."""
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def close(self) -> None:
        """Say QUIT if the relay still listens, and close."""
        if self._smtp is None:
            return
        try:
            if self._smtp.sock is not None:
                self._smtp.sock.settimeout(5)
                self._smtp.docmd("QUIT")
        except (OSError, smtplib.SMTPException):
            pass  # the relay has gone already; there is nothing left to say to it
        self._smtp.close()
        self._smtp = None

    def _opened(self) -> smtplib.SMTP:
        if self._smtp is not None:
            return self._smtp
        try:
            self._smtp = self._connected()
            self._introduce(self._smtp)
        except smtplib.SMTPResponseException as error:
            self.abandon()
            reply = Reply(error.smtp_code, _text(error.smtp_error))
            raise RelayUnusable(reply, str(reply)) from error
        except (OSError, smtplib.SMTPException, UnicodeError) as error:  # UnicodeError: a password beyond ASCII
            self.abandon()
            raise RelayUnusable(None, _why(error)) from error
        return self._smtp

    def _connected(self) -> smtplib.SMTP:
        relay = self._relay
        if relay.tls == "implicit":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(relay.host, relay.port, self._local_name, timeout=CONNECT_SECONDS, context=context)
        return smtplib.SMTP(relay.host, relay.port, self._local_name, timeout=CONNECT_SECONDS)

    def _introduce(self, smtp: smtplib.SMTP) -> None:
        smtp.ehlo_or_helo_if_needed()
        if self._relay.tls == "starttls":
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo()
        if self._relay.user is not None:
            smtp.login(self._relay.user, self._relay.password or "")

    def _command(self, smtp: smtplib.SMTP, line: str, recipient: str, seconds: int) -> Reply:
        try:
            if smtp.sock is not None:
                smtp.sock.settimeout(seconds)
            smtp.putcmd(line)
            return self._reply(smtp, recipient)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            self.abandon()
            raise RelayUnusable(None, _why(error)) from error

    def _reply(self, smtp: smtplib.SMTP, recipient: str) -> Reply:
        code, text = smtp.getreply()
        return Reply(code, _text(text, recipient))

    def _fail(self, smtp: smtplib.SMTP, reply: Reply, recipient: str) -> NoReturn:
        if reply.code // 100 not in (4, 5):
            self.abandon()
            raise RelayUnusable(reply, str(reply))
        self._reset(smtp, reply, recipient)
        if reply.code == 421:
            raise RelayUnusable(reply, str(reply))
        if reply.code // 100 == 5:
            raise MessageRefused(reply, str(reply))
        raise MessageDeferred(reply, str(reply))

    def _reset(self, smtp: smtplib.SMTP, reply: Reply, recipient: str) -> None:
        """Make ready for the next envelope. A relay that hangs up after its answer has given that answer."""
        if reply.code == 421:
            self.close()
            return
        with suppress(RelayUnusable):
            if self._command(smtp, "RSET", recipient, COMMAND_SECONDS).code // 100 != 2:
                self.close()


def stuffed(data: bytes) -> bytes:
    """`data` dot-stuffed (RFC 5321 §4.5.2) with its final dot; ends in CRLF before it."""
    body = data if data.endswith(b"\r\n") else data + b"\r\n"
    body = body.replace(b"\r\n.", b"\r\n..")
    if body.startswith(b"."):
        body = b"." + body
    return body + b".\r\n"


def _text(raw: bytes | str, recipient: str = "") -> str:
    """A reply's text on one line; the recipient's address goes first, so that no part of it survives the cut."""
    text = " ".join((raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw).split())
    if recipient:
        text = re.sub(re.escape(recipient), "<recipient>", text, flags=re.IGNORECASE)
    return text[:500]


def _why(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
