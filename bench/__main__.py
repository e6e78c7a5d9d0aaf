"""`make bench`: rehearsing, drafting and sending, all of it or the parts named. Results go to build/bench as JSON.

Exits with 1 when a measured part misses its goal, with 2 when something that it needs is missing.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import drafting, footprint, freezing, goals, importing, leaving, machines, million, rehearsal, report, table
from bench.facts import facts
from bench.rounds import tell
from bench.stores import Store
from bench.workshop import Workshop, file_system, workshop
from tests.store.sample import ROOT

RESULTS = ROOT / "build" / "bench"
ROUNDS = tuple(goal.part for goal in goals.TABLE)
PARTS = ("rehearsal", "drafting", *ROUNDS, "million", "machines", "freezing", "importing", "leaving", "footprint")
RUNS = 7
"""Rounds of each part."""
AWAY_SHARE = 0.8
"""Of the recipients, when the relay is far away: 8,000 are eight slices, which two processes can share evenly."""


def main() -> int:
    given = _arguments()
    wanted = PARTS if given.what in ("", "all") else PARTS[2:] if given.what == "sending" else given.what.split(",")
    if unknown := set(wanted) - set(PARTS):
        tell(f"No part {', '.join(sorted(unknown))}: WHAT is all, sending, or some of {', '.join(PARTS)}.")
        return 2
    kept = True
    if "rehearsal" in wanted:
        kept = rehearsal.measure(given.runs or rehearsal.RUNS)
    if kept_parts := [part for part in wanted if part != "rehearsal"]:
        try:
            results = _drafting(given) if "drafting" in kept_parts else {}
            if sending := [part for part in kept_parts if part != "drafting"]:
                results |= _sending(sending, given)
        except LookupError as error:  # a program that is missing; it says how to get it
            tell(str(error))
            return 2
        print(report.text(results))
        missed = report.missed(results)
        print("\n".join(missed) if missed else "Every goal measured is reached.")
        kept = kept and not missed
    return 0 if kept else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description="Measure rehearsing, drafting and sending.")
    parser.add_argument("what", nargs="?", default="", help="all, sending, or parts with commas between")
    parser.add_argument("--runs", type=int, default=0, help="rounds of each (rehearsal 5, the others 7)")
    parser.add_argument("--size", type=int, default=10_000, help="recipients of a round")
    parser.add_argument("--million", type=int, default=1_000_000, help="recipients of the large mailing")
    parser.add_argument("--connections", type=int, default=64, help="of ours to the relay")
    return parser.parse_args()


def _drafting(given: argparse.Namespace) -> dict[str, report.Result]:
    runs = given.runs or RUNS
    RESULTS.mkdir(parents=True, exist_ok=True)
    about = facts(RESULTS) | {"news": str(drafting.NEWS), "contributions": str(drafting.CONTRIBUTIONS)}
    with TemporaryDirectory(dir=RESULTS) as folder:
        result = {"about": about | {"rounds": str(runs)}, "result": drafting.measure(Path(folder), runs)}
    _write("drafting", result)
    return {"drafting": result}


def _write(name: str, result: report.Result) -> None:
    (RESULTS / f"{name}.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")


def _sending(parts: list[str], given: argparse.Namespace) -> dict[str, report.Result]:
    """Measure each; every part's result is written as soon as it is there, so that a later one loses nothing."""
    runs = given.runs or RUNS
    results: dict[str, report.Result] = {}
    RESULTS.mkdir(parents=True, exist_ok=True)
    os.environ["TMPDIR"] = str(_roomy())
    with workshop(RESULTS, given.connections) as shop:

        def keep(name: str, measure: Callable[[], dict[str, object]]) -> None:
            about = facts(shop.folder) | {
                "recipients": str(given.size),
                "many": str(given.million),
                "rounds": str(runs),
            }
            results[name] = {"about": about, "connections": given.connections, "result": measure()}
            _write(name, results[name])

        if in_rounds := [part for part in parts if part in ROUNDS]:
            keep("rounds", lambda: table.measure(shop, given.size, runs, in_rounds))
        if "machines" in parts:
            postgres, people = shop.stores["PostgreSQL"], max(int(given.size * AWAY_SHARE), 1)
            keep("machines", lambda: machines.measure(shop, postgres, people, runs))
        if "freezing" in parts:
            keep("freezing", lambda: _both(shop, lambda store: freezing.measure(shop, store, given.million, 3)))
        if "importing" in parts:
            keep(
                "importing",
                lambda: _both(shop, lambda store: importing.measure(shop, store, given.million, min(runs, 3))),
            )
        if "leaving" in parts:
            keep("leaving", lambda: _both(shop, lambda store: leaving.measure(shop, store, given.size // 2, 3)))
        if "footprint" in parts:
            keep("footprint", lambda: _both(shop, lambda store: footprint.measure(shop, store, given.million, runs)))
        if "million" in parts:
            keep("million", lambda: _both(shop, lambda store: million.measure(shop, store, given.million, given.size)))
    return results


def _both(shop: Workshop, measure: Callable[[Store], dict[str, object]]) -> dict[str, object]:
    return {name: measure(store) for name, store in shop.stores.items()}


def _roomy() -> Path:
    """A folder for PostgreSQL's data on a real disk: a file system in memory would make its commits look free."""
    given = Path(os.environ.get("TMPDIR", "/tmp"))
    if file_system(given) not in ("tmpfs", "ramfs"):
        return given
    tell(f"{given} is in memory: PostgreSQL's data goes to {RESULTS} instead.")
    return RESULTS


if __name__ == "__main__":
    sys.exit(main())
