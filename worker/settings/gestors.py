"""Who answers for which measures: the column `responsible` of `measures.csv` against `gestor_of` of `people.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from worker.messages import say
from worker.nearest import nearest
from worker.settings.measures import Measure
from worker.settings.people import Person

_BETWEEN = re.compile(r"\s*[/+,;]\s*|\s+[–-]\s+")


def named(responsible: str) -> tuple[str, ...]:
    """What a printed cell names, as printed: `KÚ LK / OSV+ ORREP` gives `KÚ LK`, `OSV` and `ORREP`, `???` nothing."""
    return tuple(part for part in _BETWEEN.split(" ".join(responsible.split())) if part.strip("?- "))


def of_gestor(person: Person, measures: Iterable[Measure]) -> tuple[Measure, ...]:
    """The measures that the person answers for, in their order; capitals make no difference."""
    own = {name.casefold() for name in person.gestor_of}
    return tuple(each for each in measures if own & {name.casefold() for name in named(each.responsible)})


def without_gestor(people: Iterable[Person], measures: Sequence[Measure]) -> tuple[Measure, ...]:
    """The measures that nobody in `people.yaml` answers for."""
    known = {measure.id for person in people for measure in of_gestor(person, measures)}
    return tuple(measure for measure in measures if measure.id not in known)


def gestor_doubts(people: Mapping[str, Person], measures: Sequence[Measure]) -> list[str]:
    """What `gestor_of` names and no measure does, in sentences."""
    printed = {name.casefold(): name for measure in measures for name in named(measure.responsible)}
    return [
        say("measures.unknown_gestor", person=person.id, name=name, nearest=_meant(name, printed))
        for person in people.values()
        for name in person.gestor_of
        if name.casefold() not in printed
    ]


def _meant(name: str, printed: Mapping[str, str]) -> str:
    found = nearest(name.casefold(), printed)
    return "" if found is None else " " + say("config.did_you_mean", word=printed[found])
