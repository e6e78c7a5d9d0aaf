"""`indicators.yaml`: what is counted for each, and every mistake in it told with its place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.fixtures.office import PROJECT
from worker.errors import InvalidFiles
from worker.settings.indicators import load_indicators

GOOD = "xi-1:\n  measure: XI/1\n  place: okruh XI\n  counted: Akce.\n  by_hand: true\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    for name in ("measures.csv", "measures-areas.csv"):
        shutil.copy(PROJECT / "config" / name, tmp_path)
    return tmp_path


def told(config: Path, text: str) -> str:
    (config / "indicators.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidFiles) as refused:
        load_indicators(config)
    return str(refused.value)


def test_the_shipped_ones_are_those_the_plan_answers_for() -> None:
    found = load_indicators(PROJECT / "config")
    assert list(found) == ["XIII/1", "XIII/4", "XI/1", "XI/2"]
    assert [each.by_hand for each in found.values()] == [False, True, True, True]


def test_a_word_that_is_none_of_the_few_is_told_which_there_are(config: Path) -> None:
    message = told(config, GOOD + "  articles: [region, kraj]\n")
    assert ":6:22: „articles“ nemůže být „kraj“." in message and "Může tu být: region, municipality, other." in message


def test_a_file_may_be_missing_and_an_indicator_have_a_name_of_its_own(config: Path) -> None:
    assert load_indicators(config) == {}
    text = "akce:\n  name: Počet akcí\n  place: kapitola 5\n  counted: Akce.\n  activities: [kampane]\n"
    (config / "indicators.yaml").write_text(text, encoding="utf-8")
    assert load_indicators(config)["akce"].called == "akce"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace("XI/1", "XI/11"), "„XI/11“ v measures.csv není"),
        (GOOD + GOOD.replace("xi-1", "podruhe"), "„XI/1“ tu už je"),
        (GOOD.replace("  by_hand: true\n", ""), "není řečeno, co se počítá"),
        (GOOD + "  name: Akce\n", "uveďte právě jedno"),
        (GOOD + "  articles: [kraj]\n", "indicators.yaml:6:"),
    ],
)
def test_each_mistake_is_told(config: Path, text: str, said: str) -> None:
    assert said in told(config, text)
