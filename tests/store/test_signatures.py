"""Who decided is told by the name and role of that day, whoever holds the role when it is read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
import requests
from sqlalchemy import select, update

from tests.fixtures.pages import pages
from tests.store.desk import ASKED, approve, token
from tests.store.sample import PRESS
from tests.store.seated import made, put_before, standing_in
from worker.approval import decide
from worker.dossier.page import dossier
from worker.notices.asked import asked
from worker.notices.links import Purpose
from worker.office import Office
from worker.record.signed import signature
from worker.record.why import story
from worker.store.tables import decisions, drafts, occurrences, packages

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # where the database makes no difference

HER, OTHER, DEPUTY = "reditel", "tiskovy-mluvci", "asz"
HOUR = timedelta(hours=1)
DAYS = date(2026, 12, 1), date(2026, 12, 7)


def taken_over(office: Office) -> Office:
    """The office after other people took over both roles, as people.yaml tells of them."""
    others = {
        each: office.people[each].model_copy(update={"name": f"Nová osoba ({each})", "role": "nová role"})
        for each in (HER, DEPUTY)
    }
    return replace(office, people={**office.people, **others})


def emptied(office: Office) -> Office:
    return replace(office, people={key: each for key, each in office.people.items() if key not in (HER, DEPUTY)})


def told(office: Office) -> list[str]:
    """What is said of the decision in the story, in the dossier, in a mail to another approver and on her page."""
    with office.database.read() as tx:
        lines, file = story(tx, office, PRESS, ASKED), dossier(tx, office, PRESS, ASKED + timedelta(days=30))
        occurrence, package = tx.execute(select(occurrences)).one(), tx.execute(select(packages)).one()
        texts = tuple(tx.execute(select(drafts)))
        values = {"deadline": "středa", "when": "úterý"}
        facts = asked(tx, office, Purpose.APPROVE, occurrence, package, texts, values, ASKED).facts
    assert lines is not None and file is not None
    with pages(office, ASKED) as served:
        page = requests.get(f"{served.settings.base_url}/schvaleni/{token(office, OTHER)}", timeout=10).text
    story_of_it = "\n".join(line for line in lines if "schvaluje" in line)
    dossier_of_it = file.split('<section aria-labelledby="verze">')[0]
    return [story_of_it, dossier_of_it, str(facts), page.split('<section aria-labelledby="seats">')[1]]


@pytest.mark.parametrize("later", [taken_over, emptied])
def test_whoever_holds_the_role_now_has_not_decided(office: Office, later: Callable[[Office], Office]) -> None:
    office = standing_in(office, HER, DEPUTY, days=DAYS)
    then, for_whom = office.people[DEPUTY], office.people[HER]
    put_before(office, HER, OTHER, rule="all")
    approve(office, token(office, DEPUTY))
    for said in told(later(office)):
        assert then.name in said and for_whom.name in said
        assert "Nová osoba" not in said
    assert f"{then.name} – {then.role}" in told(later(office))[1]


def test_each_line_of_the_story_has_the_name_of_whoever_decided_then(office: Office) -> None:
    put_before(office, HER, OTHER, rule="all")
    first = token(office, HER)
    approve(office, first)
    decide.take_back(office, first, ASKED + HOUR)
    later = taken_over(office)
    approve(later, token(office, HER), ASKED + 2 * HOUR)
    with office.database.read() as tx:
        told = story(tx, emptied(office), PRESS, ASKED) or ()
    lines = [line for line in told if "schvaluje" in line or "bere zpět" in line]
    before, after = office.people[HER].name, later.people[HER].name
    assert [before in line for line in lines] == [True, True, False]
    assert [after in line for line in lines] == [False, False, True]


def test_one_made_before_names_were_kept_has_the_name_of_now(office: Office) -> None:
    put_before(office, HER)
    approve(office, token(office, HER))
    with office.database.write() as tx:
        tx.execute(update(decisions).values(signed=""))
    (row,) = made(office)
    assert signature(taken_over(office), row).name == f"Nová osoba ({HER})"
    assert signature(emptied(office), row).name == HER


def test_the_dossier_says_why_a_decision_holds_no_more(office: Office) -> None:
    put_before(office, HER)
    first = token(office, HER)
    approve(office, first)
    decide.take_back(office, first, ASKED + HOUR)
    approve(office, first, ASKED + 2 * HOUR)
    with office.database.read() as tx:
        file = dossier(tx, office, PRESS, ASKED + 3 * HOUR)
    assert file is not None
    assert re.findall(r"<h3>(Schváleno.*?)</h3>", file) == ["Schváleno (už neplatí: vzato zpět)", "Schváleno"]
