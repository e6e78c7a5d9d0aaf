"""What becomes of an occurrence in the report: done only what surely got out, late by the plan's own measure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from tests.store.desk import begin
from tests.store.planned import BEGUN, offer, put
from tests.store.sample import NOW, PRESS
from worker.approval import past
from worker.office import Office
from worker.plan.model import Window
from worker.reporting.content import gather
from worker.reporting.model import Account, By, Outcome, ProofKind, Report
from worker.settings import Medium
from worker.store.states import MailingState, OccurrenceState, PublicationState
from worker.store.tables import drafts, mailings, occurrences, publications, slices, withdrawals

YEAR = Window(date(2026, 1, 1), date(2026, 12, 31))
JANUARY = datetime(2027, 1, 12, 9, 0, tzinfo=UTC)
RELEASES = """\
id: tiskova-zprava
when: září, prosinec 2026
periodicity: Alespoň 1x za ½ roku
activity: Tiskové zprávy
target: média
topic: Implementace strategie
place: řádek 1
kinds: [press-release]
lists: [media]
approvers: [tiskovy-mluvci]
goals: [Zvýšení informovanosti]
"""
SESSIONS = """\
id: rada
periodicity: dle plánu zasedání
activity: Jednání rady
place: řádek 2
dates: [8. 12. 2026]
"""
POSTS = """\
id: prispevky
periodicity: průběžně
watch: 1x za čtvrtletí
activity: Příspěvky
place: řádek 3
"""
SEPTEMBER, SESSION = "tiskova-zprava/2026-09", "rada/2026-12-08"


@pytest.fixture
def begun(office: Office) -> Office:
    """The first start is in November, so that September is history."""
    page = Medium(id="web", name="Web", channel="handoff", takes=("news-item",), reaches=("senioři",), ours="ukázka")
    own = Medium(id="verejna-stranka", name="Veřejná stránka", channel="archive", takes=("news-item",), ours="ukázka")
    offer(office, RELEASES, SESSIONS, POSTS)
    return replace(office, media={page.id: page, own.id: own})


def report(office: Office, now: datetime = JANUARY, span: Window = YEAR) -> Report:
    with office.database.read() as tx:
        return gather(tx, office, now, span)


def accounts(office: Office, now: datetime = JANUARY) -> Mapping[str, Account]:
    return {each.id: each for each in report(office, now).occurrences()}


def note(office: Office, about: str, on: date | None, at: datetime = BEGUN, address: str = "") -> None:
    with office.database.write() as tx:
        past.note(tx, office, about, at, reason="na webu", person="koordinator", address=address, on=on)


def mailed(office: Office, at: datetime, **tallies: int) -> None:
    """The December press release was mailed; its deliveries stand as the tallies say."""
    with office.database.write() as tx:
        tx.execute(occurrences.delete().where(occurrences.c.id == PRESS))
    mailing = begin(office, sum(tallies.values()))
    with office.database.write() as tx:
        own = mailings.c.id == mailing
        tx.execute(update(mailings).where(own).values(frozen_at=at, state=MailingState.DONE))
        tx.execute(update(slices).where(slices.c.mailing_id == mailing).values(tallies=tallies))
    put(office, PRESS, OccurrenceState.DONE, assumed=True)


def placed(office: Office, medium: str, state: PublicationState, settled: datetime | None = NOW, **more: Any) -> None:
    """A text of it was meant for a medium beside the lists."""
    with office.database.write() as tx:
        draft = tx.execute(drafts.select().limit(1)).one()
        values = {"address": "https://www.example.org/1", "reference": "", "reason": "", "person": "", "attempts": 0}
        values |= {"occurrence_id": PRESS, "draft_id": draft.id, "medium": medium, "state": state, "part": 0}
        values |= {"channel": office.media[medium].channel, "settled_at": settled}
        tx.execute(publications.insert().values(values | more))


def test_what_nobody_noted_before_the_first_start_is_not_done(begun: Office) -> None:
    found = report(begun)
    september = accounts(begun)[SEPTEMBER]
    assert (september.outcome, september.is_done) == (Outcome.UNRECORDED, False)
    assert any("není zapsáno, jak dopadly" in each for each in found.not_known)
    turns = {turn.period: turn for turn in found.activities[0].turns}
    assert (turns["2026-H2"].unrecorded, turns["2026-H2"].done) == ((SEPTEMBER,), ())


def test_what_is_noted_with_its_day_is_done_or_late_with_its_address(begun: Office) -> None:
    note(begun, SEPTEMBER, date(2026, 9, 30), address="https://www.example.org/z")
    found = accounts(begun)[SEPTEMBER]
    assert (found.outcome, found.done_on, found.in_time, found.by_hand) == (Outcome.DONE, date(2026, 9, 30), True, True)
    assert (found.addresses, found.proofs[0].kind) == (("https://www.example.org/z",), ProofKind.NOTED)
    note(begun, SEPTEMBER, date(2026, 10, 1))
    found = accounts(begun)[SEPTEMBER]
    assert (found.outcome, found.done_on, found.in_time) == (Outcome.LATE, date(2026, 10, 1), False)
    assert found.addresses == ("https://www.example.org/z",)
    [half] = [turn for turn in report(begun).activities[0].turns if turn.period == "2026-H2"]
    assert (half.done, half.verdict) == ((SEPTEMBER,), "met")


def test_without_its_day_nobody_knows_whether_it_was_in_time(begun: Office) -> None:
    note(begun, SEPTEMBER, None)
    found = accounts(begun)[SEPTEMBER]
    assert (found.outcome, found.done_on, found.in_time, found.noted_on) == (
        Outcome.DONE, None, None, date(2026, 11, 21),
    )  # fmt: skip
    assert any("zapsáno kdy" in each for each in report(begun).not_known)


def test_a_named_day_is_late_once_its_greatest_lateness_is_over(begun: Office) -> None:
    assert accounts(begun, BEGUN)[SESSION].outcome is Outcome.OPEN
    assert accounts(begun, NOW + timedelta(days=1))[SESSION].outcome is Outcome.OVERDUE
    note(begun, SESSION, date(2026, 12, 15), at=JANUARY)  # a task may be confirmed for a week
    assert accounts(begun)[SESSION].outcome is Outcome.DONE
    note(begun, SESSION, date(2026, 12, 16), at=JANUARY)
    assert accounts(begun)[SESSION].outcome is Outcome.LATE


def test_a_mailing_that_somebody_got_is_done_on_its_day(begun: Office) -> None:
    mailed(begun, NOW, sent=2, failed=1)
    found = accounts(begun)[PRESS]
    assert (found.outcome, found.done_on, found.in_time) == (Outcome.DONE, date(2026, 12, 8), True)
    assert (found.proofs[0].accepted, found.proofs[0].channel) == (2, "E-mail na rozesílací seznamy")
    [channel] = report(begun).counts_by(By.CHANNEL)
    assert (channel.number, channel.done) == (1, (PRESS,))
    [goal] = [each for each in report(begun).counts_by(By.GOAL) if "Zvýšení" in each.name]
    assert (goal.number, goal.promised) == (1, (SEPTEMBER, PRESS))


def test_a_mailing_after_the_window_is_late(begun: Office) -> None:
    mailed(begun, JANUARY, sent=1)
    assert accounts(begun)[PRESS].outcome is Outcome.LATE


@pytest.mark.parametrize(
    ("tallies", "outcome"),
    [({"unknown": 3}, Outcome.UNCERTAIN), ({"failed": 3}, Outcome.NOTHING_OUT), ({}, Outcome.NOTHING_OUT)],
)
def test_unknown_is_never_done_although_our_own_page_has_it(
    begun: Office, tallies: dict[str, int], outcome: Outcome
) -> None:
    mailed(begun, NOW, **tallies)
    placed(begun, "verejna-stranka", PublicationState.PUBLISHED)
    found = accounts(begun)[PRESS]
    assert found.outcome is outcome and not found.is_done
    assert [each.channel for each in found.proofs] == ["Veřejná stránka"]
    assert not any(each.number for each in report(begun).counts)


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (PublicationState.DECLINED, Outcome.NOTHING_OUT),
        (PublicationState.UNKNOWN, Outcome.UNCERTAIN),
        (PublicationState.ASKED, Outcome.UNCERTAIN),
        (PublicationState.PUBLISHED, Outcome.DONE),
    ],
)
def test_without_a_mailing_the_media_decide(begun: Office, state: PublicationState, outcome: Outcome) -> None:
    mailed(begun, NOW)
    with begun.database.write() as tx:
        tx.execute(slices.delete())
        tx.execute(mailings.delete())
    placed(begun, "verejna-stranka", PublicationState.PUBLISHED)
    placed(begun, "web", state, person="redakce-webu", deadline=NOW)
    found = accounts(begun)[PRESS]
    assert found.outcome is outcome
    if found.is_done:  # told on 8 December, so it was out by then; on which day nobody said
        assert (found.done_on, found.noted_on, found.in_time) == (None, date(2026, 12, 8), True)
        assert [each.name for each in report(begun).counts_by(By.REACHED)] == ["senioři"]


def test_what_was_taken_back_from_our_page_says_so(begun: Office) -> None:
    mailed(begun, NOW, sent=1)
    placed(begun, "verejna-stranka", PublicationState.PUBLISHED)
    with begun.database.write() as tx:
        values = {"occurrence_id": PRESS, "reason": "omyl", "person": "koordinator", "at": JANUARY}
        tx.execute(withdrawals.insert().values(values))
    assert [each.note for each in accounts(begun)[PRESS].proofs] == ["", "Z veřejné stránky staženo 12.\xa0ledna 2027."]


def test_what_was_moved_stays_in_the_year_it_was_promised_for(begun: Office) -> None:
    later = datetime(2027, 2, 9, 9, 0, tzinfo=UTC)
    put(begun, PRESS, OccurrenceState.PLANNED, send_at=later)
    assert accounts(begun)[PRESS].outcome is Outcome.OPEN
    assert PRESS not in {
        each.id for each in report(begun, span=Window(date(2027, 1, 1), date(2027, 12, 31))).occurrences()
    }
    put(begun, PRESS, OccurrenceState.MISSED)
    found = accounts(begun)[PRESS]
    assert (found.outcome, bool(found.reason)) == (Outcome.MISSED, True)


def test_of_a_rhythm_only_what_was_noted_counts(begun: Office) -> None:
    note(begun, "prispevky/2026-02-03", None, at=JANUARY)
    found = report(begun)
    row = next(each for each in found.activities if each.id == "prispevky")
    assert (row.promised, [each.outcome for each in row.occurrences]) == (0, [Outcome.DONE])
    assert [(turn.period, turn.verdict) for turn in row.turns] == [
        ("2026-Q1", "met"), ("2026-Q2", "unrecorded"), ("2026-Q3", "unrecorded"), ("2026-Q4", "unrecorded"),
    ]  # fmt: skip


def test_the_years_add_up_to_the_plan(begun: Office) -> None:
    whole = report(begun, span=Window(date(2026, 1, 1), date(2027, 12, 31))).occurrences()
    years = [report(begun, span=Window(date(year, 1, 1), date(year, 12, 31))).occurrences() for year in (2026, 2027)]
    assert sorted(each.id for year in years for each in year) == sorted(each.id for each in whole)


def test_before_the_first_start_it_is_the_plan_as_if_it_were_now(office: Office) -> None:
    found = report(office, BEGUN)
    assert found.started_on is None
    assert {each.outcome for each in found.occurrences()} == {Outcome.UNRECORDED, Outcome.OPEN}
