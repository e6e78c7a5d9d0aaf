"""What a row says of its approval: how it is read, said back, refused and doubted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from tests.unit.plan.conftest import HEAD, ROW
from tests.unit.plan.sample import ROW as USUAL
from tests.unit.plan.sample import plan
from worker.errors import Fault, InvalidFiles
from worker.plan.explain import explain_plan
from worker.plan.model import Activity, ApprovalRule, Lead, LeadTimes, Plan, Unit, Vocabulary
from worker.plan.names import Names
from worker.plan.reading.load import parse_plan
from worker.plan.warnings import warnings
from worker.times import parse_instant

KINDS = "kinds: [press-release]\nlists: [media]\napprovers: [tiskovy-mluvci, reditel]\n"
NAMES = Names(people={"reditel": "Ředitel"}, projects={"kpss": "Komunitní plánování"})
TODAY = date(2026, 11, 22)
FULL = KINDS + (
    "approval: in-order\ncommenters: [vedeni-kraje]\ncode: true\nstories: true\nproject: kpss\n"
    "lead: {draft: 12 pracovních dní, comment: 7 pracovních dní}\n"
)


def said(found: Plan) -> tuple[str, ...]:
    return explain_plan(found, parse_instant("2026-11-22T12:00"), NAMES)[0].sentences


def doubted(activity: Activity) -> list[str]:
    return [sentence.replace("\u00a0", " ") for _, sentence in warnings(plan(activity), TODAY, (), NAMES)]


def test_the_keys_are_read(one_row: Callable[..., Plan]) -> None:
    activity = one_row("prosinec 2026", "1x", FULL).activity("a")
    assert activity.approval is ApprovalRule.IN_ORDER
    assert (activity.commenters, activity.code, activity.stories) == (("vedeni-kraje",), True, True)
    assert activity.project == "kpss"
    assert activity.lead.comment == Lead(7, Unit.WORKING_DAYS)


def test_without_them_one_approval_is_enough(one_row: Callable[..., Plan]) -> None:
    activity = one_row("prosinec 2026", "1x", KINDS).activity("a")
    assert activity.approval is ApprovalRule.ONE
    assert (activity.commenters, activity.code, activity.stories, activity.project) == ((), False, False, None)


def fault_of(line: str, projects: frozenset[str] | None, vocabulary: Vocabulary) -> Fault:
    text = HEAD + ROW.format(id="a", when="prosinec 2026", periodicity="1x")
    text += "".join(f"    {each}\n" for each in [*KINDS.splitlines(), line])
    with pytest.raises(InvalidFiles) as refused:
        parse_plan(text.encode(), "schedules.yaml", replace(vocabulary, projects=projects))
    [fault] = refused.value.faults
    return fault


@pytest.mark.parametrize(
    ("line", "column", "says"),
    [
        ("approval: in-ordr", 15, "Mysleli jste „in-order“?"),
        ("approval: vsichni", 15, "all (všichni, v libovolném pořadí)"),
        ("commenters: [reditl]", 18, "Mysleli jste „reditel“?"),
        ("code: ano", 11, "true (ano), nebo false (ne)"),
        ("stories: 1", 14, "true (ano), nebo false (ne)"),
        ("project: kps", 14, "Mysleli jste „kpss“?"),
        ("lead: {comment: brzy}", 21, "brzy"),
    ],
)
def test_a_fault_has_its_place_and_what_was_meant(vocabulary: Vocabulary, line: str, column: int, says: str) -> None:
    fault = fault_of(line, frozenset({"kpss"}), vocabulary)
    assert (fault.line, fault.column) == (12, column)
    assert says in fault.message


def test_without_projects_a_project_is_refused_with_where_to_enter_it(vocabulary: Vocabulary) -> None:
    assert "zapište ho tam" in fault_of("project: kpss", frozenset(), vocabulary).message


def test_every_part_is_said_back(one_row: Callable[..., Plan]) -> None:
    sentences = said(one_row("prosinec 2026", "1x", FULL))
    for words in (
        "Nejdřív texty připomínkuje: vedeni-kraje; čas na to končí 7 pracovních dní před odesláním.",
        "Schválit musí všichni a jeden po druhém",
        "jednorázový kód",
        "bez jejich souhlasu",
        "Každý text nese povinnou větu a číslo projektu: Komunitní plánování (kpss).",
    ):
        assert any(words in sentence for sentence in sentences), words


@pytest.mark.parametrize(
    ("approval", "words"),
    [("one", "Stačí schválení jednoho z nich"), ("all", "v libovolném pořadí"), ("in-order", "jeden po druhém")],
)
def test_how_many_it_takes_is_said_of_several(one_row: Callable[..., Plan], approval: str, words: str) -> None:
    assert any(words in each for each in said(one_row("prosinec 2026", "1x", f"{KINDS}approval: {approval}\n")))


def test_of_a_single_approver_or_a_task_nothing_more_is_said(one_row: Callable[..., Plan]) -> None:
    alone = said(one_row("prosinec 2026", "1x", KINDS.replace(", reditel", "")))
    assert not any("Stačí schválení" in each for each in alone)
    task = said(one_row("prosinec 2026", "1x", "approvers: [tiskovy-mluvci, reditel]\nstories: true\nproject: kpss\n"))
    assert not any("schv" in each.lower() or "souhlas" in each for each in task)
    assert any(each.startswith("Kdo úkol dostane, dostane s ním i povinnou větu") for each in task)


def test_a_rule_for_several_with_one_approver_is_doubted() -> None:
    [sentence] = doubted(replace(USUAL, approval=ApprovalRule.ALL))
    assert "má „approval: all“, ale jen jednoho schvalovatele" in sentence
    assert doubted(replace(USUAL, approval=ApprovalRule.ALL, approvers=("tiskovy-mluvci", "reditel"))) == []


def test_what_is_said_of_an_approval_in_a_task_is_doubted() -> None:
    task = replace(USUAL, kinds=(), lists=(), approvers=(), code=True, commenters=("reditel",))
    [sentence] = doubted(task)
    assert "nepoužije: commenters, code." in sentence
    assert doubted(replace(task, code=False, commenters=(), project="kpss")) == []


def test_whoever_comments_and_approves_is_told_of() -> None:
    enough = LeadTimes(draft=Lead(10, Unit.WORKING_DAYS))
    row = replace(USUAL, approvers=("reditel",), commenters=("reditel", "asz"), lead=enough)
    [sentence] = doubted(row)
    assert "připomínkují i schvalují: Ředitel (reditel)." in sentence


@pytest.mark.parametrize(
    ("draft", "comment", "short"),
    [
        (Lead(7, Unit.WORKING_DAYS), Lead(6, Unit.WORKING_DAYS), True),
        (Lead(8, Unit.WORKING_DAYS), Lead(6, Unit.WORKING_DAYS), False),
        (Lead(13, Unit.DAYS), Lead(6, Unit.WORKING_DAYS), False),
        (Lead(20, Unit.HOURS), Lead(6, Unit.WORKING_DAYS), True),
    ],
)
def test_a_comment_round_of_less_than_two_working_days_is_doubted(draft: Lead, comment: Lead, short: bool) -> None:
    row = replace(USUAL, commenters=("reditel",), lead=LeadTimes(draft=draft, comment=comment))
    found = doubted(row)
    assert bool(found) is short
    if short:
        assert "méně než dva pracovní dny: a/2026-12 (úterý 8. prosince 2026)" in found[0]
        assert "lead: {draft: 10 pracovních dní}" in found[0]
    assert doubted(replace(row, commenters=())) == []


def test_a_comment_round_that_ends_with_the_asking_is_doubted_and_said_so(one_row: Callable[..., Plan]) -> None:
    row = replace(USUAL, commenters=("reditel",), lead=LeadTimes(comment=Lead(1, Unit.WORKING_DAYS)))
    [sentence] = doubted(row)
    assert "už se žádostí o schválení, 5 pracovních dní před odesláním" in sentence
    assert doubted(replace(row, lead=LeadTimes(Lead(21, Unit.DAYS), Lead(9, Unit.WORKING_DAYS)))) == []
    sentences = said(
        one_row("prosinec 2026", "1x", FULL.replace("comment: 7 pracovních dní", "comment: 1 pracovní den"))
    )
    assert any("čas na to končí 5 pracovních dní před odesláním" in each for each in sentences)
