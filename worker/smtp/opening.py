"""Opening a connection: greeting, EHLO, STARTTLS and AUTH, by the standard library, in a thread of its own."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock, Thread
from time import monotonic

from worker.errors import HlasatelError
from worker.messages import say
from worker.settings import Relay
from worker.smtp.features import Features
from worker.smtp.replies import RelayUnusable, Reply, cleaned

CONNECT_SECONDS = 30.0
STEP_SECONDS = 300.0  # RFC 5321 §4.5.3.2: five minutes for the greeting; no command of the opening gets more


@dataclass(frozen=True, slots=True)
class Opened:
    """A connection that is ready for MAIL."""

    socket: socket.socket
    features: Features
    local_name: str


class Opening:
    """A connection being opened. `deadline` (monotonic) is that of the step under way; whoever waits looks after it.

    `done` is called once, from the thread, when `outcome` is there; never after `cancel`.
    """

    def __init__(
        self,
        relay: Relay,
        token: Callable[[], str] | None,
        context: ssl.SSLContext | None,
        *,
        local_name: str | None,
        patience: float,
        done: Callable[[Opening], None],
    ) -> None:
        self.relay, self.token, self.context, self.local_name = relay, token, context, local_name
        self.patience = patience
        self.outcome: Opened | RelayUnusable | None = None
        self.deadline = monotonic() + CONNECT_SECONDS * patience
        self._done = done
        self._lock = Lock()
        self._cancelled = False
        self._brake: socket.socket | None = None

    def start(self) -> None:
        """Begin. The thread keeps no process alive: a name server that is silent cannot be interrupted."""
        Thread(target=self._run, name="smtp opening", daemon=True).start()

    def cancel(self) -> None:
        """Give up: whatever the thread waits for ends at once, and what it has opened is closed."""
        with self._lock:
            self._cancelled = True
            if isinstance(self.outcome, Opened):
                self.outcome.socket.close()
            if self._brake is not None:
                with suppress(OSError):
                    self._brake.shutdown(socket.SHUT_RDWR)

    def step(self, seconds: float) -> None:
        """The next step may take so long, however slowly it drips."""
        self.deadline = monotonic() + seconds * self.patience

    def connect(self, host: str, port: int) -> socket.socket:
        """The TCP connection, encrypted if TLS is to begin with the first byte."""
        opened = socket.create_connection((host, port), CONNECT_SECONDS * self.patience)
        try:
            with self._lock:
                self._brake = opened.dup()
            opened.settimeout(STEP_SECONDS * self.patience)
            self.step(STEP_SECONDS)
            if self.relay.tls == "implicit" and self.context is not None:
                return self.context.wrap_socket(opened, server_hostname=host)
        except BaseException:
            opened.close()
            raise
        return opened

    def _run(self) -> None:
        outcome = self._open()
        with self._lock:
            if self._brake is not None:
                self._brake.close()
                self._brake = None
            if self._cancelled:
                if isinstance(outcome, Opened):
                    outcome.socket.close()
                return
            self.outcome = outcome
        self._done(self)

    def _open(self) -> Opened | RelayUnusable:
        smtp: _Smtp | None = None
        try:
            token = self.token() if self.token is not None else None
            smtp = _Smtp(self)
            self._introduce(smtp, token)
            if smtp.file is not None:
                smtp.file.close()  # it would keep the socket open behind our back
            assert smtp.sock is not None
            return Opened(smtp.sock, _features(smtp), smtp.local_hostname)
        except smtplib.SMTPResponseException as error:
            failure = _refusal(error)
        except (OSError, smtplib.SMTPException, ValueError) as error:  # ValueError: a name no host can have
            failure = RelayUnusable(None, why(error))
        except HlasatelError as error:
            failure = RelayUnusable(None, str(error))
        if smtp is not None:
            smtp.close()
        return failure

    def _introduce(self, smtp: _Smtp, token: str | None) -> None:
        relay = self.relay
        self.step(STEP_SECONDS)
        smtp.ehlo_or_helo_if_needed()
        if relay.tls == "starttls":
            self.step(STEP_SECONDS)
            smtp.starttls(context=self.context)
            self.step(STEP_SECONDS)
            smtp.ehlo()
        self.step(STEP_SECONDS)
        if token is not None:
            smtp.auth("XOAUTH2", lambda challenge=None: _xoauth2(relay.user or "", token, challenge))
        elif relay.user is None:
            return
        elif relay.auth is None:
            smtp.login(relay.user, relay.password or "")
        else:
            smtp.user, smtp.password = relay.user, relay.password or ""
            smtp.auth(relay.auth, smtp.auth_plain if relay.auth == "plain" else smtp.auth_login)


class _Smtp(smtplib.SMTP):
    """The standard library's client on a connection that can be broken off from outside."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        relay = opening.relay
        super().__init__(relay.host, relay.port, opening.local_name)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self._opening.connect(host, port)


def why(error: Exception) -> str:
    """What an error of the operating system or the library says, with its name."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _features(smtp: smtplib.SMTP) -> Features:
    offered = smtp.esmtp_features
    # RFC 6531 §3.1: whoever offers SMTPUTF8 offers 8BITMIME too; one without the other is not to be relied on.
    utf8 = "smtputf8" in offered and "8bitmime" in offered
    return Features("pipelining" in offered, "size" in offered, utf8)


def _refusal(error: smtplib.SMTPResponseException) -> RelayUnusable:
    if error.smtp_code < 200:
        return RelayUnusable(None, say("smtp.no_reply"))
    text = error.smtp_error
    reply = Reply(error.smtp_code, cleaned(text.decode("utf-8", "replace") if isinstance(text, bytes) else text))
    return RelayUnusable(reply, str(reply))


def _xoauth2(user: str, token: str, challenge: bytes | None) -> str:
    """The initial response (https://developers.google.com/workspace/gmail/imap/xoauth2-protocol).

    A relay that refuses says why in a challenge, which is answered with nothing and then refused with a code.
    """
    return f"user={user}\x01auth=Bearer {token}\x01\x01" if challenge is None else ""
