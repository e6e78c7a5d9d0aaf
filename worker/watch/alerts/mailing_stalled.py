"""A mailing that is being sent and gets no further, although parts of it are due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from worker.store.states import FINAL_DELIVERIES, MailingState
from worker.store.tables import mailings, occurrences, slices
from worker.times import format_instant
from worker.watch.alerts.base import Alarm, Condition, Watch


class MailingStalled(Condition):
    def found(self, watch: Watch) -> Iterator[Alarm]:
        sending = select(mailings.c.id, mailings.c.audience, occurrences.c.title, occurrences.c.id.label("occurrence"))
        sending = sending.join(occurrences, occurrences.c.id == mailings.c.occurrence_id)
        rows = watch.tx.execute(sending.where(mailings.c.state == MailingState.SENDING).order_by(mailings.c.id)).all()
        settled: Counter[int] = Counter({row.id: 0 for row in rows})
        has_work = set()
        pieces = select(slices.c.mailing_id, slices.c.tallies, slices.c.due_at)
        for piece in watch.tx.execute(pieces.where(slices.c.mailing_id.in_(list(settled)))) if rows else ():
            settled[piece.mailing_id] += sum(piece.tallies.get(each, 0) for each in FINAL_DELIVERIES)
            if piece.due_at is not None and piece.due_at <= watch.now:
                has_work.add(piece.mailing_id)
        before = watch.memory.progress
        watch.memory.progress = {
            each: (number, min(before[each][1], watch.now))
            if each in has_work and each in before and before[each][0] == number
            else (number, watch.now)
            for each, number in settled.items()
        }
        patience = timedelta(minutes=watch.office.settings.alerts.late_minutes)
        for row in rows:
            number, since = watch.memory.progress[row.id]
            if watch.now - since >= patience:
                values = {"title": row.title, "occurrence": row.occurrence, "settled": number, "audience": row.audience}
                yield Alarm(str(row.id), {**values, "since": format_instant(since, form="at")})
