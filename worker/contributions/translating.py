"""Translators are contributors of another sort: they get the draft itself, and what they send becomes part of it.

The deadline is the stage `ask`: what has not come by then is left out, and the draft says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.approval import cases
from worker.approval.cases import LinkExpired, NoSuchLink, NotNow, Unfinished, clean
from worker.drafting import packages
from worker.drafting.make import Rendered
from worker.drafting.translations import kind_of, translated
from worker.kinds import all_kinds
from worker.kinds.parts import TRANSLATION
from worker.messages import office_language, say, speaking
from worker.notices import links, queue, withheld
from worker.notices.links import Link, Purpose
from worker.office import Office
from worker.plan.model import Lead, Unit
from worker.plan.stages import before, in_working_hours
from worker.record import events
from worker.store.states import OccurrenceState
from worker.store.tables import notices
from worker.times import PRAGUE, format_instant, local_day

CALL, REMINDER = "translation_call", "translation_reminder"
REMINDED = Lead(1, Unit.WORKING_DAYS)
"""How long before the deadline whoever has sent nothing is reminded: our assumption."""
LONGEST = 20_000
"""Characters of a translation, some ten pages."""


@dataclass(frozen=True)
class Task:
    """What the link of a translator's call leads to. `parts` are (label, Czech text) of the draft she translates."""

    link: Link
    occurrence: Row[Any]
    package: Row[Any]
    drafts: Sequence[Row[Any]]
    kind: str
    parts: tuple[tuple[str, str], ...]
    before: str
    """What she, or somebody for her, has written already."""
    deadline: datetime
    open: bool


def translates(office: Office, person: str) -> bool:
    """Whether `person` is named to translate, and not to write of her own."""
    return person in office.people and office.people[person].translates is not None


def due(tx: Connection, office: Office, occurrence: Row[Any], now: datetime) -> Mapping[str, str]:
    """Who is to get a mail now about what is being prepared → the kind of it; nobody once the deadline is over.

    Whoever was called when the time for reminders had come already is not reminded.
    """
    waits = occurrence.state == OccurrenceState.PREPARING and now < deadline(occurrence)
    if not waits or kind_of(occurrence.kinds) is None:
        return {}
    named = [each for each in dict.fromkeys(occurrence.contributors) if translates(office, each)]
    asked = {each: _asked_at(tx, occurrence, each) for each in named}
    wanted = {each: CALL for each, at in asked.items() if at is None}
    if reminds_at(occurrence) <= now and not _is_translated(tx, occurrence):
        late = [each for each, at in asked.items() if at is not None and at < reminds_at(occurrence)]
        wanted |= {each: REMINDER for each in late if not queue.told(tx, key(occurrence, each, REMINDER))}
    return wanted


def tell(tx: Connection, office: Office, occurrence: Row[Any], now: datetime) -> bool:
    """Queue every mail that is due; whether there was any. The caller has locked the occurrence."""
    wanted, end = due(tx, office, occurrence, now), deadline(occurrence)
    with speaking(office_language()):
        until = format_instant(end, form="by")
    for person, kind in wanted.items():
        queue.put(
            tx, key(occurrence, person, kind), kind, person, now,
            occurrence_id=occurrence.id, until=until, until_short=f"{end.astimezone(PRAGUE):%-d. %-m. %-H:%M}",
        )  # fmt: skip
        what = "translation.called" if kind == CALL else "translation.reminded"
        events.append(tx, what, now, occurrence=occurrence.id, asked=person)
    return bool(wanted)


def reminds_at(occurrence: Row[Any]) -> datetime:
    """When whoever has sent nothing is reminded, once."""
    return in_working_hours(before(deadline(occurrence), REMINDED))


def deadline(occurrence: Row[Any]) -> datetime:
    """By when a translation gets into what is put before the approvers."""
    return datetime.fromisoformat(occurrence.stages["ask"])


def task(tx: Connection, office: Office, token: str, now: datetime, *, lock: bool = False) -> Task:
    """What the token leads to at `now` (aware); `lock` holds the occurrence. Raises NoSuchLink or LinkExpired."""
    link = links.find(tx, office, Purpose.CONTRIBUTE, token)
    if link is None or not translates(office, link.person):
        raise NoSuchLink(say("approval.no_such_link"))
    occurrence = cases.occurrence_of(tx, link, lock=lock)
    if now >= cases.deadline(occurrence):
        raise LinkExpired(say("approval.no_such_link"))
    package, kind = packages.latest(tx, occurrence.id), kind_of(occurrence.kinds)
    if package is None or kind is None:
        raise NoSuchLink(say("approval.no_such_link"))
    drafts = packages.drafts_of(tx, package.id)
    own = next(draft for draft in drafts if draft.kind == kind)
    labels = [(field.id, say(field.label_key)) for field in all_kinds()[kind].fields if field.id != TRANSLATION]
    end = deadline(occurrence)
    return Task(
        link,
        occurrence,
        package,
        drafts,
        kind,
        tuple((label, own.fields[name]) for name, label in labels if own.fields.get(name)),
        own.fields.get(TRANSLATION, ""),
        end,
        open=bool(occurrence.state == OccurrenceState.PREPARING) and now < end,
    )


def give(office: Office, token: str, text: str, now: datetime, *, version: int, whence: str = "") -> None:
    """Make `text` the translation of the draft, as a new version; acknowledge it and tell the coordinator.

    `version` is that of the texts it was made from. Raises Unfinished for an unfit text, NotNow when it is too late or
    the texts changed meanwhile, DraftingError for what no mail can carry, NoSuchLink or LinkExpired.
    """
    text = clean(text)
    if not text:
        raise Unfinished(say("translations.empty"))
    if len(text) > LONGEST:
        raise Unfinished(say("translations.too_long", limit=LONGEST))
    with office.database.read() as tx:
        current = _open(task(tx, office, token, now), version)
        fit = withheld.fit_to_keep(tx, office, text, now)
        others = {draft.kind: packages.as_kept(tx, draft) for draft in current.drafts if draft.kind != current.kind}
    rendered = [others.get(draft.kind) or _translated(office, current, draft, fit) for draft in current.drafts]
    with office.database.write() as tx:
        current = _open(task(tx, office, token, now, lock=True), version)
        occurrence, person = current.occurrence, current.link.person
        if [each.digest for each in rendered] == [draft.digest for draft in current.drafts]:
            return
        with speaking(office_language()):
            reason = say("translations.version", person=office.person_name(person))
            until = format_instant(current.deadline, form="by")
        packages.create(
            tx, office, occurrence, rendered, now, reason=reason, author=current.package.author,
            edited_by=current.package.edited_by, whence=whence,
        )  # fmt: skip
        events.append(tx, "translation.given", now, occurrence=occurrence.id, person=person, version=version + 1)
        told = f"{occurrence.id}/{version + 1}"
        queue.put(
            tx, f"translation-receipt/{told}", "translation_receipt", person, now,
            occurrence_id=occurrence.id, until=until,
        )  # fmt: skip
        queue.put(
            tx, f"translation-made/{told}", "translation_made", office.settings.coordinator, now,
            occurrence_id=occurrence.id, by=person, version=version + 1,
        )  # fmt: skip


def _open(current: Task, version: int) -> Task:
    if not current.open:
        raise NotNow(say("translations.too_late", until=format_instant(current.deadline, form="by")))
    if current.package.version != version:
        raise NotNow(say("translations.changed"))
    return current


def _translated(office: Office, current: Task, draft: Row[Any], text: str) -> Rendered:
    language = office.people[current.link.person].translates
    assert language is not None, "a task of somebody who does not translate"
    return translated(office, draft, local_day(current.occurrence.send_at), text, language)


def key(occurrence: Row[Any], person: str, kind: str = CALL) -> str:
    """Of the mail: once for each occurrence, whatever becomes of its texts."""
    return f"{kind}/{occurrence.id}/{person}"


def _asked_at(tx: Connection, occurrence: Row[Any], person: str) -> datetime | None:
    called = notices.c.key == key(occurrence, person)
    at: datetime | None = tx.execute(select(notices.c.created_at).where(called)).scalar()
    return at


def _is_translated(tx: Connection, occurrence: Row[Any]) -> bool:
    package = packages.latest(tx, occurrence.id)
    return package is not None and any(each.fields.get(TRANSLATION) for each in packages.drafts_of(tx, package.id))
