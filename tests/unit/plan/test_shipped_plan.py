"""The region's plan as shipped: its days, who does what, and what `check` says of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date

import pytest

from worker.plan.explain import explain_plan
from worker.plan.model import Plan
from worker.plan.names import Names
from worker.plan.occurrences import occurrences
from worker.plan.warnings import missing_dates, warnings
from worker.times import parse_instant, rfc3339

NAMES = Names(kinds={"press-release": "Zpráva"}, lists={"media": "Média"}, people={"redakce-magazinu": "Redakce"})


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


def test_the_packages_and_who_is_handed_the_tasks(shipped: Plan) -> None:
    packages = {each.id: (each.kinds, each.lists) for each in shipped.activities if not each.is_task}
    assert packages == {
        "tiskova-zprava": (("press-release", "facebook-text"), ("media",)),
        "tiskova-zprava-1-pololeti": (("press-release", "facebook-text"), ("media",)),
        "newsletter": (("newsletter", "facebook-text"), ("vsichni",)),
        "krizova-komunikace": (("crisis-statement",), ("media",)),
        "pozvanka-tiskova-konference": (("press-conference-invitation",), ("media",)),
        "aktuality-web": (("news-item",), ()),
        "clanek-magazin": (("magazine-article",), ()),
        "magazin-rubriky": (("magazine-items",), ()),
        "zpravodaj-rubriky": (("magazine-items",), ()),
        "letak": (("print-brief",), ()),
        "vyvraceni-hoaxu": (("hoax-rebuttal",), ()),
        "bod-zastupitelstvo-podklad": (("assembly-brief",), ()),
        "socialni-vybor-podklad": (("committee-brief",), ()),
        "komise-rady-podklad": (("committee-brief",), ()),
        "socialni-site": (("facebook-text", "facebook-serial"), ()),
        "casto-kladene-dotazy": (("faq-entry",), ()),
        "clanky-radnicni-periodika": (("story",), ()),
    }
    briefs = {each for each in packages if each.endswith("-podklad")}
    assert {shipped.activity(each).approvers for each in briefs} == {("reditel",)}
    assert {shipped.activity(each).approvers for each in packages.keys() - briefs} == {("tiskovy-mluvci",)}
    handed = {each: shipped.activity(each).in_charge for each in packages if not packages[each][1]}
    assert {row: person for row, person in handed.items() if person != "koordinator"} == {
        "aktuality-web": "redakce-webu",
        "clanek-magazin": "redakce-magazinu",
        "magazin-rubriky": "redakce-magazinu",
        "zpravodaj-rubriky": "redakce-rodinam",
        "bod-zastupitelstvo-podklad": "vedeni-kraje",
        "socialni-site": "spravce-facebooku",
        "casto-kladene-dotazy": "redakce-webu",
    }
    in_charge = {each.id: each.in_charge for each in shipped.activities if each.is_task}
    assert {task: person for task, person in in_charge.items() if person != "koordinator"} == {
        "bod-zastupitelstvo": "vedeni-kraje",
        "magazin-kraj": "redakce-magazinu",
        "zpravodaj-rodinam": "redakce-rodinam",
        "tiskova-konference": "tiskovy-mluvci",
    }


def test_a_year_without_dates_is_a_warning(shipped: Plan) -> None:
    today = date(2026, 11, 21)
    meetings = ["bod-zastupitelstvo", "rsk", "rsk-pracovni-skupina"]
    missing = [(activity.id, years) for activity, years in missing_dates(shipped, today)]
    assert missing == [(meeting, (2026, 2027)) for meeting in meetings]
    said = warnings(shipped, today, {"newsletter"}, Names())
    assert [activity_id for activity_id, _ in said] == meetings
    assert all("2026, 2027" in sentence for _, sentence in said)
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
    assert "dostane ho Redakce (redakce-magazinu)" in said["magazin-kraj"].sentences[-1]
    assert said["tiskova-zprava"].sentences[-1] == (
        "Připraví se: Zpráva (press-release), facebook-text. Schvaluje: tiskovy-mluvci. Rozesílá se na: Média (media)."
    )
    assert said["casto-kladene-dotazy"].sentences[-1] == (
        "Má to na starosti redakce-webu; není-li v období dost zaznamenáno, dostane před jeho koncem připomenutí. "
        "O text si řeknete příkazem „hlasatel occurrence new“. Připraví se: faq-entry. Schvaluje: tiskovy-mluvci."
    )
    assert said["aktuality-web"].next_dates == ("Žádný další termín v plánu není.",)


def test_the_plan_keeps_its_text_and_digest(shipped: Plan, shipped_text: str) -> None:
    assert shipped.text == shipped_text
    assert shipped.digest == hashlib.sha256(shipped_text.encode()).hexdigest()
