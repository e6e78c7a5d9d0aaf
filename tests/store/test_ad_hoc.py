"""What nobody planned: made by a person, drafted and asked for at once, approved and sent like everything else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.store.desk import approve, occurrence, recorded, rows, state, token, work_at
from tests.store.planned import BEGUN, HEAD
from tests.store.sample import add_people
from worker.errors import HlasatelError
from worker.office import Office
from worker.plan.model import Vocabulary
from worker.plan.reading.load import parse_plan
from worker.planning import ad_hoc
from worker.planning.current import plan_in_force
from worker.record.why import story
from worker.store.tables import occurrences

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
"""A Tuesday, 10:00 in Prague."""
ROW = "tiskova-zprava"
MADE = f"{ROW}/2026-11-24"


def new(office: Office, kind: str = "press-release", now: datetime = NOW, **given: Any) -> str:
    values: dict[str, Any] = {"activity_id": "", "send_at": None, "called": "", "reason": "povodeň", **given}
    with office.database.write() as tx:
        return ad_hoc.new(
            tx, plan_in_force(tx, office), kind, now, person="koordinator", whence="command", **values,
        )  # fmt: skip


def test_it_is_asked_for_at_once_and_sent_once_approved(office: Office) -> None:
    work_at(office, BEGUN)
    with office.database.write() as tx:
        add_people(tx, "media-regionalni", [1])
    assert new(office, called="Povodeň\r\n v kraji\x00") == MADE
    assert occurrence(office, MADE).title == "Povodeň v kraji"
    work_at(office, NOW + timedelta(seconds=1))
    assert state(office, MADE) == "asked"
    approve(office, token(office, "tiskovy-mluvci", MADE), NOW + timedelta(minutes=5))
    work_at(office, NOW + timedelta(minutes=6))
    assert rows(office) == [] and state(office, MADE) == "approved"
    work_at(office, NOW + timedelta(hours=2))
    assert [row.state for row in rows(office)] == ["sent"]
    assert "choice.new" in recorded(office)
    with office.database.read() as tx:
        told = " ".join(story(tx, office, MADE, NOW) or ())
    assert "zakládá mimořádný termín" in told and "povodeň" in told


def test_an_edit_of_the_plan_leaves_it_alone_and_the_next_of_the_day_is_the_second(asked_office: Office) -> None:
    at = NOW + timedelta(days=10)
    first, second = (new(asked_office, now=at, reason="x") for _ in range(2))
    assert (first, second) == (f"{ROW}/2026-12-04", f"{ROW}/2026-12-04.2")
    work_at(asked_office, at + timedelta(minutes=1))
    work_at(asked_office, at + timedelta(minutes=2))
    assert [state(asked_office, each) for each in (first, second)] == ["asked", "asked"]


def test_with_time_enough_the_rows_own_lead_times_hold(asked_office: Office) -> None:
    made = new(asked_office, send_at=datetime(2026, 12, 22, 9, tzinfo=UTC))
    assert occurrence(asked_office, made).stages["ask"].startswith("2026-12-15T")
    assert occurrence(asked_office, made).contributors != []
    soon = occurrence(asked_office, new(asked_office, send_at=NOW + timedelta(hours=8)))
    hours = {name: (datetime.fromisoformat(at) - NOW) / timedelta(hours=1) for name, at in soon.stages.items()}
    assert [hours[each] for each in ("draft", "ask", "remind", "deputy", "escalate", "send")] == [0, 0, 4, 6, 7, 8]
    assert hours["deadline"] == 10 and soon.contributors == []


@pytest.mark.parametrize(
    ("now", "at"),
    [
        (datetime(2026, 11, 24, 9, 1, tzinfo=UTC), datetime(2026, 11, 24, 11, 15, tzinfo=UTC)),
        (datetime(2026, 11, 27, 16, 0, tzinfo=UTC), datetime(2026, 11, 30, 9, 0, tzinfo=UTC)),
        (datetime(2026, 11, 30, 2, 0, tzinfo=UTC), datetime(2026, 11, 30, 9, 0, tzinfo=UTC)),
    ],
)
def test_without_a_time_it_goes_out_when_people_work(asked_office: Office, now: datetime, at: datetime) -> None:
    with asked_office.database.read() as tx:
        row = ad_hoc.row_for(plan_in_force(tx, asked_office), "press-release", "")
    assert (row.id, ad_hoc.usual_time(row, now)) == (ROW, at)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"kind": "press-relase"}, "press-release"),
        ({"activity_id": "neni"}, "Vyberte některý"),
        ({"activity_id": "rsk"}, "nemá schvalovatele"),
        ({"send_at": NOW}, "už minul"),
        ({"send_at": NOW + timedelta(days=500)}, "mimo plán"),
        ({"reason": " \n"}, "proč se"),
        ({"called": "x" * 121}, "příliš dlouhý"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(asked_office: Office, given: dict[str, Any], words: str) -> None:
    with pytest.raises(HlasatelError, match=words):
        new(asked_office, **given)
    with asked_office.database.read() as tx:
        assert tx.execute(occurrences.select().where(occurrences.c.origin == "person")).first() is None


def test_before_the_first_start_nothing_is_made(office: Office) -> None:
    with pytest.raises(HlasatelError, match="ještě nezačal"):
        new(office)


def test_a_row_that_bypasses_a_hold_is_never_taken_unnamed() -> None:
    crisis, calm = (
        f"  - {{id: {name}, activity: Zpráva, place: x, dates: [8. 12. 2026], kinds: [press-release], lists: [media],"
        f" approvers: [tiskovy-mluvci]{more}}}\n"
        for name, more in (("krize", ", crisis: true"), ("klid", ""))
    )
    known = Vocabulary(None, None, None)
    both, alone = (parse_plan((HEAD + text).encode(), "x", known) for text in (crisis + calm, crisis))
    assert ad_hoc.row_for(both, "press-release", "").id == "klid"
    with pytest.raises(HlasatelError, match="krize"):
        ad_hoc.row_for(alone, "press-release", "")
    assert ad_hoc.row_for(alone, "press-release", "krize").crisis
