"""What the clock does, one file each: a job takes rows in one state and leaves them in another.

Jobs are found by themselves and know nothing of each other. In a round they take turns of a few steps each until, one
after the other, none finds anything to do: a long mailing keeps nobody waiting. The plan is read first in every pass,
because everything else acts on what it says; then what a change made void, then what is too late, then who comments is
asked, then the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import cycle

from worker.jobs.base import Job, Shift
from worker.plugins import subclasses_in

__all__ = ["Job", "Shift", "all_jobs", "finish", "take_turns", "work"]


@cache
def all_jobs() -> tuple[Job, ...]:
    """One of each job, in the order of a pass."""
    jobs = [job() for job in subclasses_in(__name__, __path__, Job)]
    return tuple(sorted(jobs, key=lambda job: job.order))


def work(shift: Shift) -> int:
    """Do all that is due now, until nothing is, or until told to stop; how many steps that took."""
    shift.begin_round()
    return take_turns(all_jobs(), shift)


def finish(shift: Shift) -> int:
    """Wait for what jobs have under way elsewhere, and do what comes of it; how many steps that took."""
    steps = 0
    while any([job.wait(shift) for job in all_jobs()]):
        steps += take_turns(all_jobs(), shift)
    return steps


def take_turns(jobs: Sequence[Job], shift: Shift) -> int:
    """Let `jobs` work one after the other, again and again, until all of them in a row have found nothing.

    A job that fails is left out of the rest of the round and the others go on: one bad row must not stop a mailing.
    Its error is raised at the end.
    """
    failed: dict[Job, Exception] = {}
    steps = idle = 0
    for job in cycle(jobs):
        if idle == len(jobs) or shift.stopping.is_set():
            break
        done, exhausted = _turn(job, shift, failed) if job not in failed else (0, True)
        steps += done
        idle = (0 if done else idle) + exhausted
    for first in failed.values():
        raise first
    return steps


def _turn(job: Job, shift: Shift, failed: dict[Job, Exception]) -> tuple[int, bool]:
    """One turn of one job: how many steps it made, and whether it then had nothing more to do."""
    for done in range(job.turn):
        try:
            if shift.stopping.is_set() or not job.do_one(shift, shift.clock.now()):
                return done, True
        except Exception as error:
            failed[job] = error
            return done, True
    return job.turn, False
