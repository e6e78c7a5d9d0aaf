"""What every source must keep, and what each of the three says of the shipped plan and measures."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.unit.drafting.sample import CONFIG, NEWSLETTER, PRESS, ROOT, sources_context
from worker.errors import InvalidFiles
from worker.messages import LANGUAGES, say
from worker.sources import Published, Source, all_sources, gather
from worker.sources.measures import due_year

SOURCES = sorted(all_sources().items())


@pytest.fixture(params=[source for _, source in SOURCES], ids=[name for name, _ in SOURCES])
def source(request: pytest.FixtureRequest) -> Source:
    given: Source = request.param
    return given


def test_it_gives_plain_json_and_the_same_twice(source: Source) -> None:
    for occurrence in (PRESS, NEWSLETTER):
        found = source.gather(sources_context(occurrence))
        assert json.loads(json.dumps(found)) == found
        assert source.gather(sources_context(occurrence)) == found


def test_a_reason_is_in_the_catalogue(source: Source) -> None:
    reason = source.gather(sources_context("newsletter/2027")).get("reason")
    assert reason is None or all(say(reason, language) for language in LANGUAGES)


def test_only_the_named_sources_are_gathered() -> None:
    assert set(gather(("measures", "sent"), sources_context(PRESS))) == {"measures", "sent"}
    with pytest.raises(KeyError):
        gather(("nonsense",), sources_context(PRESS))


def test_measures_are_counted_from_their_rows() -> None:
    found = gather(("measures",), sources_context(PRESS))["measures"]
    assert (found["total"], found["state_from"], found["state"]) == (109, "2023-12-31", "2023-12-31")
    assert found["counts"] == {"splněno": 1, "plněno": 22, "částečně plněno": 68, "neplněno": 18}
    assert [area["total"] for area in found["areas"]] == [9, 9, 8, 11, 12, 13, 7, 10, 7, 4, 9, 6, 4]
    assert found["due"]["2027"] == {
        "total": 93,
        "counts": {"splněno": 0, "plněno": 21, "částečně plněno": 62, "neplněno": 10},
    }


def test_the_strategy_and_its_report_are_named_by_the_configuration(tmp_path: Path) -> None:
    shutil.copytree(CONFIG, tmp_path, dirs_exist_ok=True)
    settings = tmp_path / "settings.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('"Informace o naplňování Strategie"', '"Zpráva za rok 2026"'), encoding="utf-8")
    found = gather(("measures",), replace(sources_context(PRESS), config_dir=tmp_path))["measures"]
    assert (found["strategy"], found["report"]) == (
        "Strategie sociálního začleňování Libereckého kraje 2021+",
        "Zpráva za rok 2026",
    )


@pytest.mark.parametrize(
    ("now", "old"),
    [
        (datetime(2024, 12, 31, 12, tzinfo=UTC), False),
        (datetime(2025, 1, 1, 12, tzinfo=UTC), True),
        (datetime(2024, 2, 29, 12, tzinfo=UTC), False),
    ],
)
def test_measures_are_old_after_a_year(now: datetime, old: bool) -> None:
    context = replace(sources_context(PRESS), now=now)
    assert gather(("measures",), context)["measures"]["older_than_a_year"] is old


def test_missing_measures_are_a_fault_of_a_file(tmp_path: Path) -> None:
    context = replace(sources_context(PRESS), config_dir=tmp_path)
    with pytest.raises(InvalidFiles, match="measures"):
        gather(("measures",), context)


def test_an_office_without_measures_has_none_and_no_date_of_them() -> None:
    config = ROOT / "examples" / "pracovni-skupina" / "config"
    found = gather(("measures",), replace(sources_context(PRESS), config_dir=config))["measures"]
    assert (found["total"], found["areas"], found["due"]) == (0, [], {})
    assert (found["state_from"], found["state"], found["older_than_a_year"]) == (None, None, False)


@pytest.mark.parametrize(
    ("printed", "year"),
    [("12 / 2024", "2024"), ("průběžně do 12 / 2027", "2027"), ("6/2024, 12/2025", "2025"), ("průběžně", ""), ("", "")],
)
def test_the_year_of_a_printed_deadline(printed: str, year: str) -> None:
    assert due_year(printed) == year


def test_upcoming_lies_after_the_occurrence_and_within_reach() -> None:
    items = gather(("upcoming",), sources_context(PRESS))["upcoming"]["items"]
    assert [item["occurrence"] for item in items] == [
        "magazin-kraj/2027-Q1",
        "clanek-magazin/2027-H1",
        "magazin-kraj/2027-Q2",
        "tiskova-zprava-1-pololeti/2027-H1",
        "zpravodaj-rodinam/2027-H1",
        "magazin-kraj/2027-Q3",
        "tiskova-zprava/2027-09",
        "clanek-magazin/2027-H2",
        "magazin-kraj/2027-Q4",
        "newsletter/2027",
        "tiskova-zprava/2027-12",
        "zpravodaj-rodinam/2027-H2",
    ]
    assert all(item["assumed"] for item in items)
    assert items[6]["window"] == {"from": "2027-09-01", "to": "2027-09-30"}
    assert items[6]["day"] == "2027-09-14"


def test_what_the_plan_leaves_out_is_not_announced() -> None:
    context = sources_context(PRESS)
    out = [replace(each, dropped="Nekoná se.", send_at=None) for each in context.plan_occurrences]
    assert gather(("upcoming",), replace(context, plan_occurrences=out))["upcoming"]["items"] == []


def test_what_has_no_target_group_is_not_announced() -> None:
    context = sources_context(PRESS)
    untold = {each.id for each in context.plan.activities if not each.as_written.target}
    ahead = {each.activity_id for each in context.plan_occurrences if each.period == "2027"}
    assert {"pakt-zamestnanosti", "socialni-vybor"} <= untold & ahead
    assert untold.isdisjoint(item["activity_id"] for item in gather(("upcoming",), context)["upcoming"]["items"])


def test_upcoming_at_the_plans_end_says_why_it_is_empty() -> None:
    found = gather(("upcoming",), sources_context("newsletter/2027"))["upcoming"]
    assert found == {"items": [], "reason": "drafting.nothing_upcoming"}


def test_sent_looks_back_to_the_plans_first_day_at_first() -> None:
    found = gather(("sent",), sources_context(NEWSLETTER))["sent"]
    assert found == {
        "since": "2024-01-01",
        "until": "2026-11-27",
        "first": True,
        "items": [],
        "reason": "drafting.nothing_published",
    }


def test_sent_is_in_order_of_time_and_without_its_own_activity() -> None:
    last = datetime(2025, 12, 9, 9, tzinfo=UTC)
    given = [
        Published("tiskova-zprava/2026-09", "Druhá", "press-release", last + timedelta(days=300)),
        Published("newsletter/2025", "Vlastní", "newsletter", last),
        Published("tiskova-zprava/2025-12", "První", "press-release", last + timedelta(hours=1)),
        Published("tiskova-zprava/2025-09", "Starší", "press-release", last - timedelta(days=90)),
    ]
    found = gather(("sent",), sources_context(NEWSLETTER, given, last))["sent"]
    assert [item["title"] for item in found["items"]] == ["První", "Druhá"]
    assert (found["since"], found["first"], found["reason"]) == ("2025-12-09", False, None)
