"""Reads `schedules.yaml` in every round and takes up a valid edit. A faulty one changes nothing and is mailed once.

While somebody saves, the file may for a moment be missing, empty or cut off in the middle, which can even be a valid
plan. So a shift that has a plan looks at a changed file only once it has stood unchanged for `SETTLES`; one that has
just begun takes the file as it is, for a `tick` has no later round.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from worker.errors import InvalidFiles
from worker.jobs.base import Job, Shift
from worker.notices import queue
from worker.planning import guard
from worker.planning.attention import faulty_key
from worker.planning.current import PlanFile, last_good, last_version, plan_file
from worker.planning.take_up import first_start, note_contributors, take_up
from worker.record import events

SETTLES = timedelta(seconds=2)


class TakeUpPlan(Job):
    """File → occurrences `planned`, `dropped` or `historical`."""

    order = 0

    def do_one(self, shift: Shift, now: datetime) -> bool:
        file, fresh = plan_file(shift.office), shift.file_seen is None
        if shift.file_seen is None or shift.file_seen[0] != file.digest or now < shift.file_seen[1]:
            shift.file_seen = file.digest, now
        if not fresh and not self._wanted(shift, file, now):
            return False
        try:
            plan = file.plan(shift.office)
        except InvalidFiles as error:
            return self._refuse(shift, file, error, now)
        with shift.office.database.write() as tx:
            first_start(tx, now)
            version = last_version(tx)
            in_force = version is not None and version.digest == plan.digest
            if in_force:
                note_contributors(tx, plan)
            if in_force or take_up(tx, shift.office, plan, now) is not None:
                shift.plan, shift.not_taken_up = plan, None
                return True
        self._leave(shift, file)
        return False

    def _wanted(self, shift: Shift, file: PlanFile, now: datetime) -> bool:
        """Whether the file is another than the plan in force, stands still, and was not looked at and left before."""
        assert shift.file_seen is not None
        if shift.plan is not None and shift.plan.digest == file.digest:
            shift.not_taken_up = None
            return False
        if now - shift.file_seen[1] < SETTLES:
            return False
        if shift.not_taken_up != file.digest:
            return True
        with shift.office.database.read() as tx:
            return guard.accepted(tx, file.digest) is not None

    def _refuse(self, shift: Shift, file: PlanFile, error: InvalidFiles, now: datetime) -> bool:
        """Go on with the last good plan; without one nothing can be done, so the faults go to whoever started us."""
        office = shift.office
        if not self._leave(shift, file):
            raise error
        with office.database.write() as tx:
            version = last_version(tx)
            assert version is not None, "a last good plan without its version"
            faults = "\n\n".join(str(fault) for fault in error.faults)
            told = queue.put(
                tx, faulty_key(version.id, file.digest), "plan_faulty", office.settings.coordinator, now,
                count=len(error.faults), faults=faults,
            )  # fmt: skip
            if told:
                events.append(tx, "plan.refused", now, digest=file.digest, faults=len(error.faults))
        return told

    def _leave(self, shift: Shift, file: PlanFile) -> bool:
        """Leave the file alone until it changes; whether there is a plan to go on with."""
        shift.not_taken_up = file.digest
        if shift.plan is None:
            with shift.office.database.read() as tx, suppress(InvalidFiles):  # the configuration has outgrown it
                shift.plan = last_good(tx, shift.office)
        return shift.plan is not None
