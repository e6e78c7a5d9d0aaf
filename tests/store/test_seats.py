"""Several approvers, one after another or together, and who stands for them: whose decision it takes and counts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from tests.store.desk import ASKED, SEND, approve, at_work, hold, notices_to, state, token
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
    recorded_last,
    said_to,
)
from worker.approval import ask, decide, seats
from worker.approval.cases import AlreadyDecided, Case, NotNow, NotThisVersion, Refused, Unfinished, case
from worker.approval.decide import Choice
from worker.drafting import packages
from worker.jobs.start_sending import StartSending
from worker.kinds import Finding
from worker.notices import queue, render
from worker.notices.links import Purpose
from worker.notices.values import values_of
from worker.office import Office
from worker.store.states import lock_occurrence
from worker.store.tables import occurrences

BOTH = (SPOKESWOMAN, DIRECTOR)
WHEN = "v\N{NO-BREAK SPACE}úterý 1.\N{NO-BREAK SPACE}prosince 2026 v\N{NO-BREAK SPACE}10:00 (SEČ)"


def seen(office: Office, person: str, now: datetime = ASKED) -> Case:
    """What a new link of the person leads to."""
    link = token(office, person)
    with office.database.read() as tx:
        return case(tx, office, Purpose.APPROVE, link, now)


def test_all_of_them_decide_in_any_order_and_nothing_is_sent_before(office: Office) -> None:
    put_before(office, *BOTH, rule="all")
    assert {("approval", SPOKESWOMAN), ("approval", DIRECTOR)} <= mails(office)
    approve(office, token(office, DIRECTOR))
    assert state(office) == "asked"
    assert recorded_last(office, "decision.approved")["waiting"] == [SPOKESWOMAN]
    with office.database.write() as tx:
        tx.execute(update(occurrences).values(state="approved"))
    with at_work(office, SEND) as current, pytest.raises(Refused):
        StartSending().do_one(current, SEND)
    with office.database.write() as tx:
        tx.execute(update(occurrences).values(state="asked"))
    approve(office, token(office, SPOKESWOMAN))
    assert (state(office), [each.seat for each in made(office)]) == ("approved", [DIRECTOR, SPOKESWOMAN])
    assert recorded_last(office, "decision.approved")["waiting"] == []


def test_in_order_the_next_one_is_asked_once_the_one_before_has_approved(office: Office) -> None:
    put_before(office, *BOTH, rule="in-order")
    assert ("approval", DIRECTOR) not in mails(office)
    with pytest.raises(NotNow, match="Teď rozhoduje: Tisková mluvčí"):
        approve(office, token(office, DIRECTOR))
    assert (seen(office, DIRECTOR).open, seen(office, SPOKESWOMAN).open) == (False, True)
    approve(office, token(office, SPOKESWOMAN))
    assert ("approval", DIRECTOR) in mails(office)
    approve(office, token(office, DIRECTOR))
    assert state(office) == "approved"


@pytest.mark.parametrize(("rule", "first"), [("all", False), ("all", True), ("in-order", False)])
def test_a_return_by_one_ends_it_whoever_has_approved_or_not(office: Office, rule: str, first: bool) -> None:
    put_before(office, *BOTH, rule=rule)
    if not first:
        approve(office, token(office, SPOKESWOMAN))
    give_back(office, DIRECTOR)
    assert state(office) == "returned"
    assert seen(office, SPOKESWOMAN).waiting == ()
    with pytest.raises(AlreadyDecided, match="vrácená k přepracování: Ředitel krajského úřadu"):
        approve(office, token(office, SPOKESWOMAN))


def test_whoever_comes_second_hears_who_decided_what_and_when(office: Office) -> None:
    put_before(office, *BOTH)
    approve(office, token(office, SPOKESWOMAN))
    with pytest.raises(AlreadyDecided) as late:
        give_back(office, DIRECTOR)
    assert str(late.value) == f"Verze 1 už je schválená: Tisková mluvčí, {WHEN}. Vaše volba se neuložila."


def test_one_person_fills_one_seat(office: Office) -> None:
    put_before(office, SPOKESWOMAN, DEPUTY, rule="all")  # the deputy has a seat of her own
    approve(office, token(office, DEPUTY))
    assert [each.seat for each in made(office)] == [DEPUTY]
    with pytest.raises(AlreadyDecided, match=r"za vás schválená: Zástupce tiskové mluvčí, .* se neuložila\."):
        approve(office, token(office, DEPUTY))
    assert (state(office), seen(office, DEPUTY).seat) == ("asked", None)
    assert "Čeká se ještě na: Tisková mluvčí" in seen(office, DEPUTY).obstacle
    approve(office, token(office, SPOKESWOMAN))
    assert state(office) == "approved"


def test_whoever_is_no_approver_cannot_decide(office: Office) -> None:
    put_before(office, SPOKESWOMAN)
    with pytest.raises(NotNow, match="schvaluje někdo jiný"):
        approve(office, token(office, DIRECTOR))


def test_each_takes_back_her_own_seat(office: Office) -> None:
    put_before(office, *BOTH, rule="all")
    first, second = token(office, SPOKESWOMAN), token(office, DIRECTOR)
    approve(office, first)
    decide.take_back(office, first, ASKED)
    assert (state(office), made(office)) == ("asked", [])
    approve(office, first)
    approve(office, second)
    decide.take_back(office, first, ASKED, whence="page 192.0.2.7")
    assert (state(office), [each.seat for each in made(office)]) == ("asked", [DIRECTOR])
    assert recorded_last(office, "decision.taken_back")["whence"] == "page 192.0.2.7"
    assert said_to(office, "taken_back", DIRECTOR)["following"].startswith("Čeká se ještě na: Tisková mluvčí.")
    with pytest.raises(NotNow, match="Není co vzít zpět"):
        decide.take_back(office, first, ASKED)
    approve(office, first)
    assert state(office) == "approved"


def test_a_page_takes_back_the_decision_it_shows_and_no_newer_one(office: Office) -> None:
    put_before(office, SPOKESWOMAN)
    link = token(office, SPOKESWOMAN)
    approve(office, link)
    (shown,) = made(office)
    decide.take_back(office, link, ASKED, decision=shown.id)
    approve(office, link)
    with pytest.raises(NotThisVersion, match="přibylo novější rozhodnutí"):
        decide.take_back(office, link, ASKED, decision=shown.id)
    assert state(office) == "approved"


def test_without_a_decision_named_only_one_about_the_link_s_own_version_is_taken_back(office: Office) -> None:
    put_before(office, SPOKESWOMAN)
    old = token(office, SPOKESWOMAN)
    with office.database.write() as tx:
        row = lock_occurrence(tx, PRESS)
        assert row is not None
        ask.renew(tx, office, row, ASKED, "Změna.")
    approve(office, token(office, SPOKESWOMAN))
    with pytest.raises(NotThisVersion):
        decide.take_back(office, old, ASKED)
    assert state(office) == "approved"


def test_what_one_returned_another_cannot_reopen_by_taking_back_her_approval(office: Office) -> None:
    put_before(office, *BOTH, rule="all")
    link = token(office, SPOKESWOMAN)
    approve(office, link)
    give_back(office, DIRECTOR)
    decide.take_back(office, link, ASKED)
    assert state(office) == "returned"
    assert ("taken_back", DIRECTOR) not in mails(office)


def test_nothing_is_taken_back_once_sending_has_begun(office: Office) -> None:
    put_before(office, SPOKESWOMAN)
    link = token(office, SPOKESWOMAN)
    approve(office, link)
    with at_work(office, SEND) as current:
        StartSending().do_one(current, SEND)
    with pytest.raises(NotNow, match="Rozesílání už začalo"):
        decide.take_back(office, link, SEND)
    assert (state(office), len(made(office))) == ("sending", 1)


def test_who_is_told_what_after_a_decision(office: Office) -> None:
    put_before(office, *BOTH, rule="all", author="asz")
    asked = mails(office)
    approve(office, token(office, SPOKESWOMAN))
    part = {("seat_approved", SPOKESWOMAN)} | {("seat_approved_told", each) for each in (DIRECTOR, COORDINATOR, "asz")}
    assert mails(office) - asked == part
    assert said_to(office, "seat_approved", SPOKESWOMAN)["following"].startswith("Čeká se ještě na: Ředitel krajského")
    link = token(office, DIRECTOR)
    decide.decide(office, link, Choice.APPROVE, "Děkuji všem.", ASKED)
    told = {("approved", DIRECTOR)} | {("approved_told", each) for each in (SPOKESWOMAN, COORDINATOR, "asz")}
    assert mails(office) - asked - part == told
    assert said_to(office, "approved_told", "asz") == {
        "who": "Ředitel krajského úřadu", "comment": "Děkuji všem.", "said": "Komentář: „Děkuji všem.“",
        "following": "Odejde v\N{NO-BREAK SPACE}úterý 8.\N{NO-BREAK SPACE}prosince 2026"
        " v\N{NO-BREAK SPACE}10:00 (SEČ).",
    }  # fmt: skip
    decide.take_back(office, link, ASKED)
    back = {("taken_back", each) for each in (SPOKESWOMAN, COORDINATOR, "asz")} | {("taken_back_yours", DIRECTOR)}
    assert mails(office) - asked - part - told == back
    give_back(office, DIRECTOR)
    returned = {("returned", COORDINATOR), ("returned", "asz"), ("returned_told", SPOKESWOMAN)}
    assert mails(office) - asked - part - told - back == returned | {("returned_yours", DIRECTOR)}


def test_an_approval_after_the_send_time_says_that_it_goes_out_at_once(office: Office) -> None:
    put_before(office, SPOKESWOMAN)
    approve(office, token(office, SPOKESWOMAN), SEND + timedelta(minutes=5))
    assert said_to(office, "approved", SPOKESWOMAN)["following"] == "Odejde hned."


def test_mails_that_ask_and_have_not_left_are_withdrawn_with_the_decision_and_come_again(office: Office) -> None:
    put_before(office, *BOTH)
    link = token(office, SPOKESWOMAN)
    approve(office, link)
    assert not {kind for kind, _ in mails(office)} & {"approval"}
    decide.take_back(office, link, ASKED)
    assert {("approval", SPOKESWOMAN), ("approval", DIRECTOR)} <= mails(office)


def test_what_the_checks_find_stops_an_approval_and_never_a_return(office: Office) -> None:
    put_before(
        office,
        SPOKESWOMAN,
        faults=(Finding("error", "headline", "Chybí titulek."), Finding("warning", "long", "Dlouhá věta.")),
    )
    with pytest.raises(Unfinished, match="Tisková zpráva: Chybí titulek") as refused:
        approve(office, token(office, SPOKESWOMAN))
    assert "Dlouhá věta" not in str(refused.value)
    assert (state(office), made(office)) == ("asked", [])
    give_back(office, SPOKESWOMAN)
    assert state(office) == "returned"


def test_a_wrong_code_is_counted_and_decides_nothing_while_a_return_needs_none(office: Office) -> None:
    put_before(office, SPOKESWOMAN, code=True)
    link = token(office, SPOKESWOMAN)
    for code in ("", "000000"):
        with pytest.raises(Unfinished):
            decide.decide(office, link, Choice.APPROVE, "", ASKED, code=code)
    assert recorded_last(office, "code.failed") == {"version": 1}
    assert (state(office), made(office)) == ("asked", [])
    give_back(office, SPOKESWOMAN)
    assert state(office) == "returned"


def test_the_record_says_from_where_it_was_decided(office: Office) -> None:
    put_before(office, SPOKESWOMAN)
    decide.decide(office, token(office, SPOKESWOMAN), Choice.APPROVE, "", ASKED, whence="page 192.0.2.7")
    assert made(office)[0].whence == recorded_last(office, "decision.approved")["whence"] == "page 192.0.2.7"


def test_a_hold_voids_what_was_approved_in_part(office: Office) -> None:
    put_before(office, *BOTH, rule="all")
    approve(office, token(office, SPOKESWOMAN))
    hold(office, ASKED, SEND)
    assert (state(office), made(office)) == ("held", [])
    told = {person for kind, person in mails(office) if kind == "hold_stops_approval"}
    assert told == set(BOTH)
    with pytest.raises(NotNow, match="státní smutek"):
        decide.take_back(office, token(office, SPOKESWOMAN), ASKED)


@pytest.mark.parametrize("kind", ["deputy", "escalation", "unapproved", "returned"])
def test_a_mail_that_an_earlier_version_queued_can_still_be_made(office: Office, kind: str) -> None:
    put_before(office, SPOKESWOMAN)
    package = seen(office, SPOKESWOMAN).package.id
    said: dict[str, Any] = {"by": SPOKESWOMAN, "comment": "kratší"} if kind == "returned" else {}
    with office.database.write() as tx:
        queue.put(tx, "old", kind, COORDINATOR, ASKED, occurrence_id=PRESS, package_id=package, **said)
    (notice,) = notices_to(office, COORDINATOR, kind)
    with office.database.write() as tx:
        assert "Tisková mluvčí" in values_of(tx, office, notice, ASKED)["who" if said else "waiting"]
        render.mail(tx, office, notice, ASKED)


def test_the_database_itself_lets_a_seat_be_filled_once(office: Office) -> None:
    put_before(office, SPOKESWOMAN)
    own = SPOKESWOMAN, Choice.APPROVE, "", ASKED, ""
    with pytest.raises(IntegrityError), office.database.write() as tx:
        package = packages.latest(tx, PRESS)
        assert package is not None
        seats.fill(tx, office, package, seats.Mandate(seats.ANYBODY, SPOKESWOMAN), *own)
        seats.fill(tx, office, package, seats.Mandate(seats.ANYBODY, DIRECTOR), *own)
    assert made(office) == []
