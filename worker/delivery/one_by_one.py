"""A carrier over an outlet that takes one mail after the other: for a sink, where there is nothing to wait for."""

from __future__ import annotations

from worker.channels import email
from worker.smtp.carrier import Accepted, Deferred, Down, Envelope, Happening, Ready, Refused, Unknown, Unsent
from worker.smtp.replies import Reply


class OneByOne:
    """One message at a time; everything happens while it is asked for."""

    def __init__(self, outlet: email.Outlet) -> None:
        self._outlet = outlet
        self._envelope: Envelope | None = None
        self._happened: list[Happening] = []

    def room(self) -> int:
        return 0 if self._envelope else 1

    def begin(self, envelope: Envelope) -> None:
        ticket = envelope.ticket
        try:
            self._outlet.begin(envelope.sender, envelope.recipient)
        except email.MessageRefused as error:
            self._happened.append(Refused(ticket, _reply(error)))
        except email.MessageDeferred as error:
            self._happened.append(Deferred(ticket, _reply(error)))
        except email.RelayUnusable as error:
            self._happened += [Unsent(ticket, str(error)), Down(error.reply and _reply(error), str(error))]
        else:
            self._envelope = envelope
            self._happened.append(Ready(ticket))

    def finish(self, ticket: int, data: bytes, then: Envelope | None = None) -> None:
        assert self._envelope is not None and self._envelope.ticket == ticket
        recipient, self._envelope = self._envelope.recipient, None
        try:
            reply = self._outlet.finish(data, recipient)
        except email.MessageRefused as error:
            self._happened.append(Refused(ticket, _reply(error)))
        except email.MessageDeferred as error:
            self._happened.append(Deferred(ticket, _reply(error)))
        except email.OutcomeUnknown as error:
            self._happened.append(Unknown(ticket, str(error)))
        except email.RelayUnusable as error:
            self._happened += [Unsent(ticket, str(error)), Down(error.reply and _reply(error), str(error))]
        else:
            self._happened.append(Accepted(ticket, Reply(reply.code, reply.text)))
        if then is not None:
            self.begin(then)

    def abandon(self, ticket: int) -> None:
        if self._envelope is not None and self._envelope.ticket == ticket:
            self._outlet.abandon()
            self._envelope = None
        self._happened = [each for each in self._happened if isinstance(each, Down) or each.ticket != ticket]

    def wait(self, seconds: float) -> list[Happening]:
        happened, self._happened = self._happened, []
        return happened

    def close(self) -> None:
        self._outlet.close()


def _reply(error: email.SmtpError) -> Reply:
    assert error.reply is not None
    return Reply(error.reply.code, error.reply.text)
