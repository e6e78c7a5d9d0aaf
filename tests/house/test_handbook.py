"""The coordinator's handbook says what is: its examples are checked, its commands parsed, its sentences compared."""

from __future__ import annotations

import importlib
import re
import shlex
import tomllib
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from typer.main import get_command

from worker.drafting.variants import variants
from worker.errors import InvalidFiles
from worker.kinds import all_kinds
from worker.notices.kinds import KINDS
from worker.office import TEMPLATES
from worker.plan.model import Plan, Vocabulary
from worker.plan.occurrences import occurrences
from worker.plan.reading.load import parse_plan
from worker.settings import known_ids, load_settings
from worker.template_folder import TemplateFolder

PROJECT = Path(__file__).parents[2]
HANDBOOK = (PROJECT / "docs" / "prirucka-koordinatora.md").read_text(encoding="utf-8")
REGION = (PROJECT / "schedules.yaml").read_text(encoding="utf-8")
TOKENS = MarkdownIt("commonmark").enable("table").parse(HANDBOOK)
ROW = {"id": "priklad", "when": "září, prosinec 2024–2027", "activity": "Příklad", "place": "Příklad"}
_KEY = re.compile(r"^([a-z_]+):", re.MULTILINE)


def blocks(language: str) -> list[str]:
    return [token.content for token in TOKENS if token.type == "fence" and token.info == language]


def table(heading: str) -> list[list[str]]:
    """The rows of the table whose first column is headed so, without their markup."""
    tables: list[list[list[str]]] = []
    for before, token in pairwise(TOKENS):
        if token.type == "table_open":
            tables.append([])
        elif token.type == "tr_open":
            tables[-1].append([])
        elif before.type in ("th_open", "td_open"):
            tables[-1][-1].append(token.content.replace("`", ""))
    return next(rows[1:] for rows in tables if rows[0][0] == heading)


def read(plan: str) -> Plan:
    config = PROJECT / "config"
    vocabulary = Vocabulary(frozenset(all_kinds()), *known_ids(config), variants(TemplateFolder(TEMPLATES)))
    return parse_plan(plan.encode(), "schedules.yaml", vocabulary)


def with_rows(example: str) -> Plan:
    """The region's plan with the example in it: whole rows, or keys of a row of which the rest is made up."""
    if not example.startswith("- "):
        given = set(_KEY.findall(example))
        kept = {key: value for key, value in ROW.items() if key not in given}
        if "periodicity" in given:
            kept.pop("when", None)
        lines = [f"{key}: {value}" for key, value in kept.items()] + example.splitlines()
        example = "- " + "\n  ".join(lines)
    return read(REGION.rstrip("\n") + "\n\n" + "".join(f"  {line}\n" for line in example.splitlines()))


@pytest.mark.parametrize("example", blocks("yaml"))
def test_every_example_is_a_sound_plan(example: str) -> None:
    plan = with_rows(example)
    assert len(plan.activities) > len(read(REGION).activities)


def test_the_examples_do_what_is_said_of_them() -> None:
    exception = next(each for each in blocks("yaml") if "exceptions:" in each)
    found = {each.period: each for each in occurrences(with_rows(exception)) if each.activity_id == "priklad"}
    moved = found["2026-12"].send_at
    assert moved is not None
    assert (moved.day, moved.month, found["2027-09"].dropped) == (17, 12, "zpráva vyjde spolu s newsletterem")
    anchored = next(each for each in blocks("yaml") if "anchor:" in each)
    plan = with_rows(anchored)
    days = {each.id: each.send_at for each in occurrences(plan)}
    assert str(days["clanek-zpravodaj/2027-Q1"]).startswith("2027-01-29")
    assert sum(each.startswith("pozvanka-na-setkani/") for each in days) == 2


@pytest.mark.parametrize("row", table("when"), ids=lambda row: f"{row[0]}, {row[1]}")
def test_a_phrase_gives_as_many_occurrences_as_the_table_says(row: list[str]) -> None:
    when, periodicity, promised = row
    keys = [f"{key}: {words}" for key, words in (("when", when), ("periodicity", periodicity)) if words]
    plan = read(
        "plan: {title: P, from: 2024-01-01, to: 2027-12-31}\ndefaults: {in_charge: koordinator}\nactivities:\n  - "
        + "\n    ".join(["id: priklad", *keys, "activity: Příklad", "place: Příklad"])
        + "\n"
    )
    found = Counter(each.optional for each in occurrences(plan))
    numbers = [int(number) for number in re.findall(r"\d+", promised)]
    assert numbers == [found.total()] + ([found[True]] if found[True] else [])


def test_the_faults_shown_are_those_that_are_told() -> None:
    shown = [line.partition(": ")[2] for line in blocks("text")[0].splitlines()]
    spoilt = REGION
    for right, wrong in (
        ("when: září, prosinec 2024 – 2027", "when: zaří, prosinec 2024 – 2027"),
        ("lists: [media]", "lists: [medja]"),
        (
            "lists: [medja]\n    approvers: [tiskovy-mluvci]",
            "lists: [medja]\n    approvers: [tiskovy-mluvci]\n    send: {time: 10:00}",
        ),
    ):
        assert right in spoilt
        spoilt = spoilt.replace(right, wrong, 1)
    with pytest.raises(InvalidFiles) as error:
        read(spoilt)
    assert [fault.message for fault in error.value.faults] == shown


def test_every_mail_is_called_by_its_subject() -> None:
    catalogue = tomllib.loads((PROJECT / "worker" / "messages" / "notices.toml").read_text(encoding="utf-8"))
    subjects = [catalogue[f"{name}_subject"]["cs"] for name, kind in KINDS.items() if not kind.specimen]
    named = [row[0] for row in table("předmět")]
    assert len(named) > 8
    assert [name for name in named if not any(subject.startswith(name) for subject in subjects)] == []


def commands() -> list[str]:
    lines = [line for block in blocks("") for line in block.splitlines()]
    return [re.sub(r"\s{2,}\S.*$", "", line).removeprefix("hlasatel ") for line in lines]


@pytest.mark.parametrize("line", commands())
def test_every_command_is_written_as_it_must_be(line: str) -> None:
    name, *arguments = shlex.split(line)
    command: Any = get_command(importlib.import_module(f"worker.cli.{name}").app)
    if hasattr(command, "commands"):
        command, arguments = command.commands[arguments[0]], arguments[1:]
    command.make_context(name, arguments)  # refuses what is missing or unknown, runs nothing


def test_the_numbers_it_names_are_the_shipped_ones() -> None:
    editing = load_settings({}, config=PROJECT / "config").editing
    assert "alespoň pět a víc než pětinu" in " ".join(HANDBOOK.split())
    assert (editing.dropped_min, editing.dropped_share) == (5, 0.2)


def test_it_stays_a_matter_of_two_pages() -> None:
    assert 800 < len(HANDBOOK.split()) < 1500
