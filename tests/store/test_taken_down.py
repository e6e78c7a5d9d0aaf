"""What was withdrawn is waited for until whoever published it says that it is down there as well."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from tests.fixtures.pages import pages, reader
from tests.store.desk import recorded
from tests.store.places import BOARD, EDITOR, MEDIA, WEB, place, placed
from tests.store.sample import NOW, PRESS
from tests.store.test_story_page import visiting, words
from worker.notices import links
from worker.notices.links import Purpose
from worker.office import Office
from worker.record import places
from worker.store.states import PublicationState as P
from worker.store.tables import withdrawals

STORY, SETTLE = f"/koordinator/termin/{PRESS}", f"/koordinator/misto/{PRESS}"


@pytest.fixture
def own(office: Office) -> Office:
    return replace(office, media=MEDIA)


def out(office: Office, withdrawn: bool = True) -> tuple[int, int]:
    """Two texts that are out, and one that is asked for; whether their occurrence was withdrawn."""
    address = {"address": "https://www.example.org/1", "settled_at": NOW}
    first, second = placed(office, P.PUBLISHED, WEB, **address), placed(office, P.PUBLISHED, BOARD, **address)
    if withdrawn:
        with office.database.write() as tx:
            tx.execute(withdrawals.insert().values(occurrence_id=PRESS, reason="omyl", person="koordinator", at=NOW))
    return first, second


def wanting(office: Office) -> list[int]:
    with office.database.read() as tx:
        return [each.row.id for each in places.wanting_attention(tx, office, NOW)]


def test_nobody_is_waited_for_before_it_is_withdrawn(own: Office) -> None:
    out(own, withdrawn=False)
    assert wanting(own) == []


def test_the_coordinator_notes_it_on_the_page(own: Office) -> None:
    first, second = out(own)
    assert wanting(own) == [first, second]
    with visiting(own, at=NOW) as visit:
        assert "čeká se, že to někdo stáhne i odtud" in words(visit.get(STORY))
        form = {"proof": visit.proof(), "place": str(first), "how": "down"}
        for code in (303, 409):
            answer = visit.session.post(visit.base + SETTLE, data=form, timeout=10, allow_redirects=False)
            assert answer.status_code == code
        assert "stažené, zapsáno" in words(visit.get(STORY))
    assert (place(own, first).down_at, place(own, second).down_at) == (NOW, None)
    assert wanting(own) == [second] and recorded(own).count("publication.down") == 1


def test_whoever_published_it_says_so_by_her_link(own: Office) -> None:
    first, second = out(own)
    with own.database.write() as tx:
        link = links.mint(
            tx, Purpose.PUBLISH, person=EDITOR, sent_to=own.person(EDITOR).email, occurrence_id=PRESS, package_id=None,
            now=NOW, publication_id=first,
        )  # fmt: skip
    with pages(own, NOW) as served:
        address = f"{served.settings.base_url}/zverejneni/{link}"
        assert "Stáhněte ho prosím i odtud" in reader().get(address, timeout=10).text.replace("\u00a0", " ")
        for number in (first, second):
            told = reader().post(address, data={"place": str(number), "how": "down"}, timeout=10)
            assert told.status_code == 200 and "Potvrdili jste" in told.text.replace("\u00a0", " ")
        assert reader().post(address, data={"place": str(first), "how": "down"}, timeout=10).status_code == 409
    assert wanting(own) == []
    with own.database.read() as tx:
        assert tx.execute(select(withdrawals.c.reason)).scalar() == "omyl"
