"""Reads `schedules.yaml` in every round and takes up a valid edit. A faulty one changes nothing and is mailed once."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from worker.errors import InvalidFiles
from worker.jobs.base import Job, Shift
from worker.notices import queue
from worker.planning.current import last_digest, last_good, plan_on_file
from worker.planning.take_up import first_start, take_up
from worker.record import events


class TakeUpPlan(Job):
    """File → occurrences `planned` or `historical`."""

    order = 0

    def do_one(self, shift: Shift, now: datetime) -> bool:
        key = f"plan/{_fingerprint(shift.office.settings.plan)}"
        if key in shift.aside or (shift.plan is not None and key == f"plan/{shift.plan.digest}"):
            return False
        try:
            plan = plan_on_file(shift.office)
        except InvalidFiles as error:
            shift.aside.add(key)
            return self._refuse(shift, key, error, now)
        with shift.office.database.write() as tx:
            first_start(tx, now)
            if last_digest(tx) != plan.digest:
                take_up(tx, shift.office, plan, now)
        shift.plan = plan
        return True

    def _refuse(self, shift: Shift, key: str, error: InvalidFiles, now: datetime) -> bool:
        """Go on with the last good plan; without one nothing can be done, so the faults go to whoever started us."""
        office = shift.office
        with office.database.write() as tx:
            good = shift.plan or last_good(tx, office)
            if good is None:
                raise error
            faults = "\n\n".join(str(fault) for fault in error.faults)
            told = queue.put(
                tx, f"faulty-{key}", "plan_faulty", office.settings.coordinator, now, count=len(error.faults),
                faults=faults,
            )  # fmt: skip
            if told:
                events.append(tx, "plan.refused", now, digest=key.removeprefix("plan/"), faults=len(error.faults))
        shift.plan = good
        return told


def _fingerprint(path: Path) -> str:
    """SHA-256 of the file as it stands; a missing file is an edit like any other."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return "missing"
