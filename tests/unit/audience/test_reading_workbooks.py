"""Workbooks as offices have them, and as somebody would make them who wants to do harm."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from openpyxl import Workbook
from xlsxwriter.worksheet import Worksheet

from tests.store.sample import CONFIG, ROOT
from worker.audience.importing import workbook as of_workbook
from worker.audience.importing.reading import Limits, read
from worker.audience.importing.rows import Row
from worker.audience.importing.spool import Told, What
from worker.audience.importing.table import MOST_COLUMNS
from worker.errors import HlasatelError
from worker.office import Office
from worker.settings import load_lists, load_settings
from worker.store.database import Database

HEADINGS = ("E-mail", "Jméno", "Oslovení")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office whose database nobody opens."""
    environ = {"HLASATEL_DATA": str(tmp_path_factory.mktemp("data"))}
    settings = load_settings(environ, plan=ROOT / "schedules.yaml", config=CONFIG)
    return Office(settings, {}, load_lists(CONFIG), settings.relay, Database("sqlite://"))


Look = Callable[..., tuple[list[Row], list[Told], str]]


@pytest.fixture
def look(office: Office, tmp_path: Path) -> Look:
    """The rows, what is told of those that cannot be used, and the sheet."""

    def looked(
        content: Workbook | bytes, sheet: str = "", unpacked: int = of_workbook.MOST_BYTES
    ) -> tuple[list[Row], list[Told], str]:
        file = tmp_path / "lidé.csv"  # the name does not count
        file.write_bytes(content if isinstance(content, bytes) else saved(content))
        with read(office, "media", file, sheet=sheet, limits=Limits(1000, unpacked)) as found:
            return found.spool.after(0, 1000)[0], list(found.spool.told(What.REFUSED)), found.sheet

    return looked


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def book(*rows: tuple[Any, ...], title: str = "Adresář") -> Workbook:
    made = Workbook()
    sheet = made.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    return made


def as_excel_saves(fill: Callable[[Worksheet], None]) -> bytes:
    """A workbook whose texts are in a table of strings, as Excel saves it; openpyxl writes them into the cells."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        sheet = made.add_worksheet("Adresář")
        sheet.write_row("A1", HEADINGS)
        fill(sheet)
    return out.getvalue()


def changed(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same workbook with the content of one part changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            data = old.read(each)
            new.writestr(each, change(data) if each == part else data)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def test_a_workbook_is_read_with_the_row_numbers_that_its_program_shows(look: Look) -> None:
    made = book(
        ("Adresář médií",), (), HEADINGS, (), ("a@noviny.cz", "Jan Řehoř", None), ("B@noviny.cz", 112, "Milá", "volat")
    )
    rows, told, sheet = look(made)
    assert rows == [Row(5, "a@noviny.cz", "Jan Řehoř", "", None), Row(6, "b@noviny.cz", "112", "Milá", None)]
    assert (told, sheet) == ([], "Adresář")


def test_a_cell_that_holds_no_text_is_refused_with_its_place(look: Look) -> None:
    rows, told, _ = look(
        book(
            HEADINGS,
            (date(2026, 12, 8), "A", ""),
            ("b@noviny.cz", datetime(2026, 12, 8, 10), ""),
            ("c@noviny.cz", time(10), ""),
            ("d@noviny.cz", "D", True),
            ("#N/A", "E", ""),
            ("f@noviny.cz", "#REF!", ""),
            (12, "G", ""),
            (None, "H", ""),
        )
    )
    assert rows == []
    assert [(each.number, each.column) for each in told] == [
        (2, 1), (3, 2), (4, 2), (5, 3), (6, 1), (7, 2), (8, 1), (9, 1),
    ]  # fmt: skip
    assert all(each.why.endswith(".") for each in told)
    assert "datum" in told[0].why and "ano/ne" in told[3].why and "#N/A" in told[4].why


def test_a_formula_counts_as_what_its_author_saw(look: Look) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.write_formula("A2", '=CONCATENATE("a","@noviny.cz")', None, "a@noviny.cz")
        sheet.write_formula("A3", '=HYPERLINK("mailto:b@noviny.cz")', None, "")
        sheet.write("B3", "B")
        sheet.write_formula("A4", "=VLOOKUP(1,B:B,1)", None, "#N/A")

    rows, told, _ = look(as_excel_saves(fill))
    assert [row.address for row in rows] == ["a@noviny.cz"]
    assert [(each.number, each.column) for each in told] == [(3, 1), (4, 1)]
    assert "vzorec bez výsledku" in told[0].why and "#N/A" in told[1].why


def test_rows_under_merged_cells_are_refused_where_a_part_of_them_would_be_missing(look: Look) -> None:
    made = book(
        (*HEADINGS, "Telefon"), ("a@x.cz", "Spolek", "", 1), ("b@x.cz", None, "", 2), ("c@x.cz", None, "", None),
        ("d@x.cz", "D", "", None), ("e@x.cz", "E", "", None),
    )  # fmt: skip
    made.active.merge_cells("B2:B4")
    made.active.merge_cells("D5:D6")  # of a column that is not taken
    made.active.merge_cells("B6:C6")  # in one row
    rows, told, _ = look(made)
    assert [row.address for row in rows] == ["a@x.cz", "d@x.cz", "e@x.cz"]
    assert [(each.number, each.column) for each in told] == [(3, 2), (4, 2)]
    assert "sloučených" in told[0].why


def test_the_sheet_with_the_addresses_is_found_and_a_doubt_is_asked_about(look: Look) -> None:
    made = book(("Poznámky",), ("nic",), title="Úvod")
    made.create_sheet("Skrytý").append(HEADINGS)
    made["Skrytý"].sheet_state = "hidden"
    press = made.create_sheet("Tisk")
    press.append(HEADINGS)
    press.append(("a@noviny.cz", "A", ""))
    assert look(made)[2] == "Tisk"
    made.create_sheet("Rádia").append(HEADINGS)
    with pytest.raises(HlasatelError, match="Tisk, Rádia"):
        look(made)
    assert look(made, "tisk")[0][0].address == "a@noviny.cz"
    assert look(made, "Skrytý")[0] == []
    with pytest.raises(HlasatelError, match="není list „Televize“"):
        look(made, "Televize")
    with pytest.raises(HlasatelError, match="E-mail"):
        look(book(("Poznámky",)))
    several = book(("Poznámky",), title="Úvod")
    several.create_sheet("Další")
    with pytest.raises(HlasatelError, match="Na žádném listu"):
        look(several)


def test_what_a_sheet_says_of_its_size_is_not_believed(look: Look) -> None:
    small = changed(saved(book(HEADINGS, ("a@x.cz", "A", ""))), SHEET, lambda xml: xml.replace(b"A1:C2", b"A1:A1"))
    assert [row.name for row in look(small)[0]] == ["A"]
    large = changed(saved(book(HEADINGS, ("a@x.cz", "A", ""))), SHEET, lambda xml: xml.replace(b"A1:C2", b"A1:XFD9"))
    assert [row.name for row in look(large)[0]] == ["A"]
    far = book(HEADINGS, ("a@x.cz", "A", ""))
    far.active.cell(2, 16_384, "daleko")
    assert [row.name for row in look(far)[0]] == ["A"]
    with pytest.raises(HlasatelError, match="E-mail"):
        look(book((*("",) * MOST_COLUMNS, "E-mail")))


ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


def test_entities_broken_parts_and_other_files_are_refused_with_a_sentence(look: Look) -> None:
    good = saved(book(HEADINGS, ("a@x.cz", "A", "")))
    shared = as_excel_saves(lambda sheet: sheet.write("A2", "a@x.cz") and None)
    assert [row.address for row in look(shared)[0]] == ["a@x.cz"]
    broken: list[bytes] = [
        changed(good, SHEET, lambda xml: ENTITY + xml.replace(b"a@x.cz", b"&b;")),
        changed(good, SHEET, lambda xml: xml[:-40]),
        changed(shared, SHEET, lambda xml: xml.replace(b"<v>3</v>", b"<v>999</v>")),
        changed(good, "xl/workbook.xml", lambda xml: b""),
        changed(good, "[Content_Types].xml", lambda xml: b"<Types/>"),
        good[:-200],
        good[: len(good) // 2],
        _packed({"nic.txt": b"nic"}),
    ]
    for number, content in enumerate(broken):
        with pytest.raises(HlasatelError, match="přečíst ho nejde"):
            look(content)
            pytest.fail(f"number {number} was read")
    with pytest.raises(HlasatelError, match=re.escape(".ods")):
        look(_packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}))


@pytest.mark.parametrize(
    ("part", "more"), [(SHEET, 1_000_000), ("xl/sharedStrings.xml", 200_000), ("docProps/app.xml", 200_000)]
)
def test_no_workbook_unpacks_to_more_than_is_allowed(look: Look, part: str, more: int) -> None:
    good = as_excel_saves(lambda sheet: sheet.write("A2", "a@x.cz") and None)
    bomb = changed(good, part, lambda xml: xml + b" " * more)
    assert len(bomb) < 20_000
    with pytest.raises(HlasatelError, match="příliš velký"):
        look(bomb, unpacked=1_000_000)
    assert look(bomb, unpacked=2_000_000)[0]


def test_no_workbook_has_more_parts_than_are_looked_at(look: Look) -> None:
    with pytest.raises(HlasatelError, match="příliš velký"):
        look(_packed({f"{number}.xml": b"" for number in range(of_workbook.MOST_PARTS + 1)}))


@pytest.mark.parametrize("place", [b"</row>", b"</sheetData>"], ids=["in a row", "behind the rows"])
def test_no_row_is_longer_than_is_held(look: Look, place: bytes) -> None:
    good = saved(book(HEADINGS, ("a@x.cz", "A", ""), ("b@x.cz", "B", "")))
    cells = b"<c/>" * 400_000
    with pytest.raises(HlasatelError, match="příliš dlouhé řádky"):
        look(changed(good, SHEET, lambda xml: xml.replace(place, cells + place, 1)))


def _packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()
