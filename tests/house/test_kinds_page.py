"""The coordinator's page of kinds names every kind there is, as people call it, and its example is a plan."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from worker.kinds import Kind, all_kinds
from worker.messages import say
from worker.plan.model import Vocabulary
from worker.plan.reading.load import parse_plan
from worker.settings import known_ids

PROJECT = Path(__file__).parents[2]
PAGE = (PROJECT / "docs" / "druhy-sdeleni.md").read_text(encoding="utf-8")
ROWS = {row[0]: row for row in re.findall(r"^\| `([\w-]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)}


def test_every_kind_is_on_the_page_and_nothing_else() -> None:
    assert set(ROWS) == set(all_kinds())


@pytest.mark.parametrize("kind", all_kinds().values(), ids=lambda kind: str(kind.id))
def test_it_is_called_and_leaves_as_the_page_says(kind: Kind) -> None:
    _, name, _, leaves = ROWS[kind.id]
    assert name == say(kind.label_key, "cs")
    assert leaves.startswith("e-mailem" if kind.channel == "email" else "předá se")
    for form, word in {"docx": "DOCX", "pdf": "PDF", "poster-a4": "A4", "poster-a3": "A3"}.items():
        assert (word in leaves) >= (form in kind.forms), (kind.id, form)
    assert ("do kalendáře" in leaves) == ("ics" in kind.attached)


def test_every_kind_is_in_a_row_of_some_plan_or_said_to_be_for_requests_alone() -> None:
    plans = [PROJECT / "schedules.yaml", *sorted((PROJECT / "examples").glob("*/schedules.yaml"))]
    read = [parse_plan(each.read_bytes(), each.name, Vocabulary(None, None, None)) for each in plans]
    named = {kind for plan in read for activity in plan.activities for kind in activity.kinds}
    [alone] = re.findall(r"Jen na požádání,[^.]*", PAGE)
    assert set(all_kinds()) - named == set(re.findall(r"`([\w-]+)`", alone))


def test_its_example_is_a_row_of_a_plan() -> None:
    [example] = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    region = (PROJECT / "schedules.yaml").read_text(encoding="utf-8")
    known = Vocabulary(frozenset(all_kinds()), *known_ids(PROJECT / "config"))
    text = f"{region}\n{textwrap.indent(example, '  ')}"
    plan = parse_plan(text.encode(), "schedules.yaml", known)
    assert plan.activity("pozvanka-na-setkani").kinds == ("invitation", "poster")
