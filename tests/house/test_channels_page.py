"""docs/channels.md says of every channel what its code does: its options with their defaults, and Facebook's codes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from worker.channels import all_channels, facebook
from worker.channels.base import AnyChannel
from worker.settings import Medium

PROJECT = Path(__file__).parents[2]
PAGE = (PROJECT / "docs" / "channels.md").read_text(encoding="utf-8")
SECTIONS = {part.partition("`")[0]: part for part in PAGE.split("\n## `")[1:]}


def rows(section: str, heading: str) -> Iterator[list[str]]:
    """The cells of the table in the section whose first column is headed so."""
    lines = iter(SECTIONS[section].splitlines())
    if any(line.startswith(f"| {heading} |") for line in lines):
        next(lines)
        for line in lines:
            if not line.startswith("|"):
                return
            yield [cell.strip() for cell in line.strip("|").split("|")]


def numbers(cell: str) -> set[int]:
    """The numbers that a cell names, spans too."""
    found = {int(each) for each in re.findall(r"\d+", cell)}
    return found | {code for low, high in re.findall(r"(\d+)–(\d+)", cell) for code in range(int(low), int(high) + 1)}


def test_every_channel_has_its_section_and_every_section_its_channel() -> None:
    assert set(SECTIONS) == set(all_channels())


@pytest.mark.parametrize("channel", all_channels().values(), ids=lambda channel: str(channel.id))
def test_its_options_are_those_of_the_code(channel: AnyChannel) -> None:
    told = {cells[0].strip("`"): cells[1].strip("`") for cells in rows(channel.id, "option")}
    assert set(told) == set(channel.options.model_fields)
    for name, field in channel.options.model_fields.items():
        if field.is_required():
            assert told[name] == "must be given"
        elif field.default or isinstance(field.default, int):
            assert told[name] == str(field.default).lower() or told[name] == field.default


def test_the_keys_of_a_medium_are_those_of_the_code() -> None:
    table = PAGE[PAGE.index("| key | means |") :].partition("\n\n")[0]
    told = [name for row in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert set(told) == set(Medium.model_fields)


def test_every_code_of_facebook_that_we_know_stands_beside_what_it_asks_for() -> None:
    told = [(numbers(cells[0]), cells[1]) for cells in rows("facebook", "Facebook's answer")]
    for codes, words in (
        (facebook._UNSURE, "it may be out"),
        (facebook._BUSY, "waits as the usage header says"),
        (facebook._TOKEN, "stands still"),
        (facebook._RIGHTS, "stands still"),
        ({facebook._BLOCKED}, "waits 6 hours"),
        ({facebook._DUPLICATE}, "looked for"),
        ({facebook._LINK}, "refused"),
    ):
        assert any(codes <= named and words in what for named, what in told), codes


def test_the_handbook_calls_mails_and_buttons_as_they_are_called() -> None:
    handbook = (PROJECT / "docs" / "prirucka-mista.md").read_text(encoding="utf-8")
    messages = PROJECT / "worker" / "messages"
    notices, handed = (tomllib.loads((messages / f"{area}.toml").read_text("utf-8")) for area in ("notices", "handed"))
    subjects = [words["cs"] for key, words in notices.items() if key.endswith("_subject")]
    table = handbook[handbook.index("| předmět e-mailu |") :].partition("\n\n")[0]
    named = [row.split("|")[1].strip() for row in table.splitlines()[2:]]
    assert len(named) > 3
    assert [each for each in named if not any(each in subject for subject in subjects)] == []
    buttons = {words["cs"] for words in handed.values()}
    assert set(re.findall(r"\*\*(.+?)\*\*", handbook)) <= buttons


def test_every_medium_shown_in_the_docs_is_a_sound_one() -> None:
    blocks = [
        block
        for page in sorted((PROJECT / "docs").glob("*.md"))
        for block in re.findall(r"^ *```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
        if re.search(r"^ *channel:", block, re.MULTILINE)
    ]
    shown = [Medium(id=name, **entry) for block in blocks for name, entry in YAML(typ="safe").load(block).items()]
    assert {"handoff", "facebook", "webhook"} <= {medium.channel for medium in shown}
    for medium in shown:
        if medium.channel in all_channels():  # the one that a page adds is none of ours
            all_channels()[medium.channel].options.model_validate(dict(medium.options))
