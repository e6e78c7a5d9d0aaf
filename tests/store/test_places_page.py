"""The coordinator's pages of what waits beside the lists: she settles it there, and nobody else does."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.store.places import BOARD, MEDIA, PAGE, WEB, place, placed
from tests.store.sample import NOW, PRESS
from tests.store.test_story_page import STORY, visiting, words
from worker.office import Office
from worker.store.states import PublicationState
from worker.store.tables import stops

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # it makes no difference to any of this
P = PublicationState
SETTLE, CANCEL = f"/koordinator/misto/{PRESS}", f"/koordinator/rozesilka/{PRESS}"


@pytest.fixture
def own(office: Office) -> Office:
    return replace(office, media=MEDIA)


def test_she_says_what_became_of_each_place(own: Office) -> None:
    failed, silent, doubtful = placed(own, P.FAILED, WEB), placed(own, P.ASKED, BOARD), placed(own, P.UNKNOWN, PAGE)
    with visiting(own, at=NOW) as visit:
        page, proof = words(visit.get(STORY)), visit.proof()
        assert "neřečeno" in page and "Nástěnka" in page and "neví se, zda to vyšlo" in page

        def settle(number: int, how: str, **form: str) -> int:
            form = {"proof": proof, "place": str(number), "how": how} | form
            return visit.session.post(visit.base + SETTLE, data=form, timeout=10, allow_redirects=False).status_code

        assert settle(failed, "out", proof="0" * 64) == 403
        assert [settle(failed, "out"), settle(failed, "out", address="zítra"), settle(failed, "not")] == [400, 400, 400]
        assert [settle(999, "again"), settle(failed, "jinak"), settle(failed, "out", note="x" * 2001)] == [
            400,
            400,
            400,
        ]
        assert {place(own, each).state for each in (failed, silent, doubtful)} == {"failed", "asked", "unknown"}
        assert settle(failed, "again") == 303
        assert settle(failed, "again") == 409
        assert settle(silent, "not", note="není místo") == 303
        assert settle(doubtful, "out", address="https://www.example.org/1") == 303
    assert [place(own, each).state for each in (failed, silent, doubtful)] == ["queued", "declined", "published"]


def test_she_calls_off_what_has_no_mailing(own: Office) -> None:
    number = placed(own, P.QUEUED, WEB)
    with visiting(own, at=NOW) as visit:
        assert "Odvolat, co ještě nevyšlo" in words(visit.get(STORY))
        form = {"proof": visit.proof(), "order": "cancel", "reason": "spletli jsme se"}
        answer = visit.session.post(visit.base + CANCEL, data=form, timeout=10, allow_redirects=False)
        assert answer.status_code == 303
        assert "Odvolat, co ještě nevyšlo" not in words(visit.get(STORY))
    assert place(own, number).state == "withdrawn"


def test_the_overview_leads_to_what_waits_and_lets_a_medium_go_on(own: Office) -> None:
    number = placed(own, P.FAILED, WEB)
    with own.database.write() as tx:
        tx.execute(stops.insert().values(medium="facebook", reason="Klíč vypršel.", since=NOW))
    with visiting(own, at=NOW) as visit:
        page = visit.get("/koordinator")
        assert f"/koordinator/termin/{PRESS}#misto-{number}" in page.text and "Klíč vypršel." in words(page)
        proof = re.findall(r'name="proof" value="([0-9a-f]{64})"', page.text)[0]

        def go_on(proof: str) -> int:
            address = f"{visit.base}/koordinator/medium/facebook"
            answer = visit.session.post(address, data={"proof": proof}, timeout=10, allow_redirects=False)
            return answer.status_code

        assert [go_on("0" * 64), go_on(proof)] == [403, 303]
        assert "Klíč vypršel." not in words(visit.get("/koordinator"))
        assert go_on(proof) == 409


def test_nobody_else_settles_anything(own: Office) -> None:
    number = placed(own, P.FAILED, WEB)
    with visiting(own, person=None, at=NOW) as visit:
        for path in (SETTLE, "/koordinator/medium/web"):
            form = {"place": str(number), "how": "again"}
            answer = visit.session.post(visit.base + path, data=form, timeout=10, allow_redirects=False)
            assert answer.status_code in (303, 401, 403)
    assert place(own, number).state == "failed"
