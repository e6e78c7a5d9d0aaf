"""A text that tells of people takes their consent by what it is, whatever its row says."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from tests.store.desk import ASKED, at_work, notices_to, occurrence
from tests.store.sample import NOW, PRESS
from tests.store.seated import SPOKESWOMAN, put_before
from worker.approval.consents import doubt_of
from worker.drafting import checks, packages
from worker.jobs.ask_consents import AskConsents
from worker.office import Office
from worker.store import tables


@pytest.mark.parametrize(
    ("kind", "fields", "tells"),
    [
        ("story", {}, True),
        ("magazine-article", {"story": "Vyprávění."}, True),
        ("magazine-article", {"story": "", "results": "Čísla."}, False),
        ("a-kind-of-old", {"story": "Vyprávění."}, False),
    ],
)
def test_it_is_stopped_without_a_consent_and_the_coordinator_is_asked_for_one(
    office: Office, kind: str, fields: dict[str, Any], tells: bool
) -> None:
    put_before(office, SPOKESWOMAN)
    with office.database.write() as tx:
        tx.execute(update(tables.drafts).values(kind=kind, fields=fields))
    assert _stopped(office) is tells
    with at_work(office, ASKED) as current:
        assert AskConsents().do_one(current, ASKED) is tells
    assert len(notices_to(office, "koordinator", "consent_missing")) == int(tells)
    with office.database.write() as tx:
        assert (doubt_of(tx, PRESS, None) == "") is tells
        noted = {"subject": "paní z Liberce", "given_by": "person", "noted_by": "koordinator", "noted_at": NOW}
        tx.execute(tables.consents.insert().values(occurrence_id=PRESS, **noted))
    assert not _stopped(office)


def _stopped(office: Office) -> bool:
    with office.database.read() as tx:
        package = packages.latest(tx, PRESS)
        assert package is not None
        found = checks.found(tx, office, occurrence(office), packages.drafts_of(tx, package.id), ASKED)
    return any(f"consent note {PRESS}" in check.message for check in found if check.level == "error")
