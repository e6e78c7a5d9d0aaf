"""Sends the mails to the people who run the plan, oldest first."""

from __future__ import annotations

from datetime import datetime

from worker.channels import email
from worker.errors import HlasatelError
from worker.jobs.base import Job, Shift
from worker.notices import queue, render
from worker.record import events


class SendNotices(Job):
    """Notice `queued` → `sent`, or back to `queued` with a delay."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        office = shift.office
        if shift.relay_trouble:
            return False
        with office.database.write() as tx:
            notice = queue.next_due(tx, now)
            if notice is None or not queue.begin(tx, notice.id):
                return False
            shown = render.view(tx, office, notice, now)
        sender, recipient = office.settings.mail.from_address, office.people[notice.person].email
        try:
            data = render.message(office, notice, shown)
            shift.connection.begin(sender, recipient)
            reply = shift.connection.finish(data, recipient)
        except (email.MessageRefused, HlasatelError) as error:
            with office.database.write() as tx:
                queue.failed(tx, notice.id, now, str(error))
                events.append(
                    tx, "notice.failed", now, occurrence=notice.occurrence_id, notice=notice.kind, asked=notice.person
                )
            return True
        except email.SmtpError as error:
            trouble = isinstance(error, email.RelayUnusable)
            shift.relay_trouble = shift.relay_trouble or trouble
            with office.database.write() as tx:
                queue.later(tx, notice, now, str(error), spent=not trouble)
            return not trouble
        with office.database.write() as tx:
            queue.sent(tx, notice.id, now, str(reply))
            if notice.occurrence_id is not None:
                events.append(
                    tx, "notice.sent", now, occurrence=notice.occurrence_id, notice=notice.kind, asked=notice.person
                )
        return True
