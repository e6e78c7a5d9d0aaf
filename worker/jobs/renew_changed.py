"""Watches asked and approved packages: when what surrounds one changes, its approval is void and is asked anew."""

from __future__ import annotations

from datetime import datetime

from worker.approval import ask
from worker.drafting import packages
from worker.jobs.base import Job, Shift, in_state
from worker.store.states import OccurrenceState


class RenewChanged(Job):
    """`asked` or `approved` with another digest → `asked` with a new version."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        office = shift.office
        with office.database.read() as tx:
            candidates = [
                row.id
                for row in in_state(tx, OccurrenceState.ASKED, OccurrenceState.APPROVED, tasks=False)
                if (package := packages.latest(tx, row.id)) is not None
                and packages.digest_now(tx, office, row, package) != package.digest
            ]
        for occurrence_id in candidates:
            with office.database.write() as tx:
                row = ask.occurrence_row(tx, occurrence_id)
                package = packages.latest(tx, occurrence_id)
                waiting = row.state in (OccurrenceState.ASKED, OccurrenceState.APPROVED)
                if waiting and package and packages.digest_now(tx, office, row, package) != package.digest:
                    ask.renew(tx, office, row, package, now, ask.what_changed(office, row, package))
                    return True
        return False
