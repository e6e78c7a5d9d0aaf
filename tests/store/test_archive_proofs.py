"""What proves to the public pages that a text went out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.store.sample import NOW, PRESS, approved_draft
from worker.archive import items
from worker.office import Office
from worker.store.states import NoticeState, PublicationState
from worker.store.tables import notices, publications

_P = PublicationState
LATER = NOW + timedelta(minutes=3)


def drafted(office: Office, kind: str = "press-release") -> int:
    with office.database.write() as tx:
        return int(approved_draft(tx, kind).id)


def publication(office: Office, draft: int, state: PublicationState, **more: Any) -> None:
    values: dict[str, Any] = {
        "occurrence_id": PRESS, "draft_id": draft, "medium": "stranka", "channel": "archive", "state": state,
        "attempts": 0, "person": "", "address": "", "reference": "", "reason": "", "settled_at": None,
    }  # fmt: skip
    with office.database.write() as tx:
        tx.execute(publications.insert().values(values | more))


def handed(office: Office, key: str, state: NoticeState = NoticeState.SENT) -> None:
    """The mail of a hand-off, as it stands among the notices."""
    with office.database.write() as tx:
        tx.execute(
            notices.insert().values(
                key=key, kind="handoff", person="redakce", occurrence_id=PRESS, data={}, state=state, attempts=0,
                due_at=NOW, created_at=NOW, settled_at=LATER, reply="",
            )
        )  # fmt: skip


def public_since(office: Office) -> datetime | None:
    with office.database.read() as tx:
        found = items.item(tx, PRESS)
    return found.since if found is not None else None


@pytest.mark.parametrize("state", list(_P))
def test_a_medium_of_its_own_proves_it_once_it_took_it(office: Office, state: PublicationState) -> None:
    publication(office, drafted(office), state, settled_at=LATER)
    assert public_since(office) == (LATER if state == _P.PUBLISHED else None)


@pytest.mark.parametrize(
    ("state", "mail", "medium", "since"),
    [
        (_P.ASKED, NoticeState.SENT, "web", LATER),
        (_P.ASKED, NoticeState.QUEUED, "web", None),
        (_P.ASKED, NoticeState.FAILED, "web", None),
        (_P.DECLINED, NoticeState.SENT, "web", None),
        (_P.ASKED, NoticeState.SENT, "", LATER),
        (_P.ASKED, NoticeState.QUEUED, "", None),
        (_P.DECLINED, NoticeState.SENT, "", None),
    ],
)
def test_a_hand_off_proves_it_once_it_reached_its_person(
    office: Office, state: PublicationState, mail: NoticeState, medium: str, since: datetime | None
) -> None:
    draft = drafted(office)
    publication(office, draft, state, medium=medium, channel="handoff", person="redakce")
    handed(office, f"handoff/{draft}" + ("/redakce" if medium else ""), mail)
    assert public_since(office) == since


def test_what_was_handed_before_there_were_publications_stays_public(office: Office) -> None:
    handed(office, f"handoff/{drafted(office)}")
    assert public_since(office) == LATER


def test_another_persons_mail_and_another_drafts_prove_nothing(office: Office) -> None:
    draft = drafted(office)
    publication(office, draft, _P.ASKED, medium="web", channel="handoff", person="redakce")
    handed(office, f"handoff/{draft}/nekdo-jiny")
    handed(office, f"handoff/{draft}0")
    assert public_since(office) is None


def test_the_earliest_proof_counts(office: Office) -> None:
    draft = drafted(office)
    publication(office, draft, _P.PUBLISHED, settled_at=LATER + timedelta(days=1))
    publication(office, draft, _P.ASKED, medium="web", channel="handoff", person="redakce")
    handed(office, f"handoff/{draft}/redakce")
    assert public_since(office) == LATER
