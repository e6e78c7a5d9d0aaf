"""What each written kind asks of its text, beyond what every kind does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from tests.unit.drafting.sample import NEWSLETTER, PRESS, context, plan, sources_context
from worker.drafting.make import DEFAULT_TEMPLATES, draft, freeze, redraft
from worker.drafting.templating import Templates
from worker.kinds import all_kinds
from worker.kinds.lengths import agreed_characters
from worker.plan.occurrences import occurrences
from worker.sources import gather

NOTHING: Mapping[str, object] = {"sources": {}}


def codes(kind: str, fields: Mapping[str, str], material: Mapping[str, object] = NOTHING) -> set[str]:
    """The remarks of the kind, but for parts that are missing."""
    found = {finding.code for finding in all_kinds()[kind].lint(fields, material)}
    return {code for code in found if not code.startswith("missing-")}


def errors(kind: str, fields: Mapping[str, str], material: Mapping[str, object]) -> set[str]:
    found = all_kinds()[kind].lint(fields, material)
    return {finding.code for finding in found if finding.level == "error" and not finding.code.startswith("missing-")}


@pytest.mark.parametrize(
    ("kind", "field", "most", "code"),
    [
        ("news-item", "headline", 80, "long-headline"),
        ("pass-on-text", "text", 300, "long-text"),
        ("faq-entry", "answer", 1200, "long-answer"),
    ],
)
def test_a_text_that_is_too_long_for_its_place_is_told(kind: str, field: str, most: int, code: str) -> None:
    assert code in codes(kind, {field: "a" * (most + 1)})
    assert code not in codes(kind, {field: "a" * most})


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("3600", 3600),
        ("3 600", 3600),
        ("3\u00a0600 znaků", 3600),
        ("3.600", 3600),
        ("jedna strana", None),
        ("3600–4000", None),
        ("0", None),
        ("", None),
    ],
)
def test_the_agreed_length_is_read_as_people_write_it(written: str, number: int | None) -> None:
    assert agreed_characters(written) == number


@pytest.mark.parametrize(
    ("agreed", "expected"),
    [("100", set()), ("99", {"too-long"}), ("125", set()), ("126", {"too-short"}), ("", {"length-not-agreed"})],
)
def test_an_article_is_counted_against_what_was_agreed(agreed: str, expected: set[str]) -> None:
    fields = {"headline": "a" * 20, "perex": "b" * 30, "results": "**" + "c" * 49 + "**\n", "next": "- d"}
    assert codes("magazine-article", {**fields, "contact": "x" * 500, "agreed_length": agreed}) == expected


def test_what_cannot_be_read_as_a_length_is_told_with_the_count() -> None:
    lint = all_kinds()["magazine-items"].lint({"news": "a" * 30, "agreed_length": "dvě strany"}, NOTHING)
    [message] = [finding.message for finding in lint if finding.code == "length-not-agreed"]
    assert "„dvě strany“" in message
    assert "30 včetně mezer" in message


def test_the_article_of_the_plan_wants_a_story() -> None:
    topic = "Shrnutí dosavadních výsledků, vč. konkrétních lidských příběhů"
    wanted = {"sources": {}, "activity": {"topic": topic}}
    assert "no-story" in codes("magazine-article", {}, wanted)
    assert "no-story" not in codes("magazine-article", {"story": "Příběh."}, wanted)
    assert "no-story" not in codes("magazine-article", {})


def test_columns_that_are_empty_are_told_with_their_reason() -> None:
    material = {"sources": {"calendar": {"items": [], "reason": "calendar.nothing_ahead"}}}
    assert {"no-practice", "left-out-calendar"} <= codes("magazine-items", {}, material)
    filled = {"practice": "Příklad.", "calendar": "- akce"}
    assert not {"no-practice", "left-out-calendar"} & codes("magazine-items", filled, material)


def test_the_calendar_is_made_of_partners_dates() -> None:
    of = context("magazine-items", NEWSLETTER)
    event = {"day": "2026-12-12", "last_day": None, "at": "17:00", "title": "*Trh*", "place": "Náměstí"}
    items = [{**event, "organiser": "Spolek", "address": ""}]
    material = {**of.material, "calendar": {"items": items, "reason": None}}
    made = draft("magazine-items", replace(of, material=material))
    assert "- 12.\u00a0prosince 2026, 17:00 – *Trh*, Náměstí (Spolek)" in made.text.replace("\u00a0–", " –")
    assert "left-out-calendar" not in {finding.code for finding in made.findings}


def test_the_columns_are_headed_by_the_issue_they_are_for() -> None:
    made = draft("magazine-items", context("magazine-items", "magazin-rubriky/2026-Q4"))
    issue = "KRAJ – magazín Libereckého kraje, 4. čtvrtletí 2026"
    assert made.text.replace("\u00a0", " ").startswith(issue)
    assert made.subject.replace("\u00a0", " ") == f"Podklady do rubrik: {issue}"


@pytest.mark.parametrize(
    ("kind", "activity_id"), [("magazine-article", "clanek-magazin"), ("magazine-items", "magazin-rubriky")]
)
def test_the_editors_read_when_the_issue_closes(kind: str, activity_id: str) -> None:
    rows = [replace(each, deadlines={"2026-Q4": date(2026, 11, 13)}) for each in plan().activities]
    closing = replace(plan(), activities=tuple(rows))
    planned = occurrences(closing)
    of = next(
        each for each in planned if each.activity_id == activity_id and each.anchored_to == "magazin-kraj/2026-Q4"
    )
    read = replace(sources_context(PRESS), occurrence=of, plan=closing, plan_occurrences=planned)
    occasion = gather(("occasion",), read)["occasion"]
    assert occasion["deadline"] == "2026-11-13"
    usual = context(kind, PRESS)
    frozen = freeze(all_kinds()[kind], replace(usual, material={**usual.material, "occasion": occasion}))
    layout = Templates(DEFAULT_TEMPLATES, all_kinds()[kind], None)
    fields = layout.fields(frozen)
    said = "Uzávěrka: 13. listopadu 2026 (vydání 4. čtvrtletí 2026)\n"
    assert layout.text(fields, frozen).startswith(said)
    assert layout.laid_out("document.md", fields, frozen).startswith(f"<p>{said[:-1]}<")
    assert "Uzávěrka" not in layout.text(fields, freeze(all_kinds()[kind], usual))


def test_the_assembly_asks_who_for_how_long_and_what_the_council_says() -> None:
    asked = {"no-presenter", "no-minutes", "no-resolution", "council-unsettled"}
    assert asked == codes("assembly-brief", {})
    said = {"presenter": "Jana", "minutes": "15", "resolution": "Bere na vědomí.", "council": "Není třeba."}
    assert codes("assembly-brief", said) == set()
    assert codes("assembly-brief", {**said, "minutes": "čtvrt hodiny"}) == {"unread-minutes"}


def test_the_brief_names_the_day_of_the_meeting_it_is_for() -> None:
    of = context("assembly-brief", PRESS)
    meeting = {"id": "bod/2027", "activity": "Zasedání", "topic": "", "window": None, "day": "2027-02-23", "time": None}
    material = {**of.material, "occasion": {**meeting, "texts": {}}}
    made = draft("assembly-brief", replace(of, material=material))
    assert "zasedání zastupitelstva 23. února 2027 a o vyhrazení času" in made.fields["request"]
    committee = draft("committee-brief", replace(of, material=material))
    assert committee.fields["meeting"] == "Zasedání, 23. února 2027"


@pytest.mark.parametrize("kind", ["news-item", "magazine-article", "assembly-brief", "committee-brief"])
def test_what_was_sent_in_stands_in_the_text_or_its_absence_is_told(kind: str) -> None:
    of = context(kind, PRESS)
    none = {"items": [], "waiting": 0, "beyond": 0, "reason": "contributions.none_came"}
    left_out = draft(kind, replace(of, material={**of.material, "contributions": none}))
    assert "left-out-contributions" in {finding.code for finding in left_out.findings}
    sent = {"who": "Komise", "signed": "", "text": ["Otevřeli jsme *klub*."], "photo": "", "photo_author": ""}
    given = draft(kind, replace(of, material={**of.material, "contributions": {**none, "items": [sent]}}))
    assert "Komise\n\nOtevřeli jsme *klub*." in given.text
    assert "left-out-contributions" not in {finding.code for finding in given.findings}


def test_the_good_practice_is_what_was_sent_in() -> None:
    of = context("magazine-items", "magazin-rubriky/2026-Q4")
    none = {"items": [], "waiting": 1, "beyond": 0, "reason": "contributions.none_included"}
    empty = draft("magazine-items", replace(of, material={**of.material, "contributions": none}))
    assert {"no-practice", "left-out-contributions", "contributions-waiting"} <= {each.code for each in empty.findings}
    sent = {"who": "Komise", "signed": "", "text": ["Otevřeli jsme *klub*."], "photo": "", "photo_author": ""}
    one = {**none, "items": [sent], "waiting": 0, "reason": None}
    given = draft("magazine-items", replace(of, material={**of.material, "contributions": one}))
    assert "Příklady dobré praxe\n\nKomise\n\nOtevřeli jsme *klub*." in given.text
    assert not {"no-practice", "left-out-contributions"} & {each.code for each in given.findings}


def test_a_committee_is_told_who_speaks_and_what_it_is_asked() -> None:
    assert codes("committee-brief", {}) == {"no-presenter", "no-questions"}
    assert codes("committee-brief", {"presenter": "Jana", "questions": "- Co dál?"}) == set()


@pytest.mark.parametrize("headline", ["Úřad rozdává byty zdarma", "Není pravda: úřad rozdává „byty“ zdarma!"])
def test_a_rebuttal_does_not_spread_the_claim_in_its_headline(headline: str) -> None:
    assert "claim-in-headline" in codes("hoax-rebuttal", {"headline": headline, "claim": "Úřad rozdává byty zdarma."})
    true = {"headline": "Byty se přidělují podle pořadníku", "claim": "Úřad rozdává byty zdarma."}
    assert "claim-in-headline" not in codes("hoax-rebuttal", true)


@pytest.mark.parametrize(
    ("source", "vague"),
    [("naše zkušenost", True), ("zákon č. 108/2006 Sb.", False), ("https://www.example.org/zprava", False)],
)
def test_a_rebuttals_source_can_be_looked_up(source: str, vague: bool) -> None:
    assert ("vague-source" in codes("hoax-rebuttal", {"source": source})) is vague


def test_the_fact_comes_before_the_claim_and_the_claim_is_quoted_once() -> None:
    of = context("hoax-rebuttal", PRESS)
    empty = draft("hoax-rebuttal", of)
    words = {"headline": "Titulek", "claim": "„Tvrzení.“", "fact": "Pravda.", "source": "č. 1", "contact": "x"}
    text = redraft("hoax-rebuttal", words, empty.material).text
    assert text.index("Pravda.") < text.index("Tvrzení.")
    assert "\n„Tvrzení.“\n" in text


def test_a_question_ends_with_its_mark() -> None:
    assert "no-question" in codes("faq-entry", {"question": "Kde najdu pomoc"})
    assert "no-question" not in codes("faq-entry", {"question": "Kde najdu pomoc?"})


def test_the_text_to_pass_on_fits_as_it_is_drafted() -> None:
    for occurrence in (PRESS, NEWSLETTER):
        assert len(draft("pass-on-text", context("pass-on-text", occurrence)).fields["text"]) <= 300


def test_a_printer_is_told_everything_in_one_remark() -> None:
    lint = all_kinds()["print-brief"].lint({"purpose": "čekárny", "format": "A5"}, NOTHING)
    [message] = [finding.message for finding in lint if finding.code == "unsettled-print"]
    assert "„Náklad“, „Kde bude k dispozici“, „Termín dodání“" in message
    settled = {"purpose": "čekárny", "format": "A5", "copies": "500", "places": "čekárny", "due": "31. 3. 2027"}
    assert codes("print-brief", settled) == set()
    assert codes("print-brief", {**settled, "due": "na jaře"}) == {"unreadable-due"}


def test_a_document_is_summed_up() -> None:
    assert codes("document-released", {"document": "Plán"}) == {"no-summary"}
    assert codes("document-released", {"document": "Plán", "summary": "Co v něm je."}) == set()


@pytest.mark.parametrize(
    ("activity", "local"),
    [
        ({"name": "Články", "target": "Radniční periodika obcí LK", "topic": ""}, True),
        ({"name": "Články", "target": "", "topic": "Zejména u místních periodik je nutné"}, True),
        ({"name": "Články", "target": "", "topic": "zachovat bezpečnou míru anonymity"}, True),
        ({"name": "Články v krajském periodiku (magazín)", "target": "široká veřejnost", "topic": ""}, False),
        ({}, False),
    ],
)
def test_a_story_in_a_local_periodical_wants_a_confirmed_anonymity(activity: dict[str, str], local: bool) -> None:
    material = {"sources": {}, "activity": activity}
    assert errors("story", {}, material) == ({"no-anonymity"} if local else set())
    assert errors("story", {"anonymity": "jméno změněno, potvrdila paní Jana"}, material) == set()


def test_what_was_said_of_the_anonymity_is_shown_to_the_approver_and_not_printed() -> None:
    words = {"headline": "T", "perex": "P", "story": "S", "anonymity": "jméno změněno", "contact": "x"}
    made = redraft("story", words, draft("story", context("story", PRESS)).material)
    assert "anonymity" in {finding.code for finding in made.findings}
    assert "jméno změněno" not in made.text


def test_which_texts_tell_of_people() -> None:
    kinds = all_kinds()
    assert kinds["story"].tells_of_people({})
    assert not kinds["magazine-article"].tells_of_people({"story": " "})
    assert kinds["magazine-article"].tells_of_people({"story": "Příběh."})
    assert not kinds["news-item"].tells_of_people({"body": "Příběh."})
