"""What is compared when somebody searches the archive."""

from __future__ import annotations

import pytest

from worker.archive.search import LONGEST_QUERY, MOST_WORDS, folded, words_of


@pytest.mark.parametrize(
    ("text", "compared"),
    [
        ("Příští „bydlení“ 2026", "pristi bydleni 2026"),
        ("PŘI\u0301S\u030cTI\u0301", "pristi"),
        ("důchod_v-Jablonci,2.kolo", "duchod v jablonci 2 kolo"),
        ("½ ﬁ Straße", "1 2 fi strasse"),
        ("\x00 \n @@", ""),
        ("Допомога", "допомога"),
    ],
)
def test_case_accents_and_marks_do_not_matter(text: str, compared: str) -> None:
    assert folded(text) == compared


def test_a_query_is_cut_off_and_each_word_looked_for_once() -> None:
    assert words_of("Dům dum DŮM") == ("dum",)
    assert words_of(" ".join(f"slovo{number}" for number in range(99)))[-1] == f"slovo{MOST_WORDS - 1}"
    assert words_of("x" * (LONGEST_QUERY + 1)) == ("x" * LONGEST_QUERY,)
    assert words_of("„…“") == ()
