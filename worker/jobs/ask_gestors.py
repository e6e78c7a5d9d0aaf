"""Each January whoever answers for measures is asked how far her own have come, and the coordinator told whom.

The report that the measures come from was made as of 31 December (003:45) and laid out for comments from 9 January
(002); so the question is put on the year's first working day, when that state is known. Later than in January it is not
put any more. What is as of that day already is not asked about.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection

from worker.errors import HlasatelError
from worker.jobs.base import Job, Shift
from worker.messages import office_language, say, speaking
from worker.notices import queue
from worker.office import Office
from worker.plan.reading.read_back import plain_day
from worker.plan.stages import WORK_BEGINS
from worker.record import events
from worker.settings import Measure, load_measures
from worker.settings.gestors import of_gestor, without_gestor
from worker.times import local_day, local_instant, next_working_day

JANUARY = 1


class AskGestors(Job):
    """Changes no occurrence: the answers go to the coordinator, who enters them with `hlasatel measures import`."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        office, year = shift.office, local_day(now).year
        if local_day(now).month != JANUARY or now < _asks_at(year):
            return False
        with office.database.read() as tx:
            if queue.told(tx, _key(year, office.settings.coordinator)):
                return False
        stale = _stale(office, date(year - 1, 12, 31))
        if not stale:
            return False
        with office.database.write() as tx, speaking(office_language()):
            return _ask(tx, office, stale, year, now)

    def next_at(self, shift: Shift, now: datetime) -> datetime:
        year = local_day(now).year
        return _asks_at(year) if now < _asks_at(year) else _asks_at(year + 1)


def _asks_at(year: int) -> datetime:
    return local_instant(next_working_day(date(year, JANUARY, 1)), WORK_BEGINS)


def _key(year: int, person: str) -> str:
    return f"gestor-call/{year}/{person}"


def _stale(office: Office, wanted: date) -> Sequence[Measure]:
    """The measures whose state is older than `wanted`. None while an edit of the file is at fault: that is told apart,
    and the question put when it is mended.
    """
    try:
        return [measure for measure in load_measures(office.settings.config) if measure.status_date < wanted]
    except HlasatelError:
        return []


def _ask(tx: Connection, office: Office, stale: Sequence[Measure], year: int, now: datetime) -> bool:
    """Every gestor and the coordinator at once: that she was told shows that all were asked.

    A coordinator who answers for measures is asked in a mail of its own.
    """
    until, told = plain_day(next_working_day(date(year, JANUARY, 31))), []
    for person in office.people.values():
        own = of_gestor(person, stale)
        if own and queue.put(
            tx, f"{_key(year, person.id)}/own", "gestor_call", person.id, now, year=year - 1, until=until,
            count=len(own), measures=_listed(own),
        ):  # fmt: skip
            told.append(f"{person.name} ({len(own)})")
            events.append(tx, "measures.asked", now, asked=person.id, number=len(own), year=year - 1)
    left = without_gestor(office.people.values(), stale)
    untold = [say("measures.left", count=len(left)), *_by_office(left)] if left else [say("measures.none_left")]
    return queue.put(
        tx, _key(year, office.settings.coordinator), "gestor_calls", office.settings.coordinator, now, year=year - 1,
        asked=say("measures.asked", people=", ".join(told)) if told else say("measures.asked_nobody"),
        left="\n\n".join(untold),
    )  # fmt: skip


def _listed(measures: Sequence[Measure]) -> str:
    """A paragraph each: its number, words and state with its day, which is never told without it."""
    return "\n\n".join(
        say(
            "measures.line", id=each.id, text=each.text.rstrip(";, "), status=each.status,
            day=each.as_of,
        )
        for each in measures
    )  # fmt: skip


def _by_office(measures: Sequence[Measure]) -> list[str]:
    """The measures without anybody to ask, under the words that the strategy names their gestor with."""
    by: dict[str, list[str]] = {}
    for measure in measures:
        by.setdefault(measure.responsible or say("measures.no_words"), []).append(measure.id)
    return [f"{words}: {', '.join(ids)}" for words, ids in by.items()]
