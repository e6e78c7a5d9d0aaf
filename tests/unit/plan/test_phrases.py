from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest

from worker.plan.model import Per, Plan
from worker.plan.phrases import PhraseError
from worker.plan.rhythms import Rhythm, RhythmKind, parse_rhythm
from worker.plan.whens import Slot, Span, parse_when

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
        ("9–11/2026", Slot(9, 11, 2026, 2026)),
        ("Červenec  - prosinec 2024 - 2027", Slot(7, 12, 2024, 2027)),
        ("od", None),
        ("2024–2027", Slot(1, 12, 2024, 2027)),
        ("9/2018–11/2019", Span(9, 2018, 11, 2019)),
        ("listopad 2024 – leden 2025", Span(11, 2024, 1, 2025)),
    ],
)
def test_other_phrases(text: str, expected: Slot | Span | None) -> None:
    if expected is None:
        with pytest.raises(PhraseError):
            parse_when(text)
    else:
        assert parse_when(text).parts == (expected,)


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
        ("někdy v roce 2024", "nerozumím"),
        ("září 24", "nerozumím"),
        ("", "nerozumím"),
    ],
)
def test_a_phrase_not_understood_names_the_value_and_what_was_meant(text: str, said: str) -> None:
    with pytest.raises(PhraseError) as refused:
        parse_when(text)
    assert said in str(refused.value)
    assert f"„{text}“" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1x", Rhythm(RhythmKind.ONCE)),
        ("1x za rok", Rhythm(RhythmKind.EVERY)),
        ("1× ročně", Rhythm(RhythmKind.EVERY)),
        ("1x za 2 roky", Rhythm(RhythmKind.EVERY, every=2)),
        ("Alespoň 1x za ½ roku informace o novinkách", Rhythm(RhythmKind.EVERY, at_least=True, per=Per.HALF)),
        ("alespoň 1x za ½ rok, možnost zaměření", Rhythm(RhythmKind.EVERY, at_least=True, per=Per.HALF)),
        ("1x za 1/2 roku", Rhythm(RhythmKind.EVERY, per=Per.HALF)),
        ("cca 4x ročně, od 01/2024", Rhythm(RhythmKind.EVERY, 4, 4)),
        ("2–3x ročně", Rhythm(RhythmKind.EVERY, 2, 3)),
        ("čtvrtletně", Rhythm(RhythmKind.EVERY, per=Per.QUARTER)),
        ("Všechna řádně plánovaná zasedání", Rhythm(RhythmKind.MEETINGS)),
        ("dle plánu zasedání", Rhythm(RhythmKind.MEETINGS)),
    ],
)
def test_rhythms(text: str, expected: Rhythm) -> None:
    assert parse_rhythm(text) == expected
    assert parse_rhythm(unicodedata.normalize("NFD", text)) == expected


@pytest.mark.parametrize("text", ["1x za 2 rky", "občas", "0x ročně", "3-2x ročně", "1x za", "několikrát", "x"])
def test_a_rhythm_not_understood_is_refused(text: str) -> None:
    with pytest.raises(PhraseError, match="„"):
        parse_rhythm(text)


@pytest.mark.parametrize(
    ("when", "periodicity", "labels"),
    [
        ("listopad 2024", "1x", ["2024-11"]),
        ("listopad 2026", "1x za ½ roku", ["2026-11", "2027-H1", "2027-H2"]),
        ("listopad 2026", "čtvrtletně", ["2026-11", "2027-Q1", "2027-Q2", "2027-Q3", "2027-Q4"]),
        ("listopad 2024", "1x za 2 roky", ["2024-11", "2026"]),
        ("listopad 2025–2027", "1x za 2 roky", ["2025-11", "2027-11"]),
        ("listopad 2025–2027", "alespoň 1x za 2 roky", ["2025-11", "2026-11", "2027-11"]),
        ("2026", "2x ročně", ["2026-H1", "2026-H2"]),
        ("2026–2027", "3x ročně", ["2026", "2026.2", "2026.3", "2027", "2027.2", "2027.3"]),
        ("červenec–prosinec 2026", "2x za rok", ["2026", "2026.2"]),
        ("leden, březen–květen 2026", "''", ["2026-01", "2026"]),
    ],
)
def test_months_and_rhythm_together(
    one_row: Callable[..., Plan], when: str, periodicity: str, labels: list[str]
) -> None:
    assert [period.label for period in one_row(when, periodicity).activity("a").periods] == labels
