"""Plays a plan: the real jobs at every instant at which something can happen, and the people who are asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Event

from worker.channels.email import Sink
from worker.clock import shift
from worker.errors import HlasatelError
from worker.forms import no_files
from worker.jobs import work
from worker.messages import say
from worker.office import Office
from worker.planning.on_file import OnFile
from worker.rehearsal.account import Account, Step
from worker.rehearsal.instants import next_instant
from worker.rehearsal.people import Manner, People
from worker.rehearsal.sizes import NOBODY, read_sizes
from worker.rehearsal.stage import stage
from worker.times import Clock


@dataclass(frozen=True)
class Played:
    """A rehearsal that came to its end. `counted`: there was a database to read the lists' sizes from."""

    steps: tuple[Step, ...]
    counted: bool


def play(
    office: Office,
    script: OnFile,
    start: datetime,
    end: datetime,
    manner: Manner,
    *,
    stopping: Event,
    progress: Callable[[datetime], None],
    ended: Callable[[Office], None] | None = None,
) -> Played:
    """Start for the first time at `start` (aware) and go on until `end`. `progress` hears every instant,
    `ended` gets the office that was played in as it stands at `end`, before it is thrown away.

    The plan is played as it was when `script` was read. At each instant people act first, then the jobs. Texts are
    drafted, their files are not: nobody opens one, and setting them takes longer than all the rest. Raises
    HlasatelError when it is asked to stop before the end.
    """
    sizes = read_sizes(office, script.plan, start)
    present = start
    clock = Clock(lambda: present, simulated=True)
    sink = Sink()
    with (
        no_files(),
        stage(office, script.content, sizes or NOBODY, start) as played,
        shift(played, clock, "rehearse", stopping, sink) as current,
    ):
        people, account = People(played, manner), Account(played, sizes or NOBODY)
        while present < end:
            progress(present)
            refusals = people.act(present)
            work(current)
            account.catch_up(refusals)
            people.read(sink.empty(), present)
            if stopping.is_set():
                raise HlasatelError(say("rehearsal.stopped"))
            present = min(filter(None, (next_instant(current, present), people.next_at())), default=end)
        if ended is not None:
            ended(played)
        return Played(tuple(account.steps), counted=sizes is not None)
