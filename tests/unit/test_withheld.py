"""What lets its bearer decide is taken out of what people write, however they quote it."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from worker.notices.withheld import without_links

BASE = "http://127.0.0.1:8080"
TOKEN = "Zk3_vQ-Jb7mTq0YwLr8nXc5sHd2uPa9eFg4iKo1Vt6M"
LINK = f"{BASE}/schvaleni/{TOKEN}"


@pytest.mark.parametrize(
    ("written", "is_kept"),
    [
        (f"Zde: {LINK}", "Zde: [odkaz]"),
        (f"*{LINK}*", "*[odkaz]"),
        (f"„{LINK}“ nejde otevřít", "„[odkaz]“ nejde otevřít"),
        (f"<{LINK}>", "<[odkaz]>"),
        (f"{LINK.upper().replace(TOKEN.upper(), TOKEN)} x", "[odkaz] x"),
        (f"127.0.0.1:8080/uprava/{TOKEN}?ulozeno", "[odkaz]"),
        (f"https://jinde.cz/pripominky/{TOKEN}", "https://jinde.cz/pripominky/[odkaz]"),
        (f"http://127.0.0.1:8080/schval\neni/{TOKEN}", "[odkaz]\neni/[odkaz]"),
        (f"https://s.outlook.com/?url={quote(LINK, safe='')}&data=1", None),
        (f"https://s.outlook.com/?url={quote(quote(LINK, safe=''), safe='')}&data=1", None),
        (f"můj token {TOKEN}.", "můj token [odkaz]."),
        ("kod 123456", "kod [kód]"),
        ("Kód: 123 456, prosím.", "Kód: [kód], prosím."),
        ("kódem „123456“", "kódem „[kód]“"),
        ("Dotace 350 000 Kč, tel. 485 226 111, 460001 Liberec", None),
        ("https://www.kraj-lbc.cz/tiskove-zpravy", None),
        ("-" * 43 + "\n" + "_" * 70, None),
    ],
)
def test_no_link_of_ours_and_nothing_called_a_code_is_kept(written: str, is_kept: str | None) -> None:
    found = without_links(written, f"{BASE}/")
    assert TOKEN not in found
    if is_kept is not None:
        assert found == is_kept
    elif TOKEN not in written:
        assert found == written
