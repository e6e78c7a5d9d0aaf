"""A notice as a mail: the catalogue's words with the occurrence's facts, its link, and the drafts where wanted."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Connection, Row, select

from worker import mime
from worker.audience.members import sizes
from worker.drafting.slots import NEUTRAL_GREETING, fill
from worker.drafting.wrapping import unwrapped
from worker.kinds import all_kinds
from worker.messages import say
from worker.notices import codes, links, sign_ins
from worker.notices.kinds import KINDS
from worker.office import TEMPLATES, Office
from worker.store.tables import drafts, occurrences, packages
from worker.times import PRAGUE, format_instant


@dataclass(frozen=True)
class DraftText:
    """One draft as it stands in a notice: its kind's name, subject (none without e-mail) and whole text."""

    kind: str
    subject: str
    text: str


@dataclass(frozen=True)
class View:
    """What the templates `notices/notice.*` show."""

    subject: str
    greeting: str
    paragraphs: tuple[str, ...]
    link: str
    link_label: str
    drafts: tuple[DraftText, ...]
    signature: str
    accent: str


def view(tx: Connection, office: Office, notice: Row[Any], now: datetime) -> View:
    """The notice's content; mints its link, so the transaction must be committed before the mail leaves."""
    kind = KINDS[notice.kind]
    values = _values(tx, office, notice, now)
    person = office.person(notice.person)
    address = label = ""
    if kind.link is not None:
        address = links.address(office.settings.base_url, kind.link, _token(tx, kind.link, notice, now))
        label = say(f"notices.{notice.kind}_link")
    body = say(f"notices.{notice.kind}_body", **values)
    return View(
        subject=" ".join(say(f"notices.{notice.kind}_subject", **values).split()),
        greeting=person.greeting,
        paragraphs=(
            *(part.strip() for part in body.split("\n\n") if part.strip()),
            *_cautions(tx, office, notice, now),
        ),
        link=address,
        link_label=label,
        drafts=_drafts(tx, notice) if kind.drafts else (),
        signature=say("notices.signature", organisation=office.settings.organisation.name),
        accent=office.settings.organisation.colour,
    )


def _token(tx: Connection, purpose: links.Purpose, notice: Row[Any], now: datetime) -> str:
    if purpose is links.Purpose.SIGN_IN:
        return sign_ins.mint(tx, sign_ins.Purpose.LINK, notice.person, now)
    return links.mint(
        tx, purpose, person=notice.person, occurrence_id=notice.occurrence_id, package_id=notice.package_id, now=now
    )


def _cautions(tx: Connection, office: Office, notice: Row[Any], now: datetime) -> tuple[str, ...]:
    """What whoever is asked for approval should know beside the drafts."""
    if KINDS[notice.kind].link is not links.Purpose.APPROVE:
        return ()
    send_at = tx.execute(select(occurrences.c.send_at).where(occurrences.c.id == notice.occurrence_id)).scalar_one()
    return office.election_warnings(max(send_at, now))


def message(office: Office, notice: Row[Any], shown: View) -> bytes:
    """The whole mail; `Auto-Submitted` tells mail programs not to answer it (RFC 3834)."""
    settings, person = office.settings, office.person(notice.person)
    coordinator = office.person(settings.coordinator)
    headers = [
        ("From", mime.address(settings.mail.from_name, settings.mail.from_address)),
        ("Reply-To", mime.address(coordinator.name, coordinator.email)),
        ("To", mime.address(person.name, person.email)),
        ("Subject", shown.subject),
        ("Message-ID", message_id(office, notice)),
        ("Auto-Submitted", "auto-generated"),
    ]
    if notice.occurrence_id is not None:
        headers.append(("Hlasatel-Occurrence", notice.occurrence_id))
    text = _templates().get_template("notices/notice.txt").render(view=shown, say=say)
    html = _templates().get_template("notices/notice.html").render(view=shown, say=say)
    return mime.compose(headers, text, html, date=notice.created_at.astimezone(PRAGUE))


def list_line(tx: Connection, office: Office, list_ids: list[str]) -> str:
    """The lists by name with their sizes: `Média (200)`."""
    found = sizes(tx, office, [each for each in list_ids if each in office.lists])
    return ", ".join(f"{office.lists[each].name} ({number})" for each, number in found.items())


def _values(tx: Connection, office: Office, notice: Row[Any], now: datetime) -> dict[str, Any]:
    values: dict[str, Any] = dict(notice.data)
    if "by" in values:
        values["by"] = office.person_name(values["by"])
    if notice.occurrence_id is None:
        return values
    row = tx.execute(select(occurrences).where(occurrences.c.id == notice.occurrence_id)).one()
    deadline = datetime.fromisoformat(row.stages["deadline"]) if "deadline" in row.stages else None
    link = KINDS[notice.kind].link
    late = row.send_at and row.send_at <= now and link is not None
    by_when = deadline if late else row.send_at
    last = format_instant(deadline, form="by") if deadline else ""
    values |= {
        "occurrence": row.id,
        "title": row.title,
        "send_at": format_instant(row.send_at) if row.send_at else "",
        "when": _at_once(link, last) if late else format_instant(row.send_at, form="at") if row.send_at else "",
        "by_when": f"{by_when.astimezone(PRAGUE):%-d. %-m. %H:%M}" if by_when else "",
        "deadline": last,
        "lists": list_line(tx, office, row.lists),
        "coordinator": office.person_name(office.settings.coordinator),
        "in_charge": office.person_name(row.in_charge),
        "approvers": ", ".join(office.person_name(each) for each in row.approvers),
    }
    if notice.package_id is not None:
        package = tx.execute(select(packages).where(packages.c.id == notice.package_id)).one()
        values |= {"version": package.version, "audience": package.audience or 0}
    if KINDS[notice.kind].code:
        values["code"] = codes.mint(tx, office.settings.secret_keys[0], notice.person, notice.package_id, now)
    return values


def _at_once(link: links.Purpose | None, deadline: str) -> str:
    """When it is wanted once its time is over, as it stands after a verb."""
    return say("notices.task_at_once", deadline=deadline) if link is links.Purpose.TASK else say("notices.at_once")


def _drafts(tx: Connection, notice: Row[Any]) -> tuple[DraftText, ...]:
    package = notice.package_id
    rows = tx.execute(select(drafts).where(drafts.c.package_id == package).order_by(drafts.c.position)).all()
    wanted = notice.data.get("only")
    return tuple(
        DraftText(
            say(all_kinds()[row.kind].label_key),
            row.subject if row.html else "",
            _quoted(
                fill(row.text, greeting=NEUTRAL_GREETING, unsubscribe=say("notices.unsubscribe_place"), html=False)
            ),
        )
        for row in rows
        if wanted is None or row.kind == wanted
    )


def _quoted(text: str) -> str:
    """A draft inside a mail: its signature mark (RFC 3676 §4.3) would make mail programs hide all that follows."""
    return text.replace("\n-- \n", "\n--\n").strip()


def message_id(office: Office, notice: Row[Any]) -> str:
    """The same for a repeat of this notice, also under another key, and unlike any other office's."""
    if notice.message_id is not None:
        return str(notice.message_id)
    text = f"hlasatel/notice/{notice.id}/{notice.created_at.isoformat()}"
    digest = hmac.new(office.settings.secret_keys[0], text.encode(), hashlib.sha256).hexdigest()
    return f"<{digest[:32]}@{office.settings.mail.from_address.rpartition('@')[2]}>"


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=lambda name: bool(name and name.endswith(".html")),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["unwrapped"] = unwrapped
    return environment
