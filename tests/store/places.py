"""Publications to begin with: a text of the December press release in media, in whatever state."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, insert, select

from tests.store.sample import NOW, PRESS, approved_draft
from worker.office import Office
from worker.settings import Medium
from worker.store.states import PublicationState
from worker.store.tables import drafts, publications

EDITOR = "redakce-webu"
WEB = Medium(
    id="web", name="Web kraje", channel="handoff", takes=("facebook-text",), person=EDITOR, ours="ukázka",
    reaches=("většinové obyvatelstvo",), options={"days": 2},
)  # fmt: skip
BOARD = Medium(
    id="nastenka", name="Nástěnka", channel="handoff", takes=("facebook-text",), person=EDITOR, ours="ukázka",
    reaches=("senioři",),
)  # fmt: skip
PAGE = Medium(
    id="facebook", name="Facebook kraje", channel="facebook", takes=("facebook-text",), ours="ukázka",
    reaches=("většinové obyvatelstvo",), options={"page": "1"},
)  # fmt: skip
MEDIA = {each.id: each for each in (WEB, BOARD, PAGE)}


def placed(office: Office, state: PublicationState, medium: Medium = WEB, **values: Any) -> int:
    """A text of the occurrence in `medium`, as nobody has told of it yet; its id. The first call makes the draft."""
    with office.database.write() as tx:
        draft = tx.execute(select(drafts.c.id).order_by(drafts.c.id).limit(1)).scalar()
        if draft is None:
            draft = approved_draft(tx, "facebook-text").id
        row = {
            "occurrence_id": PRESS, "draft_id": draft, "medium": medium.id, "channel": medium.channel, "state": state,
            "attempts": 0, "due_at": None, "begun_at": NOW, "deadline": NOW, "person": medium.person or "",
            "address": "", "reference": "", "reason": "",
        }  # fmt: skip
        number: int = tx.execute(insert(publications).values(row | values).returning(publications.c.id)).scalar_one()
        return number


def place(office: Office, number: int) -> Row[Any]:
    with office.database.read() as tx:
        return tx.execute(select(publications).where(publications.c.id == number)).one()
