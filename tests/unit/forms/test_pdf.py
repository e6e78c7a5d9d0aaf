"""PDF/UA-1 and posters: read by a machine, on one page, and without asking anybody for anything."""

from __future__ import annotations

import io
import socket
from typing import Any

import pytest
from pypdf import PdfReader

from tests.unit.forms.sample import SOURCE, lose_pango, of
from worker.forms import FormFailed, all_forms

POSTER = '<html lang="cs"><head><title>Plakát</title></head><body><h1>Setkání</h1><p>{text}</p></body></html>'


def read(data: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(data))


def test_a_screen_reader_is_told_language_title_and_structure() -> None:
    data = all_forms()["pdf"].make(SOURCE)
    root: Any = read(data).trailer["/Root"].get_object()
    assert root["/Lang"] == "cs"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    metadata = read(data).metadata
    assert metadata is not None and metadata.title == "Poradna"
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    assert "Kraj otevřel poradnu" in read(data).pages[0].extract_text()


def test_the_same_page_is_the_same_bytes_and_another_has_another_identifier() -> None:
    form = all_forms()["pdf"]
    own, other = form.make(SOURCE), form.make(of("", SOURCE.page.replace("Kraj", "Kraje")))
    assert own == form.make(SOURCE)
    identifiers: list[Any] = [read(each).trailer["/ID"] for each in (own, other)]
    assert identifiers[0][0] != identifiers[1][0]


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/x.png", "https://example.org/x.png", "file:///etc/passwd"])
def test_nothing_is_fetched(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a page went to the network or the disk")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr("urllib.request.FileHandler.file_open", refuse)
    page = SOURCE.page.replace("<h1>", f'<link rel="stylesheet" href="{address}"><img src="{address}" alt="x"><h1>')
    assert "poradnu" in read(all_forms()["pdf"].make(of("", page))).pages[0].extract_text()


@pytest.mark.parametrize(("form", "width", "height"), [("poster-a4", 595, 842), ("poster-a3", 842, 1191)])
def test_a_poster_is_one_page_of_its_paper(form: str, width: int, height: int) -> None:
    for text in ("Přijďte.", "Přijďte si popovídat o bydlení. " * 60):
        [page] = read(all_forms()[form].make(of(POSTER.format(text=text)))).pages
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (width, height)


def test_a_short_poster_is_set_larger() -> None:
    def size(text: str) -> float:
        sizes: list[float] = []
        [page] = read(all_forms()["poster-a4"].make(of(POSTER.format(text=text)))).pages
        page.extract_text(visitor_text=lambda _, _cm, _tm, _font, points: sizes.append(points))
        return max(sizes)

    assert size("Přijďte.") > size("Přijďte si popovídat o bydlení. " * 60)


def test_a_poster_that_fits_no_page_is_a_remark() -> None:
    with pytest.raises(FormFailed, match="nevejde na jednu stránku") as failed:
        all_forms()["poster-a4"].make(of(POSTER.format(text="Přijďte si popovídat o bydlení. " * 600)))
    assert failed.value.level == "error"


def test_without_pango_there_is_a_remark_that_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    lose_pango(monkeypatch)
    with pytest.raises(FormFailed, match="apt-get install libpango") as failed:
        all_forms()["pdf"].make(SOURCE)
    assert failed.value.level == "warning"
