"""The carrier: many connections to one relay, or to the second while the first cannot be used, in one thread."""

from __future__ import annotations

import selectors
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from math import inf
from time import monotonic

from worker.messages import say
from worker.settings import Relay
from worker.smtp.carrier import Down, Envelope, Happening, Ready, Ticketed, Unknown, Unsent
from worker.smtp.events import Events
from worker.smtp.line import Line
from worker.smtp.opening import Opened
from worker.smtp.pipe import Broken, Task
from worker.smtp.route import Route

GOODBYE_SECONDS = 1.0
_READ, _WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


class RelayCarrier:
    """Hands messages over to `relay` and its fallback; see `Carrier`. Not for two threads at once.

    `connections` at once to each, as many as the relay bears unless given. All times of waiting (RFC 5321 §4.5.3.2)
    are scaled by `patience`.
    """

    def __init__(
        self,
        relay: Relay,
        connections: int | None = None,
        *,
        patience: float = 1.0,
        local_name: str | None = None,
    ) -> None:
        most = connections or relay.connections
        self._patience = patience
        self._routes = [Route(each, most, patience) for each in (relay, relay.fallback) if each is not None]
        for route in self._routes:
            route.local_name = local_name
        self._tasks: dict[int, tuple[Task, Line | None]] = {}
        self._waiting: deque[Task] = deque()
        self._happened: list[Happening] = []
        self._down: Down | None = None
        self._look = max(0.005, min(1.0, 5 * patience))
        """Seconds between two looks at the deadlines."""
        self._look_at = 0.0
        self._events: Events | None = None

    def room(self) -> int:
        """How many envelopes it would begin now; none while the relays rest after trouble."""
        now = monotonic()
        route = self._route(now)
        return max(0, route.room(now) - len(self._waiting)) if route is not None else 0

    def begin(self, envelope: Envelope) -> None:
        """Ask for MAIL, RCPT and DATA, on a connection that is free or on one that is opened for it."""
        task = Task(envelope)
        self._tasks[envelope.ticket] = (task, None)
        self._waiting.append(task)
        self._place(monotonic())

    def finish(
        self, ticket: int, text: Sequence[bytes], then: Envelope | None = None, *, before: float | None = None
    ) -> None:
        """Send the text and its dot, and `then` behind it. Nothing is sent for a ticket whose connection broke."""
        task, line = self._tasks.get(ticket, (None, None))
        if task is None or line is None or line.pipe.task is not task or not line.pipe.ready:
            if then is not None:
                self.begin(then)
            return
        now = monotonic()
        following = Task(then) if then is not None and self._takes_more(line, now) else None
        if following is not None and (refused := line.objects(following)) is not None:
            self._happened.append(refused)
            following = then = None
        if following is not None:
            self._tasks[following.envelope.ticket] = (following, line)
        try:
            line.finish(text, following, now, inf if before is None else before)
        except Broken as broken:
            self._lost(line, broken, now)
        else:
            self._watch(line)
        if then is not None and following is None:
            self.begin(then)

    def abandon(self, ticket: int) -> None:
        """Leave a begun envelope. After its 354 only closing the connection ends it (RFC 5321 §3.8)."""
        task, line = self._tasks.get(ticket, (None, None))
        if task is None or (line is not None and line.pipe.dotted is task):
            return
        del self._tasks[ticket]
        self._happened = [each for each in self._happened if each != Ready(ticket)]
        task.left = True
        if line is None:
            self._waiting.remove(task)
        elif line.pipe.abandon(task):
            self._drop(line)
            self._place(monotonic())
        if not self._tasks:
            self._begin_anew()  # whoever leaves everything has nothing more to hear

    def wait(self, seconds: float) -> list[Happening]:
        """What happened, in order; returns with the first of it, or with nothing when `seconds` have passed."""
        until = monotonic() + seconds
        while True:
            now = monotonic()
            self._turn(0 if self._happened else max(0.0, min(until - now, self._look)))
            if self._down is not None and not self._tasks:
                self._happened.append(self._down)
                self._begin_anew()
            if self._happened or monotonic() >= until:
                break
        if not self._tasks and not any(route.lines or route.openings for route in self._routes):
            self._watch_nothing()
        happened, self._happened = self._happened, []
        return happened

    def close(self) -> None:
        """QUIT where a relay still listens, and close everything. What is under way all the same is left."""
        leaving = set()
        for route in self._routes:
            for opening in route.openings:
                opening.cancel()
            route.openings.clear()
            for line in list(route.lines):
                if line in route.idle:
                    with suppress(OSError):
                        line.say_goodbye()
                        leaving.add(line)
                        continue
                self._drop(line)
        if self._events is not None:
            self._hear_goodbyes(self._events, leaving)
            for line in leaving:
                self._drop(line)
        self._watch_nothing()
        self._tasks.clear()
        self._waiting.clear()
        self._happened.clear()
        self._down = None

    def _hear_goodbyes(self, events: Events, leaving: set[Line]) -> None:
        """Give the relays a moment to answer to QUIT, so that none of them logs a connection as lost."""
        until = monotonic() + GOODBYE_SECONDS
        while leaving and (seconds := until - monotonic()) > 0:
            for key, _ in events.selector.select(seconds):
                if key.data is None:
                    events.opened()
                else:
                    leaving.discard(key.data)
                    self._drop(key.data)

    def _begin_anew(self) -> None:
        if self._down is not None:
            self._down = None
            for route in self._routes:
                route.until = 0.0

    def _turn(self, seconds: float) -> None:
        events = self._open_events()
        ready = events.selector.select(seconds)
        now = monotonic()
        for key, _ in ready:
            line: Line | None = key.data
            if line is None:
                self._take_opened(events, now)
            elif line.watched:
                self._line_turn(line, now)
        if now >= self._look_at:
            self._look_at = now + self._look
            self._look_at_deadlines(now)

    def _line_turn(self, line: Line, now: float) -> None:
        try:
            line.turn(now)
        except Broken as broken:
            self._lost(line, broken, now)
            return
        self._watch(line)
        if line.pipe.free:
            self._freed(line, now)

    def _freed(self, line: Line, now: float) -> None:
        route = self._route_of(line)
        if line in route.idle:
            return
        if route.until > now:
            self._drop(line)
        else:
            line.rest(now)
            route.idle.append(line)
            self._place(now)

    def _take_opened(self, events: Events, now: float) -> None:
        for opening in events.opened():
            route = next(each for each in self._routes if each.relay is opening.relay)
            if opening not in route.openings:
                continue
            route.openings.discard(opening)
            outcome = opening.outcome
            if isinstance(outcome, Opened):
                route.local_name = outcome.local_name
                line = Line(route.relay, outcome, self._patience, self._tell)
                route.lines.add(line)
                route.idle.append(line)
                self._watch(line)
            elif outcome is not None and not route.narrow(now):
                self._fail(route, Down(outcome.reply, str(outcome)), now)
            self._place(now)

    def _look_at_deadlines(self, now: float) -> None:
        for route in self._routes:
            for line in [each for each in route.lines if now > each.pipe.deadline]:
                if line.watched:
                    self._lost(line, line.silent(), now)
            for opening in [each for each in route.openings if now > each.deadline]:
                opening.cancel()
                route.openings.discard(opening)
                if not route.narrow(now):
                    self._fail(route, Down(None, say("smtp.silent")), now)
                self._place(now)

    def _place(self, now: float) -> None:
        """Give the tasks that wait to lines that are free, and open more lines for the others."""
        while self._waiting:
            route = self._route(now)
            if route is None:
                self._give_up()
                return
            if not route.idle:
                for _ in range(route.wanting(len(self._waiting))):
                    route.open(self._open_events().done)
                return
            task, line = self._waiting.popleft(), route.idle.pop()
            if (refused := line.objects(task)) is not None:
                route.idle.append(line)
                self._tell(refused)
                continue
            self._tasks[task.envelope.ticket] = (task, line)
            try:
                line.begin(task, now)
            except Broken as broken:
                if line.pipe.task is None:
                    self._wait_again(task)
                self._lost(line, broken, now)
            else:
                self._watch(line)

    def _give_up(self) -> None:
        assert self._down is not None
        while self._waiting:
            self._tell(Unsent(self._waiting.popleft().envelope.ticket, self._down.why))

    def _wait_again(self, task: Task) -> None:
        self._tasks[task.envelope.ticket] = (task, None)
        self._waiting.appendleft(task)

    def _lost(self, line: Line, broken: Broken, now: float) -> None:
        """The connection is at its end: what was under way on it is told, or begun anew where nothing was said yet."""
        pipe, route, trouble = line.pipe, self._route_of(line), broken.trouble
        self._drop(line)
        if pipe.dotted is not None:
            unknown = line.dot_left()
            self._tell((Unknown if unknown else Unsent)(pipe.dotted.envelope.ticket, broken.why))
            trouble = trouble or not (unknown or broken.late)
        if pipe.task is not None and pipe.ready and not pipe.task.left:
            self._tell(Unsent(pipe.task.envelope.ticket, broken.why))
            trouble = True
        for task in reversed(pipe.unfinished()):
            trouble = trouble or line.fresh or task.again
            task.again = True
            self._wait_again(task)
        if trouble:
            self._fail(route, Down(broken.reply, broken.why), now)
        self._place(now)

    def _fail(self, route: Route, down: Down, now: float) -> None:
        route.fail(now)
        for line in list(route.idle):
            self._drop(line)
        if self._route(now) is None:
            self._down = down

    def _drop(self, line: Line) -> None:
        route = self._route_of(line)
        if line.watched and self._events is not None:
            self._events.selector.unregister(line.wire)
        line.watched = 0
        line.wire.close()
        route.lines.discard(line)
        if line in route.idle:
            route.idle.remove(line)

    def _tell(self, happening: Ticketed) -> None:
        if not isinstance(happening, Ready):
            del self._tasks[happening.ticket]
            if isinstance(happening, Unsent):  # that it was ready need not be heard any more
                self._happened = [each for each in self._happened if each != Ready(happening.ticket)]
        self._happened.append(happening)

    def _watch(self, line: Line) -> None:
        wanted = _READ | _WRITE if line.wire.waits else _READ
        if wanted != line.watched:
            selector = self._open_events().selector
            (selector.modify if line.watched else selector.register)(line.wire, wanted, line)
            line.watched = wanted

    def _takes_more(self, line: Line, now: float) -> bool:
        return self._route_of(line).until <= now

    def _route(self, now: float) -> Route | None:
        return next((each for each in self._routes if each.until <= now), None)

    def _route_of(self, line: Line) -> Route:
        return next(each for each in self._routes if each.relay is line.relay)

    def _watch_nothing(self) -> None:
        if self._events is not None:
            self._events.close()
            self._events = None

    def _open_events(self) -> Events:
        if self._events is None:
            self._events = Events()
        return self._events
