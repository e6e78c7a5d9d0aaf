"""What the clock does, one file each: a job takes rows in one state and leaves them in another.

Jobs are found by themselves and know nothing of each other. A round repeats them in passes, one step each, until none
finds anything to do: a long mailing keeps nobody waiting. The plan is read first in every pass, because everything
else acts on what it says; then what a change made void, then what is too late, then the rest.
"""

from __future__ import annotations

from functools import cache

from worker.jobs.base import Job, Shift
from worker.plugins import subclasses_in

__all__ = ["Job", "Shift", "all_jobs", "work"]


@cache
def all_jobs() -> tuple[Job, ...]:
    """One of each job, in the order of a pass."""
    jobs = [job() for job in subclasses_in(__name__, __path__, Job)]  # type: ignore[type-abstract]
    return tuple(sorted(jobs, key=lambda job: job.order))


def work(shift: Shift) -> int:
    """Do all that is due now, until nothing is, or until told to stop; how many steps that took.

    A job that fails is left out of the rest of the round and the others go on: one bad row must not stop a mailing.
    Its error is raised at the end.
    """
    shift.begin_round()
    steps = 0
    failed: dict[Job, Exception] = {}
    progress = True
    while progress and not shift.stopping.is_set():
        progress = False
        for job in all_jobs():
            try:
                if job not in failed and not shift.stopping.is_set() and job.do_one(shift, shift.clock.now()):
                    steps += 1
                    progress = True
            except Exception as error:
                failed[job] = error
    for first in failed.values():
        raise first
    return steps
