"""Takes in what came to the mailbox for answers: each mail once, its file removed only after that is written down."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from worker.inbox import maildir
from worker.inbox.taking import take, tell_unreadable
from worker.jobs.base import Job, Shift


class ReadInbox(Job):
    """Changes no occurrence: nothing that comes by mail decides."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        inbox = shift.office.settings.inbox
        if inbox is None or inbox.maildir is None:
            return False
        try:
            names = maildir.waiting(inbox.maildir, shift.aside)
        except OSError as error:
            return self._tell(shift, inbox.maildir, error, now)
        for name in names:
            if shift.stopping.is_set():
                break
            try:
                self._take(shift, inbox.maildir, name, now)
            except FileNotFoundError:
                continue  # somebody else has tidied it away
            except OSError as error:
                shift.aside.add(name)
                self._tell(shift, inbox.maildir, error, now)
        return bool(names)

    def _take(self, shift: Shift, box: Path, name: str, now: datetime) -> None:
        arrived = maildir.read(box, name)
        if take(shift.office, arrived.hash, arrived.data, now):
            maildir.keep(arrived)
        else:
            maildir.remove(arrived)

    def _tell(self, shift: Shift, box: Path, error: OSError, now: datetime) -> bool:
        return tell_unreadable(shift.office, str(box), error.strerror or type(error).__name__, now)
