"""One connection's state machine: MAIL, RCPT, DATA, text, dot. It is told what was heard and says what to write.

Pipelined (RFC 2920) where the relay offers it: a text, its dot and the next message's three commands are one write, and
their four answers usually one read. Otherwise every command waits for the answer to the one before.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from enum import Enum
from math import inf

from worker.messages import say
from worker.smtp.answers import Answers, NotSmtp
from worker.smtp.carrier import Accepted, Deferred, Envelope, Ready, Refused, Ticketed, Unknown, Unsent
from worker.smtp.features import Features, is_about_the_message
from worker.smtp.replies import Reply, cleaned


class Step(Enum):
    """What an answer is awaited to."""

    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    DOT = "the dot"
    RSET = "RSET"
    NOTHING = "the dot of no text"


# Seconds, RFC 5321 §4.5.3.2; ten minutes after the dot, so that a slow relay does not make us send twice.
_PATIENCE = {
    Step.MAIL: 300.0,
    Step.RCPT: 300.0,
    Step.DATA: 120.0,
    Step.DOT: 600.0,
    Step.RSET: 300.0,
    Step.NOTHING: 600.0,
}
_BLOCK_SECONDS = 180.0
_BLOCK = 1 << 20


class Task:
    """An envelope on its way. `again`: it has been begun anew once; `left`: nobody wants to hear of it any more."""

    __slots__ = ("again", "envelope", "left")

    def __init__(self, envelope: Envelope) -> None:
        self.envelope = envelope
        self.again = False
        self.left = False


class Broken(Exception):
    """The connection cannot be used any more. `trouble`: the relay cannot, either, as far as this one shows.

    `late`: it is not the relay's doing that a text was not sent.
    """

    def __init__(self, reply: Reply | None, why: str, *, trouble: bool, late: bool = False) -> None:
        super().__init__(why)
        self.reply, self.why, self.trouble, self.late = reply, why, trouble, late


class Pipe:
    """What was asked on one connection, and what is still to be answered, in order.

    `task` is begun and its dot not sent; `dotted` waits for the answer to its dot; `queued` comes after that, where
    the relay wants one command at a time. `dot_at` is how many bytes have left in all when the last dot has.
    `deadline` is on the monotonic clock. Times of waiting are scaled by `patience`. What happens to a message is told
    to `tell`.
    """

    def __init__(self, features: Features, patience: float, tell: Callable[[Ticketed], None]) -> None:
        self.features = features
        self.task: Task | None = None
        self.dotted: Task | None = None
        self.queued: Task | None = None
        self.ready = False
        self.used = False
        self.deadline = inf
        self._patience = patience
        self._tell = tell
        self._answers = Answers()
        self._due: deque[Step] = deque()
        self._say: list[bytes] = []
        self._handed = 0
        self.dot_at = 0
        self._dot_left = False
        self._unclean = False

    @property
    def free(self) -> bool:
        """Whether the next envelope may begin at once."""
        return not self._due and self.task is None

    @property
    def unoccupied(self) -> bool:
        """Whether no message is on its way here, though answers may be due to one that was refused."""
        return self.task is None and self.dotted is None and self.queued is None

    def left(self, gone: int) -> bool:
        """Whether the dot that was sent last has left, when `gone` bytes have."""
        return gone >= self.dot_at

    def begin(self, task: Task, now: float) -> bytes:
        """The commands that begin `task`, or the first of them. The pipe is free, or waits for a dot's answer."""
        self.task, self.ready = task, False
        waits = bool(self._due)
        if self.features.pipelining:
            envelope = task.envelope
            commands = self._mail(envelope) + b"RCPT TO:<" + envelope.recipient.encode() + b">\r\nDATA\r\n"
            if self._unclean:
                commands = b"RSET\r\n" + commands
                self._due.append(Step.RSET)
            self._due.extend((Step.MAIL, Step.RCPT, Step.DATA))
        elif self._unclean:
            commands = b"RSET\r\n"
            self._due.append(Step.RSET)
        else:
            commands = self._mail(task.envelope)
            self._due.append(Step.MAIL)
        if not waits:
            self._expect(now)
        self._handed += len(commands)
        return commands

    def finish(self, text: Sequence[bytes], then: Task | None, now: float) -> Sequence[bytes]:
        """The text of the task that is ready, its dot, and the commands of `then` if the relay takes them with it."""
        self.dotted, self.task, self.ready = self.task, None, False
        self._due.append(Step.DOT)
        size = sum(map(len, text))
        self.dot_at = self._handed + size + 3
        self._dot_left = False
        self._handed = self.dot_at
        self.deadline = now + self._patience * _BLOCK_SECONDS * (1 + size // _BLOCK)
        end = b".\r\n"
        if then is not None and self.features.pipelining:
            end += self.begin(then, now)
        else:
            self.queued = then
        return (*text, end)

    def sent(self, gone: int, now: float) -> None:
        """`gone` bytes have left in all: the time for a dot's answer runs from the moment it left."""
        if not self._dot_left and gone >= self.dot_at and self.dotted is not None:
            self._dot_left = True
            self._expect(now)

    def heard(self, data: bytes, gone: int, now: float) -> bytes:
        """Take in what the relay said; what to say next. Raises Broken, after telling what was still to be told."""
        heard = False
        try:
            for code, text in self._answers.read(data):
                self._answer(code, text, gone, now)
                heard = True
        except NotSmtp:
            raise Broken(None, say("smtp.no_reply"), trouble=self.dotted is None) from None
        if heard:
            self._expect(now)
        said, self._say = self._say, []
        return b"".join(said)

    def _answer(self, code: int, text: bytes, gone: int, now: float) -> None:
        if not self._due:
            # Nothing was asked. A relay that is tired of waiting says 421 and hangs up.
            reply = self._reply(code, text, self.task)
            raise Broken(reply, str(reply), trouble=self.task is not None)
        step = self._due.popleft()
        if step is Step.DOT:
            self._dot(code, text, gone, now)
        else:
            self._command(step, code, text)

    def abandon(self, task: Task) -> bool:
        """Leave `task`; whether the connection has to be closed for it (RFC 5321 knows no other way out of DATA)."""
        task.left = True
        if self.queued is task:
            self.queued = None
        return self.task is task and self.dotted is None

    def unfinished(self) -> list[Task]:
        """Tasks to be begun anew when the connection breaks: nothing has been told about them."""
        tasks = (self.task if not self.ready else None, self.queued)
        return [task for task in tasks if task is not None and not task.left]

    def _expect(self, now: float) -> None:
        self.deadline = now + self._patience * _PATIENCE[self._due[0]] if self._due else inf

    def _write(self, line: bytes, step: Step) -> None:
        self._say.append(line)
        self._handed += len(line)
        self._due.append(step)

    def _mail(self, envelope: Envelope) -> bytes:
        size = f" SIZE={envelope.size}" if envelope.size and self.features.size else ""
        utf8 = " BODY=8BITMIME SMTPUTF8" if envelope.smtputf8 else ""  # RFC 6531 §3.6: offered together
        return f"MAIL FROM:<{envelope.sender}>{size}{utf8}\r\n".encode()

    def _reply(self, code: int, text: bytes, task: Task | None) -> Reply:
        return Reply(code, cleaned(text.decode("utf-8", "replace"), task.envelope.recipient if task else ""))

    def _dot(self, code: int, text: bytes, gone: int, now: float) -> None:
        task = self.dotted
        assert task is not None
        ticket, reply = task.envelope.ticket, self._reply(code, text, task)
        self.dotted, self.used = None, True
        early = gone < self.dot_at
        if early and (code == 421 or code // 100 not in (4, 5)):
            self._tell(Unsent(ticket, str(reply)))
            raise Broken(reply, str(reply), trouble=True)
        match code // 100:
            case 2:
                self._tell(Accepted(ticket, reply))
            case 4:
                self._tell(Deferred(ticket, reply))
            case 5:
                self._tell(Refused(ticket, reply))
            case _:
                self._tell(Unknown(ticket, str(reply)))
                raise Broken(reply, str(reply), trouble=False)
        if code == 421 or early:
            raise Broken(reply, str(reply), trouble=code == 421)
        if self.task is not None and self.task.left:
            raise Broken(None, "", trouble=False)
        if self.queued is not None:
            queued, self.queued = self.queued, None
            self._say.append(self.begin(queued, now))

    def _command(self, step: Step, code: int, text: bytes) -> None:
        if code == 421:
            self._give_up(code, text)
        match step:
            case Step.MAIL | Step.RCPT if self.task is not None:
                self._envelope(step, self.task, code, text)
            case Step.DATA:
                self._data(code, text)
            case Step.RSET:
                self._unclean = False
                if code // 100 != 2:
                    self._give_up(code, text)
                if not self.features.pipelining and self.task is not None:
                    self._write(self._mail(self.task.envelope), Step.MAIL)
            case _:
                pass  # of a message that is refused already, or of no message: whatever it is, it changes nothing

    def _envelope(self, step: Step, task: Task, code: int, text: bytes) -> None:
        if code // 100 == 2:
            if not self.features.pipelining:
                recipient = task.envelope.recipient.encode()
                line = b"RCPT TO:<" + recipient + b">\r\n" if step is Step.MAIL else b"DATA\r\n"
                self._write(line, Step.RCPT if step is Step.MAIL else Step.DATA)
        elif step is Step.MAIL and not is_about_the_message(task.envelope, code, text):
            self._give_up(code, text)
        else:
            self._turn_away(task, code, text)

    def _data(self, code: int, text: bytes) -> None:
        task = self.task
        if task is None:
            if code == 354:
                # RFC 2920 §3.1: nobody was accepted and the relay wants a text all the same; it gets none.
                self._unclean = False
                self._write(b".\r\n", Step.NOTHING)
        elif code == 354 and task.left:
            raise Broken(None, "", trouble=False)
        elif code == 354:
            self.ready = True
            self._tell(Ready(task.envelope.ticket))
        else:
            self._turn_away(task, code, text)

    def _turn_away(self, task: Task, code: int, text: bytes) -> None:
        """The relay does not want this message: told at once, whatever else is still to be answered."""
        reply = self._reply(code, text, task)
        if code // 100 not in (4, 5):
            raise Broken(reply, str(reply), trouble=True)
        self.task, self.used, self._unclean = None, True, True
        if not task.left:
            ticket = task.envelope.ticket
            self._tell(Refused(ticket, reply) if code // 100 == 5 else Deferred(ticket, reply))

    def _give_up(self, code: int, text: bytes) -> None:
        reply = self._reply(code, text, self.task)
        raise Broken(reply, str(reply), trouble=True)
