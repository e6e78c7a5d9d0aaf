"""Spaces that must not part, after the Internet Language Reference Book of the Czech Language Institute."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.drafting.typography import NBSP, typeset, typeset_html


@pytest.mark.parametrize(
    "expected",
    [
        "v~lese a~k~domu",
        "V~roce 2026 i~potom",
        "(v~kraji) „z~domova“",
        "Pojďte s~námi, o~tom a~u~toho.",
        "8.~prosince 2026",
        "31.~12.~2023",
        "stav k~31.~prosinci 2023",
        "2.~pololetí 2027",
        "109~opatření, 20~%, 1~000~Kč, 5~°C",
        "V~roce 2023. Strategie pokračuje.",
        "v~roce 2026 kraj",
        "tel.~+420~485~226~111",
        "§~5, č.~513, str.~4",
        "Ing.~J.~Nováková, Mgr.~Novák",
        "Liberec –~ne, Liberec",
        "ve 13~okruzích",
    ],
)
def test_keeps_together(expected: str) -> None:
    expected = expected.replace(" –~ne", f"{NBSP}– ne")
    plain = expected.replace("~", " ").replace(NBSP, " ")
    assert typeset(plain) == expected.replace("~", NBSP)


@pytest.mark.parametrize(
    "text",
    [
        "https://www.kraj-lbc.cz/a?b=1",
        "Vlak a",  # ends the text: nothing follows that it could be parted from
        "Skončilo to v roce 2023. 5 obcí".replace("v r", f"v{NBSP}r").replace("5 o", f"5{NBSP}o"),
        "rok 2026 kraj",
        "dům kraje",
    ],
)
def test_leaves_alone(text: str) -> None:
    assert typeset(text) == text


@given(st.text(alphabet="aikvz 0123456789.–%§ \n„(", max_size=60))
def test_changes_nothing_but_spaces_and_is_safe_to_repeat(text: str) -> None:
    once = typeset(text)
    assert once.replace(NBSP, " ") == text
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
