"""What is done to workers, each with its check: played by the tests on the product, and on every seeded bug.

Each takes a stage that stands and raises Violation, or fails an assertion, when something does not hold.
"""

from __future__ import annotations

import os
import signal
import time
from functools import partial
from random import Random

import psycopg
from sqlalchemy import func, select, update

from tests.faults.checks import Violation, audience, check
from tests.faults.extent import runs
from tests.faults.inside import office_of
from tests.faults.orders import DONE, LOCKED, Crash, Edge
from tests.faults.stage import CONNECTIONS, Stage, until
from tests.fixtures.fault_relay import FaultRelay
from tests.fixtures.fault_rules import Rule
from worker.audience.leaving.leave import Leaving, leave
from worker.store.lock import ADVISORY_KEY
from worker.store.tables import drafts, mailings

KILLED = -signal.SIGKILL
SLOW = (Rule("dot", after=0.01, every=3), Rule("dot", before=0.01, every=7))
"""Where a kill leaves most doubt: between taking a message and saying so."""
SLOWEST = 0.4
"""Seconds that the slowest answer takes of a relay that is drained."""
END = runs(6, 2)
"""Seconds after the slowest answer by which a drained worker has ended; a busy machine is no measure of it."""


def killed_again_and_again(stage: Stage, chance: Random, kills: int) -> int:
    """kill -9 at moments spread over the mailing; how many struck before everything was done."""
    stage.relay.obey(*SLOW)
    struck = 0
    for turn in range(kills):
        worker = stage.start()
        goal = stage.play.people * (turn + 1) // (kills + 1)
        stage.grown_to(goal + chance.randrange(5), worker)
        time.sleep(chance.random() * 0.01)
        struck += worker.kill() == KILLED
    stage.relay.obey()
    stage.finish()
    states = check(stage, extra=struck * CONNECTIONS)
    _everybody(stage, states["sent"] + states["unknown"])
    return struck


def drained(stage: Stage, chance: Random, terms: int) -> None:
    """SIGTERM at moments spread over the mailing: nobody lost, nobody twice, nobody in doubt, and no long wait."""
    stage.relay.obey(
        Rule("dot", after=SLOWEST, every=11), Rule("dot", before=0.05, every=3), Rule("rcpt", after=0.1, every=17)
    )
    for turn in range(terms):
        worker = stage.start(stays=True)
        stage.grown_to(stage.play.people * turn // (terms + 1) + 1 + chance.randrange(10), worker)
        time.sleep(chance.random() * 0.1)
        worker.signal(signal.SIGTERM)
        asked = time.monotonic()
        if worker.wait(SLOWEST + 30) != DONE:
            raise Violation(f"SIGTERM did not end in order\n{worker.told()}")
        if time.monotonic() - asked > SLOWEST + END:
            raise Violation(f"the end took {time.monotonic() - asked:.2f} s")
    stage.relay.obey()
    stage.finish()
    states = check(stage, extra=0, unknown=0)
    _everybody(stage, states["sent"])


def killed_at(stage: Stage, point: str, passing: int = 1) -> None:
    """kill -9 exactly at a named point."""
    worker = stage.start(crash=Crash(point, passing))
    status = worker.wait(30)
    assert status == KILLED or passing > 1, f"nobody passes: {point}\n{worker.told()}"
    stage.finish()
    check(stage, extra=CONNECTIONS)


def killed_crossing(stage: Stage, edge: Edge) -> None:
    """kill -9 at one crossing of the edge to disk and network, or half through it."""
    worker = stage.start(edge=edge)
    assert worker.wait(60) in (KILLED, DONE), worker.told()
    stage.finish()
    check(stage, extra=CONNECTIONS)


def crossings(stage: Stage, kinds: int) -> int:
    """How many crossings of these kinds a worker makes who is left alone."""
    worker = stage.start(edge=Edge(kinds, 2**40))
    assert worker.wait(60) == DONE, worker.told()
    return int(worker.told().rpartition("crossed ")[2])


def _has_heard(stage: Stage, commands: int) -> bool:
    return int(stage.relay.told()["heard"]) >= commands


def killed_in_a_stall(stage: Stage, kills: int, stall: Rule) -> None:
    """kill -9 while the relay says nothing to any dot, `before` or `after` it has taken the message."""
    for turn in range(kills):
        stage.relay.obey(stall)
        goal = stage.relay.told()["heard"] + 3 * CONNECTIONS
        worker = stage.start()
        until(partial(_has_heard, stage, goal), 30, worker.told())
        time.sleep(0.1)
        assert worker.kill() == KILLED, f"kill {turn} came too late\n{worker.told()}"
    stage.relay.obey()
    stage.finish()
    states = check(stage, extra=kills * CONNECTIONS)
    _everybody(stage, states["sent"] + states["unknown"])


def killed_taking_over(stage: Stage, point: str) -> None:
    """kill -9 in the middle of a mailing, and again at a point of taking it over."""
    stage.relay.obey(Rule("dot", after=0.2))
    worker = stage.start(crash=Crash("after a dot", CONNECTIONS + 3))
    assert worker.wait(30) == KILLED, worker.told()
    stage.relay.obey()
    second = stage.start(crash=Crash(point))
    assert second.wait(30) == KILLED, f"nobody passes: {point}\n{second.told()}"
    stage.finish()
    check(stage, extra=2 * CONNECTIONS)


def overtaken(stage: Stage, other: FaultRelay, point: str) -> None:
    """A worker is stopped at a point, loses its lock, and is continued while another one works in its place.

    The other one sends through a relay of its own, so that the first one's messages can be told apart.
    """
    other.begin_anew(stage.folder / "journal-other")
    stage.relay.obey(Rule("dot", after=0.01, every=2))
    other.obey(Rule("dot", after=0.3, times=80))  # still in its middle when the first one wakes, on a busy machine too
    first = stage.start(crash=Crash(point, 3, "stop"))
    until(first.is_stopped, 30, f"nobody passes: {point}\n{first.told()}")
    _take_the_lock_away(stage)
    second = stage.start(relay=other.url)
    until(lambda: other.count() >= 10 or second.poll() is not None, 30, second.told())
    overtaken_at = time.monotonic()
    first.signal(signal.SIGCONT)
    assert second.wait(60) == DONE, second.told()
    assert first.wait(60) in (DONE, LOCKED), first.told()
    late = [each for each in stage.relay.accepted() if each.invited_at > overtaken_at]
    if late:
        raise Violation(f"{len(late)} messages of a worker that had been overtaken")
    check(stage, extra=CONNECTIONS, others=other)


def _take_the_lock_away(stage: Stage) -> None:
    """What an operator's `rm`, or a broken connection, does."""
    if stage.database.file is not None:
        os.unlink(stage.database.file.with_name(stage.database.file.name + ".lock"))
        return
    with psycopg.connect(stage.url.replace("+psycopg", ""), autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND granted",
            [ADVISORY_KEY],
        )


def slept(stage: Stage) -> None:
    """A worker sleeps past its lease between the commit of an intent and its dots: those dots it must not send."""
    stage.constants["worker.delivery.slices:LEASE"] = 1.0
    stage.relay.obey(Rule("dot", after=0.01, every=2))
    worker = stage.start(crash=Crash("committed", 3, "stop"))
    until(worker.is_stopped, 30, worker.told())
    time.sleep(1.5)
    before, woken_at = stage.relay.count(), time.monotonic()
    worker.signal(signal.SIGCONT)
    assert worker.wait(60) == DONE, worker.told()
    late = [each for each in stage.relay.accepted()[before:] if each.invited_at < woken_at - 1]
    if late:
        raise Violation(f"{len(late)} dots left after a sleep longer than the lease")
    states = check(stage, extra=CONNECTIONS)
    _everybody(stage, states["sent"] + states["unknown"])


def hung_up_on(stage: Stage) -> None:
    """The relay takes messages and hangs up without a word: they are in doubt, and nobody sends them again."""
    stage.relay.obey(Rule("dot", "", accept=True, then="close", times=3))
    stage.finish()
    states = check(stage, extra=0, unknown=3)
    _everybody(stage, states["sent"] + states["unknown"])


def frozen(stage: Stage) -> None:
    """Nobody is in an audience twice, though on two of its lists."""
    if faults := audience(stage, stage.rows()):
        raise Violation("\n".join(faults))


def put_off(stage: Stage) -> None:
    """Everybody's server says 4xx first, to RCPT or to the dot: everybody gets it in the end, once."""
    stage.relay.obey(
        Rule("rcpt", "450 4.2.0 greylisted", recipient="*[02468]@*", once_each=True),
        Rule("dot", "451 4.3.0 later", recipient="*[13579]@*", once_each=True),
    )
    stage.finish()
    _everybody(stage, check(stage, extra=0, unknown=0)["sent"])


def tampered_with(stage: Stage) -> None:
    """What is to go out is changed after it was approved (I4): nothing does, and the mailing waits for a person."""
    stage.change(update(drafts).values(html=drafts.c.html + "<p>A ještě něco.</p>"))
    worker = stage.start(stays=True)
    until(lambda: stage.relay.count() or stage.mailing().state == "paused", 30, worker.told())
    worker.kill()
    if stage.relay.count():
        raise Violation(f"I4: {stage.relay.count()} messages went out that nobody approved")


def left(stage: Stage, chance: Random, people: int) -> None:
    """People leave while the mailing goes out (I6): only what was past its DATA by then may still arrive."""
    stage.relay.obey(Rule("dot", after=0.03, every=2))
    worker = stage.start()
    gone: dict[str, float] = {}
    rows = stage.rows()
    mailing = stage.mailing()
    own = office_of(stage.order())
    for step in range(people):
        stage.grown_to(len(rows) * step // (people + 5), worker)
        row = chance.choice(rows[len(rows) * step // (people + 5) :])
        with stage.database.write() as tx:
            leaving = Leaving(mailing.id, row.recipient_id, mailing.occurrence_id, tuple(mailing.lists))
            leave(tx, own, leaving, stage.clock.now())
        gone.setdefault(row.address, time.monotonic())
    assert worker.wait(60) == DONE, worker.told()
    states = check(stage, extra=0, unknown=0)
    late = [each for each in stage.relay.accepted() if each.invited_at > gone.get(each.recipient, each.invited_at)]
    if late:
        raise Violation(f"I6: {len(late)} messages were begun for people who had left")
    assert states["suppressed"] >= 1, "nobody left in time; this proves nothing"
    _everybody(stage, states["sent"] + states["suppressed"])


def frozen_twice(stage: Stage, point: str) -> None:
    """A worker is killed while it freezes an audience of two lists with the same people: everybody gets it once."""
    worker = stage.start(crash=Crash(point))
    assert worker.wait(60) == KILLED, f"nobody passes: {point}\n{worker.told()}"
    stage.finish()
    with stage.database.read() as tx:
        number = tx.execute(select(func.count()).select_from(mailings)).scalar_one()
    if number != 1:
        raise Violation(f"{number} mailings of one draft")
    _everybody(stage, check(stage)["sent"])


def synced_first(stage: Stage) -> None:
    """No dot leaves before everything written to the database's file is on the disk. SQLite."""
    report = stage.spawner.report
    before = report.stat().st_size if report.exists() else 0
    stage.finish(watch=True)
    if report.exists() and report.stat().st_size > before:
        raise Violation("a dot left before what it stands on was on the disk")
    check(stage)


def _everybody(stage: Stage, number: int) -> None:
    if number != stage.play.people:
        raise Violation(f"{number} of {stage.play.people} people were reached, left out or are in doubt")
