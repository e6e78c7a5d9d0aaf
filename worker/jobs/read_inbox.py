"""Takes in what came to the mailbox for answers: each mail once, its file removed only after that is written down."""

from __future__ import annotations

from datetime import datetime

from worker.inbox import maildir
from worker.inbox.sorting import letter
from worker.inbox.taking import take
from worker.jobs.base import Job, Shift
from worker.notices import queue
from worker.settings import Inbox
from worker.times import local_day


class ReadInbox(Job):
    """Changes no occurrence: nothing that comes by mail decides."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        inbox = shift.office.settings.inbox
        if inbox is None:
            return False
        try:
            names = maildir.waiting(inbox.maildir, shift.aside)
        except OSError as error:
            return self._tell(shift, inbox, error, now)
        for name in names:
            if shift.stopping.is_set():
                break
            try:
                self._take(shift, inbox, name, now)
            except FileNotFoundError:
                continue  # somebody else has tidied it away
            except OSError as error:
                shift.aside.add(name)
                self._tell(shift, inbox, error, now)
        return bool(names)

    def _take(self, shift: Shift, inbox: Inbox, name: str, now: datetime) -> None:
        arrived = maildir.read(inbox.maildir, name)
        if take(shift.office, arrived.hash, letter(arrived.data), now):
            maildir.keep(arrived)
        else:
            maildir.remove(arrived)

    def _tell(self, shift: Shift, inbox: Inbox, error: OSError, now: datetime) -> bool:
        """One mail a day while it lasts: answers and bounces go unread."""
        with shift.office.database.write() as tx:
            return queue.put(
                tx, f"inbox/{local_day(now).isoformat()}", "inbox_unreadable", shift.office.settings.coordinator, now,
                maildir=str(inbox.maildir), address=inbox.address, reason=error.strerror or type(error).__name__,
            )  # fmt: skip
