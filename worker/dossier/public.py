"""The dossier without personal data, for whoever asks for information (zákon č. 106/1999 Sb., § 8a).

Everybody is shown by role, also those who acted for the office; nobody's address, number or network address is in it.
What people wrote is left out as a whole or, where that is asked for, without the personal data that can be found in it.
A story's texts tell of people and are left out. The digests stay, so that it can be held against the full dossier;
the exact wordings, from which they are made, do not.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from html import unescape
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, select

from worker.dossier.model import Contents, Contributed, Decision, Draft, Line, Version
from worker.dossier.redaction import Redaction, looks_personal
from worker.errors import HlasatelError
from worker.messages import say
from worker.office import Office
from worker.record.events import Event
from worker.record.why import told
from worker.store import tables

_KEPT = frozenset({
    "approvers", "asked", "audience", "by_code", "cancelled", "chosen", "copies", "day", "decided", "digest", "down",
    "draft", "end", "excluded", "expired", "failed", "given_by", "hold", "kinds", "lists", "mailing", "medium", "moved",
    "notice", "number", "on_behalf_of", "outcome", "recipients", "seat", "send_at", "sent", "state", "suppressed",
    "themes", "unknown", "until", "version", "waiting", "was", "back", "tried", "recorded", "successor", "assumed",
    "correction",
})  # fmt: skip
"""What an event says that is nobody's words and nobody's data; people in it are ids, shown by role."""
_DROPPED = frozenset({"whence", "recipient"})


def by_role(office: Office) -> Office:
    """The same office with everybody called by role."""
    people = {key: person.model_copy(update={"name": called(office, key)}) for key, person in office.people.items()}
    return replace(office, people=_Roles(people))


class _Roles(dict[str, Any]):
    """Whoever has left the configuration is somebody of the office: an id may be a name."""

    def get(self, key: str, default: Any = None) -> Any:
        return super().get(key, default) or SimpleNamespace(name=say("dossier.somebody"), role="")


def called(office: Office, key: str) -> str:
    """A person by role: a name that is one already stays, else what she does as people.yaml has it."""
    person = office.people.get(key)
    if person is None or not (person.role or not looks_personal(person.name)):
        return say("dossier.somebody")
    if not looks_personal(person.name):
        return person.name
    return say("dossier.in_the_role", role=person.role.partition(";")[0].strip())


def names(tx: Connection, office: Office, occurrence_id: str) -> Iterator[str]:
    """Every name of a person that the office knows and that may stand in something about the occurrence.

    Who signed as the office itself, by a role or with a dot gave no name.
    """
    ours = _own_words(office)
    for each in _given_names(tx, office, occurrence_id):
        if re.search(r"\w{3}", each) and not _stands_in(each, ours):
            yield each


def _own_words(office: Office) -> str:
    """What the office calls itself and its roles."""
    own = office.settings.organisation
    people = by_role(office).people.values()
    return "\n".join((own.name, own.office, own.department, *(f"{each.name}\n{each.role}" for each in people)))


def _given_names(tx: Connection, office: Office, occurrence_id: str) -> Iterator[str]:
    for person in office.people.values():
        if looks_personal(person.name):
            yield person.name
    made = select(tables.decisions.c.signed).join(tables.packages)
    for signed in tx.execute(made.where(tables.packages.c.occurrence_id == occurrence_id)).scalars():
        yield from (each for each in str(signed).split("\n")[::2] if looks_personal(each))
    yield from tx.execute(select(tables.consents.c.subject)).scalars()
    given = tables.contributions
    own = select(given.c.signed, given.c.consent_of).where(given.c.occurrence_id == occurrence_id)
    for row in tx.execute(own):
        yield from (each for each in (row.signed, row.consent_of) if each)
    photos = select(tables.kit_photos.c.author).where(tables.kit_photos.c.occurrence_id == occurrence_id)
    yield from tx.execute(photos).scalars()


def without_personal_data(found: Contents, office: Office, redaction: Redaction) -> Contents:
    """The same contents, fit to be given out. `office` is the one whose people are called by role."""
    row = found.occurrence
    occurrence: Any = SimpleNamespace(**{**row._mapping, "title": redaction.text(row.title), "about": ""})
    stories = bool(row.stories)
    return replace(
        found,
        occurrence=occurrence,
        decisions=tuple(_decision(each, redaction) for each in found.decisions),
        versions=tuple(_version(each, redaction, stories=stories) for each in found.versions),
        comments=tuple(
            replace(each, who=say("dossier.somebody"), text=redaction.words(each.text)) for each in found.comments
        ),
        contributions=tuple(_contributed(each, redaction) for each in found.contributions),
        lines=tuple(_line(office, each.event, redaction) for each in found.lines),
    )


def refuse_leaks(html: str, office: Office, known: Collection[str]) -> None:
    """HlasatelError when a name that is known, or an address of one of the office's people, still stands there."""
    text = unescape(html)
    addresses = [person.email for person in office.people.values()]
    if any(_stands_in(each, text) for each in known) or any(each in text for each in addresses if each):
        raise HlasatelError(say("record.still_personal"))


def _stands_in(name: str, text: str) -> bool:
    """Whether the text holds the name as whole words."""
    return re.search(rf"(?<!\w){re.escape(name.strip())}(?!\w)", text) is not None


def _decision(decision: Decision, redaction: Redaction) -> Decision:
    return replace(
        decision,
        who=decision.role or say("dossier.somebody"),
        role="",
        on_behalf_of=(decision.approver_role or say("dossier.somebody")) if decision.on_behalf_of else "",
        approver_role="",
        authorisation=redaction.text(decision.authorisation),
        whence="",
        comment=redaction.words(decision.comment),
        ended=redaction.words(decision.ended),
    )


def _version(version: Version, redaction: Redaction, *, stories: bool) -> Version:
    return replace(
        version,
        reason=(redaction.words if version.made_by or version.edited_by else redaction.text)(version.reason),
        drafts=tuple(_draft(each, redaction, stories=stories) for each in version.drafts),
        lists=tuple(
            replace(each, name=redaction.text(each.name), description=redaction.text(each.description))
            for each in version.lists
        ),
        exact="",
    )


def _draft(draft: Draft, redaction: Redaction, *, stories: bool) -> Draft:
    left = say("dossier.left_out_story")
    return replace(
        draft,
        sender=redaction.text(draft.sender),
        answers=redaction.text(draft.answers),
        subject=left if stories and draft.subject else redaction.text(draft.subject),
        text=left if stories else redaction.text(draft.text),
        html="",
        exact="",
        files=tuple((redaction.text(name), digest) for name, digest in draft.files),
    )


def _contributed(contributed: Contributed, redaction: Redaction) -> Contributed:
    return replace(
        contributed,
        who=say("dossier.somebody"),
        signed="",
        text=redaction.words(contributed.text),
        photo=say("dossier.left_out") if contributed.photo else "",
        note=redaction.words(contributed.note),
    )


def _line(office: Office, event: Event, redaction: Redaction) -> Line:
    bare = replace(event, data=_bare(event, redaction))
    if event.kind.startswith(("recipient.", "list.")) or event.data.get("recipient") is not None:
        return Line(bare, say("dossier.line_left_out"))
    return Line(bare, redaction.text(told(office, bare)))


def _bare(event: Event, redaction: Redaction) -> dict[str, Any]:
    """What an event says, a person's words left out; the worker's own are kept without personal data."""
    said = redaction.words if event.person is not None else redaction.text
    found: dict[str, Any] = {}
    for name, value in event.data.items():
        if name in _KEPT or isinstance(value, int | float | bool) or value is None:
            found[name] = value
        elif name not in _DROPPED:
            found[name] = said(value) if isinstance(value, str) else []
    return found
