"""The message of one publication: the draft as it was approved, in the words that its channel takes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from worker.channels.base import Enclosure, Message
from worker.drafting import packages
from worker.drafting.public_page import public_address
from worker.drafting.slots import NEUTRAL_GREETING, fill
from worker.errors import HlasatelError
from worker.kinds import find
from worker.messages import say
from worker.office import Office
from worker.store.tables import drafts, publications


def message_of(tx: Connection, office: Office, publication: Row[Any], *, made_up: bool) -> Message:
    """What is to go out; `made_up` as in `Message`. HlasatelError when its bytes are not those approved (I4)."""
    draft = tx.execute(select(drafts).where(drafts.c.id == publication.draft_id)).one()
    if not packages.is_intact(draft):
        raise HlasatelError(say("validity.damaged_hand_off"))
    kind = find(draft.kind)
    public = kind is not None and kind.public
    files = packages.load_files(tx, draft)
    return Message(
        key=f"{publication.occurrence_id}/{draft.kind}/{publication.medium}",
        occurrence_id=publication.occurrence_id,
        kind=draft.kind,
        title=draft.subject,
        text=fill(draft.text, greeting=NEUTRAL_GREETING, unsubscribe="", html=False).strip(),
        html=draft.html,
        page=public_address(office.settings.base_url, publication.occurrence_id) if public else "",
        person=publication.person,
        begun_at=publication.begun_at,
        made_up=made_up,
        others=_others(tx, publication),
        fields=draft.fields,
        enclosures=tuple(Enclosure(file.name, file.media_type, file.content) for file in files),
    )


def _others(tx: Connection, publication: Row[Any]) -> frozenset[str]:
    row = publications.c
    found = select(row.reference).where(row.medium == publication.medium, row.id != publication.id, row.reference != "")
    return frozenset(tx.execute(found).scalars())
