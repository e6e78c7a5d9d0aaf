"""`lists.yaml`: the mailing lists. A list has members of its own, includes others, or both.

Whoever reads the public page of a list reads the words of `public`; without them the list has no page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from worker.errors import Fault, HlasatelError
from worker.messages import say
from worker.positions import Document, Faults, read_yaml
from worker.settings.entries import read_entries
from worker.settings.faults import Id, Line, Strict, did_you_mean
from worker.settings.private_lives import told_of_members

FILE = "lists.yaml"
_CONSENT = re.compile(r"souhlas|consent|písm\. a\)", re.IGNORECASE)
_LEGITIMATE_INTEREST = re.compile(r"oprávněn\w+ záj|legitimate interest|písm\. f\)", re.IGNORECASE)
_NAMED_AT_EACH_END = 4


class PublicWords(Strict):
    """What the public reads of a list: its name and what comes by it."""

    name: Line
    description: Line


class MailingList(Strict):
    """One list: `place` says where the plan names it, `ours` why we added it; exactly one of the two is given.

    `owner` is the id of the person who keeps the addresses, `legal_basis` what allows them to be kept: consent, a
    public task or a legal duty (GDPR, art. 6(1) a, e, c). `join` is `open` where anybody may put herself on the list,
    `topics` whether she may then choose what to read about. `group` says that its own members are the press, or the
    office's own staff, who hear no later than the press.
    """

    id: Id
    name: Line
    description: Line
    owner: Id
    legal_basis: Line
    place: Line | None = None
    ours: Line | None = None
    includes: tuple[Id, ...] = Field(default=(), strict=False)
    public: PublicWords | None = None
    join: Literal["open", "invitation"] = "invitation"
    topics: bool = False
    group: Literal["press", "staff"] | None = None

    @property
    def is_open(self) -> bool:
        """Whether anybody may put herself on the list."""
        return self.join == "open"

    @property
    def of_private_people(self) -> bool:
        """Whether its own members are there for themselves, not for an office, a newsroom or an organisation."""
        return self.is_open or self.topics or _CONSENT.search(self.legal_basis) is not None

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.place is None) == (self.ours is None):
            raise ValueError(say("config.list_origin"))
        return self

    @model_validator(mode="after")
    def _legal(self) -> Self:
        if self.is_open and self.public is None:
            raise ValueError(say("lists.open_without_words"))
        if self.topics and not self.is_open:
            raise ValueError(say("lists.topics_by_invitation"))
        words = (self.id, self.name, *((self.public.name, self.public.description) if self.public else ()))
        if self.of_private_people and (told := told_of_members(*words)):
            raise ValueError(say("lists.vulnerable", words=told))
        return self


def load_lists(config: Path) -> dict[str, MailingList]:
    """The lists by id, in the order written; InvalidFiles with every fault, unknown and circular includes too."""
    document = read_yaml(config / FILE)
    faults = Faults()
    lists = read_entries(document, MailingList, faults)
    faults.extend(_include_faults(document, lists))
    faults.refuse()
    return lists


def legal_doubts(lists: Iterable[MailingList]) -> list[str]:
    """A sentence for each list that rests on what an authority can hardly rest on: its officer decides, not we."""
    doubtful = [each for each in lists if _LEGITIMATE_INTEREST.search(each.legal_basis)]
    return [say("lists.legitimate_interest", list=each.id) for each in doubtful]


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
    closing = _closing_a_circle(lists)
    for entry in lists.values():
        for index, included in enumerate(entry.includes):
            where = (entry.id, "includes", index)
            # A list whose own entry is faulty is known all the same: one mistake, one fault.
            if included not in document.data:
                message = say("config.unknown_list", value=included, nearest=did_you_mean(included, document.data))
                yield document.fault(where, message)
            elif (entry.id, index) in closing:
                way = " → ".join((*closing[entry.id, index], included))
                yield document.fault(where, say("config.list_circle", way=way))


def _closing_a_circle(lists: Mapping[str, MailingList]) -> dict[tuple[str, int], tuple[str, ...]]:
    """The includes (list, index) without which there is no circle, each with its way round from the included list.

    A depth-first walk that follows each include once: time is linear in their number. Of a long way the ends are kept.
    """
    closing: dict[tuple[str, int], tuple[str, ...]] = {}
    done: set[str] = set()
    for start in lists:
        if start in done:
            continue
        way, depth, waiting = [start], {start: 0}, [iter(enumerate(lists[start].includes))]
        while way:
            here = way[-1]
            index, included = next(waiting[-1], (-1, ""))
            if index < 0:
                done.add(here)
                del depth[way.pop()], waiting[-1]
            elif included in depth:
                closing[here, index] = _ends(way, depth[included])
            elif included in lists and included not in done:
                depth[included] = len(way)
                way.append(included)
                waiting.append(iter(enumerate(lists[included].includes)))
    return closing


def _ends(way: Sequence[str], first: int) -> tuple[str, ...]:
    if len(way) - first <= 2 * _NAMED_AT_EACH_END:
        return tuple(way[first:])
    return (*way[first : first + _NAMED_AT_EACH_END], "…", *way[-_NAMED_AT_EACH_END:])
