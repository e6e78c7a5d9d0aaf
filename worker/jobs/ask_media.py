"""Asks the media once a day what will stop them soon, a token that ends, say, and tells the coordinator once a week."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from functools import partial

from worker.channels import all_channels
from worker.drafting.places import options_of
from worker.jobs.base import Job, Shift
from worker.notices import queue
from worker.times import local_day

EVERY = timedelta(days=1)


class AskMedia(Job):
    """Changes no occurrence. Nothing waits for the answers; at a time that somebody made up nobody is asked."""

    order = 60

    def do_one(self, shift: Shift, now: datetime) -> bool:
        for asked, told in shift.couriers.answers():
            for sentence in told:
                _tell(shift, asked, sentence, now)
        if not shift.clock.simulated and (shift.media_asked is None or now >= shift.media_asked + EVERY):
            shift.media_asked = now
            for medium_id, medium in shift.office.media.items():
                channel = all_channels()[medium.channel]
                if channel.beside:
                    shift.couriers.ask(medium_id, partial(channel.check, options_of(medium), now))
        return False


def _tell(shift: Shift, medium: str, sentence: str, now: datetime) -> None:
    digest = hashlib.sha256(sentence.encode()).hexdigest()[:12]
    key = f"medium-doubt/{medium}/{local_day(now):%G-W%V}/{digest}"
    with shift.office.database.write() as tx:
        queue.put(
            tx, key, "medium_doubt", shift.office.settings.coordinator, now, id=medium,
            medium=shift.office.medium_name(medium), reason=sentence,
        )  # fmt: skip
