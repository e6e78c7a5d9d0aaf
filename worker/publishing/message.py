"""The message of one publication: the draft as it was approved, in the words that its channel takes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from worker.channels.base import Enclosure, Message
from worker.drafting import packages
from worker.drafting.public_page import public_address
from worker.drafting.slots import NEUTRAL_GREETING, fill
from worker.errors import HlasatelError
from worker.kinds import find
from worker.messages import say
from worker.office import Office
from worker.publishing.parts import posted
from worker.record import kit_pictures
from worker.store.tables import decisions, drafts, publications
from worker.times import local_day


def message_of(tx: Connection, office: Office, publication: Row[Any], *, made_up: bool, now: datetime) -> Message:
    """What is to go out; `made_up` as in `Message`. HlasatelError when its bytes are not those approved (I4)."""
    draft = tx.execute(select(drafts).where(drafts.c.id == publication.draft_id)).one()
    if not packages.is_intact(draft):
        raise HlasatelError(say("validity.damaged_hand_off"))
    kind = find(draft.kind)
    public = kind is not None and kind.public
    files = packages.load_files(tx, draft)
    fields = posted(draft, publication.part)
    key = f"{publication.occurrence_id}/{draft.kind}/{publication.medium}"
    return Message(
        key=f"{key}/{publication.part}" if publication.part else key,
        occurrence_id=publication.occurrence_id,
        kind=draft.kind,
        title=draft.subject,
        text=fill(draft.text, greeting=NEUTRAL_GREETING, unsubscribe="", html=False).strip(),
        html=draft.html,
        page=public_address(office.settings.base_url, publication.occurrence_id) if public else "",
        person=publication.person,
        begun_at=publication.begun_at,
        since=publication.first_begun_at,
        made_up=made_up,
        others=_others(tx, publication),
        fields=fields,
        enclosures=(
            *(Enclosure(file.name, file.media_type, file.content) for file in files),
            *_picture(tx, publication, draft, fields.get("image", ""), now),
        ),
    )


def _picture(tx: Connection, publication: Row[Any], draft: Row[Any], name: str, now: datetime) -> Iterator[Enclosure]:
    """The photo of the press kit that a post names, as it was there when anybody approved it."""
    held = decisions.c.package_id == draft.package_id, decisions.c.live == 1
    approved = tx.execute(select(func.min(decisions.c.decided_at)).where(*held)).scalar() if name else None
    if approved is None:
        return
    photo = kit_pictures.named(tx, publication.occurrence_id, name, local_day(now), approved)
    if photo is not None:
        yield Enclosure(photo.name, photo.media_type, photo.content, photo.description)


def _others(tx: Connection, publication: Row[Any]) -> frozenset[str]:
    row = publications.c
    found = select(row.reference).where(
        row.channel == publication.channel, row.id != publication.id, row.reference != ""
    )
    return frozenset(tx.execute(found).scalars())
