"""A link serves the address it was mailed to: a role's next holder does not share it with the one before."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import update

from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.desk import ASKED, at_work, read, state, token
from tests.store.sample import PRESS
from tests.store.seated import put_before
from worker.approval import choices, decide, tasks
from worker.approval.cases import NoSuchLink, case
from worker.approval.seats import Choice
from worker.jobs.ask_at_new_address import AskAtNewAddress
from worker.jobs.send_notices import SendNotices
from worker.notices.links import Purpose
from worker.office import Office
from worker.store.tables import links

HER, OTHER = "reditel", "tiskovy-mluvci"
RIGHT, FORMER = "reditelka@liberecky-kraj.example.org", "reditel@liberecky-kraj.example.org"
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # where the database makes no difference


def at(office: Office, address: str, person: str = HER) -> Office:
    """The office after people.yaml gave the role another address and the program started anew."""
    changed = office.people[person].model_copy(update={"email": address})
    return replace(office, people={**office.people, person: changed})


def without(office: Office, person: str) -> Office:
    return replace(office, people={key: each for key, each in office.people.items() if key != person})


def test_the_predecessors_link_leads_nowhere(office: Office) -> None:
    put_before(office, HER)
    old = token(office, HER)
    with pytest.raises(NoSuchLink):
        decide.decide(at(office, RIGHT), old, Choice.APPROVE, "", ASKED)
    assert state(office) == "asked"
    decide.decide(at(office, FORMER.upper()), old, Choice.APPROVE, "", ASKED)
    assert state(office) == "approved"
    with pytest.raises(NoSuchLink):
        decide.take_back(at(office, RIGHT), old, ASKED)


@ON_SQLITE
@pytest.mark.parametrize("purpose", [Purpose.APPROVE, Purpose.EDIT, Purpose.COMMENT, Purpose.TASK, Purpose.CHOOSE])
def test_a_link_of_any_purpose_ends_with_its_person(office: Office, purpose: Purpose) -> None:
    put_before(office, HER)
    link = token(office, "koordinator", purpose=purpose)
    looked_up(office, purpose, link)
    for changed in (at(office, RIGHT, "koordinator"), without(office, "koordinator")):
        with pytest.raises(NoSuchLink):
            looked_up(changed, purpose, link)


def looked_up(office: Office, purpose: Purpose, link: str, now: datetime = ASKED) -> None:
    with office.database.read() as tx:
        if purpose is Purpose.TASK:
            tasks.task(tx, office, link)
        elif purpose is Purpose.CHOOSE:
            choices.choices(tx, office, link, now)
        else:
            case(tx, office, purpose, link, now)


@ON_SQLITE
def test_one_mailed_before_addresses_were_kept_is_good_as_long_as_its_person_is_there(office: Office) -> None:
    put_before(office, HER)
    link = token(office, HER)
    with office.database.write() as tx:
        tx.execute(update(links).values(sent_to=None))
    looked_up(at(office, RIGHT), Purpose.APPROVE, link)
    with pytest.raises(NoSuchLink):
        looked_up(without(office, HER), Purpose.APPROVE, link)


def test_whoever_takes_the_role_over_is_asked_once_with_a_link_of_her_own(office: Office, relay: ScriptedRelay) -> None:
    put_before(office, HER, OTHER, rule="all")
    send(office, ASKED)
    assert asking(relay, FORMER) == [PRESS]
    before = len(relay.received)
    changed = at(office, RIGHT)
    send(changed, ASKED)
    send(changed, ASKED)
    assert asking(relay, RIGHT) == [PRESS]
    assert len(relay.received) == before + 1, "nobody else hears of it"


def test_nobody_is_asked_about_what_was_decided_by_whoever_had_the_role_before(
    office: Office, relay: ScriptedRelay
) -> None:
    put_before(office, HER, OTHER, rule="all")
    send(office, ASKED)
    decide.decide(office, token(office, HER), Choice.APPROVE, "", ASKED)
    send(at(office, RIGHT), ASKED)
    assert asking(relay, RIGHT) == []


def send(office: Office, now: datetime) -> None:
    """All that the mails have to do."""
    with at_work(office, now) as current:
        while any([AskAtNewAddress().do_one(current, now), SendNotices().do_one(current, now)]):
            pass


def asking(relay: ScriptedRelay, address: str) -> list[str]:
    mails = map(read, relay.received_by(address))
    return [str(each["Hlasatel-Occurrence"]) for each in mails if str(each["Subject"]).startswith("Ke schválení")]
