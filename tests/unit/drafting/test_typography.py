"""Czech typesetting, case by case after the Internet Language Reference Book of the Czech Language Institute.

The number of a rule is its page, https://prirucka.ujc.cas.cz/?id=…; `~` stands for a no-break space.
"""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.drafting.fields import LONGEST
from worker.drafting.typography import NBSP, keep_together, typeset, typeset_html

KEPT_TOGETHER = [
    ("880 prepositions k, s, v, z", "k~mostu, s~bratrem, v~Plzni, z~nádraží"),
    ("880 prepositions o, u, conjunctions a, i", "u~babičky, o~páté, a~dále, i~potom"),
    ("880 prepositions, one after another and at a start", "V~lese a~k~domu (v~kraji) „z~domova“ [z~dotazů]"),
    ("880 groups of digits", "2~500, 1~000~000, 25,325~23"),
    ("880 number and mark", "50~%, §~23, #~26, (*~1921, †~2000)"),
    ("880 number and abbreviation or unit", "5~str., 8~hod., s.~53, č.~9, obr.~1, tab.~3, 100~m², 10~kg, 16~h, 19~°C"),
    ("880 number and currency", "1~000~000~Kč, 250~€"),
    ("880 number and what it counts", "500~lidí, 365~dní, 10~kilogramů, 2000~lidí, ½~roku"),
    ("880 what is numbered", "strana~2, tabulka~3, 5.~pluk, 8.~kapitola, 109.~schůze, II.~patro, Karel~IV."),
    ("880 day and month", "21.~6.~2013, 16.~ledna 1972, 8.~prosince 2026, stav k~31.~prosinci 2023"),
    ("880 scales and ratios", "měřítko 1~:~50~000, poměr hlasů 5~:~3"),
    ("880 telephone numbers", "+420~800~123~987, 723~456~789, 800~11~22~33, +49~30 1234"),
    (
        "880 compound abbreviations and codes",
        "a.~s., s.~r.~o., mn.~č., př.~n.~l., T.~G.~M., PS PČR, AV~ČR, ČSN~01~6910",
    ),
    ("880 abbreviation and the word it belongs to", "tzv.~rybář, č.~513, §~5, čl.~4, odst.~1, písm.~b)"),
    ("880 initials, titles and ranks", "J.~Nováková, Ing.~arch.~J.~Nová, Mgr.~Novák, mjr.~Nový, p.~Novák"),
    ("165 a dash does not begin a line", "Praha~– Hradec Králové"),
    ("ordinals that are periods", "2.~pololetí 2027, ve 13~okruzích"),
]
RESPELLED = [
    ("162 straight quotes", 'Výzva "Společně" a (pojem "střet").', "Výzva „Společně“ a~(pojem „střet“)."),
    ("162 English quotes", "Výzva “Společně”, „Jinak”", "Výzva „Společně“, „Jinak“"),
    ("165 dash between clauses", "Kraj - a nejen on - pomáhá", "Kraj~– a~nejen on~– pomáhá"),
    ("165 dash typed as two hyphens", "Kraj -- a nejen on", "Kraj~– a~nejen on"),
    ("165 range of years", "v letech 2024-2027", "v~letech 2024–2027"),
    ("165 range of days and hours", "9.-26. ledna, 8:00-16:00, s. 12-28", "9.–26.~ledna, 8:00–16:00, s.~12–28"),
    ("165 range of what is counted", "5-10 lidí", "5–10~lidí"),
    ("165, 786 whole amounts", "Kč 500,-", "Kč 500,–"),
    ("786 amounts in groups of three", "2500 Kč, 1805,50 Kč, 12500 obyvatel", "2~500~Kč, 1~805,50~Kč, 12~500~obyvatel"),
    ("dates in digits", "15.9.2026 a 5.12.2026", "15.~9.~2026 a~5.~12.~2026"),
    ("ellipsis", "A tak dál...", "A~tak dál…"),
    ("the plan's own spelling (domain of the sources)", "1x za 1/2 roku", "1x za ½~roku"),
]
LEFT_ALONE = [
    "https://www.kraj-lbc.cz/a?b=2024-2027 adresa",
    "podklady@kraj.example.org - adresa".replace(" - ", f"{NBSP}– "),
    "soubor www.example.org/15.9.2026/2500",
    "Vlak a",  # ends the text: nothing follows that it could be parted from
    f"Skončilo to v{NBSP}roce 2023. 5{NBSP}obcí",
    "rok 2026 kraj",
    "dům kraje",
    'obrazovka 24"',
    'neuzavřená "uvozovka',
    "01.03.2007",  # ČSN 01 6910: two digits each, without spaces
    "CZ.03.2.63/0.0/0.0/16_063/0006526",
    "tiskova-zprava/2026-12",
    "2026-12-08",
    "Frýdek-Místek, česko-polský, bude-li",
    "- první\n- druhý",
    "* první",
    f"usnesení 1/2{NBSP}o{NBSP}dotaci",
    "-- \npodpis",
    "x | - | b",
    "=====",
    f"rok 1999 a{NBSP}2500 výtisků".replace("2500 ", f"2500{NBSP}"),
]


@pytest.mark.parametrize(("rule", "printed"), KEPT_TOGETHER, ids=[rule for rule, _ in KEPT_TOGETHER])
def test_what_belongs_together_stays_on_one_line(rule: str, printed: str) -> None:
    assert typeset(printed.replace("~", " ")) == printed.replace("~", NBSP)


@pytest.mark.parametrize(("rule", "typed", "printed"), RESPELLED, ids=[rule for rule, _, _ in RESPELLED])
def test_what_a_keyboard_lacks_is_put_in(rule: str, typed: str, printed: str) -> None:
    assert typeset(typed) == printed.replace("~", NBSP)


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_cannot_be_told_for_certain_is_left_alone(text: str) -> None:
    assert typeset(text) == text


def test_a_sentence_that_quotes_what_is_to_be_typed_gets_spaces_alone() -> None:
    assert (
        keep_together('Napište "10:00" k času - nebo 1/2 roku...')
        == f'Napište "10:00" k{NBSP}času - nebo 1/2{NBSP}roku...'
    )


def _bare(text: str) -> str:
    """Without what typesetting may change."""
    return re.sub(r"[\s\"„“”–….,-]", "", text)


@given(st.text(alphabet='aikvz 0123456789.–%§ \n„("-:,Kč/@', max_size=60))
def test_no_letter_or_digit_changes_and_it_is_safe_to_repeat(text: str) -> None:
    once = typeset(text)
    assert _bare(once) == _bare(text)
    assert typeset(once) == once


def test_touches_text_nodes_alone() -> None:
    html = (
        "<!DOCTYPE html><p title=\"v lese\" data-x='k domu'>v <b>lese</b> &amp; k&nbsp;domu &lt; 5 km"
        '<br/></p><!-- v lese --><style>p { margin: 5 px }</style><a href="https://x.cz/v lese">v kraji</a>'
    )
    expected = (
        html.replace(">v <b>", f">v{NBSP}<b>").replace("5 km", f"5{NBSP}km").replace(">v kraji", f">v{NBSP}kraji")
    )
    assert typeset_html(html) == expected


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("<p>Výzva &quot;<b>Společně</b>&quot;.</p>", "<p>Výzva „<b>Společně</b>“.</p>"),
        ("<p>Výzva <em>&#34;Společně&#34;</em></p>", "<p>Výzva <em>„Společně“</em></p>"),
        ("<p>&quot;jeden</p><p>druhý&quot;</p>", "<p>&quot;jeden</p><p>druhý&quot;</p>"),
        ("<p>Kraj <b>-</b> pomáhá, R&amp;D - ano</p>", f"<p>Kraj{NBSP}<b>–</b> pomáhá, R&amp;D{NBSP}– ano</p>"),
        ("<p>v <code>k domu</code> a <img alt='v x'></p>", f"<p>v{NBSP}<code>k domu</code> a{NBSP}<img alt='v x'></p>"),
        ("<td>2024-</td><td>2027</td>", "<td>2024-</td><td>2027</td>"),
        ("<p>2024-<b>2027</b> a dál...</p>", f"<p>2024–<b>2027</b> a{NBSP}dál…</p>"),
    ],
)
def test_a_paragraph_is_read_as_a_whole_and_no_further(written: str, printed: str) -> None:
    assert typeset_html(written) == printed


@pytest.mark.parametrize("word", ["a", "1", ".", "-", ":", "w", '"a', "1.", "A.", "a@"])
def test_one_word_of_a_whole_field_takes_no_time(word: str) -> None:
    """A second is much: when addresses were looked for within words as well, the longest took forty."""
    began = time.process_time()
    typeset(word * (LONGEST // len(word)))
    assert time.process_time() - began < 1
