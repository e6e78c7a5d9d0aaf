"""The two columns apart: how `when` and `periodicity` are read, in every spelling the plans use."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.plan.model import Anchor, Lead, Per, SendRule, Unit
from worker.plan.words import anchors, rhythms, whens
from worker.plan.words.anchors import parse_anchor
from worker.plan.words.phrases import PhraseError
from worker.plan.words.rhythms import Rhythm, RhythmKind, parse_rhythm, parse_watch
from worker.plan.words.rules import parse_send_day
from worker.plan.words.whens import Days, Part, Since, Slot, Span, Throughout, parse_when

SEPTEMBER, DECEMBER = Slot(9, 9, 2024, 2027), Slot(12, 12, 2024, 2027)


@pytest.mark.parametrize(
    "text",
    [
        "září, prosinec 2024–2027",
        "září, prosinec 2024 - 2027",
        "Září,prosinec  2024\u00a0—\u00a02027",
        "září a prosinec 2024\u20112027",
        "ZÁŘÍ, PROSINEC 2024 –\n2027",
        "9, 12/2024–2027",
        "v září, prosinci 2024–2027",
        "zá\u00adří, prosinec 2024−2027",
        "září, prosinec 2024 až 2027",
        unicodedata.normalize("NFD", "září, prosinec 2024–2027"),
    ],
)
def test_one_phrase_in_all_its_spellings(text: str) -> None:
    assert parse_when(text).parts == (SEPTEMBER, DECEMBER)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("leden 2024", Slot(1, 1, 2024, 2024)),
        ("01/2024", Slot(1, 1, 2024, 2024)),
        ("12 /2024", Slot(12, 12, 2024, 2024)),
        ("5/2018", Slot(5, 5, 2018, 2018)),
        ("9-11/2018", Slot(9, 11, 2018, 2018)),
        ("9–11/2026", Slot(9, 11, 2026, 2026)),
        ("9/2018–11/2018", Slot(9, 11, 2018, 2018)),
        ("od ledna do března 2024", Slot(1, 3, 2024, 2024)),
        ("Červenec  - prosinec 2024 - 2027", Slot(7, 12, 2024, 2027)),
        ("2024–2027", Slot(1, 12, 2024, 2027)),
        ("v průběhu roku 2024", Slot(1, 12, 2024, 2024)),
        ("během roku 2024", Slot(1, 12, 2024, 2024)),
        ("v letech 2024 – 2025", Slot(1, 12, 2024, 2025)),
        ("I. pol. 2024", Slot(1, 6, 2024, 2024, Per.HALF)),
        ("II. pololetí 2024", Slot(7, 12, 2024, 2024, Per.HALF)),
        ("1. pololetí 2024–2027", Slot(1, 6, 2024, 2027, Per.HALF)),
        ("ve druhém pololetí 2024", Slot(7, 12, 2024, 2024, Per.HALF)),
        ("3. čtvrtletí 2024", Slot(7, 9, 2024, 2024, Per.QUARTER)),
        ("Q3/2024", Slot(7, 9, 2024, 2024, Per.QUARTER)),
        ("1.–3. čtvrtletí 2024", Slot(1, 9, 2024, 2024)),
        ("9/2018–11/2019", Span(9, 2018, 11, 2019)),
        ("listopad 2024 – leden 2025", Span(11, 2024, 1, 2025)),
        ("od listopadu 2024 do ledna 2025", Span(11, 2024, 1, 2025)),
        ("od 01/2024", Since(1, 2024)),
        ("od ledna 2024", Since(1, 2024)),
        ("od roku 2025", Since(1, 2025)),
        ("9.-26. ledna 2024", Days(date(2024, 1, 9), date(2024, 1, 26))),
        ("9. 1. – 6. února 2024", Days(date(2024, 1, 9), date(2024, 2, 6))),
        ("28. 12. 2024 – 3. 1. 2025", Days(date(2024, 12, 28), date(2025, 1, 3))),
        ("2024-01-09 – 2024-01-26", Days(date(2024, 1, 9), date(2024, 1, 26))),
        ("6.2. 2024", Days(date(2024, 2, 6), date(2024, 2, 6))),
        ("19. března 2024", Days(date(2024, 3, 19), date(2024, 3, 19))),
        ("po celou dobu plánu", Throughout()),
        ("po celou dobu realizace projektu", Throughout(project=True)),
    ],
)
def test_other_phrases(text: str, expected: Part) -> None:
    assert parse_when(text).parts == (expected,)
    assert parse_when(unicodedata.normalize("NFD", text)).parts == (expected,)


def test_years_hold_for_what_stands_before_them() -> None:
    assert parse_when("6. 2., 19. 3. 2024").parts == (
        Days(date(2024, 2, 6), date(2024, 2, 6)),
        Days(date(2024, 3, 19), date(2024, 3, 19)),
    )
    assert parse_when("leden, I. pol. a prosinec 2024").parts == (
        Slot(1, 1, 2024, 2024),
        Slot(1, 6, 2024, 2024, Per.HALF),
        Slot(12, 12, 2024, 2024),
    )


@pytest.mark.parametrize("text", ["6/2018–01/2020 – 4 akce", "6/2018 - 01/2020 - 4 akce", "6/2018–1/2020 (4x)"])
def test_a_span_with_so_many_in_it(text: str) -> None:
    when = parse_when(text)
    assert (when.parts, when.count) == ((Span(6, 2018, 1, 2020),), 4)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("zaří, prosinec 2024–2027", "„zaří“ žádný měsíc. Mysleli jste „září“"),
        ("zari 2024", "„září“"),
        ("Prosinac 2024", "„prosinec“"),
        ("13/2024", "1–12"),
        ("0/2024", "1–12"),
        ("září, prosinec", "chybí rok"),
        ("2027–2024", "Prohoďte"),
        ("prosinec–leden 2024", "konec před začátkem"),
        ("12/2024–01/2024", "konec před začátkem"),
        ("26.–9. ledna 2024", "poslední den před prvním"),
        ("31. února 2024", "v kalendáři není"),
        ("29. 2. 2023", "v kalendáři není. Poslední den 2/2023 je 28."),
        ("5. čtvrtletí 2024", "Takovou část rok nemá"),
        ("3. pololetí 2024", "Takovou část rok nemá"),
        ("prosinec 2024, 2026", "ke kterým letům"),
        ("6. 2. 2024–2027", "nerozumím"),
        ("6/2018–01/2020 – 0 akcí", "nedává smysl"),
        (", ".join(["leden 2024"] * 61), "víc než 60"),
        ("někdy v roce 2024", "nerozumím"),
        ("září 24", "nerozumím"),
        ("od", "nerozumím"),
        ("", "nerozumím"),
    ],
)
def test_a_phrase_not_understood_names_the_value_and_what_was_meant(text: str, said: str) -> None:
    with pytest.raises(PhraseError) as refused:
        parse_when(text)
    assert said in str(refused.value)
    assert f"„{text}“" in str(refused.value)


KNOWN: dict[Callable[[str], object], tuple[str, ...]] = {
    parse_when: whens.KNOWN,
    parse_rhythm: rhythms.KNOWN,
    parse_anchor: anchors.KNOWN,
}


@pytest.mark.parametrize(
    ("parse", "text", "nearest"),
    [
        (parse_when, "v průbehu celého roku 2024", "v průběhu roku 2026"),
        (parse_when, "třetí čtvrtrok 2024", "3. čtvrtletí 2026"),
        (parse_rhythm, "prubežně", "průběžně"),
        (parse_rhythm, "dle plánů zastupitelstva", "dle plánu zasedání"),
        (parse_rhythm, "1x za 2 rky", "1x za 2 roky"),
        (parse_anchor, "10 dní od uzávěrky magazin-kraj", "10 pracovních dní před uzávěrkou magazin-kraj"),
    ],
)
def test_what_is_not_understood_lists_what_is_nearest_first(
    parse: Callable[[str], object], text: str, nearest: str
) -> None:
    with pytest.raises(PhraseError) as refused:
        parse(text)
    _, _, listed = str(refused.value).partition("nejpodobnější první: ")
    assert listed.startswith(f"„{nearest}“")
    assert sorted(re.findall("„(.+?)“", listed)) == sorted(KNOWN[parse])


@pytest.mark.parametrize("text", whens.KNOWN)
def test_what_is_offered_for_when_is_read(text: str) -> None:
    parse_when(text)


@pytest.mark.parametrize("text", rhythms.KNOWN)
def test_what_is_offered_for_periodicity_is_read(text: str) -> None:
    parse_rhythm(text)


@pytest.mark.parametrize("text", anchors.KNOWN)
def test_what_is_offered_for_anchor_is_read(text: str) -> None:
    parse_anchor(text)


SPACES = ("", " ", "  ", "\u00a0", " \n ", "\u202f")
DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2212"


@given(st.sampled_from((*whens.KNOWN, *rhythms.KNOWN)), st.data())
def test_dashes_spaces_case_and_marks_do_not_matter(phrase: str, data: st.DataObject) -> None:
    parse = parse_when if phrase in whens.KNOWN else parse_rhythm
    spelled = "".join(
        data.draw(st.sampled_from(SPACES)) + data.draw(st.sampled_from(DASHES)) + data.draw(st.sampled_from(SPACES))
        if letter == "–"
        else data.draw(st.sampled_from(SPACES[1:]))
        if letter == " "
        else data.draw(st.sampled_from((letter, letter.upper())))
        if letter.isalpha()
        else letter
        for letter in phrase
    )
    respelled = unicodedata.normalize(data.draw(st.sampled_from(("NFC", "NFD"))), spelled)
    assert parse(respelled) == parse(phrase)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1x", Rhythm(RhythmKind.ONCE)),
        ("jednou", Rhythm(RhythmKind.ONCE)),
        ("3x", Rhythm(RhythmKind.ONCE, 3, 3)),
        ("1x za rok", Rhythm(RhythmKind.EVERY)),
        ("1× ročně", Rhythm(RhythmKind.EVERY)),
        ("1x/rok", Rhythm(RhythmKind.EVERY)),
        ("jednou do roka", Rhythm(RhythmKind.EVERY)),
        ("každý rok", Rhythm(RhythmKind.EVERY)),
        ("1x za 2 roky", Rhythm(RhythmKind.EVERY, every=2)),
        ("1x za dva roky", Rhythm(RhythmKind.EVERY, every=2)),
        ("1x za 3 roky", Rhythm(RhythmKind.EVERY, every=3)),
        ("1x za 14 dní", Rhythm(RhythmKind.EVERY, every=2, per=Per.WEEK)),
        ("Alespoň 1x za ½ roku informace o novinkách", Rhythm(RhythmKind.EVERY, at_least=True, per=Per.HALF)),
        ("alespoň 1x za ½ rok, možnost zaměření", Rhythm(RhythmKind.EVERY, at_least=True, per=Per.HALF)),
        ("1x za 1/2 roku", Rhythm(RhythmKind.EVERY, per=Per.HALF)),
        ("1x za půl roku", Rhythm(RhythmKind.EVERY, per=Per.HALF)),
        ("cca 4x ročně, od 01/2024", Rhythm(RhythmKind.EVERY, 4, 4)),
        ("2–3x ročně", Rhythm(RhythmKind.EVERY, 2, 3)),
        ("2 - 3x ročně", Rhythm(RhythmKind.EVERY, 2, 3)),
        ("Několikrát do roka", Rhythm(RhythmKind.EVERY, 2, 2)),
        ("několikrát ročně", Rhythm(RhythmKind.EVERY, 2, 2)),
        ("1–2x týdně", Rhythm(RhythmKind.EVERY, 1, 2, per=Per.WEEK)),
        ("1 až 2x týdně", Rhythm(RhythmKind.EVERY, 1, 2, per=Per.WEEK)),
        ("2x až 3x ročně", Rhythm(RhythmKind.EVERY, 2, 3)),
        ("2x – 3x ročně", Rhythm(RhythmKind.EVERY, 2, 3)),
        ("2krát až 3krát ročně", Rhythm(RhythmKind.EVERY, 2, 3)),
        ("dvakrát až třikrát ročně", Rhythm(RhythmKind.EVERY, 2, 3)),
        ("jednou až dvakrát týdně", Rhythm(RhythmKind.EVERY, 1, 2, per=Per.WEEK)),
        ("2-krát ročně", Rhythm(RhythmKind.EVERY, 2, 2)),
        ("1x za ¼ roku", Rhythm(RhythmKind.EVERY, per=Per.QUARTER)),
        ("jednou za čtvrt roku", Rhythm(RhythmKind.EVERY, per=Per.QUARTER)),
        ("alespoň 1 – 2x za týden", Rhythm(RhythmKind.EVERY, 1, 2, at_least=True, per=Per.WEEK)),
        ("několikrát týdně", Rhythm(RhythmKind.EVERY, 2, 2, per=Per.WEEK)),
        ("několikrát do týdne", Rhythm(RhythmKind.EVERY, 2, 2, per=Per.WEEK)),
        ("čtvrtletně", Rhythm(RhythmKind.EVERY, per=Per.QUARTER)),
        ("1x za měsíc", Rhythm(RhythmKind.EVERY, per=Per.MONTH)),
        ("čtvrtletně po celou dobu realizace projektu", Rhythm(RhythmKind.EVERY, per=Per.PROJECT_QUARTER)),
        ("alespoň 1x za čtvrtletí projektu", Rhythm(RhythmKind.EVERY, at_least=True, per=Per.PROJECT_QUARTER)),
        ("1x za projektové čtvrtletí", Rhythm(RhythmKind.EVERY, per=Per.PROJECT_QUARTER)),
        ("Všechna řádně plánovaná zasedání", Rhythm(RhythmKind.MEETINGS)),
        ("dle plánu zasedání", Rhythm(RhythmKind.MEETINGS)),
        ("K významným krokům sociálního začleňování", Rhythm(RhythmKind.ON_CALL)),
        ("dle potřeby", Rhythm(RhythmKind.ON_CALL)),
        ("po události", Rhythm(RhythmKind.ON_CALL)),
        ("při krizi", Rhythm(RhythmKind.ON_CALL)),
        ("při významných událostech", Rhythm(RhythmKind.ON_CALL)),
        ("na vyžádání", Rhythm(RhythmKind.ON_CALL)),
        ("průběžně", Rhythm(RhythmKind.WATCHED, per=Per.QUARTER)),
        ("průběžně dle aktuálního vývoje výstavby", Rhythm(RhythmKind.WATCHED, per=Per.QUARTER)),
        ("budou průběžně aktualizovány", Rhythm(RhythmKind.WATCHED, per=Per.QUARTER)),
        ("průběžně (několikrát týdně)", Rhythm(RhythmKind.WATCHED, 2, 2, per=Per.WEEK)),
        ("průběžně – několikrát do týdne", Rhythm(RhythmKind.WATCHED, 2, 2, per=Per.WEEK)),
    ],
)
def test_rhythms(text: str, expected: Rhythm) -> None:
    assert parse_rhythm(text) == expected
    assert parse_rhythm(unicodedata.normalize("NFD", text)) == expected


@pytest.mark.parametrize(
    ("text", "remark", "second"),
    [
        ("1x za ½ rok, možnost zaměření na témata", "možnost zaměření na témata", False),
        ("1x leták do schránek", "leták do schránek", False),
        ("čtvrtletně po celou dobu realizace projektu, dle potřeby častěji", "dle potřeby častěji", True),
        ("1x ročně a 2x měsíčně", "a 2x měsíčně", True),
        ("K významným krokům sociálního začleňování, cca 3x ročně", "krokům sociálního začleňování,cca 3x ročně", True),
        ("průběžně dle aktuálního vývoje výstavby", "dle aktuálního vývoje výstavby", False),
    ],
)
def test_words_behind_a_rhythm_are_kept(text: str, remark: str, second: bool) -> None:
    found = parse_rhythm(text)
    assert (found.remark, found.second) == (remark, second)


@pytest.mark.parametrize(
    "text",
    [
        "1x za 2 rky",
        "občas",
        "0x ročně",
        "3-2x ročně",
        "1x za 0 let",
        "1x za",
        "2x ročne",
        "několikrát",
        "1x denně za",
        "x",
    ],
)
def test_a_rhythm_not_understood_is_refused(text: str) -> None:
    with pytest.raises(PhraseError, match="„"):
        parse_rhythm(text)


@pytest.mark.parametrize("text", ["1x", "dle potřeby", "průběžně"])
def test_what_is_watched_for_needs_a_period(text: str) -> None:
    with pytest.raises(PhraseError, match="neříká, jak často"):
        parse_watch(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7 dní po pk-rada", Anchor(Lead(7, Unit.DAYS), True, "pk-rada")),
        ("2 týdny po pk-rada", Anchor(Lead(14, Unit.DAYS), True, "pk-rada")),
        ("3 pracovní dny před pk-rada", Anchor(Lead(3, Unit.WORKING_DAYS), False, "pk-rada")),
        (
            "10 pracovních dní před uzávěrkou magazin-kraj",
            Anchor(Lead(10, Unit.WORKING_DAYS), False, "magazin-kraj", deadline=True),
        ),
        ("2 dny po uzávěrce magazin-kraj", Anchor(Lead(2, Unit.DAYS), True, "magazin-kraj", deadline=True)),
        ("v den uzávěrky magazin-kraj", Anchor(Lead(0, Unit.DAYS), True, "magazin-kraj", deadline=True)),
        ("14\u00a0dní  po 26. 1. 2024", Anchor(Lead(14, Unit.DAYS), True, day=date(2024, 1, 26))),
        ("14 dní po 2024-01-26", Anchor(Lead(14, Unit.DAYS), True, day=date(2024, 1, 26))),
        ("V den pk-rada", Anchor(Lead(0, Unit.DAYS), True, "pk-rada")),
    ],
)
def test_anchors(text: str, expected: Anchor) -> None:
    assert parse_anchor(text) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("7 dní pk-rada", "nerozumím"),
        ("4 hodiny po pk-rada", "v hodinách"),
        ("7 dnú po pk-rada", "Předstih „7 dnú“"),
        ("14 dní po 31. 2. 2024", "v kalendáři není"),
        ("14 dní po uzávěrce 26. 1. 2024", "nerozumím"),
        ("500 dní po pk-rada", "nejvýš smí být 400"),
    ],
)
def test_an_anchor_not_understood_is_refused(text: str, said: str) -> None:
    with pytest.raises(PhraseError, match=said):
        parse_anchor(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2", "den v týdnu, nebo v měsíci"),
        ("2. 2", "den v týdnu, nebo v měsíci"),
        ("31. února", "v kalendáři není"),
        ("31. 4.", "v kalendáři není"),
        ("32.", "v kalendáři není"),
        ("5. úterý", "neumím přečíst"),
        ("úterek", "neumím přečíst"),
    ],
)
def test_a_send_day_that_may_be_two_things_or_none_is_refused(text: str, said: str) -> None:
    with pytest.raises(PhraseError, match=said):
        parse_send_day(text)


def test_29_february_is_a_send_day() -> None:
    rule: SendRule = parse_send_day("29. února")
    assert (rule.number, rule.month) == (29, 2)
