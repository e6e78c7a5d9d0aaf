"""What people call an occurrence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.fixtures.office import PROJECT
from worker.plan.model import Vocabulary
from worker.plan.occurrences import occurrences
from worker.plan.reading.load import load_plan
from worker.planning.titles import shortened, title


@pytest.mark.parametrize(
    ("occurrence", "called"),
    [
        ("tiskova-zprava/2026-12", "Tisková zpráva, prosinec 2026"),
        ("vyvraceni-hoaxu/2026", "Vyvrácení nepravdivého tvrzení, rok 2026"),
        ("pakt-zamestnanosti/2026", "Jednání Výkonné rady Paktu zaměstnanosti LK, rok 2026"),
        ("zpravodaj-rodinam/2026-H2", "Zpravodaj Rodinám, 2. pololetí 2026"),
    ],
)
def test_a_title_is_the_kind_or_the_rows_own_words_with_the_period(occurrence: str, called: str) -> None:
    plan = load_plan(PROJECT / "schedules.yaml", Vocabulary(None, None, None))
    found = next(each for each in occurrences(plan) if each.id == occurrence)
    assert title(plan.activity(found.activity_id), found).replace("\N{NO-BREAK SPACE}", " ") == called


def test_what_was_recorded_of_a_row_that_goes_on_is_called_by_its_words() -> None:
    plan = load_plan(PROJECT / "schedules.yaml", Vocabulary(None, None, None))
    row, planned = plan.activity("clanky-radnicni-periodika"), occurrences(plan)[0]
    recorded = replace(planned, period="2026-11-24", kinds=())
    assert row.kinds and title(row, recorded).startswith("Články\N{NO-BREAK SPACE}– příklady dobré praxe, ")
    assert title(row, replace(recorded, kinds=("story",))).startswith("Příběh, ")


def test_a_tasks_title_leaves_out_what_its_row_adds_in_brackets() -> None:
    assert shortened("vyvracení takzvaných hoaxů (nepravdivých tvrzení) a více") == "vyvracení takzvaných hoaxů"
