"""`people.yaml`: the roles that approve, contribute, are asked or told. A role is a person as far as we know."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from worker.errors import Fault
from worker.messages import say
from worker.positions import Document, Faults, read_yaml
from worker.settings.entries import read_entries
from worker.settings.faults import Address, Id, Line, Strict, did_you_mean

FILE = "people.yaml"


class Person(Strict):
    """One role. `greeting` opens a mail ("Vážená paní mluvčí"); `deputy` is the id of who decides in her place."""

    id: Id
    name: Line
    role: Line
    email: Address
    greeting: Line
    phone: Line | None = None
    deputy: Id | None = None


def load_people(config: Path) -> dict[str, Person]:
    """The people by id, in the order written; InvalidFiles with every fault."""
    document = read_yaml(config / FILE)
    faults = Faults()
    people = read_entries(document, Person, faults)
    faults.extend(_deputy_faults(document, people))
    faults.refuse()
    return people


def person_fault(document: Document, where: tuple[str, ...], person: str, people: Collection[str]) -> Fault | None:
    """The fault of naming somebody who is not in people.yaml."""
    if person in people:
        return None
    return document.fault(where, say("config.unknown_person", value=person, nearest=did_you_mean(person, people)))


def _deputy_faults(document: Document, people: Mapping[str, Person]) -> Iterator[Fault]:
    for person in people.values():
        if person.deputy is None:
            continue
        where = (person.id, "deputy")
        if person.deputy == person.id:
            yield document.fault(where, say("config.own_deputy"))
        # A deputy whose own entry is faulty is known all the same: one mistake, one fault.
        elif fault := person_fault(document, where, person.deputy, document.data):
            yield fault
