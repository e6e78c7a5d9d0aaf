"""What readers were last told of the measures: the material of what went out, of no other row and of nothing unsent."""

from __future__ import annotations

from typing import Any

from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.desk import begin, deliver
from tests.store.sample import NEWSLETTER, PRESS
from worker.office import Office
from worker.record.earlier import measures_before
from worker.store.tables import drafts, mailings

TOLD: dict[str, Any] = {"state": "2023-12-31", "state_from": "2023-12-31", "states": {"I/1": "plněno"}}


def before(office: Office, activity: str) -> dict[str, Any] | None:
    with office.database.read() as tx:
        return measures_before(tx, activity)


def test_it_is_that_of_the_latest_mailing_of_the_row_that_reached_somebody(
    office: Office, relay: ScriptedRelay
) -> None:
    mailing = begin(office, 1, "newsletter", NEWSLETTER, ("vsichni",))
    with office.database.write() as tx:
        wanted = mailings.select().with_only_columns(mailings.c.draft_id).where(mailings.c.id == mailing)
        tx.execute(drafts.update().where(drafts.c.id.in_(wanted)).values(material={"sources": {"measures": TOLD}}))
    assert before(office, "newsletter") is None, "nothing has gone out"
    deliver(office)
    assert before(office, "newsletter") == TOLD
    assert before(office, "tiskova-zprava") is None
    begin(office, 1, "press-release", PRESS)
    deliver(office)
    assert before(office, "tiskova-zprava") is None, "its material holds no measures"
