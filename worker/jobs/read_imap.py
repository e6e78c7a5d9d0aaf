"""Takes in what came to a mailbox that is read over IMAP: each mail once, deleted only after that is written down."""

from __future__ import annotations

from datetime import datetime

from worker.inbox.taking import take, tell_unreadable
from worker.jobs.base import Job, Shift


class ReadImap(Job):
    """Changes no occurrence: nothing that comes by mail decides.

    Only by the real clock: what is played with a time that somebody made up empties no mailbox.
    """

    def do_one(self, shift: Shift, now: datetime) -> bool:
        box = shift.office.settings.imap
        if box is None or shift.office.settings.inbox is None or shift.clock.simulated:
            return False
        found = shift.imap.step(box, now)
        if found is not None and found.trouble is not None:
            tell_unreadable(shift.office, str(box), found.trouble, now)
        mail = shift.imap.next()
        if mail is None:
            return False
        shift.imap.settle(mail, keep=take(shift.office, mail.hash, mail.data, now))
        return True

    def wait(self, shift: Shift) -> bool:
        return shift.imap.wait(shift.stopping)
