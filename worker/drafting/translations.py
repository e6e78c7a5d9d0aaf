"""A draft's part in another language: which draft has one, and the draft anew with what a translator sent."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row

from worker.drafting.make import Rendered, redated
from worker.kinds import find
from worker.kinds.parts import TRANSLATION, source_digest
from worker.messages import say
from worker.office import Office
from worker.plan.model import Plan
from worker.settings import Person


def doubts(plan: Plan, people: Mapping[str, Person]) -> Iterator[tuple[str, str]]:
    """(activity id, sentence) for every row that names somebody who translates, and nothing that has a part for it."""
    for activity in plan.activities:
        for each in activity.contributors:
            if each in people and people[each].translates is not None and kind_of(activity.kinds) is None:
                yield activity.id, say("translations.nothing_to_do", activity=activity.id, person=people[each].name)


def languages(office: Office, people: Iterable[str]) -> Iterator[str]:
    """The languages that those of `people` who translate put drafts into, in their order."""
    for each in people:
        person = office.people.get(each)
        if person is not None and person.translates is not None:
            yield person.translates


def kind_of(kinds: Iterable[str]) -> str | None:
    """The one of an occurrence's kinds that is translated: the first common one that has a part for it."""
    common = [(each, kind) for each in kinds if (kind := find(each)) is not None and not kind.body]
    return next((each for each, kind in common if any(field.id == TRANSLATION for field in kind.fields)), None)


def translated(office: Office, draft: Row[Any], day: date, text: str, language: str) -> Rendered:
    """The draft with `text` as its translation into `language`; everything else as it stands, for the send day `day`.

    Raises DraftingError for what no mail can carry.
    """
    text = unicodedata.normalize("NFC", text).strip()
    given = {"language": language, "kind": draft.kind, "text": text, "of": source_digest(draft.fields)}
    material = {**draft.material, "sources": {**draft.material["sources"], TRANSLATION: given}}
    fields = {**draft.fields, TRANSLATION: text}
    return redated(draft.kind, fields, material, day, edited=True, templates_dir=office.templates)
