"""Asks the media once a day what will stop them soon, a token that ends, say, and tells the coordinator once a week."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select, update

from worker.channels import all_channels
from worker.drafting.places import options_of
from worker.jobs.base import Job, Shift
from worker.notices import queue
from worker.settings import Medium
from worker.store.tables import media_checks
from worker.times import local_day

EVERY = timedelta(days=1)


class AskMedia(Job):
    """Changes no occurrence. At a time that somebody made up nobody is asked."""

    order = 60

    def do_one(self, shift: Shift, now: datetime) -> bool:
        if (answer := shift.couriers.answer()) is not None:
            medium_id, outlook = answer
            with shift.office.database.write() as tx:
                asked = media_checks.c.medium == medium_id
                tx.execute(update(media_checks).where(asked).values(good_until=outlook.good_until))
            for sentence in outlook.doubts:
                _tell(shift, medium_id, sentence, now)
            return True
        medium = None if shift.clock.simulated else _next(shift, now)
        if medium is None:
            return False
        with shift.office.database.write() as tx:  # first: a `tick` that dies over it asks no more often than others
            if not tx.execute(update(media_checks).where(media_checks.c.medium == medium.id).values(at=now)).rowcount:
                tx.execute(media_checks.insert().values(medium=medium.id, at=now))
        shift.couriers.ask(medium.id, partial(all_channels()[medium.channel].check, options_of(medium), now))
        return True

    def wait(self, shift: Shift) -> bool:
        return shift.couriers.wait_for_answer(shift.stopping)


def _next(shift: Shift, now: datetime) -> Medium | None:
    """A medium on somebody else's server that was not asked for a day."""
    media = [each for each in shift.office.media.values() if all_channels()[each.channel].beside]
    if not media:
        return None
    with shift.office.database.read() as tx:
        recent = media_checks.c.at > now - EVERY, media_checks.c.at <= now  # a clock that went back hides nothing
        asked = set(tx.execute(select(media_checks.c.medium).where(*recent)).scalars())
    return next((each for each in media if each.id not in asked), None)


def _tell(shift: Shift, medium: str, sentence: str, now: datetime) -> None:
    digest = hashlib.sha256(sentence.encode()).hexdigest()[:12]
    key = f"medium-doubt/{medium}/{local_day(now):%G-W%V}/{digest}"
    with shift.office.database.write() as tx:
        queue.put(
            tx, key, "medium_doubt", shift.office.settings.coordinator, now, id=medium,
            medium=shift.office.medium_name(medium), reason=sentence,
        )  # fmt: skip
