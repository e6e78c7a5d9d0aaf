"""How recipients are addressed by their names: certain, or neutral."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.audience.given_names import MEN, WOMEN
from worker.audience.salutation import suggested

CERTAIN = [
    ("Jana Nováková", "Vážená paní Nováková"),
    ("Jana Malá", "Vážená paní Malá"),
    ("Jana Krejčí", "Vážená paní Krejčí"),
    ("Marie Janů", "Vážená paní Janů"),
    ("Jan Novák", "Vážený pane Nováku"),
    ("Josef Vaněk", "Vážený pane Vaňku"),
    ("Radek Daněk", "Vážený pane Daňku"),
    ("Pavel Hájek", "Vážený pane Hájku"),
    ("Karel Němec", "Vážený pane Němče"),
    ("Petr Svoboda", "Vážený pane Svobodo"),
    ("Jiří Krejčí", "Vážený pane Krejčí"),
    ("Tomáš Novotný", "Vážený pane Novotný"),
    ("Karel Havel", "Vážený pane Havle"),
    ("Petr Šlitr", "Vážený pane Šlitře"),
    ("Zdeněk Kolář", "Vážený pane Koláři"),
    ("Jan Král", "Vážený pane Králi"),
    ("Jan Pospíšil", "Vážený pane Pospíšile"),
    ("Lubomír Zeman", "Vážený pane Zemane"),
    ("Petr Zich", "Vážený pane Zichu"),
    ("Mgr. et Mgr. Karel Novák, Ph.D.", "Vážený pane Nováku"),
    ("Ing. arch. Jana Nováková, CSc., MBA", "Vážená paní Nováková"),
    ("NOVÁKOVÁ Jana", "Vážená paní Nováková"),
    ("Novák Petr", "Vážený pane Nováku"),
    ("paní Nováková", "Vážená paní Nováková"),
    ("p. Novák", "Vážený pane Nováku"),
    ("Jana Nova\u0301kova\u0301", "Vážená paní Nováková"),
    ("Jana Svobodová, starostka", "Vážená paní starostko"),
    ("Ing. Jana Svobodová, Ph.D., starostka obce", "Vážená paní starostko"),
    ("starostka Jana Svobodová", "Vážená paní starostko"),
    ("Starosta", "Vážený pane starosto"),
    ("Jan Kadlec, místopředseda výboru", "Vážený pane místopředsedo"),
    ("Jan Novák, náměstek hejtmana", "Vážený pane náměstku"),
    ("Eva Malá, radní", "Vážená paní radní"),
    ("Petr Malý, mluvčí", "Vážený pane mluvčí"),
    ("pan ředitel", "Vážený pane řediteli"),
]
DOUBTFUL = [
    "", ",", "  ", "Redakce", "Liberecký deník", "Český rozhlas Liberec", "Obecní úřad", "Jan Malý s.r.o.", "Jan",
    "Jana Novák", "Jan Nováková", "Petr Marek", "Nikola Dvořák", "Jan Novák, starostka", "pan Jana Nováková", "mluvčí",
    "John Smith", "Nguyen Van Nam", "Jan Müller", "Jan Wagner", "Jana Nováková Malá", "Jan Novák-Malý", "jan novák",
    "Jan Novák 2", "Jan Novák (redakce)", "Petr Purkyně", "Jan O'Brien", "Jan\u202eNovák", "Mgr.", "paní", "Eva Jiskra",
]  # fmt: skip


@pytest.mark.parametrize(("name", "greeting"), CERTAIN)
def test_a_name_that_tells_is_put_in_the_vocative(name: str, greeting: str) -> None:
    assert suggested(name) == greeting


@pytest.mark.parametrize("name", DOUBTFUL)
def test_a_name_that_leaves_a_doubt_is_greeted_neutrally(name: str) -> None:
    assert suggested(name) == ""


def test_no_given_name_is_both_a_mans_and_a_womans() -> None:
    assert not MEN & WOMEN
    assert not {"Nikola", "Saša", "René"} & (MEN | WOMEN)


@settings(max_examples=30)
@given(st.text(max_size=40))
def test_whatever_a_file_holds_is_read(name: str) -> None:
    greeting = suggested(name)
    assert greeting == "" or greeting.startswith(("Vážený pane ", "Vážená paní "))
