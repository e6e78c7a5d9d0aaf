"""One-time codes: mailed to the address on file, good once, for a quarter of an hour and five tries."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.desk import ASKED, asked, at_work, body_of, notices_to, read, recorded, state, token
from tests.store.sample import PRESS
from worker.approval import codes, decide
from worker.approval.cases import Case, Unfinished, case
from worker.approval.decide import Choice
from worker.approval.edit import edit
from worker.dossier.page import dossier
from worker.jobs import work
from worker.notices import codes as kept
from worker.notices.links import Purpose
from worker.office import Office
from worker.record.why import story
from worker.store import tables
from worker.store.columns import metadata
from worker.store.tables import occurrences

pytestmark = pytest.mark.usefixtures("already_asked")

SPOKESWOMAN = "tiskovy-mluvci"


@pytest.fixture
def link(office: Office) -> str:
    """The December press release waits for its approval and asks for a code; a link of the spokeswoman."""
    found = asked(office)
    with office.database.write() as tx:
        tx.execute(update(occurrences).values(code=True))
    return found


def ask(office: Office, link: str, now: datetime) -> bool:
    with office.database.write() as tx:
        return codes.ask_for(tx, office, _case(office, link, now), now)


def check(office: Office, link: str, code: str, now: datetime) -> str:
    with office.database.write() as tx:
        return codes.check(tx, office, _case(office, link, now), code, now)


def _case(office: Office, link: str, now: datetime) -> Case:
    with office.database.read() as tx:
        return case(tx, office, Purpose.APPROVE, link, now)


def mailed(office: Office, relay: ScriptedRelay, now: datetime) -> str:
    """The code of the one mail that brought one."""
    with at_work(office, now) as current:
        work(current)
    (mail,) = [each for each in map(read, relay.received) if "Kód" in str(each["Subject"])]
    assert office.person(SPOKESWOMAN).email in str(mail["To"])
    (code,) = re.findall(r"^(\d{6})\r?$", body_of(mail), re.MULTILINE)
    assert code not in str(mail["Subject"])
    return str(code)


def test_it_goes_to_the_address_on_file_and_opens_once(office: Office, relay: ScriptedRelay, link: str) -> None:
    assert ask(office, link, ASKED)
    code = mailed(office, relay, ASKED)
    assert check(office, link, f" {code[:3]} {code[3:]} ", ASKED) == ""
    assert "neplatí" in check(office, link, code, ASKED)
    assert [each for each in recorded(office) if each.startswith("code.")] == ["code.asked", "code.failed"]


def test_the_code_is_nowhere_at_rest(office: Office, relay: ScriptedRelay, link: str) -> None:
    ask(office, link, ASKED)
    code = mailed(office, relay, ASKED)
    with office.database.read() as tx:
        stored = [repr(row) for table in metadata.sorted_tables for row in tx.execute(select(table))]
    assert stored and [row for row in stored if re.search(rf"\b{code}\b", row)] == []


def test_five_wrong_tries_end_it(office: Office, relay: ScriptedRelay, link: str) -> None:
    ask(office, link, ASKED)
    code = mailed(office, relay, ASKED)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    said = [check(office, link, wrong, ASKED) for _ in range(5)]
    assert [re.findall(r"\d+", sentence) for sentence in said[:4]] == [["4"], ["3"], ["2"], ["1"]]
    assert "neplatí" in said[4]
    assert "neplatí" in check(office, link, code, ASKED)


def test_it_lasts_a_quarter_of_an_hour(office: Office, relay: ScriptedRelay, link: str) -> None:
    ask(office, link, ASKED)
    code = mailed(office, relay, ASKED)
    assert "neplatí" in check(office, link, code, ASKED + kept.LASTS)
    assert check(office, link, code, ASKED + kept.LASTS - timedelta(seconds=1)) == ""


def test_it_may_be_made_by_a_clock_ahead_but_not_in_a_time_undone(
    office: Office, relay: ScriptedRelay, link: str
) -> None:
    ask(office, link, ASKED)
    code = mailed(office, relay, ASKED)
    assert "neplatí" in check(office, link, code, ASKED - kept.LASTS - timedelta(seconds=1))
    assert check(office, link, code, ASKED - timedelta(seconds=20)) == ""


def test_it_is_nobody_elses_and_no_other_versions(office: Office, relay: ScriptedRelay, link: str) -> None:
    ask(office, link, ASKED)
    code = mailed(office, relay, ASKED)
    assert "neplatí" in check(office, token(office, "reditel"), code, ASKED)
    newsletter = token(office, SPOKESWOMAN, "newsletter/2026")
    assert "neplatí" in check(office, newsletter, code, ASKED)
    assert check(office, link, code, ASKED) == ""


def test_only_what_asks_for_one_needs_one(office: Office, link: str) -> None:
    assert "Vyžádejte" in check(office, link, " ", ASKED)
    with office.database.write() as tx:
        tx.execute(update(occurrences).values(code=False))
    assert check(office, link, "", ASKED) == ""
    assert ask(office, link, ASKED)
    assert notices_to(office, SPOKESWOMAN, "code") == []


def test_six_an_hour_are_mailed_and_one_a_minute(office: Office, link: str) -> None:
    assert [ask(office, link, ASKED + timedelta(seconds=each)) for each in (0, 20, 40)] == [True] * 3
    assert len(notices_to(office, SPOKESWOMAN, "code")) == 1
    assert [ask(office, link, ASKED + timedelta(minutes=each)) for each in range(1, 7)] == [True] * 5 + [False]
    assert len(notices_to(office, SPOKESWOMAN, "code")) == codes.MOST_AN_HOUR
    assert ask(office, link, ASKED + timedelta(minutes=61))


@pytest.mark.parametrize("ended", ["used", "tried too often"])
def test_who_has_used_one_up_gets_another_at_once(office: Office, relay: ScriptedRelay, link: str, ended: str) -> None:
    ask(office, link, ASKED)
    code = mailed(office, relay, ASKED)
    if ended == "used":
        decide.decide(office, link, Choice.APPROVE, "", ASKED, code=code)
        decide.take_back(office, link, ASKED)
    else:
        for _ in range(kept.MOST_TRIES):
            check(office, link, f"{(int(code) + 1) % 10**6:06}", ASKED)
    with office.database.read() as tx:
        assert codes.asked_at(tx, _case(office, link, ASKED), ASKED) is None, "the page tells of no spent code"
    relay.received.clear()
    assert ask(office, link, ASKED + timedelta(seconds=20))
    assert ask(office, link, ASKED + timedelta(seconds=30)), "one that has not left yet is enough"
    assert len(notices_to(office, SPOKESWOMAN, "code")) == 2
    another = mailed(office, relay, ASKED + timedelta(seconds=40))
    assert check(office, link, another, ASKED + timedelta(seconds=50)) == ""


def test_the_page_can_say_when_one_was_asked_for(office: Office, link: str) -> None:
    def told(now: datetime) -> datetime | None:
        with office.database.read() as tx:
            return codes.asked_at(tx, _case(office, link, now), now)

    assert told(ASKED) is None
    ask(office, link, ASKED)
    assert told(ASKED + timedelta(minutes=1)) == ASKED
    assert told(ASKED + timedelta(minutes=16)) is None


def test_an_approval_and_an_own_edit_take_it_and_wrong_tries_are_kept(
    office: Office, relay: ScriptedRelay, link: str
) -> None:
    ask(office, link, ASKED)
    code = mailed(office, relay, ASKED)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for attempt in ("", wrong):
        with pytest.raises(Unfinished):
            decide.decide(office, link, Choice.APPROVE, "", ASKED, code=attempt)
        with pytest.raises(Unfinished):
            edit(office, link, {"press-release": {"headline": "Jinak"}}, ASKED, version=1, code=attempt)
    assert state(office) == "asked"
    with office.database.read() as tx:
        assert tx.execute(select(tables.codes.c.tries)).scalars().all() == [2]
    decide.decide(office, link, Choice.APPROVE, "", ASKED, code=code)
    assert state(office) == "approved"
    assert told(office) == (True, True)


def told(office: Office) -> tuple[bool, bool]:
    """Whether the story and the dossier say that a code confirmed the decision."""
    with office.database.read() as tx:
        lines, file = story(tx, office, PRESS, ASKED), dossier(tx, office, PRESS, ASKED)
    assert lines is not None and file is not None
    return any("Potvrzeno jednorázovým kódem" in line for line in lines), "jednorázovým kódem" in file


def test_a_return_takes_none(office: Office, link: str) -> None:
    decide.decide(office, link, Choice.RETURN, "Zkrátit.", ASKED)
    assert state(office) == "returned"
    assert told(office) == (False, False)
