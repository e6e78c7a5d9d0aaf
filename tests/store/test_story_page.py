"""The coordinator's page of one occurrence: the dossier to take along, and the emergency release, for her alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
import requests
from sqlalchemy import select, update

from tests.fixtures.pages import pages
from tests.store.desk import ASKED, approve, asked, recorded, state
from tests.store.sample import PRESS
from worker.notices import sign_ins
from worker.notices.sign_ins import Purpose
from worker.office import Office
from worker.store.tables import decisions, drafts
from worker.web.signed_in import COOKIE

pytestmark = pytest.mark.usefixtures("already_asked")

DOSSIER, LOOK = (f"/koordinator/{part}{PRESS}" for part in ("spis/", "nahled/press-release/"))
STORY = f"/koordinator/termin/{PRESS}?uvolnit"
FORM = "Proč se to má odeslat bez schválení"


class Visit:
    """A browser signed in as `person`; nobody without one."""

    def __init__(self, office: Office, person: str | None, at: datetime) -> None:
        self.base, self.session = office.settings.base_url, requests.Session()
        if person is not None:
            with office.database.write() as tx:
                token = sign_ins.mint(tx, Purpose.SESSION, person, at)
            self.session.headers["Cookie"] = f"{COOKIE}={token}"

    def get(self, path: str) -> requests.Response:
        return self.session.get(self.base + path, timeout=10)

    def post(self, **form: str) -> requests.Response:
        return self.session.post(self.base + STORY, data=form, timeout=10, allow_redirects=False)

    def proof(self) -> str:
        found = re.search(r'name="proof" value="([0-9a-f]{64})"', self.get(STORY).text)
        assert found is not None
        return found[1]


@contextmanager
def visiting(office: Office, person: str | None = "koordinator", at: datetime = ASKED) -> Iterator[Visit]:
    with pages(office, at) as served:
        yield Visit(served, person, at)


def words(answer: requests.Response) -> str:
    return answer.text.replace("\u00a0", " ")


def test_she_releases_it_with_a_reason_and_it_is_marked_so(office: Office) -> None:
    asked(office)
    with visiting(office) as visit:
        page, proof = visit.get(STORY), visit.proof()
        assert FORM in words(page) and 'src="http' in page.text and visit.get(LOOK).status_code == 200
        before = recorded(office)
        for form, code in (
            ({"reason": "krize", "version": "1"}, 403),
            ({"reason": "krize", "version": "1", "proof": "0" * 64}, 403),
            ({"reason": "  ", "version": "1", "proof": proof}, 400),
            ({"reason": "krize", "proof": proof}, 400),
            ({"reason": "krize", "version": "2", "proof": proof}, 409),
        ):
            assert visit.post(**form).status_code == code, form
        assert (state(office), recorded(office)) == ("asked", before)
        assert visit.post(reason="mluvčí není k zastižení", version="1", proof=proof).status_code == 303
        page = visit.get(STORY)
        assert "Uvolněno bez schválení, verze 1" in words(page) and FORM not in words(page)
        assert "MIMOŘÁDNĚ UVOLNĚNO" in words(page) and "mluvčí není k zastižení" in words(page)
        assert visit.post(reason="znovu", version="1", proof=proof).status_code == 409
        assert "Mimořádně uvolněno bez schválení" in words(visit.get(DOSSIER))
    with office.database.read() as tx:
        made = tx.execute(select(decisions)).one()
    assert (made.emergency, made.person, made.comment) == (True, "koordinator", "mluvčí není k zastižení")
    assert made.whence == "page 127.0.0.1" and made.live == 1


def test_what_a_check_stops_is_not_offered(office: Office) -> None:
    asked(office)
    fault = [{"code": "domicile", "level": "error", "message": "Chybí domicil."}]
    with office.database.write() as tx:
        tx.execute(update(drafts).where(drafts.c.kind == "press-release").values(findings=fault))
    with visiting(office) as visit:
        page = words(visit.get(STORY))
        assert "Chybí domicil." in page and FORM not in page
        assert visit.post(reason="krize", version="1", proof=visit.proof()).status_code == 400
    assert state(office) == "asked"


def test_what_is_approved_has_no_form(office: Office) -> None:
    approve(office, asked(office))
    with visiting(office) as visit:
        assert FORM not in words(visit.get(STORY))
        assert visit.post(reason="krize", version="1", proof=visit.proof()).status_code == 409


@pytest.mark.parametrize("person", [None, "tiskovy-mluvci"])
def test_nobody_else_sees_or_does_anything(office: Office, person: str | None) -> None:
    asked(office)
    with visiting(office, person) as visit:
        for path in (STORY, DOSSIER, LOOK, "/koordinator/spis/neznamy/2026"):
            answer = visit.get(path)
            assert answer.status_code == 403 and "Liberecký kraj obsahuje" not in answer.text, path
        assert visit.post(reason="krize", version="1", proof="").status_code == 403
    assert state(office) == "asked"


def test_the_dossier_is_a_file_to_keep(office: Office) -> None:
    approve(office, asked(office))
    with visiting(office) as visit:
        assert DOSSIER in visit.get(STORY).text
        answer = visit.get(DOSSIER)
        assert answer.status_code == 200 and answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["content-disposition"] == 'attachment; filename="spis-tiskova-zprava-2026-12.html"'
        assert "sandbox" in answer.headers["content-security-policy"]
        assert words(answer).startswith("<!DOCTYPE html>") and "Schváleno" in words(answer)
        for path in ("/koordinator/spis/tiskova-zprava/1999-12", "/koordinator/nahled/newsletter/" + PRESS):
            assert visit.get(path).status_code == 404
        in_english = visit.session.get(visit.base + DOSSIER, headers={"Accept-Language": "en"}, timeout=10)
        assert '<html lang="cs">' in in_english.text, "the file is the office's, whoever takes it"


def test_what_is_to_go_out_is_read_from_the_page(office: Office) -> None:
    asked(office)
    with visiting(office) as visit:
        page = words(visit.get(f"/koordinator/termin/{PRESS}"))
        assert "Text, verze 1" in page
        looks = re.findall(r'href="(http[^"]+/koordinator/nahled/[^"]+)"', page)
        assert [each.split("/")[-3] for each in looks] == ["press-release", "facebook-text"]
        for each in looks:
            answer = visit.session.get(each, timeout=10)
            assert answer.status_code == 200 and "sandbox" in answer.headers["content-security-policy"]
        assert "<pre>" in answer.text and "Počet znaků" in words(answer), "the text for Facebook as it stands"


def test_one_without_a_draft_has_nothing_to_release(office: Office) -> None:
    asked(office)
    with visiting(office) as visit:
        page = words(visit.get("/koordinator/termin/tiskova-zprava/2027-12"))
        assert "Stáhnout spis" in page and FORM not in page
        unknown = visit.get("/koordinator/termin/tiskova-zprava/2099")
        assert unknown.status_code == 404


def test_what_the_checks_find_in_several_texts_is_said_once(office: Office) -> None:
    asked(office)
    finding = {"level": "warning", "code": "x", "message": "Zkontrolujte prosím čísla."}
    with office.database.write() as tx:
        tx.execute(update(drafts).values(findings=[finding]))
    with visiting(office) as visit:
        assert words(visit.get(STORY)).count("Zkontrolujte prosím čísla.") == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # where the database makes no difference
def test_each_line_begins_with_its_time_and_has_no_number(office: Office) -> None:
    asked(office)
    with visiting(office) as visit:
        page = words(visit.get(STORY))
    assert re.search(r'<b class="at">1\. 12\. 2026 10:00:00 SEČ</b> \S', page)
    told = page.partition('<ol class="story">')[2].partition("</ol>")[0]
    assert told.count("<li>") == told.count('<li><b class="at">') > 1
