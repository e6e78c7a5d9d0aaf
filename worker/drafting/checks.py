"""What is to be known before a package is approved: the lint of its drafts, funders, consents and elections.

An error stops an approval, also an emergency release; a return is always possible.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, select

from worker.channels import all_channels
from worker.drafting.files import CODE as FILE_MISSING
from worker.drafting.places import media_of
from worker.drafting.told_of import tells_of_people
from worker.kinds import find, kind_name
from worker.kinds.checks import NO_FUNDER, names_day, names_funder
from worker.kinds.photos import FIELD as PHOTOS
from worker.kinds.photos import photo_number, shown_photos
from worker.messages import language, office_language, say
from worker.office import Office
from worker.record import consents, contributions, kit_pictures
from worker.store.states import OccurrenceState
from worker.store.tables import occurrences
from worker.times import local_day
from worker.typed import is_web_address


@dataclass(frozen=True)
class Check:
    """One remark. `draft` is what people call the draft it is about; empty where it is about the whole package."""

    draft: str
    level: Literal["error", "warning"]
    message: str


def found(
    tx: Connection,
    office: Office,
    occurrence: Row[Any],
    drafts: Sequence[Row[Any]],
    now: datetime,
    *,
    deciding: bool = True,
) -> tuple[Check, ...]:
    """Every remark on the drafts of one version, errors first, each level in the order of the drafts.

    Times are looked at as of the send time, or of `now` when that is over. Without `deciding` the remarks are worded
    for somebody who comments: she can neither note a consent nor return anything.
    """
    goes_out_at = max(occurrence.send_at or now, now)
    checks = [
        *(_of_consents(tx, occurrence, goes_out_at, deciding) if tells_of_people(occurrence, drafts) else ()),
        *_of_funder(office, occurrence, drafts),
        *_of_photos(tx, drafts, goes_out_at),
        *_of_pictures(tx, office, occurrence, drafts, goes_out_at),
        *_of_occasion(tx, drafts),
        *(
            Check(kind_name(draft.kind), finding["level"], finding["message"])
            for draft in drafts
            for finding in _findings(draft)
            if finding["code"] != NO_FUNDER
        ),
        *(Check("", "warning", sentence) for sentence in office.election_warnings(goes_out_at)),
    ]
    return tuple(sorted(checks, key=lambda check: check.level))


def _findings(draft: Row[Any]) -> Sequence[Mapping[str, Any]]:
    """The lint's remarks as they are kept; to a reader of another language the same ones, said again."""
    kind = find(draft.kind)
    if kind is None or language() == office_language():
        return list(draft.findings)
    again = [asdict(finding) for finding in kind.lint(draft.fields, draft.material)]
    again += [finding for finding in draft.findings if finding["code"].startswith(FILE_MISSING)]
    again.sort(key=lambda finding: str(finding["level"]))
    same = [finding["code"] for finding in again] == [finding["code"] for finding in draft.findings]
    return again if same else list(draft.findings)


def _of_funder(office: Office, occurrence: Row[Any], drafts: Sequence[Row[Any]]) -> Iterator[Check]:
    """An error for each draft that does not name and show the funder as the plan and `projects.yaml` want it today.

    The lint judged by what was so when the draft was made; the plan may name another project since.
    """
    if occurrence.project is None:
        return
    project = office.projects.get(occurrence.project)
    if project is None:
        yield Check("", "error", say("checks.project_gone", project=occurrence.project))
        return
    for draft in drafts:
        if not names_funder([draft.text], project.sentence, project.number):
            message = say("drafting.no_funder", sentence=project.sentence, number=project.number)
            yield Check(kind_name(draft.kind), "error", message)
        if (draft.material.get("project") or {}).get("id") != project.id:
            yield Check(kind_name(draft.kind), "error", say("pictures.emblem_of_edit", project=project.name))


def _of_photos(tx: Connection, drafts: Sequence[Row[Any]], goes_out_at: datetime) -> Iterator[Check]:
    """An error for each photo in a text that nobody may show any more on the day it goes out."""
    for draft in drafts:
        for photo in shown_photos(draft.fields.get(PHOTOS, ""), draft.material.get("sources", {})):
            number = photo_number(photo.form)
            if number is not None and not contributions.may_be_shown(tx, number, local_day(goes_out_at)):
                message = say("contributions.finding_photo_consent", description=photo.description)
                yield Check(kind_name(draft.kind), "error", message)


def _of_pictures(
    tx: Connection, office: Office, occurrence: Row[Any], drafts: Sequence[Row[Any]], goes_out_at: datetime
) -> Iterator[Check]:
    """An error for each picture that no page could post: neither an address nor a photo of the press kit."""
    for draft in drafts:
        media = media_of(office, draft.kind, occurrence)
        kind = find(draft.kind)
        if kind is None or not any(all_channels()[each.channel].posts for each in media):
            continue
        for image in dict.fromkeys(post.image for post in kind.posts(draft.fields)):
            is_there = kit_pictures.named(tx, occurrence.id, image, local_day(goes_out_at)) is not None
            if image and not is_there and not is_web_address(image):
                yield Check(kind_name(draft.kind), "error", say("checks.no_picture", image=image[:100]))


def _of_occasion(tx: Connection, drafts: Sequence[Row[Any]]) -> Iterator[Check]:
    """A warning where what a text is written for was dropped, or moved from a day that the text still names.

    The drafts keep what they were made of; a meeting does not wait for them.
    """
    for draft in drafts:
        occasion = draft.material.get("sources", {}).get("occasion") or {}
        if not occasion.get("day"):
            continue
        row = tx.execute(select(occurrences).where(occurrences.c.id == occasion["id"])).first()
        if row is None:
            continue
        if row.state == OccurrenceState.DROPPED:
            yield Check(kind_name(draft.kind), "warning", say("occasions.dropped_since", what=row.title))
            continue
        former = date.fromisoformat(occasion["day"])
        day = local_day(row.send_at) if row.send_at is not None else former
        if day != former and any(names_day(text, former) for text in draft.fields.values()):
            values = {"what": row.title, "former": _in_digits(former), "day": _in_digits(day)}
            yield Check(kind_name(draft.kind), "warning", say("occasions.moved_since", **values))


def _in_digits(day: date) -> str:
    return f"{day.day}. {day.month}. {day.year}"


def merged(found: Sequence[Check]) -> tuple[Check, ...]:
    """The remarks for a reader: those that say the same of several drafts as one, under all their names."""
    remarks: dict[tuple[str, str], Check] = {}
    for check in found:
        key = (check.level, check.message)
        same = remarks.get(key)
        remarks[key] = check if same is None else replace(same, draft=f"{same.draft}, {check.draft}")
    return tuple(remarks.values())


def _of_consents(tx: Connection, occurrence: Row[Any], goes_out_at: datetime, deciding: bool) -> Iterator[Check]:
    """An error without any consent that counts on the day it goes out; a warning beside those that do not."""
    noted = consents.of_occurrence(tx, occurrence.id)
    over = sum(not consent.counts_on(local_day(goes_out_at)) for consent in noted)
    if over == len(noted):
        no_consent = say("checks.no_consent", occurrence=occurrence.id)
        yield Check("", "error", no_consent if deciding else say("checks.no_consent_yet"))
    elif over:
        sentence = "checks.consents_over" if deciding else "checks.consents_over_yet"
        yield Check("", "warning", say(sentence, count=over, all=len(noted)))
