from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from worker.errors import Fault, InvalidFiles
from worker.kinds import all_kinds
from worker.plan.model import Plan, Vocabulary
from worker.plan.reading.load import load_plan, parse_plan

ROOT = Path(__file__).parents[3]

HEAD = """\
plan: {title: Zkouška, from: 2024-01-01, to: 2027-12-31}
defaults: {in_charge: koordinator}
activities:
"""

ROW = """\
  - id: {id}
    when: {when}
    periodicity: {periodicity}
    activity: Zpráva
    place: řádek 1
"""


def ids_of(file: str) -> frozenset[str]:
    return frozenset(YAML(typ="safe").load((ROOT / "config" / file).read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    """The ids of the shipped configuration and every kind."""
    return Vocabulary(kinds=frozenset(all_kinds()), lists=ids_of("lists.yaml"), people=ids_of("people.yaml"))


@pytest.fixture(scope="session")
def shipped(vocabulary: Vocabulary) -> Plan:
    return load_plan(ROOT / "schedules.yaml", vocabulary)


@pytest.fixture(scope="session")
def shipped_text() -> str:
    return (ROOT / "schedules.yaml").read_text(encoding="utf-8")


@pytest.fixture
def read(vocabulary: Vocabulary) -> Callable[[str], Plan]:
    return lambda text: parse_plan(text.encode(), "schedules.yaml", vocabulary)


@pytest.fixture
def faults(vocabulary: Vocabulary) -> Callable[[str | bytes], list[Fault]]:
    """The faults of a text; fails when there are none."""

    def faults_of(text: str | bytes) -> list[Fault]:
        data = text if isinstance(text, bytes) else text.encode()
        with pytest.raises(InvalidFiles) as refused:
            parse_plan(data, "schedules.yaml", vocabulary)
        return list(refused.value.faults)

    return faults_of


@pytest.fixture
def one_row(read: Callable[[str], Plan]) -> Callable[..., Plan]:
    """A plan of a single row, its id `a`; `more` are further lines of it, `span` the plan's first and last day."""

    def plan_of(
        when: str, periodicity: str = "''", more: str = "", span: tuple[str, str] = ("2024-01-01", "2027-12-31")
    ) -> Plan:
        row = ROW.format(id="a", when=when, periodicity=periodicity)
        head = HEAD.replace("2024-01-01", span[0]).replace("2027-12-31", span[1])
        return read(head + row + textwrap.indent(textwrap.dedent(more), "    "))

    return plan_of
