"""The table for people: what stands beneath it, and that no width loses an id."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from tests.unit.timetables import sample
from worker.plan.floors import Verdict
from worker.plan.model import Per, Watch
from worker.timetables.content import Timetable
from worker.timetables.table import print_table


def printed(timetable: Timetable, width: int = 250) -> list[str]:
    """The lines, without the spaces at their ends."""
    file = io.StringIO()
    print_table(timetable, Console(file=file, width=width), 250)
    return [line.rstrip() for line in file.getvalue().splitlines() if line.strip()]


def line_of(timetable: Timetable, words: str) -> str:
    return next(line for line in printed(timetable) if words in line)


def test_an_assumed_day_has_an_asterisk_that_is_explained() -> None:
    entries = [
        sample.entry("a", 2026, 12),
        sample.entry("a", 2027, 1, assumed=False),
        sample.entry("a", 2024, 3, "historical"),
    ]
    found = sample.timetable([sample.activity("a")], entries)
    assert "8. 12. 2026 10:00*" in line_of(found, "a/2026-12")
    assert "8. 1. 2027 10:00  " in line_of(found, "a/2027-01")
    assert "*" not in line_of(found, "a/2024-03"), "what is over is moot"
    assert "* den je předpoklad; plán ho neurčuje" in printed(found)
    without = sample.timetable([sample.activity("a")], [replace(entries[1])])
    assert not any("předpoklad" in line for line in printed(without))


def test_optional_held_and_dropped_are_said() -> None:
    entries = [
        sample.entry("a", 2026, 10, optional=True),
        sample.entry("a", 2026, 11, "held"),
        sample.entry("a", 2026, 12, "dropped", note="Rada téma [bold]stáhla[/bold]."),
        sample.entry("a", 2027, 1, note="jednání Rady"),
    ]
    found = sample.timetable([sample.activity("a")], entries)
    assert "v plánu (nepovinné)" in line_of(found, "a/2026-10")
    assert "pozdrženo" in line_of(found, "a/2026-11")
    assert "zrušeno" in line_of(found, "a/2026-12 ")
    assert "a/2026-12 je zrušeno: Rada téma [bold]stáhla[/bold]." in printed(found)
    assert "a/2027-01: jednání Rady" in printed(found)


def test_an_at_least_that_is_not_kept_stands_beneath_turn_by_turn() -> None:
    row = sample.activity("tiskova-zprava", floor=Watch(1, Per.HALF))
    turns = (sample.unmet("tiskova-zprava", 2026), replace(sample.unmet("tiskova-zprava", 2027), open=1,
             verdict=Verdict.PLANNED))  # fmt: skip
    found = sample.timetable([row], [], turns=turns)
    assert any(line.strip() == "Nesplněné četnosti" for line in printed(found))
    line = line_of(found, "1. pololetí 2026")
    assert line.split()[0] == "tiskova-zprava"
    assert "v každém pololetí" in line
    assert line.endswith("0 z 1")
    assert not any("1. pololetí 2027" in line for line in printed(found)), "what is planned will be kept"


def test_what_nobody_recorded_before_the_start_is_counted_by_row() -> None:
    row = sample.activity("a", floor=Watch(1, Per.HALF))
    turns = tuple(replace(sample.unmet("a", year), verdict=Verdict.UNRECORDED, unrecorded=1) for year in (2024, 2025))
    said = line_of(sample.timetable([row], [], turns=turns), "není doloženo")
    assert "a (2)" in said and "hlasatel occurrence done" in said


def test_a_narrow_terminal_keeps_ids_and_times_whole() -> None:
    found = sample.timetable([sample.activity("tiskova-zprava")], [sample.entry("tiskova-zprava", 2026, 12)])
    for width in (50, 60, 80, 120, 250):
        lines = printed(found, width)
        assert max(map(len, lines)) <= width
        when = "8. 12. 2026 10:00*" if width > 50 else "8. 12. 2026*"
        assert any("tiskova-zprava/2026-12" in line and when in line for line in lines)


def test_the_table_speaks_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HLASATEL_LANG", "en")
    entries = [sample.entry("a", 2026, 11, "dropped", note="Put off."), sample.entry("a", 2026, 12, optional=True)]
    row = sample.activity("a", floor=Watch(1, Per.HALF))
    lines = printed(sample.timetable([row], entries, turns=(sample.unmet("a", 2026),)))
    assert lines[1].split() == ["occurrence", "what", "window", "when", "lists", "state"]
    assert {"* the day is assumed; the plan names none", "a/2026-11 is dropped: Put off."} <= set(lines)
    assert any("planned (optional)" in line for line in lines)
    assert any(line.strip() == "Rhythms not kept" for line in lines)
    assert any("half-year 1 of 2026" in line and line.endswith("0 of 1") for line in lines)
