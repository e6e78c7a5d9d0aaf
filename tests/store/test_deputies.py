"""Who stands for an approver, and who is reminded, replaced or told while a decision is wanted."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from tests.store.desk import ASKED, SEND, approve, at_work, notices_to, state, token
from tests.store.sample import PRESS
from tests.store.seated import (
    COORDINATOR,
    DEADLINE,
    DEPUTY,
    DEPUTY_AT,
    DIRECTOR,
    ESCALATE,
    REMIND,
    SPOKESWOMAN,
    give_back,
    made,
    mails,
    put_before,
    recorded_last,
    remind,
    said_to,
    standing_in,
)
from worker.approval import ask, decide
from worker.approval.cases import AlreadyDecided, NotNow
from worker.drafting import packages
from worker.jobs.expire_unapproved import ExpireUnapproved
from worker.jobs.remind_approvers import RemindApprovers
from worker.office import Office
from worker.record.status import status
from worker.store.states import lock_occurrence
from worker.times import PRAGUE

BOTH = (SPOKESWOMAN, DIRECTOR)


def test_the_author_does_not_approve_and_her_deputy_is_asked_at_once(office: Office) -> None:
    put_before(office, SPOKESWOMAN, author=SPOKESWOMAN)
    assert [kind for kind, person in mails(office) if person == SPOKESWOMAN] == []
    assert "svůj text nikdo neschvaluje sám" in said_to(office, "deputy", DEPUTY)["why"]
    for attempt in (approve, lambda office, _: give_back(office, SPOKESWOMAN)):
        with pytest.raises(NotNow, match="předložili sami"):
            attempt(office, token(office, SPOKESWOMAN))
    approve(office, token(office, DEPUTY))
    assert state(office) == "approved"


def test_a_deputy_with_dates_is_asked_with_the_approver_and_named_in_the_record(office: Office) -> None:
    office = standing_in(office, DIRECTOR, DEPUTY, days=(date(2026, 11, 30), date(2026, 12, 4)))
    put_before(office, *BOTH, rule="all")
    assert ("deputy", DEPUTY) in mails(office)
    assert "č. KULK 1234/2026 ze dne 20. 11. 2026" in said_to(office, "deputy", DEPUTY)["why"]
    approve(office, token(office, DEPUTY))
    (own,) = made(office)
    told = (DIRECTOR, DEPUTY, DIRECTOR, "č. KULK 1234/2026 ze dne 20. 11. 2026")
    assert (own.seat, own.person, own.on_behalf_of, own.authorisation) == told
    event = recorded_last(office, "decision.approved")
    assert (event["seat"], event["on_behalf_of"], event["authorisation"]) == (told[0], told[2], told[3])
    with pytest.raises(AlreadyDecided, match=r"\(za: Ředitel krajského úřadu\)"):
        approve(office, token(office, DIRECTOR))


def test_a_deputy_takes_back_on_her_days_alone(office: Office) -> None:
    office = standing_in(office, DIRECTOR, COORDINATOR, days=(date(2026, 12, 1), date(2026, 12, 1)))
    put_before(office, DIRECTOR)
    link = token(office, COORDINATOR)
    approve(office, link)
    with pytest.raises(NotNow, match=r"\(za: Ředitel krajského úřadu\) pro vás dnes neplatí"):
        decide.take_back(office, link, ASKED + timedelta(days=1))
    assert state(office) == "approved"
    decide.take_back(office, link, ASKED + timedelta(hours=1))
    assert state(office) == "asked"


def test_a_standing_deputy_takes_back_what_she_approved(office: Office) -> None:
    put_before(office, SPOKESWOMAN)
    link = token(office, DEPUTY)
    approve(office, link)
    decide.take_back(office, link, ASKED + timedelta(days=1))
    assert (state(office), made(office)) == ("asked", [])


def test_nobody_is_asked_to_stand_for_another_who_has_a_seat_or_wrote_the_text(office: Office) -> None:
    office = standing_in(office, DIRECTOR, SPOKESWOMAN, "asz", days=(date(2026, 12, 1), date(2026, 12, 8)))
    put_before(office, *BOTH, rule="all", author="asz")
    assert mails(office) == {("approval", SPOKESWOMAN), ("approval", DIRECTOR)}


def test_an_approver_who_stands_for_another_fills_her_own_seat_alone(office: Office) -> None:
    office = standing_in(office, SPOKESWOMAN, DIRECTOR, days=(date(2026, 12, 1), date(2026, 12, 8)))
    put_before(office, *BOTH, rule="in-order")
    first, second = token(office, SPOKESWOMAN), token(office, DIRECTOR)
    approve(office, first)
    decide.take_back(office, first, ASKED)
    with pytest.raises(NotNow, match="Teď rozhoduje: Tisková mluvčí"):
        approve(office, second)
    assert made(office) == []
    approve(office, first)
    approve(office, second)
    assert (state(office), [(each.seat, each.person) for each in made(office)]) == (
        "approved", [(SPOKESWOMAN, SPOKESWOMAN), (DIRECTOR, DIRECTOR)],
    )  # fmt: skip


def test_a_standing_deputy_with_a_seat_of_her_own_leaves_the_other_one_empty(office: Office) -> None:
    put_before(office, SPOKESWOMAN, DEPUTY, rule="in-order")
    with pytest.raises(NotNow, match="Teď rozhoduje: Tisková mluvčí"):
        approve(office, token(office, DEPUTY))
    assert made(office) == []


@pytest.mark.parametrize("day", [date(2026, 11, 30), date(2026, 12, 2)])
def test_a_deputy_decides_on_her_days_alone(office: Office, day: date) -> None:
    office = standing_in(office, DIRECTOR, COORDINATOR, days=(day, day))
    put_before(office, DIRECTOR)
    assert ("deputy", COORDINATOR) not in mails(office)
    with pytest.raises(NotNow, match=rf"jen v těchto dnech: {day.day}. {day.month}. 2026"):
        approve(office, token(office, COORDINATOR))
    assert state(office) == "asked"


def test_whoever_begins_to_stand_for_her_later_is_asked_in_the_morning_of_that_day(office: Office) -> None:
    office = standing_in(office, DIRECTOR, COORDINATOR, days=(date(2026, 12, 2), date(2026, 12, 8)))
    put_before(office, DIRECTOR)
    midnight, eight = datetime(2026, 12, 2, 0, 30, tzinfo=PRAGUE), datetime(2026, 12, 2, 8, 0, tzinfo=PRAGUE)
    with at_work(office, ASKED) as current:
        assert RemindApprovers().next_at(current, ASKED) == eight
    for at, asked in ((midnight, False), (eight, True)):
        remind(office, at)
        assert (("deputy", COORDINATOR) in mails(office)) is asked
    approve(office, token(office, COORDINATOR), eight)
    assert state(office) == "approved"


def test_only_whoever_is_still_to_decide_is_reminded_and_replaced(office: Office) -> None:
    put_before(office, *BOTH, rule="all")
    approve(office, token(office, DIRECTOR))
    remind(office, REMIND)
    assert {person for kind, person in mails(office) if kind == "reminder"} == {SPOKESWOMAN}
    remind(office, DEPUTY_AT)
    assert said_to(office, "deputy", DEPUTY)["why"].startswith(
        "Obracíme se na vás jako na zástupce. Zatím chybí rozhodnutí"
    )
    remind(office, ESCALATE)
    assert said_to(office, "escalation", COORDINATOR)["waiting"] == "Tisková mluvčí"
    remind(office, SEND)
    assert said_to(office, "unapproved", COORDINATOR)["waiting"] == "Tisková mluvčí"
    approve(office, token(office, DEPUTY), SEND)
    assert (state(office), made(office)[-1].on_behalf_of) == ("approved", SPOKESWOMAN)


def test_one_asked_in_her_turn_is_not_reminded_of_what_she_has_just_got(office: Office) -> None:
    put_before(office, DIRECTOR, SPOKESWOMAN, rule="in-order")
    approve(office, token(office, DIRECTOR), DEPUTY_AT)
    remind(office, DEPUTY_AT + timedelta(minutes=1))
    assert {kind for kind, person in mails(office) if person in (SPOKESWOMAN, DEPUTY)} == {"approval"}
    remind(office, ESCALATE)  # no stage is left for her, so her deputy hears of it together with the coordinator
    assert {("deputy", DEPUTY), ("escalation", COORDINATOR)} <= mails(office)


@pytest.mark.parametrize("rule", ["one", "all", "in-order"])
def test_status_names_whose_decision_is_still_wanted(office: Office, rule: str) -> None:
    def waits_for() -> list[str]:
        with office.database.read() as tx:
            (row,) = status(tx, ASKED)["needs_a_person"]
            return list(row["waits_for"])

    put_before(office, *BOTH, rule=rule)
    assert waits_for() == ([SPOKESWOMAN] if rule == "in-order" else list(BOTH))
    if rule != "one":
        approve(office, token(office, SPOKESWOMAN))
        assert waits_for() == [DIRECTOR]


def test_a_return_waits_for_whoever_reworks_it(office: Office) -> None:
    put_before(office, SPOKESWOMAN)
    give_back(office, SPOKESWOMAN)
    remind(office, ESCALATE)
    assert said_to(office, "escalation", COORDINATOR)["waiting"].endswith("(přepracování vrácené verze)")
    assert not {"reminder", "deputy"} & {kind for kind, _ in mails(office)}


def test_an_approver_who_edited_is_written_to_later_and_not_at_all_once_she_has_decided(office: Office) -> None:
    put_before(office, *BOTH, rule="all")
    with office.database.write() as tx:
        row, package = lock_occurrence(tx, PRESS), packages.latest(tx, PRESS)
        assert row is not None and package is not None
        newer = packages.renewed(tx, office, row, package, ASKED, reason="Úprava.")
        ask.submit(tx, office, row, newer, ASKED, notice="approval_again", editor=SPOKESWOMAN)
    due = {person: notices_to(office, person, "approval_again")[0].due_at - ASKED for person in BOTH}
    assert due == {SPOKESWOMAN: timedelta(minutes=15), DIRECTOR: timedelta(0)}
    approve(office, token(office, SPOKESWOMAN))
    assert [notices_to(office, each, "approval_again")[0].state for each in BOTH] == ["withdrawn", "queued"]


def test_what_was_approved_in_part_is_missed_by_whose_approval_was_missing(office: Office) -> None:
    put_before(office, *BOTH, rule="all")
    approve(office, token(office, SPOKESWOMAN))
    late = DEADLINE + timedelta(minutes=1)
    with at_work(office, late) as current:
        ExpireUnapproved().do_one(current, late)
    assert state(office) == "missed"
    assert said_to(office, "missed", COORDINATOR)["why"].endswith("chybělo schválení: Ředitel krajského úřadu.")
