"""`lists.yaml`: the mailing lists. A list has members of its own, includes others, or both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from worker.errors import Fault, HlasatelError
from worker.messages import say
from worker.positions import Document, Faults, read_yaml
from worker.settings.entries import read_entries
from worker.settings.faults import Id, Line, Strict, did_you_mean

FILE = "lists.yaml"


class MailingList(Strict):
    """One list: `place` says where the plan names it, `ours` why we added it; exactly one of the two is given.

    `owner` is the id of the person who keeps the addresses, `legal_basis` what allows them to be kept.
    """

    id: Id
    name: Line
    description: Line
    owner: Id
    legal_basis: Line
    place: Line | None = None
    ours: Line | None = None
    includes: tuple[Id, ...] = Field(default=(), strict=False)

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.place is None) == (self.ours is None):
            raise ValueError(say("config.list_origin"))
        return self


def load_lists(config: Path) -> dict[str, MailingList]:
    """The lists by id, in the order written; InvalidFiles with every fault, unknown and circular includes too."""
    document = read_yaml(config / FILE)
    faults = Faults()
    lists = read_entries(document, MailingList, faults)
    faults.extend(_include_faults(document, lists))
    faults.refuse()
    return lists


def closure(lists: Mapping[str, MailingList], list_id: str) -> tuple[str, ...]:
    """`list_id` and every list it includes, directly or not, each once, itself first; HlasatelError if unknown."""
    if list_id not in lists:
        raise HlasatelError(say("config.unknown_list", value=list_id, nearest=did_you_mean(list_id, lists)))
    found: dict[str, None] = {}
    waiting = [list_id]
    while waiting:
        here = waiting.pop(0)
        if here not in found:
            found[here] = None
            waiting += lists[here].includes
    return tuple(found)


def _include_faults(document: Document, lists: Mapping[str, MailingList]) -> Iterator[Fault]:
    for entry in lists.values():
        for index, included in enumerate(entry.includes):
            where = (entry.id, "includes", index)
            # A list whose own entry is faulty is known all the same: one mistake, one fault.
            if included not in document.data:
                message = say("config.unknown_list", value=included, nearest=did_you_mean(included, document.data))
                yield document.fault(where, message)
            elif circle := _way(lists, included, entry.id):
                yield document.fault(where, say("config.list_circle", way=" → ".join((entry.id, *circle))))


def _way(lists: Mapping[str, MailingList], start: str, goal: str) -> tuple[str, ...]:
    """The shortest way of includes from `start` to `goal`, both named; empty if there is none."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen = {start}
    while ways:
        way = ways.pop(0)
        if way[-1] == goal:
            return way
        for included in lists[way[-1]].includes if way[-1] in lists else ():
            if included not in seen:
                seen.add(included)
                ways.append((*way, included))
    return ()
