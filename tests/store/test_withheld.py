"""What lets its bearer decide is kept in nothing that people write."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.store.desk import ASKED, asked, token
from worker.approval import decide
from worker.approval.cases import Unfinished
from worker.approval.decide import Choice
from worker.notices import codes
from worker.notices.links import Purpose, address
from worker.notices.withheld import fit_to_keep
from worker.office import Office
from worker.store.tables import decisions, packages

pytestmark = pytest.mark.usefixtures("already_asked")

BASE = "http://127.0.0.1:8080"


def fit(office: Office, text: str) -> str:
    with office.database.write() as tx:
        return fit_to_keep(tx, office, text, ASKED)


def test_a_code_that_still_opens_a_decision_is_kept_nowhere_and_another_number_stays(office: Office) -> None:
    asked(office)
    with office.database.write() as tx:
        package_id = tx.execute(select(packages.c.id)).scalars().all()[-1]
        code = codes.mint(tx, office.settings.secret_keys[0], "tiskovy-mluvci", package_id, ASKED)
    other = f"{(int(code) + 1) % 10**6:06}"
    assert fit(office, f"{code}\n{code[:3]} {code[3:]}; {other}, 9{code}") == f"[kód]\n[kód]; {other}, 9{code}"
    with office.database.write() as tx:
        codes.use(tx, office.settings.secret_keys, "tiskovy-mluvci", package_id, code, ASKED)
    assert fit(office, code) == code, "one that is used up is a number like any other"


def test_the_words_of_a_decision_are_kept_without_them(office: Office) -> None:
    asked(office)
    link = token(office, "tiskovy-mluvci")
    where = address(BASE, Purpose.APPROVE, link)
    decide.decide(office, link, Choice.RETURN, f"Zkraťte to. Viz {where}", ASKED)
    with office.database.read() as tx:
        assert tx.execute(select(decisions.c.comment)).scalars().all() == ["Zkraťte to. Viz [odkaz]"]


def test_a_line_end_counts_once_as_in_the_form(office: Office) -> None:
    asked(office)
    lines = "x\r\n" * 2450
    link = token(office, "tiskovy-mluvci")
    with pytest.raises(Unfinished, match="delší než"):
        decide.decide(office, link, Choice.RETURN, lines + "y" * 101, ASKED)
    decide.decide(office, link, Choice.RETURN, lines + "y" * 100, ASKED)
    with office.database.read() as tx:
        assert tx.execute(select(decisions.c.comment)).scalars().all() == ["x\n" * 2450 + "y" * 100]
