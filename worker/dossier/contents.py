"""Puts together what the dossier of one occurrence holds.

Nothing of a recipient but their number, no mail address and no token. What people wrote is made discreet; the texts of
the drafts stand as they were approved, with the contact that the office itself publishes in them, and the exact wording
has the addresses of From and Reply-To: the digests bind them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.dossier.discreet import discreet
from worker.dossier.model import Contents, Contributed, Decision, Draft, Line, List, Mailing, Version
from worker.drafting import packages
from worker.drafting.digest import draft_bytes, package_bytes
from worker.drafting.files import self_contained
from worker.drafting.headings import Heading, kept
from worker.drafting.slots import NEUTRAL_GREETING, fill
from worker.drafting.wrapping import unwrapped
from worker.errors import HlasatelError
from worker.kinds import kind_name
from worker.messages import say
from worker.office import Office
from worker.record import comments, consents, contributions, events, progress
from worker.record.contributions import Sent
from worker.record.events import Event
from worker.record.signed import decided, signature
from worker.record.why import from_where, told
from worker.store import tables


def contents(tx: Connection, office: Office, occurrence_id: str) -> Contents | None:
    """Everything about one occurrence; None for one that the database does not know."""
    row = tx.execute(select(tables.occurrences).where(tables.occurrences.c.id == occurrence_id)).first()
    if row is None:
        return None
    base_url, made = office.settings.base_url, decided(tx, occurrence_id)
    recorded = events.of_occurrence(tx, occurrence_id)
    found = tx.execute(
        select(tables.packages)
        .where(tables.packages.c.occurrence_id == occurrence_id)
        .order_by(tables.packages.c.version)
    ).all()
    return Contents(
        occurrence=row,
        decisions=tuple(_decision(office, row, recorded) for row in made),
        versions=tuple(_version(tx, office, package) for package in found),
        comments=tuple(
            replace(each, text=discreet(each.text, base_url))
            for each in comments.of_occurrence(tx, office, occurrence_id)
        ),
        consents=consents.of_occurrence(tx, occurrence_id),
        contributions=tuple(_contributed(office, each) for each in contributions.of_occurrence(tx, occurrence_id)),
        mailings=_mailings(tx, office, occurrence_id),
        lines=tuple(Line(event, discreet(told(office, event, made), base_url)) for event in recorded),
        record_length=events.count(tx),
        record_whole=events.first_broken(tx) is None,
    )


def _version(tx: Connection, office: Office, package: Row[Any]) -> Version:
    rows = packages.drafts_of(tx, package.id)
    exact = package_bytes(
        [row.digest for row in rows], package.lists, package.send_at, package.headings, package.places
    )
    return Version(
        number=package.version,
        row=package,
        reason=discreet(package.reason, office.settings.base_url),
        made_by=office.person_name(package.author),
        edited_by=office.person_name(package.edited_by),
        approvers=tuple(office.person_name(each) for each in package.approvers),
        lists=tuple(_list(office, list_id, definition) for list_id, definition in package.lists.items()),
        drafts=tuple(_draft(tx, row, kept(package.headings, row.kind)) for row in rows),
        exact=exact.decode(),
    )


def _contributed(office: Office, sent: Sent) -> Contributed:
    base_url, photo = office.settings.base_url, sent.photo
    about_photo = say("contributions.photo_is", description=photo.description, author=photo.author) if photo else ""
    return Contributed(
        number=sent.id,
        who=office.person_name(sent.person),
        signed=discreet(sent.signed, base_url),
        at=sent.at,
        text=discreet(sent.text, base_url),
        photo=discreet(about_photo, base_url),
        people=say(f"dossier.people_{sent.people.name.lower()}"),
        choice=say(f"contributions.state_{sent.chosen.name.lower() if sent.chosen else 'waiting'}"),
        chosen_by=office.person_name(sent.chosen_by),
        chosen_at=sent.chosen_at,
        note=discreet(sent.note, base_url),
    )


def _list(office: Office, list_id: str, definition: Mapping[str, Any]) -> List:
    includes: Sequence[str] = definition.get("includes", ())
    return List(
        list_id,
        str(definition.get("name", list_id)),
        str(definition.get("description", "")),
        tuple(office.list_name(each) for each in includes),
    )


def _draft(tx: Connection, row: Row[Any], heading: Heading | None) -> Draft:
    text = fill(row.text, greeting=NEUTRAL_GREETING, unsubscribe=say("notices.unsubscribe_place"), html=False)
    return Draft(
        kind=row.kind,
        name=kind_name(row.kind),
        sender=heading.from_name if heading else "",
        answers=heading.reply_name if heading else "",
        subject=row.subject if row.html else "",
        text=(unwrapped(text) if row.html else text).strip(),
        html=fill(_look(tx, row), greeting=NEUTRAL_GREETING, unsubscribe="about:blank", html=True),
        digest=row.digest,
        exact=draft_bytes(row.kind, row.channel, row.subject, row.html, row.text, row.files).decode(),
        files=tuple((entry["name"], entry["sha256"]) for entry in row.files),
    )


def _look(tx: Connection, row: Row[Any]) -> str:
    """Its HTML with the pictures in it; without them where one is damaged, which the digests beside it show."""
    try:
        return self_contained(row.html, packages.load_files(tx, row, "inline"))
    except HlasatelError:
        return self_contained(row.html, ())


def _decision(office: Office, row: Row[Any], recorded: Sequence[Event]) -> Decision:
    own = signature(office, row)
    kind = "release" if row.emergency else str(row.decision)
    return Decision(
        kind=kind,
        what=say(f"dossier.decided_{kind}"),
        who=own.name,
        role=own.role,
        on_behalf_of=own.approver,
        approver_role=own.approver_role,
        authorisation=row.authorisation,
        version=row.version,
        digest=row.digest,
        at=row.decided_at,
        whence=from_where(row.whence),
        comment=discreet(row.comment, office.settings.base_url),
        by_code=any(each.at == row.decided_at and each.data.get("by_code") for each in recorded),
        valid=row.live == 1,
        ended=discreet(_ended(row, recorded), office.settings.base_url) if row.live is None else "",
    )


def _ended(row: Row[Any], recorded: Sequence[Event]) -> str:
    """Why a decision holds no more: taken back, or void for a reason that the record has; empty without one."""
    after = (each for each in recorded if each.at >= row.decided_at and each.data.get("version") == row.version)
    for each in after:
        if each.kind == "decision.taken_back" and each.person == row.person:
            return say("dossier.taken_back")
        if each.kind == "approval.voided":
            return str(each.data["reason"])
    return ""


def _mailings(tx: Connection, office: Office, occurrence_id: str) -> tuple[Mailing, ...]:
    return tuple(
        Mailing(
            kind_name(each.kind),
            tuple(office.list_name(name) for name in each.mailing.lists),
            each.mailing.frozen_at,
            each.mailing.closed_at,
            each.mailing.audience,
            tuple(each.in_words()),
        )
        for each in progress.of_occurrence(tx, occurrence_id)
    )
