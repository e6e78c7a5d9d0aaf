"""What was done before Hlasatel was there, noted from a table: all of its rows, or none where one is faulty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection

from worker.approval import choose
from worker.audience.importing.columns import Column, Line, lines_of
from worker.errors import HlasatelError
from worker.messages import say
from worker.office import Office
from worker.plan.reading.read_back import plain_day
from worker.positions import Faults
from worker.record import events
from worker.record.noted import noted
from worker.store.states import OccurrenceState, lock_occurrence

COLUMNS = (
    Column("occurrence", ("vyskyt", "occurrence", "id", "idvyskytu"), required=True),
    Column("day", ("datum", "date", "den", "day", "kdy"), required=True),
    Column("address", ("adresa", "address", "url", "odkaz", "link")),
    Column("note", ("poznamka", "note", "duvod", "reason")),
)


class What(StrEnum):
    """What a row comes to."""

    NOTED = "noted"
    CORRECTED = "corrected"
    """A person noted another day or address before."""
    PRESENT = "present"
    """The same is noted already."""


@dataclass(frozen=True)
class Row:
    """One row and what it comes to. `was` says what was noted before, for a correction."""

    number: int
    occurrence: str
    day: date
    address: str
    note: str
    what: What = What.NOTED
    was: str = ""

    def told(self) -> str:
        """What becomes of it, in a sentence."""
        key = f"past.{self.what}"
        return say(
            key, occurrence=self.occurrence, day=plain_day(self.day), address=self.address, was=self.was
        ).rstrip()


def note(
    tx: Connection, office: Office, occurrence_id: str, now: datetime,
    *, reason: str, person: str, address: str, on: date | None, whence: str = "",
) -> What:  # fmt: skip
    """Note one as done, put right what a person noted of it before, or leave what is noted already.

    HlasatelError if it cannot be done by hand.
    """
    before = _noted(tx, occurrence_id)
    if before is None:
        choose.done(tx, office, occurrence_id, now, reason=reason, person=person, address=address, on=on, whence=whence)
        return What.NOTED
    address = address or before[1]
    if before == (on or before[0], address):
        return What.PRESENT
    choose.done_anew(tx, occurrence_id, now, reason=reason, person=person, address=address, on=on, whence=whence)
    return What.CORRECTED


def note_all(
    tx: Connection, office: Office, file: Path, now: datetime, *, person: str, whence: str = ""
) -> Sequence[Row]:
    """Note every row of the table; InvalidFiles with every faulty one, and then the caller takes all of it back."""
    faults = Faults()
    read = [(line, _read(line)) for line in lines_of(file, COLUMNS, faults)]
    first: dict[str, int] = {}
    told = []
    for line, row in read:
        if row is None:
            continue
        if (other := first.setdefault(row.occurrence, row.number)) != row.number:
            line.reject("occurrence", say("past.twice", occurrence=row.occurrence, line=other))
            continue
        before = _noted(tx, row.occurrence)
        was = "" if before is None else " ".join(filter(None, (plain_day(before[0]) if before[0] else "", before[1])))
        reason = row.note or say("past.reason", file=file.name)
        try:
            with tx.begin_nested():
                what = note(
                    tx, office, row.occurrence, now, reason=reason, person=person, address=row.address, on=row.day,
                    whence=whence,
                )  # fmt: skip
        except HlasatelError as error:
            line.reject("day" if isinstance(error, choose.BadDay) else "occurrence", str(error))
            continue
        told.append(Row(row.number, row.occurrence, row.day, row.address, row.note, what, was))
    faults.refuse()
    return told


def _read(line: Line) -> Row | None:
    occurrence, day = line.text("occurrence"), line.day("day")
    address, words = line.address("address"), line.text("note")
    if not occurrence:
        line.reject("occurrence", say("past.no_occurrence"))
    if day is None and line.fine:
        line.reject("day", say("past.no_day"))
    if day is None or not line.fine:
        return None
    return Row(line.number, occurrence, day, address, words)


def _noted(tx: Connection, occurrence_id: str) -> tuple[date | None, str] | None:
    """Day and address that a person noted of one done by hand; None for any other."""
    row = lock_occurrence(tx, occurrence_id)
    if row is None or row.state != OccurrenceState.DONE:
        return None
    told = noted(events.of_occurrence(tx, occurrence_id))
    return (row.done_on, told[-1].data.get("address", "")) if told else None
