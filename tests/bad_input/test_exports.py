"""Tables that we give out: no cell of one is a formula, whichever command or page writes it."""

from __future__ import annotations

import csv
import io
import re

import pytest

from tests.bad_input.corpus import WORDS
from tests.store.sample import ROOT
from worker.audience.upkeep.spreadsheet import lines

OWN_WORDS = ("worker/settings/measures_import.py", "worker/demo/stage.py")
"""The office's own measures, to be read in again as they are, and made-up people."""
BEGINS_A_FORMULA = "=+-@\t\r\n|%"


def test_every_table_is_written_by_the_one_that_is_safe() -> None:
    files = sorted((ROOT / "worker").rglob("*.py"))
    sources = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in files}
    writers = {name for name, text in sources.items() if re.search(r"csv\.(writer|DictWriter)\(", text)}
    assert writers == {"worker/audience/upkeep/spreadsheet.py", *OWN_WORDS}
    for name, text in sources.items():
        if "xlsxwriter.Workbook(" in text:
            assert '"strings_to_formulas": False' in text and '"strings_to_urls": False' in text, name
        assert "write_formula" not in text and "write_url" not in text, name


@pytest.mark.parametrize("word", [*WORDS, *(f"{each}1+1" for each in BEGINS_A_FORMULA)])
def test_no_cell_begins_as_a_formula_and_none_is_torn(word: str) -> None:
    word = word[:20_000]
    [read] = csv.reader(io.StringIO(lines([("a", word, "b")]), newline=""), delimiter=";")
    assert read[1].removeprefix("'") == word.removeprefix("'") and (read[0], read[2]) == ("a", "b")
    assert not read[1].startswith(tuple(BEGINS_A_FORMULA))
