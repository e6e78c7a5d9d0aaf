"""`people.yaml`: the roles that approve, contribute, are asked or told. A role is a person as far as we know."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from worker.errors import Fault
from worker.messages import office_language, say, speaking
from worker.positions import Document, Faults, Where, read_yaml
from worker.settings.days import Day
from worker.settings.entries import read_entries
from worker.settings.faults import Address, Id, Line, Strict, did_you_mean

FILE = "people.yaml"


class Authorisation(Strict):
    """The written authorisation (zmocnění) of a deputy: its number in the office's register, and its date."""

    number: Line
    day: Day = Field(alias="date")

    def told(self) -> str:
        """`č. KULK 1234/2026 ze dne 20. 11. 2026`, in the office's language."""
        with speaking(office_language()):
            return say("seats.authorisation", number=self.number, day=_short(self.day))


class Deputy(Strict):
    """Who decides in somebody's place on days agreed beforehand, both included, as Prague's calendar has them."""

    person: Id
    first_day: Day = Field(alias="from")
    last_day: Day = Field(alias="to")
    authorisation: Authorisation

    @field_validator("last_day")
    @classmethod
    def _in_order(cls, last: date, info: ValidationInfo) -> date:
        first = info.data.get("first_day")
        if first is not None and last < first:
            raise ValueError(say("seats.deputy_days", first=_short(first), last=_short(last)))
        return last

    def days(self) -> str:
        """`1. 12. 2026 – 24. 12. 2026`."""
        return f"{_short(self.first_day)} – {_short(self.last_day)}"


class Person(Strict):
    """One role. `greeting` opens a mail ("Vážená paní mluvčí").

    `translates` is the language that she puts drafts into where a row names her among its contributors. `deputy` is the
    id of who is asked when she has not decided in time; `deputies` stand for her on days named, and are
    asked together with her. `gestor_of` are the words by which the measures name her as the one who answers for them.
    """

    id: Id
    name: Line
    role: Line
    email: Address
    greeting: Line
    phone: Line | None = None
    deputy: Id | None = None
    deputies: tuple[Deputy, ...] = Field(default=(), strict=False)
    gestor_of: tuple[Line, ...] = Field(default=(), strict=False)
    translates: Literal["uk"] | None = None


def load_people(config: Path) -> dict[str, Person]:
    """The people by id, in the order written; InvalidFiles with every fault."""
    document = read_yaml(config / FILE)
    faults = Faults()
    people = read_entries(document, Person, faults)
    faults.extend(_deputy_faults(document, people))
    faults.refuse()
    return people


def deputy_doubts(people: Mapping[str, Person]) -> list[str]:
    """What a sound file says of deputies and was probably not meant, in sentences."""
    said = []
    for person in people.values():
        for each in person.deputies:
            if each.authorisation.day > each.first_day:
                values = {"number": each.authorisation.number, "day": _short(each.authorisation.day)}
                said.append(say("seats.authorised_later", person=person.name, days=each.days(), **values))
        for one, other in combinations(person.deputies, 2):
            if one.first_day <= other.last_day and other.first_day <= one.last_day:
                said.append(say("seats.deputies_overlap", person=person.name, one=one.days(), other=other.days()))
    return said


def person_fault(document: Document, where: Where, person: str, people: Collection[str]) -> Fault | None:
    """The fault of naming somebody who is not in people.yaml."""
    if person in people:
        return None
    return document.fault(where, say("config.unknown_person", value=person, nearest=did_you_mean(person, people)))


def _deputy_faults(document: Document, people: Mapping[str, Person]) -> Iterator[Fault]:
    for person in people.values():
        named: list[tuple[Where, str]] = [
            (("deputies", number, "person"), each.person) for number, each in enumerate(person.deputies)
        ]
        if person.deputy is not None:
            named.insert(0, (("deputy",), person.deputy))
        for key, deputy in named:
            where = (person.id, *key)
            if deputy == person.id:
                yield document.fault(where, say("config.own_deputy" if key == ("deputy",) else "config.own_deputies"))
            # A deputy whose own entry is faulty is known all the same: one mistake, one fault.
            elif fault := person_fault(document, where, deputy, document.data):
                yield fault


def _short(day: date) -> str:
    return f"{day.day}. {day.month}. {day.year}"
