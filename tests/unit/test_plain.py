"""Long sentences, unexplained abbreviations, letters and links that are not what they look like."""

from __future__ import annotations

import pytest

from worker.kinds import Finding, all_kinds
from worker.plain import LONGEST, links_elsewhere, long_sentences, look_alikes, unexplained

WORDS = " ".join(["Slovo", *["slovo"] * (LONGEST - 1)])
KIND = all_kinds()["press-release"]


def found(material: dict[str, object] | None = None, **fields: str) -> list[Finding]:
    """What the lint of a press release says of these fields besides that others are missing."""
    every = KIND.lint(fields, {"sources": {}, **(material or {})})
    return [finding for finding in every if finding.level == "warning"]


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        (f"{WORDS}.", []),
        (f"{WORDS} navíc.", [LONGEST + 1]),
        (f"{WORDS}. Další věta. {WORDS} a další.", [LONGEST + 2]),
        (f"{WORDS} č. 513 dne 8. prosince.", [LONGEST + 5]),
        (f"- {WORDS}\n- {WORDS}", []),
        (f"{WORDS}\n\n{WORDS}", []),
        (f"{WORDS}\ndalší řádek téže věty", [LONGEST + 4]),
        (f"{WORDS} [dlouhý text odkazu](https://example.org/a).", [LONGEST + 3]),
        (f"„{WORDS}.“ Řekla.", []),
        (f"{WORDS} – **", []),
    ],
)
def test_sentences_are_counted_as_they_are_read(text: str, counts: list[int]) -> None:
    assert [words for _, words in long_sentences(text)] == counts


def test_standing_words_of_the_office_are_not_judged() -> None:
    about = f"{WORDS} o úřadu. Druhá věta."
    assert list(long_sentences(f"Úvod. {WORDS} o úřadu.", [about])) == []


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("Podklady dodaly MPSV a RSK.", ["MPSV", "RSK"]),
        ("Agentura pro sociální začleňování (ASZ) pomáhá. ASZ radí.", []),
        ("ASZ (Agentura pro sociální začleňování) radí.", []),
        ("Ministerstvo práce a sociálních věcí (dále jen „MPSV“) a MŠMT.", ["MŠMT"]),
        ("Ministerstvo (dále MPSV).", []),
        ("ASZ – Agentura pro sociální začleňování", []),
        ("EU, ČR, OSN, DPH a IČO zná každý.", []),
        ("V oblastech I, III a XIII.", []),
        ("Viz https://www.MPSV.cz/RSK a podklady@MPSV.cz", []),
        ("LIBEREC – zpráva", []),
        ("MAGAZÍN KRAJ", []),
        ("TOTO VŠE JE NADPIS", []),
        ("magazín KRAJ", []),
        ("garant SPSZ", []),
        ("Jednání (viz RSK) bylo.", ["RSK"]),
    ],
)
def test_abbreviations_are_spelt_out_somewhere(text: str, unknown: list[str]) -> None:
    assert unexplained([text], ["Liberecký kraj", "garant SPSZ"]) == unknown


def test_an_explanation_in_one_part_holds_for_all() -> None:
    assert unexplained(["ASZ radí.", "Agentura pro sociální začleňování (ASZ)"]) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Krаjský úřad", ["Krаjský"]),  # Cyrillic а
        ("Ηlasatel", ["Ηlasatel"]),  # Greek Η
        ("сосна", []),  # wholly Cyrillic text
        ("Zpráva pro сосо úřadu", ["сосо"]),
        ("Інформація українською мовою", []),
        ("Přeloženo: Інформація українською", []),
        ("𝐓učně a ｗｅｂ", ["𝐓učně", "ｗｅｂ"]),
        ("α-záření, 5 µm, naïve, Łódź", []),
    ],
)
def test_letters_that_look_like_others_are_found(text: str, words: list[str]) -> None:
    assert look_alikes(text) == words


def test_links_that_lead_elsewhere_than_they_read_are_found() -> None:
    text = (
        "[www.kraj-lbc.cz](https://kraj.example.net/a) [web kraje](https://kraj.example.net/) "
        "[https://www.kraj-lbc.cz/b](https://kraj-lbc.cz/b) [www.a.example.org](http://[)"
    )
    assert links_elsewhere(text) == [
        ("www.kraj-lbc.cz", "https://kraj.example.net/a"),
        ("www.a.example.org", "http://["),
    ]


def test_every_kind_tells_of_them() -> None:
    text = f"Krаj a RSK. {WORDS} navíc. {WORDS} ještě něco. [www.a.example.org](https://b.example.org/)"
    for kind in all_kinds().values():
        field = kind.fields[0].id
        codes = {finding.code for finding in kind.lint({field: text}, {"sources": {}})}
        told = {"abbreviations", f"long-sentence-{field}", f"look-alike-{field}", f"link-elsewhere-{field}"}
        assert told <= codes, kind.id


def test_the_remarks_say_what_to_do() -> None:
    said = {each.code: each.message for each in found(body=f"Krаj a RSK. {WORDS} navíc. {WORDS} ještě něco.")}
    assert "„Krаj“ (U+0430)" in said["look-alike-body"]
    assert said["abbreviations"].startswith("Text nevysvětluje zkratky: RSK.")
    assert (
        "má věta „Slovo slovo slovo slovo slovo slovo…“ 32 slov a vět delších než 30 slov je tam ještě 1"
        in (said["long-sentence-body"])
    )


def test_what_the_office_says_every_time_is_not_judged() -> None:
    material: dict[str, object] = {
        "organisation": {"about": f"{WORDS} navíc.", "contact_lines": ["Odbor XYZ"]},
        "project": {"sentence": f"{WORDS} z peněz ESF.", "number": "CZ.1"},
    }
    spoken = f"{WORDS} navíc. {WORDS} z peněz ESF. CZ.1 XYZ"
    assert found(material, body=spoken) == []
