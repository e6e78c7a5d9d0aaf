"""A text on a notice board: since when it hangs, when it may come down, and when it did."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import requests
from sqlalchemy import select

from tests.fixtures.pages import pages
from tests.store.desk import at_work, notices_to
from tests.store.sample import NOW, PRESS
from tests.store.test_by_hand import EDITOR, handed, medium, page_of, place
from worker.approval.cases import AlreadyDecided, Unfinished
from worker.approval.handed import Handed, Report, report
from worker.cli import publication
from worker.errors import HlasatelError
from worker.jobs.propose_removals import ProposeRemovals
from worker.notices import links, render
from worker.office import Office
from worker.record import places, why
from worker.store.tables import postings, publications

BOARD = medium("deska", file="pdf", hangs=15)
POSTED, DOWN = date(2026, 12, 8), date(2026, 12, 24)
"""The 15 days are those from the 9th to the 23rd."""
MORNING = datetime(2026, 12, 24, 7, 0, tzinfo=UTC)
"""Eight o'clock in Prague."""


def told(office: Office, what: Report, at: datetime = NOW, name: str = "deska", **values: Any) -> Handed:
    token = page_of(office, name).rpartition("/")[2]
    return report(office, token, what, at, place=place(office, name).id, **values)


def posted(office: Office) -> Office:
    own = handed(office, BOARD)
    told(own, Report.OUT)
    return own


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def hanging(office: Office) -> tuple[date, date, date | None]:
    with office.database.read() as tx:
        row = tx.execute(select(postings)).one()
        return row.posted_on, row.comes_down_on, row.removed_on


def proposals(office: Office, *at: datetime) -> list[tuple[str, str]]:
    """Kind and person of what is told at these times."""
    for each in at:
        with at_work(office, each) as current:
            while ProposeRemovals().do_one(current, each):
                pass
    people = EDITOR, "koordinator"
    return [(row.kind, row.person) for who in people for row in notices_to(office, who, "removal", "removal_late")]


def test_a_text_is_posted_on_the_day_that_is_said_or_today(office: Office) -> None:
    own = handed(office, BOARD, medium("web"))
    told(own, Report.OUT, NOW + timedelta(days=2), day=POSTED)
    assert hanging(own) == (POSTED, DOWN, None)
    told(own, Report.OUT, name="web", address="https://www.example.org/1")
    assert hanging(own) == (POSTED, DOWN, None)  # a page of the web is no board


def test_it_is_not_posted_on_a_day_that_is_still_to_come(office: Office) -> None:
    own = handed(office, BOARD)
    with pytest.raises(Unfinished):
        told(own, Report.OUT, day=POSTED + timedelta(days=1))
    assert place(own, "deska").state == "asked"


def test_its_removal_is_proposed_once_when_its_days_are_over_and_then_told(office: Office) -> None:
    own = posted(office)
    assert proposals(own, MORNING - timedelta(seconds=1)) == []
    assert proposals(own, MORNING, MORNING + timedelta(days=6)) == [("removal", EDITOR)]
    late = MORNING + timedelta(days=7)
    assert proposals(own, late, late + timedelta(days=9)) == [("removal", EDITOR), ("removal_late", "koordinator")]
    (notice,) = notices_to(own, EDITOR, "removal")
    with own.database.write() as tx:
        view = render.view(tx, own, notice, MORNING)
    assert view.subject == "Sejměte prosím – Deska: Tisková zpráva"
    assert plain(view.paragraphs[1].text) == "Vyvěšeno: úterý 8. prosince 2026. Sejmout lze: čtvrtek 24. prosince 2026."


def test_the_clock_of_a_rehearsal_jumps_to_that_morning(office: Office) -> None:
    own = posted(office)
    with at_work(own, NOW) as current:
        assert ProposeRemovals().next_at(current, NOW) == MORNING
        assert ProposeRemovals().next_at(current, MORNING) is None


def test_what_is_down_is_noted_once_and_not_proposed(office: Office) -> None:
    own = posted(office)
    told(own, Report.REMOVED, MORNING)
    assert hanging(own)[2] == DOWN
    assert proposals(own, MORNING + timedelta(days=30)) == []
    with pytest.raises(AlreadyDecided):
        told(own, Report.REMOVED, MORNING)
    with own.database.read() as tx:
        (found,) = places.of_occurrence(tx, own, PRESS, MORNING)
        story = plain("\n".join(why.story(tx, own, PRESS, MORNING) or []))
    assert (found.as_json()["posted_on"], found.as_json()["removed_on"]) == ("2026-12-08", "2026-12-24")
    assert "Deska: vyvěšeno 8. prosince 2026, sejmout lze od 24. prosince 2026." in story
    assert "Deska: sejmuto 24. prosince 2026 (zapisuje Redakce webu kraje)." in story
    assert "Vyvěšeno 8. prosince 2026, sejmuto 24. prosince 2026." in story


@pytest.mark.parametrize("day", [POSTED - timedelta(days=1), DOWN + timedelta(days=1)])
def test_it_cannot_have_come_down_before_it_hung_or_on_a_day_to_come(day: date, office: Office) -> None:
    own = posted(office)
    with pytest.raises(Unfinished):
        told(own, Report.REMOVED, MORNING, day=day)
    assert hanging(own)[2] is None


def test_what_hangs_nowhere_cannot_come_down(office: Office) -> None:
    own = handed(office, medium("web"))
    told(own, Report.OUT, name="web", note="vyšlo")
    with pytest.raises(AlreadyDecided):
        told(own, Report.REMOVED, name="web")


def test_the_page_asks_for_both_days(office: Office) -> None:
    own = handed(office, BOARD)
    page, number = page_of(own, "deska"), place(own, "deska").id
    with pages(own, NOW) as served, requests.Session() as visitor:
        address = served.settings.base_url + page
        assert "Vyvěšeno dne" in visitor.get(address, timeout=9).text
        form = {"place": number, "how": "out", "day": "včera ráno"}
        assert visitor.post(address, form, timeout=9).status_code == 400
        after = plain(visitor.post(address, form | {"day": "7. 12. 2026"}, timeout=9).text)
        assert "Sejmout lze od 23. prosince 2026." in after and "Sejmuto dne" in after
        down = plain(visitor.post(address, {"place": number, "how": "removed", "day": "2026-12-08"}, timeout=9).text)
        assert "8. prosince 2026" in down and "Zapsat sejmutí" not in down
    assert hanging(own) == (date(2026, 12, 7), date(2026, 12, 23), date(2026, 12, 8))


def test_a_link_to_it_is_never_too_old(office: Office) -> None:
    own = posted(office)
    proposals(own, MORNING)
    (notice,) = notices_to(own, EDITOR, "removal")
    with own.database.write() as tx:
        link = render.view(tx, own, notice, MORNING).link
        found = links.find(tx, own, links.Purpose.PUBLISH, link.rpartition("/")[2])
        assert found is not None
        assert found.publication_id == tx.execute(select(publications.c.id)).scalar_one()


def test_the_commands_note_both_days(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    own = handed(office, BOARD)
    monkeypatch.setattr(publication, "open_office", lambda: own)
    publication.out(PRESS, day="8. 12. 2026", now=NOW.isoformat())
    assert hanging(own) == (POSTED, DOWN, None)
    with pytest.raises(HlasatelError, match="nejde přečíst"):
        publication.down(PRESS, day="zítra", now=MORNING.isoformat())
    publication.down(PRESS, medium="deska", day="2026-12-24", now=MORNING.isoformat())
    assert hanging(own)[2] == DOWN
    with pytest.raises(HlasatelError, match="už je zapsáno"):
        publication.down(PRESS, now=MORNING.isoformat())
