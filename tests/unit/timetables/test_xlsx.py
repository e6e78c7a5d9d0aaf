"""The workbook, read back by another library: real dates, no formulas, printed as it should be."""

from __future__ import annotations

import io
import time
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from tests.unit.timetables import sample
from worker.plan.model import Per, Watch
from worker.timetables.content import Timetable
from worker.timetables.xlsx import LONGEST, xlsx


def read(timetable: Timetable) -> Workbook:
    return load_workbook(io.BytesIO(xlsx(timetable)))


def rows(timetable: Timetable, sheet: str) -> list[dict[str, Any]]:
    """Each line of a sheet, by heading."""
    head, *lines = read(timetable)[sheet].iter_rows(values_only=True)
    return [dict(zip(map(str, head), line, strict=True)) for line in lines]


def test_every_occurrence_is_a_line_with_real_dates() -> None:
    entry = sample.entry("tiskova-zprava", 2026, 12, note="jednání Rady", optional=True)
    found = sample.timetable([sample.activity("tiskova-zprava")], [entry, sample.entry("x", 2027, 1, send_at=None)])
    first, second = rows(found, "Harmonogram")
    assert first == {
        "Výskyt": "tiskova-zprava/2026-12",
        "Co": "Tisková zpráva, 12/2026",
        "Období od": datetime(2026, 12, 1),
        "Období do": datetime(2026, 12, 31),
        "Odeslání nebo termín (čas v Praze)": datetime(2026, 12, 8, 10, 0),
        "Komu": "Média",
        "Stav": "v plánu, předpokládaný den, nepovinné",
        "Texty": "Tisková zpráva",
        "Odpovídá": "Koordinátor",
        "Schvaluje": "Tisková mluvčí",
        "Poznámka": "jednání Rady",
    }
    assert not second["Odeslání nebo termín (čas v Praze)"]
    sheet = read(found)["Harmonogram"]
    assert (sheet["E2"].number_format, sheet["E2"].is_date, sheet["C2"].number_format) == (
        "d. m. yyyy hh:mm", True, "d. m. yyyy",
    )  # fmt: skip


def test_the_plan_stands_in_its_own_words_with_its_assumptions() -> None:
    row = sample.activity("a", assumptions=("První.", "Druhý."))
    (line,) = rows(sample.timetable([row], []), "Řádky plánu")
    assert line == {
        "Řádek": "a",
        "Aktivita": "Tiskové zprávy",
        "Termín v plánu": "září, prosinec 2024–2027",
        "Četnost v plánu": row.as_written.periodicity,
        "Pro koho": "média",
        "Téma": "Implementace strategie",
        "Zdroje": "garant SPSZ, ASZ",
        "Místo v plánu": "2. řádek",
        "Předpoklady": "První.\nDruhý.",
    }


def test_rhythms_are_shown_turn_by_turn() -> None:
    activities = [sample.activity("a", floor=Watch(1, Per.HALF)), sample.activity("b", rhythm=Watch(2, Per.WEEK))]
    kept, watched = rows(sample.timetable(activities, [], turns=(sample.unmet("a", 2026),)), "Četnosti")
    assert (kept["Řádek"], kept["Kdy"], kept["Má být nejméně"], kept["Splněno"]) == (
        "a", "1. pololetí 2026", 1, "nesplněno",
    )  # fmt: skip
    assert kept["Období od"] == datetime(2026, 1, 1)
    assert "v každém pololetí" in kept["Má být"]
    assert (watched["Řádek"], watched["Kdy"], watched["Má být nejméně"]) == ("b", "průběžně", 2)
    assert "v každém týdnu" in watched["Má být"]


def test_each_sheet_is_filtered_stays_headed_and_prints_on_a4() -> None:
    book = read(sample.busy(10))
    assert book.sheetnames == ["Harmonogram", "Řádky plánu", "Četnosti"]
    for sheet in book:
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref == sheet.dimensions
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0), "one page wide"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == "$1:$1"
        assert "Komunikační plán kraje" in sheet.oddHeader.left.text
        widths = [sheet.column_dimensions[each].width for each in "ABC"]
        assert all(10 < width < 70 for width in widths)


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "http://x.example", "12"])
def test_no_text_becomes_a_formula_a_link_or_a_number(start: str) -> None:
    row = sample.activity("a", start, assumptions=(start,))
    found = sample.timetable([row], [sample.entry("a", 2026, 12, title=start, note=start)])
    book = read(replace(found, plan=replace(found.plan, title=f"{start} & spol.")))
    for sheet, cells in (("Harmonogram", ("B2", "K2")), ("Řádky plánu", ("B2", "I2"))):
        for cell in cells:
            assert (book[sheet][cell].value, book[sheet][cell].data_type) == (start, "s")
            assert book[sheet][cell].hyperlink is None
            assert book[sheet][cell].quotePrefix == (start[0] in "=+-@")


def test_control_characters_and_endless_texts_do_no_harm() -> None:
    row = sample.activity("a", "\x07" + "x" * (LONGEST + 10))
    (line,) = rows(sample.timetable([row], []), "Řádky plánu")
    assert len(line["Aktivita"]) == LONGEST
    assert "\x07" not in line["Aktivita"]


def test_an_empty_plan_is_an_empty_book() -> None:
    found = sample.timetable([], [])
    assert [rows(found, sheet) for sheet in read(found).sheetnames] == [[], [], []]


def test_two_exports_are_the_same_bytes() -> None:
    first = xlsx(sample.busy(3))
    time.sleep(2.1)  # the archive's own times count in steps of two seconds
    assert xlsx(sample.busy(3)) == first
    assert read(sample.busy(3)).properties.created == datetime(2024, 1, 1)


def test_english_headings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HLASATEL_LANG", "en")
    (line,) = rows(sample.timetable([sample.activity("a")], [sample.entry("a", 2026, 12)]), "Timetable")
    assert line["State"] == "planned, assumed day"
    assert line["Window from"] == datetime.combine(date(2026, 12, 1), datetime.min.time())
