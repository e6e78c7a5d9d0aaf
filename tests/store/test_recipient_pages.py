"""The pages about recipients: the coordinator's alone, with no address in an address, and what each button does."""

from __future__ import annotations

import re

import pytest
import requests
from sqlalchemy import select

from tests.store.sample import NOW, add_people, address
from tests.store.test_story_page import Visit, visiting, words
from worker.audience.suppression import Reason, suppress
from worker.office import Office
from worker.store.tables import memberships, recipients

PATH = "/koordinator/prijemci"
PAGES = (PATH, f"{PATH}/1", f"{PATH}/seznam/obce.csv")


@pytest.fixture
def office(asked_office: Office) -> Office:
    """Where the database makes no difference to what is tried."""
    return asked_office


def proof(visit: Visit) -> str:
    found = re.search(r'name="proof" value="([0-9a-f]{64})"', visit.get(PATH).text)
    assert found is not None
    return found[1]


def post(visit: Visit, path: str, **form: str) -> requests.Response:
    return visit.session.post(visit.base + path, data=form, timeout=10, allow_redirects=False)


def people(office: Office, *numbers: int) -> list[int]:
    with office.database.write() as tx:
        return add_people(tx, "obce", numbers)


@pytest.mark.parametrize("person", [None, "tiskovy-mluvci"])
def test_nobody_but_the_coordinator_sees_a_recipient(office: Office, person: str | None) -> None:
    people(office, 1)
    with visiting(office, person) as visit:
        for path in PAGES:
            answer = visit.get(path)
            assert (answer.status_code, address(1) in answer.text) == (403, False), path
        for path in (PATH, f"{PATH}/1"):
            answer = post(visit, path, order="stop", sought="clovek", proof="0" * 64)
            assert (answer.status_code, address(1) in answer.text) == (403, False), path


def test_a_form_of_somebody_else_changes_nothing(office: Office) -> None:
    (who,) = people(office, 1)
    with visiting(office) as visit:
        for given in ("", "0" * 64):
            assert post(visit, f"{PATH}/{who}", order="stop", proof=given).status_code == 403
            assert (
                post(visit, PATH, order="add", address="a@b.example.org", list="obce", proof=given).status_code == 403
            )
    with office.database.read() as tx:
        assert [row.suppressed for row in tx.execute(select(recipients))] == [""]


def test_she_finds_one_by_a_part_of_the_address_without_putting_it_into_an_address(office: Office) -> None:
    people(office, *range(30))
    with visiting(office) as visit:
        own = proof(visit)
        page = post(visit, PATH, order="search", sought="clovek-01", proof=own)
        assert page.status_code == 200
        assert [f"clovek-{number:03}@" in page.text for number in (10, 19, 1)] == [True, True, False]
        assert not re.search(r'(?:href|action)="[^"]*clovek', page.text)
        first = post(visit, PATH, order="search", sought="clovek", proof=own)
        assert "Další" in first.text and "Předchozí" not in first.text
        second = post(visit, PATH, order="search", sought="clovek", page="2", proof=own)
        assert "Další" not in second.text and "Předchozí" in second.text and address(29) in second.text
        assert "Nikdo takový na seznamech není" in words(post(visit, PATH, order="search", sought="nikdo", proof=own))
        short = post(visit, PATH, order="search", sought="ab", proof=own)
        assert short.status_code == 400 and "alespoň 3" in words(short)


def test_she_adds_moves_stops_and_starts_one(office: Office) -> None:
    with visiting(office) as visit:
        own = proof(visit)
        added = post(
            visit, PATH, order="add", address="Nova@Urad.example.org", name="Jana Nová", list="obce", proof=own
        )
        assert added.status_code == 200 and "Dostane hned příští rozesílku" in words(added)
        with office.database.read() as tx:
            who = tx.execute(select(recipients.c.id)).scalar_one()
        card = f"{PATH}/{who}"
        for form, said in (
            ({"order": "put", "new": "jini"}, "Adresát je i na dalším seznamu."),
            ({"order": "move", "old": "obce", "new": "media"}, "Adresát je přesunut."),
            ({"order": "take_off", "old": "jini"}, "Adresát na seznamu už není."),
            ({"order": "stop"}, "Zasílání je zastaveno."),
        ):
            answer = post(visit, card, **form, proof=own)
            assert answer.status_code == 200 and said in words(answer), form
        page = words(visit.get(card))
        assert (
            "zasílání zastavil koordinátor" in page
            and "přesunut ze seznamu Obce Libereckého kraje na seznam Média" in page
        )
        assert 'value="put"' not in page and 'value="move"' not in page, "no list takes one who is stopped"
        assert "Zasílání je obnoveno" in words(post(visit, card, order="start", proof=own))
        twice = post(visit, card, order="start", proof=own)
        assert twice.status_code == 409 and "Zasílání obnovit nejde" in words(twice)
        assert post(visit, card, order="erase", proof=own).status_code == 400
        assert visit.get(f"{PATH}/{who + 1}").status_code == visit.get(f"{PATH}/{10**30}").status_code == 404
    with office.database.read() as tx:
        assert tx.execute(select(memberships.c.list_id)).scalars().all() == ["media"]


def test_a_suppressed_one_is_shown_with_why_and_since(office: Office) -> None:
    (who,) = people(office, 1)
    with office.database.write() as tx:
        suppress(tx, office, address(1), Reason.BOUNCE, NOW, "5.1.1")
    with visiting(office) as visit:
        page = words(visit.get(f"{PATH}/{who}"))
    assert (
        "Na tuto adresu se od 8. prosince 2026 nepíše, ať je na kterémkoli seznamu: zprávy se z adresy vracejí." in page
    )
    assert "(5.1.1)" in page and 'value="start"' in page


def test_a_list_is_downloaded_as_a_table(office: Office) -> None:
    people(office, 1, 2)
    with visiting(office) as visit:
        answer = visit.get(f"{PATH}/seznam/obce.csv")
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.headers["content-disposition"] == 'attachment; filename="obce.csv"'
        assert answer.content.startswith('\ufeff"address"'.encode()) and answer.content.count(b"\r\n") == 3
        assert visit.get(f"{PATH}/seznam/neni.csv").status_code == 404
