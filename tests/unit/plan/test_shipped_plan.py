"""The region's six rows: their words, counts and days, as the plan prints them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from datetime import date

import pytest

from worker.plan.explain import explain_plan
from worker.plan.model import Plan
from worker.plan.names import Names
from worker.plan.occurrences import occurrences
from worker.plan.warnings import missing_dates, warnings
from worker.times import parse_instant, rfc3339

NAMES = Names(kinds={"press-release": "Zpráva"}, lists={"media": "Média"}, people={"redakce-webu": "Redakce"})
COUNTS = {
    "aktuality-web": 1,
    "tiskova-zprava": 8,
    "clanek-magazin": 7,
    "bod-zastupitelstvo": 0,
    "verejne-setkani": 2,
    "newsletter": 4,
}


def test_every_row_has_the_occurrences_the_documents_give(shipped: Plan) -> None:
    counted = Counter(each.activity_id for each in occurrences(shipped))
    assert {activity.id: counted[activity.id] for activity in shipped.activities} == COUNTS


def test_ids_are_unique_and_in_the_order_of_sending(shipped: Plan) -> None:
    found = occurrences(shipped)
    assert len({each.id for each in found}) == len(found)
    assert [each.send_at for each in found] == sorted(each.send_at for each in found if each.send_at)


@pytest.mark.parametrize(
    ("occurrence_id", "start", "end", "send_at"),
    [
        ("aktuality-web/2024-01", "2024-01-01", "2024-01-31", "2024-01-09T10:00:00+01:00"),
        ("tiskova-zprava/2026-09", "2026-09-01", "2026-09-30", "2026-09-08T10:00:00+02:00"),
        ("tiskova-zprava/2026-12", "2026-12-01", "2026-12-31", "2026-12-08T10:00:00+01:00"),
        ("clanek-magazin/2024-11", "2024-11-01", "2024-11-30", "2024-11-12T10:00:00+01:00"),
        ("clanek-magazin/2025-H1", "2025-01-01", "2025-06-30", "2025-06-10T10:00:00+02:00"),
        ("clanek-magazin/2026-H2", "2026-07-01", "2026-12-31", "2026-12-08T10:00:00+01:00"),
        ("verejne-setkani/2026-11", "2026-11-01", "2026-11-30", "2026-11-10T10:00:00+01:00"),
        ("newsletter/2026", "2026-07-01", "2026-12-31", "2026-12-08T10:00:00+01:00"),
    ],
)
def test_windows_and_assumed_send_days(shipped: Plan, occurrence_id: str, start: str, end: str, send_at: str) -> None:
    found = next(each for each in occurrences(shipped) if each.id == occurrence_id)
    assert (found.window.start, found.window.end) == (date.fromisoformat(start), date.fromisoformat(end))
    assert found.send_at is not None
    assert rfc3339(found.send_at) == send_at
    assert found.assumed


def test_the_two_packages_and_the_four_tasks(shipped: Plan) -> None:
    release, newsletter = shipped.activity("tiskova-zprava"), shipped.activity("newsletter")
    assert (release.kinds, release.lists) == (("press-release", "facebook-text"), ("media",))
    assert (newsletter.kinds, newsletter.lists) == (("newsletter", "facebook-text"), ("vsichni",))
    assert release.approvers == newsletter.approvers == ("tiskovy-mluvci",)
    in_charge = {each.id: each.in_charge for each in shipped.activities if each.is_task}
    assert in_charge == {
        "aktuality-web": "redakce-webu",
        "clanek-magazin": "redakce-magazinu",
        "bod-zastupitelstvo": "vedeni-kraje",
        "verejne-setkani": "koordinator",
    }


def test_each_row_keeps_the_plans_words_and_says_what_was_assumed(shipped: Plan) -> None:
    assert shipped.activity("tiskova-zprava").as_written.when == "září, prosinec 2024–2027"
    assert shipped.activity("clanek-magazin").as_written.resources.endswith("komisí Rady LK ASZ")
    for activity in shipped.activities:
        written = activity.as_written
        assert all((written.when, written.target, written.topic, written.periodicity, written.resources, written.place))
        assert any("plán neu" in assumption.lower() for assumption in activity.assumptions)


def test_a_year_without_dates_is_a_warning(shipped: Plan) -> None:
    today = date(2026, 11, 21)
    assert [(activity.id, years) for activity, years in missing_dates(shipped, today)] == [
        ("bod-zastupitelstvo", (2026, 2027))
    ]
    [(activity_id, sentence)] = warnings(shipped, today, {"newsletter"}, Names())
    assert activity_id == "bod-zastupitelstvo"
    assert "2026, 2027" in sentence
    assert warnings(shipped, date(2028, 1, 1), {"newsletter"}, Names()) == []


def test_a_mail_for_no_list_is_a_warning_and_a_hand_off_is_none(one_row: Callable[..., Plan]) -> None:
    kinds = "kinds: [press-release, facebook-text]\nlists: []\napprovers: [tiskovy-mluvci]"
    plan, today = one_row("leden 2026", "1x", kinds), date(2026, 1, 1)
    [(activity_id, sentence)] = warnings(plan, today, {"press-release", "newsletter"}, NAMES)
    assert activity_id == "a"
    assert "Zpráva (press-release). Doplňte „lists“" in sentence
    assert warnings(plan, today, {"newsletter"}, NAMES) == []


def test_check_says_back_each_row_with_its_next_dates(shipped: Plan) -> None:
    said = {each.activity_id: each for each in explain_plan(shipped, parse_instant("2026-11-21T12:00"), NAMES)}
    assert [line.split(":")[0] for line in said["tiskova-zprava"].next_dates] == [
        "tiskova-zprava/2026-12",
        "tiskova-zprava/2027-09",
        "tiskova-zprava/2027-12",
    ]
    assert "září každého roku 2024–2027" in said["tiskova-zprava"].sentences[0]
    assert "od července do prosince" in said["newsletter"].sentences[0]
    assert "už minul" in said["verejne-setkani"].next_dates[0]
    assert "dostane ho Redakce (redakce-webu)" in said["aktuality-web"].sentences[-1]
    assert said["tiskova-zprava"].sentences[-1] == (
        "Připraví se: Zpráva (press-release), facebook-text. Schvaluje: tiskovy-mluvci. Rozesílá se na: Média (media)."
    )
    assert said["aktuality-web"].next_dates == ("Žádný další termín v plánu není.",)


def test_the_plan_keeps_its_text_and_digest(shipped: Plan, shipped_text: str) -> None:
    assert shipped.text == shipped_text
    assert shipped.digest == hashlib.sha256(shipped_text.encode()).hexdigest()
