"""A notice as a mail: the catalogue's words with the occurrence's facts, its link, and the drafts where wanted."""

from __future__ import annotations

import hashlib
import hmac
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Connection, Row, select

from worker import mime
from worker.drafting import brought, packages
from worker.drafting.czech import capital, ink_on
from worker.drafting.files import File
from worker.drafting.letter import enclosed
from worker.drafting.marked import marked
from worker.drafting.wrapping import lines
from worker.errors import HlasatelError
from worker.messages import say
from worker.notices import enclosures, links, sign_ins, specimen
from worker.notices.asked import PURPOSES, Asked, asked
from worker.notices.kinds import KINDS
from worker.notices.links import Purpose
from worker.notices.texts import DraftText, Paragraph, bracketed, draft_texts, hanging, paragraphs, ruled, spaced
from worker.notices.values import values_of
from worker.office import TEMPLATES, Office
from worker.store.tables import occurrences, publications
from worker.store.tables import packages as packages_table
from worker.times import PRAGUE, format_instant

MOST_BYTES = 98_000
"""Gmail shows the first 102 KB of a mail and hides the rest; relays add headers of their own."""
STEP = 250
"""Characters by which texts are made shorter until a mail fits."""


@dataclass(frozen=True)
class View:
    """What the templates `notices/notice.*` show. `files` go with the mail: a handed draft's, or the notice's own."""

    subject: str
    greeting: str
    paragraphs: tuple[Paragraph, ...]
    link: str
    link_label: str
    asked: Asked | None
    drafts: tuple[DraftText, ...]
    signature: str
    accent: str
    files: tuple[File, ...] = ()

    def within(self, limit: int) -> View:
        """The same with no text of more than `limit` characters, saying so first."""
        warning = Paragraph(spaced(say("asked.mail_cut")), command=False)
        return replace(
            self,
            paragraphs=(*self.paragraphs, warning),
            asked=self.asked and self.asked.within(limit),
            drafts=tuple(draft.within(limit) for draft in self.drafts),
        )


@dataclass(frozen=True)
class Mail:
    """A notice ready to leave: its envelope sender (RFC 5321 MAIL FROM) and its bytes."""

    sender: str
    data: bytes


def mail(tx: Connection, office: Office, notice: Row[Any], now: datetime) -> Mail:
    """The notice's mail; mints its link, so the transaction must be committed before the mail leaves.

    Raises HlasatelError when it cannot be made.
    """
    if KINDS[notice.kind].specimen:
        letter = specimen.letter(tx, office, notice)
        data = letter.specimen(office.person(notice.person).email, message_id(office, notice))
        return Mail(letter.sender, office.settings.signed(data, letter.heading.from_address))
    data = message(office, notice, view(tx, office, notice, now))
    return Mail(_answered_to(office, notice)[1], office.settings.signed(data, office.settings.mail.from_address))


def view(tx: Connection, office: Office, notice: Row[Any], now: datetime) -> View:
    """The notice's content; mints its link, so the transaction must be committed before the mail leaves."""
    kind = KINDS[notice.kind]
    values = values_of(tx, office, notice, now)
    address = label = ""
    if kind.link is not None:
        address = links.address(office.settings.base_url, kind.link, _token(tx, office, kind.link, notice, now))
        label = say(f"notices.{notice.kind}_link")
    drafts = packages.drafts_of(tx, notice.package_id) if notice.package_id is not None else ()
    only = notice.data.get("only")
    if only and not all(map(packages.is_intact, drafts)):  # what somebody is to publish (I4)
        raise HlasatelError(say("validity.damaged_hand_off"))
    handed = [draft for draft in drafts if draft.kind == only]
    places = _places(tx, notice) if handed else {}
    asked_for = brought.asked_for(places, only, notice.person) if handed else ()
    texts = draft_texts(office, drafts, only, _occurrence(tx, notice)) if kind.drafts else ()
    told = tuple(paragraphs(say(f"notices.{notice.kind}_body", **values)))
    for draft in handed:
        told += tuple(Paragraph(spaced(each), command=False) for each in _where(tx, office, notice, draft, places))
        listed = brought.names(draft, asked_for)
        texts = tuple(replace(each, files=tuple(f"{file.name} ({file.what})" for file in listed)) for each in texts)
    return View(
        subject=" ".join(say(f"notices.{notice.kind}_subject", **values).split()),
        greeting=office.person(notice.person).greeting,
        paragraphs=told,
        link=address,
        link_label=label,
        asked=_asked(tx, office, notice, values, now),
        drafts=texts,
        signature=spaced(say(f"notices.{_signed(office, notice)}", organisation=office.settings.organisation.name)),
        accent=office.settings.organisation.colour,
        files=(
            *(file for draft in handed for file in brought.load(tx, office.templates, draft, asked_for)),
            *enclosures.of_notice(tx, notice.id),
        ),
    )


def _where(
    tx: Connection, office: Office, notice: Row[Any], draft: Row[Any], places: Mapping[str, Any]
) -> Iterator[str]:
    """Each place of hers with its deadline, and what she does there with the files."""
    hints = brought.instructions(places, draft.kind, notice.person, draft.subject)
    row = publications.c
    hers = row.draft_id == draft.id, row.person == notice.person, row.deadline.is_not(None)
    for each in tx.execute(select(publications).where(*hers).order_by(row.id)):
        until = format_instant(each.deadline, form="by")
        if not each.medium:
            yield say("brought.until", until=until)
        else:
            said = say("brought.place_until", name=office.medium_name(each.medium), until=until)
            yield f"{said} {capital(hints.get(each.medium, ''))}".strip()


def _places(tx: Connection, notice: Row[Any]) -> Mapping[str, Any]:
    """Where the texts of the notice's package go, as they were approved."""
    found = select(packages_table.c.places).where(packages_table.c.id == notice.package_id)
    places: Mapping[str, Any] = tx.execute(found).scalar_one()
    return places


def _occurrence(tx: Connection, notice: Row[Any]) -> Row[Any]:
    """The occurrence that a mail with drafts is about."""
    return tx.execute(select(occurrences).where(occurrences.c.id == notice.occurrence_id)).one()


def _signed(office: Office, notice: Row[Any]) -> str:
    """The coordinator is not told to whom an answer would go."""
    return "signature_alone" if notice.person == office.settings.coordinator else "signature"


def _asked(tx: Connection, office: Office, notice: Row[Any], values: dict[str, Any], now: datetime) -> Asked | None:
    link = KINDS[notice.kind].link
    if link not in PURPOSES or not KINDS[notice.kind].drafts or notice.package_id is None:
        return None
    occurrence = tx.execute(select(occurrences).where(occurrences.c.id == notice.occurrence_id)).one()
    package = tx.execute(select(packages_table).where(packages_table.c.id == notice.package_id)).one()
    drafts = packages.drafts_of(tx, package.id)
    return asked(tx, office, link, occurrence, package, drafts, values, now)


def _token(tx: Connection, office: Office, purpose: Purpose, notice: Row[Any], now: datetime) -> str:
    if purpose is Purpose.SIGN_IN:
        return sign_ins.mint(tx, sign_ins.Purpose.LINK, notice.person, now)
    if purpose is Purpose.LISTS:
        return sign_ins.mint(tx, sign_ins.Purpose.LISTS, notice.person, now)
    return links.mint(
        tx, purpose, person=notice.person, sent_to=office.person(notice.person).email,
        occurrence_id=notice.occurrence_id, package_id=notice.package_id, now=now,
        publication_id=notice.data.get("publication"),
    )  # fmt: skip


def message(office: Office, notice: Row[Any], shown: View) -> bytes:
    """The whole mail; `Auto-Submitted` tells mail programs not to answer it (RFC 3834).

    Where a page has it all, a mail that Gmail would clip gets shorter texts and says so; a text that is handed over
    is never cut, as who copies it from the mail would publish a part of it.
    """
    whole = _composed(office, notice, shown)
    if len(whole) <= MOST_BYTES or not shown.link or notice.data.get("only"):
        return whole
    longest = max(len(draft.text) for draft in shown.drafts) if shown.drafts else len(whole)
    limits = range(STEP, longest + STEP, STEP)
    fits = bisect_right(limits, MOST_BYTES, key=lambda limit: len(_composed(office, notice, shown.within(limit))))
    return _composed(office, notice, shown.within(limits[max(fits - 1, 0)]))


def _composed(office: Office, notice: Row[Any], shown: View) -> bytes:
    settings, person = office.settings, office.person(notice.person)
    headers = [
        ("From", mime.address(settings.mail.from_name, settings.mail.from_address)),
        ("Reply-To", _answered_to(office, notice)[0]),
        ("To", mime.address(person.name, person.email)),
        ("Subject", shown.subject),
        ("Message-ID", message_id(office, notice)),
        ("Auto-Submitted", "auto-generated"),
    ]
    if notice.occurrence_id is not None:
        headers.append(("Hlasatel-Occurrence", notice.occurrence_id))
    return framed(headers, shown, notice.created_at)


def framed(headers: Sequence[tuple[str, str]], shown: View, date: datetime) -> bytes:
    """A mail of ours with `shown` in it; `date` (aware) is when it was queued."""
    text = _templates().get_template("notices/notice.txt").render(view=shown, say=say)
    html = _templates().get_template("notices/notice.html").render(view=shown, say=say)
    files = [enclosed(file) for file in shown.files]
    return mime.compose(headers, text, html, date=date.astimezone(PRAGUE), files=files)


def _answered_to(office: Office, notice: Row[Any]) -> tuple[str, str]:
    """Who reads the answers (Reply-To), and where a bounce goes (the envelope's sender)."""
    inbox, settings = office.settings.inbox, office.settings
    if inbox is not None and KINDS[notice.kind].answered:
        return mime.address(settings.mail.from_name, inbox.address), inbox.address
    coordinator = office.person(settings.coordinator)
    return mime.address(coordinator.name, coordinator.email), settings.mail.from_address


def message_id(office: Office, mail: Row[Any], sort: str = "notice") -> str:
    """The same for a repeat of this mail, also under another key, and unlike any other office's.

    `sort` keeps the rows of one table apart from those of another.
    """
    if mail.message_id is not None:
        return str(mail.message_id)
    text = f"hlasatel/{sort}/{mail.id}/{mail.created_at.isoformat()}"
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
    environment.filters.update(lines=lines, hanging=hanging, ruled=ruled, bracketed=bracketed, ink_on=ink_on)
    environment.globals["marked"] = marked
    return environment
