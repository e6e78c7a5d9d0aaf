"""The coordinator brings a table in a browser: chooses it, reads what would come of it, confirms."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.fixtures.gallery import gallery

TABLE = """\
Adresář médií kraje;;;
Název redakce;Jméno;Příjmení;E-mail;Telefon
Noviny Vzorov;Jana;Vzorová;vzorova@noviny.example.org;123
Deník;Petr;Řehoř;petr.rehor@denik.example.org, redakce@denik.example.org;
Člověk;;Nový;clovek-001@noviny.example.org;
"""


@pytest.mark.long  # each of its steps is taken in tests/store as well
def test_a_table_is_chosen_looked_at_and_confirmed(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "adresář médií.csv"
    file.write_bytes(TABLE.encode("cp1250"))
    with gallery(tmp_path, 9) as shown:
        shown.sign_in(page.context)
        page.goto(shown.address("recipients"))
        page.get_by_role("link", name="Vložit adresáty z tabulky").click()
        page.get_by_label("Seznam").select_option("media")
        page.get_by_label("Tabulka").set_input_files(file)
        page.get_by_role("button", name="Ukázat náhled").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Náhled: co se přidá a změní")
        expect(page.locator("main")).to_contain_text("Windows-1250")
        expect(page.locator("#refused + ul")).to_contain_text("víc adres")
        page.set_viewport_size({"width": 360, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        page.get_by_role("button", name="Vložit ostatní řádky").click()
        expect(page.get_by_role("status")).to_contain_text("Hotovo")
        expect(page.get_by_role("button")).to_have_count(1)  # that signs out: nothing is left to confirm
