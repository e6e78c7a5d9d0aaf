"""The mailing on the coordinator's page: what she orders there, and that nobody else can."""

from __future__ import annotations

import re
from threading import Thread

import pytest
import requests

from tests.fixtures.smtp_server import HANG_UP, ScriptedRelay, Then
from tests.store.desk import begin, deliver, hold, mailing, recorded, rows, states
from tests.store.sample import NOW, PRESS, address
from tests.store.test_orders import LATER, why
from tests.store.test_story_page import STORY, Visit, visiting, words
from worker.office import Office
from worker.store.tables import bounces

ORDER = f"/koordinator/rozesilka/{PRESS}"
ORDERS = ("pause", "resume", "again", "cancel")


def give(visit: Visit, proof: str, **form: str) -> requests.Response:
    form["proof"] = proof
    return visit.session.post(visit.base + ORDER, data=form, timeout=10, allow_redirects=False)


def offered(visit: Visit) -> set[str]:
    """The orders that the page has a button for."""
    return set(re.findall(r'name="order" value="(\w+)"', visit.get(STORY).text))


def in_doubt(office: Office, relay: ScriptedRelay) -> int:
    """One sent, one refused, one put off, one unknown, one sent."""
    number = begin(office, 5)
    relay.answer_to(address(2), "550 no")
    relay.answer_to(address(3), "450 later")
    relay.answer("DOT", "250 ok", HANG_UP)
    deliver(office)
    assert states(office) == ["sent", "failed", "retry", "unknown", "sent"]
    return number


def test_she_pauses_continues_and_cancels_it_there(office: Office, relay: ScriptedRelay) -> None:
    number = in_doubt(office, relay)
    with visiting(office, at=NOW) as visit:
        page, proof = words(visit.get(STORY)), visit.proof()
        assert "Předáno 2 z 5 adresátů." in page and "Pokračuje v úterý 8. prosince 2026 v 10:05" in page
        assert offered(visit) == {"pause", "again", "cancel"}
        answer = give(visit, proof, order="pause")
        shown = f"{visit.base}{STORY.removesuffix('?uvolnit')}#rozesilka"
        assert (answer.status_code, answer.headers["location"]) == (303, shown)
        assert mailing(office, number).state == "paused"
        assert "Sama pokračovat nebude, čeká na člověka." in words(visit.get(STORY))
        assert offered(visit) == {"resume", "again", "cancel"}
        again = give(visit, proof, order="pause")
        assert again.status_code == 409 and "není co zastavit" in words(again)
        assert give(visit, proof, order="resume").status_code == 303
        assert mailing(office, number).state == "sending"
        missing = give(visit, proof, order="cancel", reason="  ")
        assert missing.status_code == 400 and "<details open>" in missing.text
        assert give(visit, proof, order="cancel", reason="spletli jsme se").status_code == 303
        assert (mailing(office, number).state, states(office)[2]) == ("done", "expired")
        assert offered(visit) == set()
        assert "spletli jsme se" in words(visit.get(STORY))
        assert 'value="again"' not in visit.get(STORY).text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # from here on the database makes no difference
def test_she_settles_what_is_unknown_one_by_one(office: Office, relay: ScriptedRelay) -> None:
    in_doubt(office, relay)
    with visiting(office, at=NOW) as visit:
        page, proof = visit.get(STORY).text, visit.proof()
        assert address(4) in page and address(1) not in page and "@liberecky-kraj.example.org&gt;" in page
        assert give(visit, proof, outcome="perhaps", address=address(4)).status_code == 400
        assert give(visit, proof, outcome="sent", address=address(1)).status_code == 409
        assert give(visit, proof, outcome="sent", address=address(4)).status_code == 303
        assert states(office)[3] == "sent"
        assert "U koho nevíme" not in words(visit.get(STORY))
        assert give(visit, proof, outcome="failed", address=address(4)).status_code == 409
    assert rows(office)[3].reply == "settled by a person"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_refused_are_written_to_again_from_there(office: Office, relay: ScriptedRelay) -> None:
    in_doubt(office, relay)
    relay.accept_everything()
    with visiting(office, at=NOW) as visit:
        proof = visit.proof()
        assert "Poslat znovu odmítnutým (1)" in words(visit.get(STORY))
        assert give(visit, proof, order="again").status_code == 303
        assert states(office)[1] == "queued"
        assert "Poslat znovu odmítnutým" not in words(visit.get(STORY))
        hold(office, NOW, LATER)
        give(visit, proof, order="pause")
        held = give(visit, proof, order="resume")
        assert held.status_code == 409 and "pozdržen" in words(held)
    assert "(zadává Koordinátor sociálního začleňování)" in why(office)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("person", [None, "tiskovy-mluvci", "no proof"])
def test_nobody_else_orders_anything_and_looking_changes_nothing(
    office: Office, relay: ScriptedRelay, person: str | None
) -> None:
    in_doubt(office, relay)
    before = states(office), recorded(office)
    with visiting(office, "koordinator" if person == "no proof" else person, NOW) as visit:
        for order in ORDERS:
            assert give(visit, "0" * 64, order=order, reason="x").status_code == 403
        assert give(visit, "0" * 64, outcome="sent", address=address(4)).status_code == 403
        assert visit.get(ORDER).status_code == 405
        if person != "no proof":
            answer = visit.get(STORY)
            assert answer.status_code == 403 and address(4) not in answer.text
        visit.get(STORY)
    assert (states(office), recorded(office)) == before


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_one_without_a_mailing_has_none_on_its_page(office: Office) -> None:
    with visiting(office, at=NOW) as visit:
        begin(office, 0, occurrence="tiskova-zprava/2026-06")
        assert "Na seznamech nikdo není" in words(visit.get("/koordinator/termin/tiskova-zprava/2026-06"))
        proof = visit.session.get(visit.base + "/koordinator/kalendar").text
        token = re.search(r'name="proof" value="([0-9a-f]{64})"', proof)
        assert token is not None
        assert give(visit, token[1], order="pause").status_code == 404


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_pause_on_the_page_holds_while_the_worker_sends(office: Office, relay: ScriptedRelay) -> None:
    number = begin(office, 40)
    with visiting(office, at=NOW) as visit:
        proof = visit.proof()
        relay.answer("DOT", "250 ok", Then("250 ok", act=lambda: give(visit, proof, order="pause")))
        worker = Thread(target=deliver, args=(office,))
        worker.start()
        worker.join()
    sent = states(office).count("sent")
    assert mailing(office, number).state == "paused" and sent < 6 and len(relay.received) == sent


def test_the_page_says_what_came_back(office: Office) -> None:
    number = begin(office, 3)
    with office.database.write() as tx:
        for row, sort in zip(rows(office), ("hard", "hard", "complaint"), strict=True):
            back = {"mailing_id": number, "recipient_id": row.recipient_id, "sort": sort, "status": "", "at": NOW}
            tx.execute(bounces.insert().values(back))
    with visiting(office, at=NOW) as visit:
        assert "Co se vrátilo: adresa neexistuje 2×, stížnost na spam 1×." in words(visit.get(STORY))
