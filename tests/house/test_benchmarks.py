"""The measurements can be made, and the tables of docs/benchmarks.md are those of the results that are kept."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench import drafting, footprint, freezing, goals, importing, leaving, machines, million, report, table
from bench.measured import Measured, Spread, ratios
from bench.newsletter import SIZE, newsletter, one_copy
from bench.peers.install import PEERS
from bench.senders import Hlasatel
from bench.usage import cpu_of, own_peak
from bench.workshop import Workshop, workshop
from tests.fixtures.postgres import HASTY

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with workshop(tmp_path_factory.mktemp("bench"), 8, HASTY) as running:
        yield running


@pytest.mark.long
def test_the_rounds_send_everything_with_every_sender_that_is_at_hand(shop: Workshop) -> None:
    found = table.measure(shop, 60, 1, ["source", "commits"])
    result: dict[str, Any] = {"about": {}, "connections": 8, "result": found}
    senders = result["result"]["senders"]
    assert {name: run["messages"] for name, run in senders.items()} == {
        **dict.fromkeys((goals.SOURCE, goals.CONTROL, goals.HANGING_UP), 60),
        **{goals.OURS.format(store=store): 60 for store in goals.STORES},
        **{goals.ALONE.format(store=store): 15 for store in goals.STORES},
    }
    assert all(run["rate"]["median"] > 0 and run["client_micros"]["median"] > 0 for run in senders.values())
    told = report.table("rounds", result)
    assert "smtp-source" in told and told.count("| ≥ 1 ") == 2


@pytest.mark.long
def test_freezing_and_many_are_measured_on_both_databases(shop: Workshop) -> None:
    for store in shop.stores.values():
        frozen: dict[str, Any] = freezing.measure(shop, store, 300, 1)
        assert frozen["people"] == 300 and frozen["ratio"]["median"] > 0
    store = shop.stores["SQLite"]
    many: dict[str, Any] = million.measure(shop, store, 300, 60, around=1)
    assert many["large"]["messages"] == 300 and many["time"]["median"] > 0 and many["large"]["memory"] > 20


def test_processes_of_the_product_share_a_mailing(shop: Workshop) -> None:
    assert machines.Machines(shop, shop.stores["PostgreSQL"], 60, 1).run().messages == 60


@pytest.mark.long
def test_many_leave_while_a_mailing_goes_out(shop: Workshop) -> None:
    found: dict[str, Any] = leaving.measure(shop, shop.stores["SQLite"], 300, 1, leaving=30)
    assert found["slower"]["median"] > 0 and found["answers"]["most"] > 0
    assert "30 clicks" in report.table("leaving", {"about": {}, "result": {"SQLite": found}})


@pytest.mark.long
def test_an_import_is_measured_on_both_databases(shop: Workshop) -> None:
    found: dict[str, Any] = {name: importing.measure(shop, store, 300, 1) for name, store in shop.stores.items()}
    assert all(run["ratio"]["median"] > 0 and run["memory"]["large"] > 20 for run in found.values())
    assert "| ≤ 10 |" in report.table("importing", {"about": {}, "result": found})


@pytest.mark.long
def test_years_of_record_are_played_and_every_page_asked_for(shop: Workshop) -> None:
    found: dict[str, Any] = footprint.measure(shop, shop.stores["SQLite"], 60, 1, idle=1.0)
    assert found["months"]["before"] > 50 and found["idle"]["full"]["memory"] > 50
    assert {"/archiv", "/koordinator", f"/koordinator/termin/{footprint.AHEAD}"} <= set(found["pages"])


@pytest.mark.long
def test_a_package_is_drafted_by_a_process_and_by_a_tick(tmp_path: Path) -> None:
    found: dict[str, Any] = drafting.measure(tmp_path, 1)
    assert set(found["sizes"]) == {"newsletter", "press-release", "facebook-text"}
    runs = {name: run["cpu"]["median"] for name, run in found["runs"].items()}
    assert 0 < runs["warm"] < runs["first"] < runs["tick"] and runs["idle"] < runs["tick"]
    assert found["spliced"]["median"] * 50 < found["alone"]["median"]
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_leaves_a_row_unsent_counts_for_nothing(shop: Workshop) -> None:
    sender = Hlasatel(shop, shop.stores["SQLite"], 30)
    with pytest.raises(RuntimeError, match="rows are not sent once"):
        sender._check(shop.template(shop.stores["SQLite"], 30), Measured(29, 1.0, 1.0))


def test_every_sender_s_newsletter_is_the_size_that_is_told() -> None:
    assert len(one_copy(newsletter())) == pytest.approx(SIZE, rel=0.02)


def test_a_ratio_is_taken_within_each_round() -> None:
    assert ratios([10, 20, 90], [10, 10, 30]) == Spread(1.0, 2.0, 3.0)


def test_what_a_process_has_used_is_read_from_the_system() -> None:
    before, used = cpu_of(os.getpid()), time.process_time()
    while time.process_time() - used < 0.1:
        pass
    assert cpu_of(os.getpid()) - before == pytest.approx(0.1, abs=0.06)
    assert 20 < own_peak() < 4000


def _all_reached() -> dict[str, report.Result]:
    def result(found: object) -> report.Result:
        return {"about": {}, "connections": 32, "result": found}

    good = {"least": 100.0, "median": 100.0, "most": 100.0}
    low = {"least": 0.5, "median": 0.5, "most": 0.5}
    run = {"messages": 1, "rate": good, "client_micros": good, "server_micros": low, "sink_share": low, "memory": 100}
    return {
        "rounds": result(
            {
                "senders": {goals.OURS.format(store=store): run for store in goals.STORES},
                "against": {goal.label: dict.fromkeys(goals.STORES, good) for goal in goals.TABLE},
                "noise": good,
            }
        ),
        "million": result({store: {"small": run, "large": run, "time": low, "memory": 1.0} for store in goals.STORES}),
        "machines": result({"milliseconds": 20, "connections": 16, "one": run, "two": run, "ratio": good}),
        "freezing": result({store: {"people": 1, "ours": low, "bare": low, "ratio": low} for store in goals.STORES}),
        "importing": result(
            {
                store: {"people": 1, "ours": low, "bulk": low, "ratio": low, "memory": {"large": 90.0, "small": 80.0}}
                for store in goals.STORES
            }
        ),
        "leaving": result(
            {
                store: {
                    "people": 1,
                    "leaving": 1,
                    "within": 3.0,
                    "milliseconds": 20,
                    "connections": 16,
                    "alone": good,
                    "beside": good,
                    "slower": low,
                    "answers": good,
                }
                for store in goals.STORES
            }
        ),
        "footprint": result(
            {
                store: {
                    "people": 1,
                    "ready": {"empty": good, "full": good},
                    "ready_ratio": low,
                    "idle": {name: {"cpu_percent": 1.0, "memory": 100.0} for name in footprint.OFFICES},
                    "months": {"before": 100.0, "after": 101.0},
                    "pages": {"/archiv": {"empty": good, "full": good, "ratio": low}},
                }
                for store in goals.STORES
            }
        ),
        "drafting": {
            "about": {},
            "result": {
                "runs": {name: {"wall": low, "cpu": low} for name in ("warm", "first", "tick", "idle")},
                **dict.fromkeys(("noise", "spliced", "alone", "ratio"), good),
            },
        },
    }


def test_each_goal_that_is_missed_is_told() -> None:
    reached = _all_reached()
    assert report.missed(reached) == []
    goods: list[tuple[str, ...]] = [
        ("rounds", "against", goals.TABLE[0].label, "SQLite", "median"),
        ("rounds", "senders", "Hlasatel, SQLite", "client_micros", "median"),
        ("million", "SQLite", "time", "median"),
        ("million", "SQLite", "memory"),
        ("million", "PostgreSQL", "large", "memory"),
        ("machines", "ratio", "median"),
        ("freezing", "PostgreSQL", "ratio", "median"),
        ("importing", "PostgreSQL", "ratio", "median"),
        ("leaving", "SQLite", "slower", "median"),
        ("footprint", "SQLite", "ready_ratio", "median"),
        ("footprint", "PostgreSQL", "months", "after"),
        ("footprint", "SQLite", "pages", "/archiv", "ratio", "median"),
        ("drafting", "runs", "warm", "cpu", "median"),
    ]
    for name, *path in goods:
        spoilt = json.loads(json.dumps(reached))
        place = spoilt[name]["result"]
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = 0.9 if path[0] in ("against", "ratio") else 201
        assert len(report.missed(spoilt)) == 1, path


def test_the_page_shows_the_results_that_are_kept(tmp_path: Path) -> None:
    page = (PROJECT / "docs" / "benchmarks.md").read_text("utf-8")
    assert report.with_tables(page, report.load(PROJECT / "bench" / "results")) == page
    told = report.with_tables(page, _all_reached())
    assert told != page and told.count("<!-- end -->") == 8 and "Not measured yet" not in told
    assert report.with_tables(told, _all_reached()) == told


def test_only_results_of_full_size_are_kept(tmp_path: Path) -> None:
    latest, kept, page = tmp_path / "latest", tmp_path / "kept", tmp_path / "page.md"
    latest.mkdir()
    page.write_text((PROJECT / "docs" / "benchmarks.md").read_text("utf-8"), encoding="utf-8")
    found = _all_reached()
    found["machines"]["about"], found["rounds"]["about"] = report.FULL, report.FULL | {"recipients": "800"}
    for name in ("machines", "rounds"):
        (latest / f"{name}.json").write_text(json.dumps(found[name]))
    assert report.keep(latest, kept, page) == ["machines"]
    assert [file.name for file in kept.iterdir()] == ["machines.json"]
    assert "Two against one" in page.read_text("utf-8")


def test_the_others_are_locked_with_their_hashes() -> None:
    lock = (PEERS / "nodemailer" / "package-lock.json").read_text("utf-8")
    assert '"integrity": "sha512-' in lock and '"resolved"' not in lock
    pins = (PEERS / "requirements-post-office.txt").read_text("utf-8")
    assert "django-post-office==" in pins and pins.count("==") <= pins.count("--hash=sha256:")
