"""The coordinator's overview and her pages of plan, lists and access: what they say, lead to and do."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.store.desk import ASKED, begin, recorded, state
from tests.store.places import MEDIA
from tests.store.sample import NEWSLETTER, PRESS, add_people
from tests.store.test_story_page import Visit, visiting, words
from worker.audience.upkeep import reviews
from worker.delivery import slices
from worker.office import Office
from worker.planning.current import last_version
from worker.store.copies import Held
from worker.store.tables import deliveries, occurrences, plan_acceptances, stops, this_copy
from worker.web.wanted import wanted

pytestmark = pytest.mark.usefixtures("already_asked")
OVERVIEW, PLAN, LISTS, ACCESS = (f"/koordinator{each}" for each in ("", "/plan", "/seznamy", "/kalendar"))
LATE = ASKED + timedelta(days=7, hours=1)


@pytest.fixture
def office(asked_office: Office) -> Office:
    """Where the database makes no difference to what is tried."""
    return asked_office


def proof(visit: Visit) -> str:
    found = re.search(r'name="proof" value="([0-9a-f]{64})"', visit.get(OVERVIEW).text)
    assert found is not None
    return found[1]


def post(visit: Visit, path: str, **form: str) -> tuple[int, str]:
    answer = visit.session.post(visit.base + path, data=form, timeout=10, allow_redirects=False)
    return answer.status_code, words(answer)


def test_each_line_says_what_happens_if_nobody_acts_and_leads_there(office: Office) -> None:
    with visiting(office) as visit:
        page = words(visit.get(OVERVIEW))
        assert page.index("Čeká na člověka") < page.index("Co přijde") < page.index("Plán po letech")
        assert page.index("Plán po letech") < page.index("Poslední správný plán")
        assert "Na schválení se čeká: Tisková mluvčí." in page and f"/koordinator/termin/{PRESS}" in page
        assert page.count("Když nikdo nic neudělá:") == page.count('class="do"') > 1
        assert 'href="' + visit.base + OVERVIEW + '" aria-current="page"' in page
        assert visit.get(f"/koordinator/termin/{NEWSLETTER}").text.count('aria-current="true"') == 1
        for path in set(re.findall(rf'class="do" href="{visit.base}([^"#]+)', page)):
            assert visit.get(path).status_code == 200, path


def test_what_is_late_comes_first(office: Office) -> None:
    with office.database.write() as tx:
        tx.execute(update(occurrences).where(occurrences.c.id == NEWSLETTER).values(state="missed"))
        tx.execute(stops.insert().values(medium="web", reason="Heslo vypršelo.", since=ASKED))
        tx.execute(this_copy.delete())
        tx.execute(this_copy.insert().values(id=1, copy_id="a" * 32, mark="", held=Held.BACKUP, held_at=ASKED))
    with office.database.read() as tx:
        found = wanted(tx, replace(office, media=MEDIA), LATE)
    urgent = [each.urgent for each in found]
    assert urgent == sorted(urgent, reverse=True)
    by_what = {each.what: each for each in found if each.urgent}
    assert "hlasatel copy release" in by_what["Kopie databáze"].text
    assert by_what["Web kraje"].path == "/koordinator/kanaly#kanal-web"
    assert any(each.path == f"/koordinator/termin/{NEWSLETTER}#volba" for each in found if each.urgent)
    assert any("pořád chybí" in each.text for each in found if each.path == f"/koordinator/termin/{PRESS}")


def test_a_communication_is_called_by_its_name(office: Office) -> None:
    mailing = begin(office, 2, occurrence="mimo/2026-12", lists=("obce",))
    with office.database.write() as tx:
        tx.execute(update(deliveries).where(deliveries.c.mailing_id == mailing).values(state="unknown"))
        slices.refresh(tx, mailing, 0, ASKED)
    with office.database.read() as tx:
        names = [each.what for each in wanted(tx, office, ASKED)]
    assert "Tisková zpráva" in names and not [each for each in names if "/2026" in each]


def test_an_edit_is_confirmed_as_it_was_shown(office: Office) -> None:
    file = office.settings.plan
    head, *rows = file.read_text(encoding="utf-8").split("\n  - id: ")
    kept = [each for each in rows if "anchor" not in each][:4]
    file.write_text("\n  - id: ".join([head, *kept]) + "\n", encoding="utf-8")
    with visiting(office) as visit:
        page, given = words(visit.get(PLAN)), proof(visit)
        assert "čeká na vaše potvrzení" in page
        digest = re.search(r'name="digest" value="([0-9a-f]{64})"', page)
        assert digest is not None
        form = {"digest": digest[1], "reason": "Rada to zrušila."}
        assert post(visit, PLAN, **form, proof="0" * 64)[0] == 403
        assert post(visit, PLAN, digest=digest[1], reason=" ", proof=given)[0] == 400
        with file.open("a", encoding="utf-8") as more:
            more.write("# změněno mezitím\n")
        code, said = post(visit, PLAN, **form, proof=given)
        assert code == 409 and "mezitím změnil" in said and "plan.accepted" not in recorded(office)
        digest = re.search(r'name="digest" value="([0-9a-f]{64})"', words(visit.get(PLAN)))
        assert digest is not None
        assert post(visit, PLAN, digest=digest[1], reason="Rada to zrušila.", proof=given)[0] == 303
        assert "je potvrzená" in words(visit.get(PLAN)) and visit.get(f"{PLAN}/99").status_code == 404
    with office.database.read() as tx:
        row, version = tx.execute(select(plan_acceptances)).one(), last_version(tx)
    assert (row.person, row.reason) == ("koordinator", "Rada to zrušila.")
    assert version is not None


def test_a_fault_is_shown_with_its_line_and_the_last_good_plan_is_there(office: Office, tmp_path: Path) -> None:
    file = office.settings.plan
    good = file.read_text(encoding="utf-8")
    file.write_text(good.replace("září, prosinec", "zaří, prosinec", 1), encoding="utf-8")
    with visiting(office) as visit:
        page = words(visit.get(PLAN))
        assert re.search(r"Řádek \d+, sloupec \d+:", page) and "září" in page and "zaří, prosinec" in page
        assert "Soubor na disku má chyby" in words(visit.get(OVERVIEW))
        assert visit.get(f"{PLAN}/1.yaml").text == good and "Celý text" in words(visit.get(f"{PLAN}/1"))


def test_lists_show_their_growth_and_hers_are_confirmed(office: Office) -> None:
    with office.database.write() as tx:
        add_people(tx, "obce", [1, 2])
        reviews.ask(tx, ["obce", "media"], "2026-H2", ASKED)
    with visiting(office) as visit:
        page, given = words(visit.get(LISTS)), proof(visit)
        assert page.count("Odpovědět má: ") == 2 and page.count('<button class="quiet" name="list"') == 1
        assert post(visit, LISTS, list="media", proof=given)[0] == 409, "whoever keeps it has time to answer"
        assert post(visit, LISTS, list="obce", proof=given)[0] == 303
        assert "je správný" in words(visit.get(f"{LISTS}?potvrzeno=obce"))
    assert recorded(office).count("list.confirmed") == 1


def test_she_signs_out_everywhere(office: Office) -> None:
    with visiting(office) as visit:
        other = Visit(replace(office, settings=replace(office.settings, base_url=visit.base)), "koordinator", ASKED)
        assert other.get(ACCESS).status_code == 200 and "přihlášení: 2" in words(visit.get(ACCESS))
        assert post(visit, ACCESS, order="jinak", proof=proof(visit))[0] == 400
        assert post(visit, ACCESS, order="end-sessions", proof=proof(visit))[0] == 303
        assert visit.get(OVERVIEW).status_code == other.get(OVERVIEW).status_code == 403
    assert recorded(office)[-1] == "access.ended"


def test_she_drops_one_on_its_page_with_a_reason(office: Office) -> None:
    with visiting(office) as visit:
        page = visit.get(f"/koordinator/termin/{PRESS}").text
        seen = re.search(r'name="seen" value="([^"]+)"', page)
        assert seen is not None
        path, form = f"/koordinator/volba/{PRESS}", {"choice": "drop", "seen": seen[1], "proof": proof(visit)}
        assert post(visit, path, **form)[0] == 400
        assert post(visit, path, **form | {"seen": "asked 7 x"}, reason="x")[0] == 409
        assert post(visit, path, **form, reason="Rada to zrušila.")[0] == 303
        told = words(visit.get(f"/koordinator/termin/{PRESS}"))
        assert "Rada to zrušila." in told and "stránka, síťová adresa 127.0.0.1" in told
    assert state(office) == "dropped"
