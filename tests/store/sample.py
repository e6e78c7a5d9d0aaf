"""Rows to start from: an approved draft, people on a list; and programs that run in a process of their own."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.drafting.digest import draft_digest, package_digest
from worker.office import Office
from worker.store.states import OccurrenceState
from worker.store.tables import drafts, memberships, occurrences, packages, recipients

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "config"
KEY = "a-key-for-tests-only-0123456789"

NOW = datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
PRESS, NEWSLETTER = "tiskova-zprava/2026-12", "newsletter/2026"


def python(program: str, *arguments: str) -> subprocess.Popen[str]:
    """A program in a process of its own, its output piped."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program), *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def occurrence_values(occurrence_id: str, state: OccurrenceState) -> dict[str, Any]:
    """A row of `occurrences` as the plan would have made it."""
    activity, _, period = occurrence_id.partition("/")
    deadline = NOW + timedelta(hours=2)
    return {
        "id": occurrence_id,
        "activity": activity,
        "period": period,
        "title": "Tisková zpráva",
        "window_from": date(2026, 12, 1),
        "window_to": date(2026, 12, 31),
        "send_at": NOW,
        "planned_send_at": NOW,
        "assumed": False,
        "kinds": ["press-release"],
        "lists": ["media"],
        "approvers": ["tiskovy-mluvci"],
        "in_charge": "koordinator",
        "about": "",
        "stages": {"send": NOW.isoformat(), "deadline": deadline.isoformat()},
        "state": state,
        "state_at": NOW,
    }


TEXTS = (
    "Kraj otevřel poradnu",
    "<p>@@greeting@@</p><p>.Zpráva</p><p><a href='@@unsubscribe@@'>Odhlásit</a></p>",
    "@@greeting@@\n\n.Zpráva\n\nOdhlásit: @@unsubscribe@@\n",
)
"""Subject, HTML and plain text."""


def approved_draft(
    tx: Connection, kind: str, occurrence_id: str = PRESS, texts: tuple[str, str, str] = TEXTS
) -> Row[Any]:
    """One draft of an occurrence that is being sent."""
    tx.execute(occurrences.insert().values(occurrence_values(occurrence_id, OccurrenceState.SENDING)))
    goes_out = "email", *texts
    digest = draft_digest(kind, *goes_out)
    package_id: int = tx.execute(
        packages.insert()
        .values(
            occurrence_id=occurrence_id, version=1, digest=package_digest([digest], {}, NOW, {}), send_at=NOW, lists={},
            audience=0, reason="", approvers=["tiskovy-mluvci"], created_at=NOW, submitted_at=NOW,
        )
        .returning(packages.c.id)
    ).scalar_one()  # fmt: skip
    draft_id: int = tx.execute(
        drafts.insert()
        .values(
            package_id=package_id, position=0, kind=kind, digest=digest, fields={}, material={},
            **dict(zip(("channel", "subject", "html", "text"), goes_out, strict=True)),
            findings=[],
        )
        .returning(drafts.c.id)
    ).scalar_one()  # fmt: skip
    return tx.execute(select(drafts).where(drafts.c.id == draft_id)).one()


def address(number: int) -> str:
    return f"clovek-{number:03}@noviny.example.org"


def add_people(tx: Connection, list_id: str, numbers: Sequence[int]) -> list[int]:
    """People on a list; their ids in the order of `numbers`."""
    ids = []
    for number in numbers:
        known = tx.execute(select(recipients.c.id).where(recipients.c.address == address(number))).scalar()
        if known is None:
            values = {"address": address(number), "name": f"Člověk {number}", "greeting": "", "created_at": NOW}
            known = tx.execute(recipients.insert().values(values).returning(recipients.c.id)).scalar_one()
        tx.execute(memberships.insert().values(list_id=list_id, recipient_id=known, since=NOW))
        ids.append(known)
    return ids


def office_with(office: Office, **delivery: Any) -> Office:
    """The same office with other delivery settings."""
    changed = office.settings.delivery.model_copy(update=delivery)
    return replace(office, settings=replace(office.settings, delivery=changed))
