"""The account of the plan on the coordinator's pages: read there, taken along, and nobody else's."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.store.test_story_page import visiting
from tests.unit.forms.sample import lose_pango
from worker.office import Office
from worker.reporting.forms import FORMS

PATH = "/koordinator/vykaz"


@pytest.fixture
def office(asked_office: Office) -> Office:
    """Where the database makes no difference to what is tried."""
    return asked_office


@pytest.mark.parametrize("person", [None, "tiskovy-mluvci"])
def test_nobody_but_the_coordinator_reads_it(office: Office, person: str | None) -> None:
    with visiting(office, person) as visit:
        for path in (PATH, *(f"{PATH}.{form}" for form in FORMS)):
            assert visit.get(path).status_code == 403, path


def test_she_reads_a_year_or_the_whole_and_takes_it_along(office: Office) -> None:
    with visiting(office) as visit:
        page = visit.get(f"{PATH}?rok=2026")
        assert (page.status_code, "za rok 2026" in page.text.replace("\u00a0", " ")) == (200, True)
        assert 'aria-current="page">2026</a>' in page.text
        assert visit.get(f"{PATH}?rok=vse").status_code == 200
        assert "occurrence done-from" in page.text and "done-from" not in visit.get(f"{PATH}.html?rok=2026").text
        for other in ("1999", "abc", "2026'"):  # as the page without a year
            assert 'aria-current="page">2026</a>' in visit.get(f"{PATH}?rok={other}").text
        for form in FORMS.values():
            if form.id != "pdf":
                answer = visit.get(f"{PATH}.{form.id}?rok=2026")
                assert answer.status_code == 200
                assert answer.headers["Content-Disposition"] == f'attachment; filename="vykaz-2026{form.suffix}"'
        assert visit.get(f"{PATH}.exe").status_code == 404


def test_where_no_pdf_can_be_made_the_page_says_what_to_install(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_pango(monkeypatch)
    with visiting(office) as visit:
        answer = visit.get(f"{PATH}.pdf?rok=2026")
    assert (answer.status_code, "libpango" in answer.text) == (409, True)


def test_an_indicator_with_a_fault_is_named_with_its_line(office: Office, tmp_path: Path) -> None:
    shutil.copytree(office.settings.config, tmp_path / "config")
    (tmp_path / "config" / "indicators.yaml").write_text("- id: pocet\n  neznamy: 1\n", encoding="utf-8")
    faulty = replace(office, settings=replace(office.settings, config=tmp_path / "config"))
    with visiting(faulty) as visit:
        for path in (PATH, f"{PATH}.json"):
            answer = visit.get(path)
            assert (answer.status_code, "indicators.yaml:" in answer.text) == (409, True), path
