"""Whoever was asked or has decided hears what becomes of it, and nothing that does not hold any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from tests.store.desk import ASKED, approve, at_work, state, token
from tests.store.sample import PRESS
from tests.store.seated import (
    COORDINATOR,
    DEADLINE,
    DEPUTY,
    DIRECTOR,
    ESCALATE,
    SPOKESWOMAN,
    give_back,
    mails,
    put_before,
    remind,
    said_to,
    standing_in,
)
from worker.approval import choose, decide
from worker.jobs.expire_unapproved import ExpireUnapproved
from worker.jobs.renew_changed import RenewChanged
from worker.notices import queue
from worker.notices.render import view
from worker.office import Office
from worker.store.tables import notices, occurrences

CHAIR = "vedeni-kraje"


def drop(office: Office, person: str = COORDINATOR) -> None:
    with office.database.write() as tx:
        choose.drop(tx, office, PRESS, ASKED, reason="Rada téma stáhla.", person=person)


def change(office: Office, **columns: object) -> None:
    """The plan says something else about it now, and the round that watches for this has been."""
    with office.database.write() as tx:
        tx.execute(update(occurrences).where(occurrences.c.id == PRESS).values(**columns))
    with at_work(office, ASKED) as current:
        assert RenewChanged().do_one(current, ASKED)


def test_what_is_dropped_is_told_to_whoever_was_asked_or_has_decided(office: Office) -> None:
    put_before(office, SPOKESWOMAN, DIRECTOR, rule="all")
    approve(office, token(office, SPOKESWOMAN))
    with office.database.write() as tx:  # his mail has left, hers about her approval has not
        tx.execute(update(notices).where(notices.c.kind == "approval").values(state="sent"))
    drop(office)
    assert mails(office) >= {("cancelled", SPOKESWOMAN), ("cancelled", DIRECTOR)}
    assert not {kind for kind, _ in mails(office)} & {"seat_approved", "seat_approved_told"}
    assert ("cancelled", COORDINATOR) not in mails(office)  # who did it
    assert said_to(office, "cancelled", DIRECTOR) == {
        "happened": f"Zrušení rozhodl(a): {office.person_name(COORDINATOR)}.",
        "reason": "Rada téma stáhla.",
    }


def test_nobody_hears_of_the_end_of_what_nobody_had_been_asked_about(office: Office) -> None:
    put_before(office, DIRECTOR)
    drop(office)
    assert {kind for kind, _ in mails(office)} == set()  # his mail had not left yet


def test_an_approver_taken_out_of_the_plan_and_the_coordinator_hear_that_it_is_void(office: Office) -> None:
    put_before(office, SPOKESWOMAN)
    approve(office, token(office, SPOKESWOMAN))
    successor = office.people[SPOKESWOMAN].model_copy(update={"name": "Nástupkyně"})
    change(replace(office, people={**office.people, SPOKESWOMAN: successor}), approvers=[DIRECTOR])
    assert mails(office) == {("voided", SPOKESWOMAN), ("voided", COORDINATOR), ("approval_again", DIRECTOR)}
    told = said_to(office, "voided", SPOKESWOMAN)
    assert told["reason"] == "Změnilo se, kdo zprávu schvaluje."
    assert told["lost"] == "Přestalo tím platit, jak rozhodli: Tisková mluvčí."


def test_a_void_is_told_to_nobody_twice(office: Office) -> None:
    put_before(office, SPOKESWOMAN)
    change(office, approval="all")
    assert mails(office) == {
        ("approval_again", SPOKESWOMAN)
    }  # nothing was decided, so it is no news to the coordinator


def test_what_was_taken_back_before_its_mails_left_is_told_as_it_is_now(office: Office) -> None:
    put_before(office, SPOKESWOMAN)
    link = token(office, SPOKESWOMAN)
    approve(office, link)
    assert ("approved", SPOKESWOMAN) in mails(office)
    decide.take_back(office, link, ASKED)
    assert {each for each in mails(office) if each[0] != "approval"} == {
        ("taken_back_yours", SPOKESWOMAN),
        ("taken_back", COORDINATOR),
    }
    approve(office, link)
    assert ("taken_back_yours", SPOKESWOMAN) not in mails(office)


def test_taking_one_of_two_approvals_back_leaves_the_other_one_told(office: Office) -> None:
    put_before(office, SPOKESWOMAN, DIRECTOR, rule="all")
    links = {person: token(office, person) for person in (SPOKESWOMAN, DIRECTOR)}
    approve(office, links[SPOKESWOMAN])
    approve(office, links[DIRECTOR])
    decide.take_back(office, links[DIRECTOR], ASKED)
    assert ("seat_approved", SPOKESWOMAN) in mails(office)
    assert not {kind for kind, _ in mails(office)} & {"approved", "approved_told"}


@pytest.mark.parametrize("act", ["approve", "return", "wait"])
def test_whoever_was_asked_hears_that_it_was_missed(office: Office, act: str) -> None:
    put_before(office, SPOKESWOMAN)
    if act == "approve":
        approve(office, token(office, SPOKESWOMAN))
    elif act == "return":
        give_back(office, SPOKESWOMAN)
    late = DEADLINE + timedelta(minutes=1)
    with office.database.write() as tx:
        tx.execute(update(notices).values(state="sent"))
    with at_work(office, late) as current:
        assert ExpireUnapproved().do_one(current, late)
    assert state(office) == "missed"
    assert mails(office) >= {("missed", COORDINATOR), ("missed_told", SPOKESWOMAN)}
    assert said_to(office, "missed_told", SPOKESWOMAN)["why"]
    assert ("missed_told", COORDINATOR) not in mails(office)


@pytest.mark.parametrize(
    ("approvers", "rule", "stuck"),
    [
        ((COORDINATOR,), "one", True),
        ((COORDINATOR, DIRECTOR), "all", True),
        ((DIRECTOR, COORDINATOR), "in-order", True),
        ((COORDINATOR, DIRECTOR), "one", False),
        ((SPOKESWOMAN,), "one", False),
    ],
)
def test_a_version_that_nobody_can_approve_is_told_of_at_once(
    office: Office, approvers: tuple[str, ...], rule: str, stuck: bool
) -> None:
    put_before(office, *approvers, rule=rule, author=COORDINATOR)
    told = said_to(office, "nobody_approves", COORDINATOR)
    assert (("nobody_approves", COORDINATOR) in mails(office)) is stuck
    if stuck:
        assert told["waiting"] == told["author"] == office.person_name(COORDINATOR)


def test_a_deputy_entered_after_that_is_asked_at_once(office: Office) -> None:
    put_before(office, COORDINATOR, author=COORDINATOR)
    remind(office, ASKED)
    assert ("deputy", DEPUTY) not in mails(office)
    author = office.people[COORDINATOR].model_copy(update={"deputy": DEPUTY})
    entered = replace(office, people={**office.people, COORDINATOR: author})
    remind(entered, ASKED)
    assert ("deputy", DEPUTY) in mails(office)
    approve(entered, token(entered, DEPUTY))
    assert state(office) == "approved"


@pytest.mark.parametrize(
    ("rule", "waiting"),
    [
        ("one", "Tisková mluvčí, Ředitel krajského úřadu"),
        ("all", "Tisková mluvčí, Ředitel krajského úřadu (schválit to musí všichni)"),
        ("in-order", "Tisková mluvčí, potom Ředitel krajského úřadu"),
    ],
)
def test_the_coordinator_hears_of_all_who_are_still_to_decide(office: Office, rule: str, waiting: str) -> None:
    put_before(office, SPOKESWOMAN, DIRECTOR, rule=rule)
    remind(office, ESCALATE)
    assert said_to(office, "escalation", COORDINATOR)["waiting"] == waiting


def test_a_deputy_reads_for_whom_she_has_decided_and_by_what(office: Office) -> None:
    office = standing_in(office, SPOKESWOMAN, CHAIR, days=(date(2026, 12, 1), date(2026, 12, 1)))
    put_before(office, SPOKESWOMAN)
    approve(office, token(office, CHAIR))
    said = said_to(office, "approved", CHAIR)["said"].replace("\N{NO-BREAK SPACE}", " ")
    assert said.startswith("Rozhodli jste za: Tisková mluvčí, zmocnění č. KULK 1234/2026 ze dne 20. 11. 2026.")
    assert said_to(office, "approved_told", COORDINATOR)["said"] == ""


def test_the_coordinator_is_not_told_that_an_answer_goes_to_the_coordinator(office: Office) -> None:
    put_before(office, SPOKESWOMAN)
    drop(office, person=DIRECTOR)
    with office.database.write() as tx:
        queue.put(tx, "a", "cancelled", COORDINATOR, ASKED, occurrence_id=PRESS, happened="h", reason="r")
        queue.put(tx, "b", "cancelled", DIRECTOR, ASKED, occurrence_id=PRESS, happened="h", reason="r")
        found = tx.execute(select(notices).where(notices.c.key.in_(["a", "b"])).order_by(notices.c.key)).all()
        signed = [view(tx, office, each, ASKED).signature for each in found]
    assert ["odpověď dostane" in each for each in signed] == [False, True]
