"""Each number, alert and setting of the watch has its line in docs/monitoring.md; the rules know the numbers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.fixtures.office import PROJECT
from tests.store.sample import CONFIG, ROOT
from worker.office import Office
from worker.settings import load_lists, load_people, load_settings
from worker.settings.watch import Alerts, Canary, Metrics
from worker.store.database import Database
from worker.times import Clock
from worker.watch.alerts import all_conditions
from worker.watch.numbers import numbers

PAGE = (PROJECT / "docs" / "monitoring.md").read_text(encoding="utf-8")
RULES = PROJECT / "docs" / "prometheus-rules.yml"
BESIDE = {"hlasatel_database_ok", "hlasatel_scrape_seconds"}
"""Told by the collector itself."""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[tuple[str, ...], str]]:
    """Labels and help of every number, of an office on an empty database."""
    data = tmp_path_factory.mktemp("data")
    settings = load_settings({"HLASATEL_DATA": str(data)}, plan=ROOT / "schedules.yaml", config=CONFIG)
    database = Database(settings.database_url)
    database.bring_up_to_date()
    office = Office(settings, load_people(CONFIG), load_lists(CONFIG), settings.relay, database)
    with database.read() as tx:
        found = {each.name: (each.labels, each.help) for each in numbers(tx, office, Clock.real().now())}
    database.close()
    return found


def test_every_number_has_its_line_and_every_line_its_number(told: dict[str, tuple[tuple[str, ...], str]]) -> None:
    rows = dict(re.findall(r"^\| `(hlasatel_\w+)` \| (.*)$", PAGE, re.MULTILINE))
    assert set(rows) == set(told) | BESIDE
    for name, (labels, help) in told.items():
        assert rows[name] == f"{', '.join(f'`{each}`' for each in labels)} | {help} |"


def test_every_condition_and_setting_has_its_line() -> None:
    rows = set(re.findall(r"^\| `(?!hlasatel_)([a-z_]+)` \|", PAGE, re.MULTILINE))
    assert rows == {each.name for each in all_conditions()}
    shipped = (CONFIG / "settings.toml").read_text(encoding="utf-8")
    for section, shape in (("metrics", Metrics), ("alerts", Alerts), ("canary", Canary)):
        for name in shape.model_fields:
            for page in (PAGE, shipped):
                assert f"[{section}]" in page and re.search(rf"^#? ?{name} = ", page, re.MULTILINE), (section, name)


def test_the_rules_ask_for_numbers_there_are_and_say_what_to_do(told: dict[str, tuple[tuple[str, ...], str]]) -> None:
    groups = YAML(typ="safe").load(Path(RULES))["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert len(rules) == len({rule["alert"] for rule in rules}) >= 8
    for rule in rules:
        assert set(re.findall(r"hlasatel_\w+", rule["expr"])) <= set(told) | BESIDE, rule["alert"]
        assert set(rule["annotations"]) == {"summary", "remedy"}
