"""What the approver's page says round the form: for whom she decides, who else must, what was refused or taken back."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
import requests
from sqlalchemy import update

from tests.fixtures.pages import pages
from tests.store.desk import ASKED, SEND, approve, state, token
from tests.store.sample import PRESS
from tests.store.seated import (
    COORDINATOR,
    DEPUTY,
    DIRECTOR,
    SPOKESWOMAN,
    give_back,
    made,
    mails,
    put_before,
    standing_in,
)
from worker.approval import choose, decide, release
from worker.notices.links import Purpose
from worker.office import Office
from worker.store.tables import packages

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # pages do not depend on its sort
BOTH = (SPOKESWOMAN, DIRECTOR)
DECEMBER = date(2026, 12, 1), date(2026, 12, 8)


def plain(html: str) -> str:
    """The page's words on one line, with plain spaces."""
    return " ".join(html.replace("\u00a0", " ").split())


def answer(office: Office, link: str, *, at: datetime = ASKED, to: str = "", **form: str | int) -> tuple[int, str]:
    """Status and words of the page behind a link, after the form was sent to it or to what lies beside it."""
    with pages(office, at) as reached:
        address = f"{reached.settings.base_url}/schvaleni/{to}{link}"
        got = requests.post(address, form, timeout=10) if form else requests.get(address, timeout=10)
    return got.status_code, plain(got.text)


def seats(page: str) -> list[str]:
    """What stands beside each approver."""
    return [re.sub(r" *<.*?> *", " ", each).strip() for each in re.findall(r"<li><strong>(.*?)</li>", page)]


def test_a_deputy_reads_beside_the_form_for_whom_and_by_what_she_decides(office: Office) -> None:
    office = standing_in(office, DIRECTOR, COORDINATOR, days=DECEMBER)
    put_before(office, *BOTH, rule="all")
    told = "Rozhodujete za: Ředitel krajského úřadu, zmocnění č. KULK 1234/2026 ze dne 20. 11. 2026."
    assert told in answer(office, token(office, COORDINATOR))[1]
    assert "Rozhodujete za: Tisková mluvčí.</p>" in answer(office, token(office, DEPUTY))[1]
    assert "Rozhodujete za" not in answer(office, token(office, DIRECTOR))[1]
    approve(office, token(office, COORDINATOR))
    page = answer(office, token(office, COORDINATOR))[1]
    assert "Za: Ředitel krajského úřadu, zmocnění č. KULK 1234/2026" in page
    assert re.search(r"v zastoupení rozhodl\(a\): Koordinátor", seats(page)[1])


def test_a_decision_stands_in_the_seat_it_was_made_in(office: Office) -> None:
    office = standing_in(office, SPOKESWOMAN, DIRECTOR, days=DECEMBER)
    put_before(office, *BOTH, rule="all")
    approve(office, token(office, DIRECTOR))
    first, second = seats(answer(office, token(office, DIRECTOR))[1])
    assert first.endswith("čeká se na rozhodnutí") and "– schváleno" in second


def test_a_release_fills_no_seat_and_gives_its_reason(office: Office) -> None:
    put_before(office, SPOKESWOMAN, COORDINATOR, rule="all")
    release.release(office, PRESS, ASKED, reason="Povodeň.", person=COORDINATOR, whence="command")
    page = answer(office, token(office, SPOKESWOMAN))[1]
    assert '<p>Důvod:</p><blockquote lang="cs">Povodeň.</blockquote>' in page
    assert not any("schváleno" in seat for seat in seats(page))


def test_who_else_must_approve_is_said_before_and_after(office: Office) -> None:
    put_before(office, *BOTH, rule="in-order")
    link, late = token(office, SPOKESWOMAN), SEND + timedelta(minutes=3)
    page = answer(office, link)[1]
    assert "Schvaluji; schválit musí ještě Ředitel krajského úřadu a odejde to v úterý 8. prosince" in page
    page = answer(office, link, at=late)[1]
    assert "schválit musí ještě Ředitel krajského úřadu a odejde to hned potom" in page
    assert "Kromě vás musí schválit ještě Ředitel krajského úřadu; potom odejde zpráva ihned." in page
    approve(office, link, late)
    assert re.search(
        r"Bude-li do 12:00 v úterý 8\. prosince [^.]* schváleno i tam, odejde zpráva hned\.",
        answer(office, link, at=late)[1],
    )
    last = answer(office, token(office, DIRECTOR), at=late)[1]
    assert "Schvaluji; odejde ihned" in last and "Když teď schválíte, odejde zpráva ihned" in last


def test_only_where_there_are_others_do_they_hear_of_an_edit(office: Office) -> None:
    put_before(office, SPOKESWOMAN)
    page = answer(office, token(office, SPOKESWOMAN))[1]
    assert "vznikne nová verze, kterou pak schválíte.</p>" in page and "ostatní schvalovatelé" not in page


def test_taking_back_is_confirmed_and_an_old_page_takes_nothing_newer_back(office: Office) -> None:
    put_before(office, SPOKESWOMAN)
    link = token(office, SPOKESWOMAN)
    approve(office, link)
    (old,) = made(office)
    assert f'name="made" value="{old.id}"' in answer(office, link)[1]
    status, page = answer(office, link, to="zpet/", made=old.id)
    assert (status, state(office)) == (200, "asked")
    assert "Vaše schválení verze 1 je vzaté zpět. Bez nového schválení nic neodejde" in page
    approve(office, link)
    status, page = answer(office, link, to="zpet/", made=old.id)
    assert (status, state(office)) == (409, "approved") and "přibylo novější rozhodnutí" in page


def test_whoever_takes_her_approval_back_after_a_return_is_seen_to_have(office: Office) -> None:
    put_before(office, *BOTH, rule="all")
    link = token(office, SPOKESWOMAN)
    approve(office, link)
    give_back(office, DIRECTOR)
    page = answer(office, link)[1]
    assert "Vzít zpět své schválení" in page and "Vzít zpět své vrácení" not in page
    decide.take_back(office, link, ASKED)
    assert "– schválení vzato zpět" in seats(answer(office, link)[1])[0]
    assert "Vzít zpět své vrácení" in answer(office, token(office, DIRECTOR))[1]


def test_one_who_stood_in_yesterday_is_offered_nothing_to_take_back(office: Office) -> None:
    office = standing_in(office, DIRECTOR, COORDINATOR, days=(date(2026, 12, 1), date(2026, 12, 1)))
    put_before(office, DIRECTOR)
    link = token(office, COORDINATOR)
    approve(office, link)
    assert "Vzít zpět" in answer(office, link)[1]
    assert "Vzít zpět" not in answer(office, link, at=ASKED + timedelta(days=1))[1]


def test_what_is_missing_is_said_with_a_way_to_the_field(office: Office) -> None:
    put_before(office, SPOKESWOMAN, code=True)
    link = token(office, SPOKESWOMAN)
    status, page = answer(office, link, version=1, decision="return")
    assert status == 400 and "Vyberte prosím níže znovu „Vracím k přepracování“" in page
    assert '<a href="#comment">Přejít ke komentáři</a>' in page
    assert re.search(r'<textarea id="comment"[^>]* aria-describedby="problem"', page)
    status, page = answer(office, link, version=1, decision="approve")
    assert status == 400 and '<a href="#code">Přejít ke kódu</a>' in page
    assert re.search(r'<input type="text" id="code"[^>]* aria-describedby="problem"', page)


def test_whoever_comes_second_keeps_her_words_to_copy(office: Office) -> None:
    put_before(office, *BOTH)
    approve(office, token(office, SPOKESWOMAN))
    status, page = answer(office, token(office, DIRECTOR), version=1, decision="return", comment="Prosím kratší.")
    assert status == 409 and "Prosím kratší.</textarea>" in page and "Nic z toho se neuložilo" in page


def test_only_a_choice_that_was_made_is_said_not_to_be_stored(office: Office) -> None:
    put_before(office, SPOKESWOMAN)
    link = token(office, DIRECTOR)
    seen, refused = answer(office, link)[1], answer(office, link, version=1, decision="approve")[1]
    for page in (seen, refused):
        assert page.count("Tuto zprávu teď schvaluje někdo jiný.") == 1
    assert ("se neuložila" in seen, "se neuložila" in refused) == (False, True)


def test_what_was_given_up_after_all_says_so_first_with_who_and_why(office: Office) -> None:
    put_before(office, SPOKESWOMAN)
    link = token(office, SPOKESWOMAN)
    approve(office, link)
    with office.database.write() as tx:
        choose.drop(tx, office, PRESS, ASKED, reason="akce se nekoná", person=COORDINATOR)
    page = answer(office, link)[1]
    assert re.search(r'role="status">[^/]*zrušeno.*Koordinátor.*akce se nekoná', page)
    assert "<dt>Mělo odejít</dt>" in page and "<dt>Odejde</dt>" not in page


def test_taking_an_approval_back_from_what_another_has_returned_is_told(office: Office) -> None:
    put_before(office, *BOTH, rule="all")
    link = token(office, SPOKESWOMAN)
    approve(office, link)
    give_back(office, DIRECTOR)
    decide.take_back(office, link, ASKED)
    assert ("taken_back_yours", SPOKESWOMAN) in mails(office) and state(office) == "returned"


def test_a_new_version_that_nobody_can_approve_is_not_said_to_be_on_its_way(office: Office) -> None:
    put_before(office, COORDINATOR, author=COORDINATOR)
    edit = token(office, COORDINATOR, purpose=Purpose.EDIT)
    with office.database.write() as tx:
        tx.execute(update(packages).values(version=2))
    with pages(office, ASKED) as reached:
        page = plain(requests.get(f"{reached.settings.base_url}/uprava/{edit}", timeout=10).text)
    assert "nemá ji kdo schválit" in page and "Kdo schvaluje, dostává e-mail" not in page
    assert "Obraťte se na koordinátora" not in answer(office, token(office, COORDINATOR))[1]
