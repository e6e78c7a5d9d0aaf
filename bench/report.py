"""Results as tables: on the screen after a run, and in docs/benchmarks.md between its markers.

`python -m bench.report` keeps the last run's results (build/bench) in bench/results and writes the tables anew.
"""

from __future__ import annotations

import json
import re
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench import footprint_told, goals
from bench.goals import OURS, STORES, TABLE

HERE = Path(__file__).resolve().parent
KEPT, PAGE, LATEST = HERE / "results", HERE.parent / "docs" / "benchmarks.md", HERE.parent / "build" / "bench"
Result = dict[str, Any]
PARTS = ("rounds", "million", "machines", "freezing", "importing", "leaving", "footprint", "drafting")
FULL = {"recipients": "10000", "many": "1000000"}
"""What the goals speak of; what was measured with fewer people tells nothing and is not kept."""


def text(results: Mapping[str, Result]) -> str:
    """Every table of the parts there are."""
    return "\n\n".join(f"{_TITLES[name]}\n\n{table(name, results[name])}" for name in PARTS if name in results)


def table(name: str, result: Result) -> str:
    """The tables of one part, with what they were measured on."""
    about = "; ".join(f"{label} {value}" for label, value in result["about"].items())
    ours = f"; {result['connections']} connections of ours" if "connections" in result else ""
    wrapped = textwrap.fill(f"{about}{ours}.", 118, break_on_hyphens=False)
    return f"{_TABLES[name](result['result'])}\n\n{wrapped}"


def missed(results: Mapping[str, Result]) -> list[str]:
    """A sentence for each goal that the median misses."""
    found = []
    for label, value, goal, reached in _verdicts(results):
        if not reached:
            found.append(f"MISSED: {label}: {value}, wanted {goal}")
    return found


def keep(latest: Path, kept: Path, page: Path) -> list[str]:
    """Take over the results of full size and write the page's tables anew; the names of the parts taken over."""
    kept.mkdir(exist_ok=True)
    whole = {name: FULL if name != "drafting" else {} for name in PARTS}
    taken = [name for name, result in load(latest).items() if whole[name].items() <= result["about"].items()]
    for name in taken:
        (kept / f"{name}.json").write_bytes((latest / f"{name}.json").read_bytes())
    page.write_text(with_tables(page.read_text("utf-8"), load(kept)), encoding="utf-8")
    return taken


def load(folder: Path) -> dict[str, Result]:
    """The results kept there, by part."""
    files = {name: folder / f"{name}.json" for name in PARTS}
    return {name: json.loads(file.read_text("utf-8")) for name, file in files.items() if file.exists()}


def with_tables(page: str, results: Mapping[str, Result]) -> str:
    """`page` with what stands between `<!-- NAME -->` and `<!-- end -->` replaced by that part's tables."""
    for name, result in results.items():
        between = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        if not between.search(page):
            raise LookupError(f"the page has no place for {name}")
        told = table(name, result).replace("\\", r"\\")
        page = between.sub(rf"\1\n{told}\n\n\2", page)
    return page


def _rounds(result: Result) -> str:
    lines = ["| against | SQLite | wanted | PostgreSQL | wanted |", "|---|---|---|---|---|"]
    for goal in TABLE:
        if found := result["against"].get(goal.label):
            wanted = {store: f"≥ {goal.at_least[store]:g}" if goal.at_least else "–" for store in STORES}
            cells = [f"{_spread(found[store])} | {wanted[store]}" for store in STORES]
            lines.append(f"| {goal.label} | {' | '.join(cells)} |")
    if result["noise"]:
        lines.append(f"| `smtp-source` against itself (A/A) | {_spread(result['noise'])} | | | |")
    return "\n".join([*lines, "", *_senders(result["senders"])])


def _senders(senders: Mapping[str, Result]) -> list[str]:
    lines = [
        "| sender | messages a second | client CPU, µs a message | database server, µs | the sink's core | MiB |",
        "|---|---|---|---|---|---|",
    ]
    for name in sorted(senders, key=lambda name: -senders[name]["rate"]["median"]):
        run = senders[name]
        server = f"{run['server_micros']['median']:.0f}" if run["server_micros"]["median"] else ""
        memory = f"{run['memory']:.0f}" if run["memory"] else ""
        lines.append(
            f"| {name} | {_spread(run['rate'], 0)} | {_spread(run['client_micros'], 0)} | {server} "
            f"| {100 * run['sink_share']['median']:.0f} % | {memory} |"
        )
    return lines


def _million(result: Result) -> str:
    lines = [
        "| recipients | database | messages a second | client CPU, µs a message | the sink's core | MiB at most |",
        "|---|---|---|---|---|---|",
    ]
    for store, found in result.items():
        for size in ("small", "large"):
            run = found[size]
            cells = _spread(run["rate"], 0), _spread(run["client_micros"], 0)
            sink = f"{100 * run['sink_share']['median']:.0f} %"
            lines.append(
                f"| {_number(run['messages'])} | {store} | {' | '.join(cells)} | {sink} | {run['memory']:.0f} |"
            )
    lines += ["", "| large against small | SQLite | PostgreSQL | wanted |", "|---|---|---|---|"]
    times = " | ".join(_spread(result[store]["time"]) for store in STORES)
    memory = " | ".join(f"{result[store]['memory']:.2f}" for store in STORES)
    lines.append(f"| time per message | {times} | ≤ {goals.MILLION_TIME} |")
    lines.append(f"| peak memory | {memory} | ≤ {goals.MILLION_MEMORY}, and ≤ {goals.MILLION_MIB} MiB |")
    return "\n".join(lines)


def _machines(result: Result) -> str:
    lines = [
        "| `deliver` processes | messages a second | client CPU, µs a message | database server, µs | the way's core |",
        "|---|---|---|---|---|",
    ]
    for number, name in ((1, "one"), (2, "two")):
        run = result[name]
        cells = _spread(run["rate"], 0), _spread(run["client_micros"], 0), f"{run['server_micros']['median']:.0f}"
        lines.append(f"| {number} | {' | '.join(cells)} | {100 * run['sink_share']['median']:.0f} % |")
    away = f"{result['milliseconds']} ms away, {result['connections']} connections each"
    return "\n".join([*lines, "", f"Two against one, {away}: {_spread(result['ratio'])} (wanted ≥ {goals.MACHINES})."])


def _freezing(result: Result) -> str:
    lines = ["| database | recipients | ours, s | bare SQL, s | ratio | wanted |", "|---|---|---|---|---|---|"]
    for store, found in result.items():
        cells = _spread(found["ours"]), _spread(found["bare"]), _spread(found["ratio"])
        lines.append(f"| {store} | {_number(found['people'])} | {' | '.join(cells)} | ≤ {goals.FREEZING:g} |")
    return "\n".join(lines)


def _importing(result: Result) -> str:
    lines = [
        "| database | rows | ours, s | bulk load, s | ratio | wanted | MiB at most | with a tenth of the rows |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for store, found in result.items():
        cells = _spread(found["ours"], 1), _spread(found["bulk"], 1), _spread(found["ratio"])
        memory = " | ".join(f"{found['memory'][size]:.0f}" for size in ("large", "small"))
        lines.append(
            f"| {store} | {_number(found['people'])} | {' | '.join(cells)} | ≤ {goals.IMPORTING:g} | {memory} |"
        )
    return "\n".join(lines)


def _leaving(result: Result) -> str:
    lines = [
        "| database | messages a second alone | beside those who leave | slower | wanted | a click waits, ms |",
        "|---|---|---|---|---|---|",
    ]
    for store, found in result.items():
        cells = _spread(found["alone"], 0), _spread(found["beside"], 0), _spread(found["slower"])
        lines.append(f"| {store} | {' | '.join(cells)} | ≤ {goals.LEAVING:g} | {_spread(found['answers'], 0)} |")
    about = next(iter(result.values()))
    clicks = f"{_number(about['leaving'])} clicks within {about['within']:g} s"
    away = f"{about['milliseconds']} ms away, {about['connections']} connections"
    return "\n".join([*lines, "", f"{_number(about['people'])} recipients, {clicks}, the relay {away}."])


def _drafting(result: Result) -> str:
    lines = ["| package of three drafts | seconds | seconds of CPU | wanted |", "|---|---|---|---|"]
    for name, label in _RUNS.items():
        run = result["runs"][name]
        wanted = f"≤ {goals.PACKAGE:g} of CPU" if name == "warm" else "–"
        lines.append(f"| {label} | {_spread(run['wall'])} | {_spread(run['cpu'])} | {wanted} |")
    lines += [f"| the same package against itself (A/A) | | {_spread(result['noise'])} times | |", ""]
    lines += ["| a newsletter's styles are inlined | µs of CPU a message |", "|---|---|"]
    lines.append(f"| once, 1,000 messages spliced from it | {_spread(result['spliced'], 0)} |")
    lines.append(f"| for each message | {_spread(result['alone'], 0)} |")
    return "\n".join([*lines, "", f"Once is {_spread(result['ratio'], 0)} times as fast."])


_RUNS = {
    "warm": "in a process that has drafted before",
    "first": "the first in a process",
    "tick": "a whole `tick` that drafts it",
    "idle": "a `tick` that finds nothing to do",
}
_TITLES = {
    "rounds": "Against others",
    "million": "A million recipients",
    "machines": "Two machines",
    "freezing": "Freezing an audience",
    "importing": "Importing a table",
    "leaving": "Many leave at once",
    "footprint": "What it takes while it waits",
    "drafting": "Drafting",
}
_TABLES = {
    "rounds": _rounds,
    "million": _million,
    "machines": _machines,
    "freezing": _freezing,
    "importing": _importing,
    "leaving": _leaving,
    "footprint": footprint_told.table,
    "drafting": _drafting,
}


def _verdicts(results: Mapping[str, Result]) -> list[tuple[str, str, str, bool]]:
    """Label, value, goal and whether it is reached, of everything measured."""
    found: list[tuple[str, str, str, bool]] = []

    def judge(label: str, value: float, goal: float, *, least: bool) -> None:
        sign, reached = ("≥", value >= goal) if least else ("≤", value <= goal)
        found.append((label, f"{value:.2f}", f"{sign} {goal:g}", reached))

    if rounds := results.get("rounds", {}).get("result"):
        for goal in TABLE:
            for store, least in goal.at_least.items():
                if ratio := rounds["against"].get(goal.label):
                    judge(f"{goal.label} ({store})", ratio[store]["median"], least, least=True)
        for store in STORES:
            run = rounds["senders"].get(OURS.format(store=store))
            if run:
                micros = run["client_micros"]["median"]
                judge(f"client CPU in µs a message ({store})", micros, goals.CLIENT_MICROS, least=False)
    for store, run in results.get("million", {}).get("result", {}).items():
        judge(f"time per message of many ({store})", run["time"]["median"], goals.MILLION_TIME, least=False)
        judge(f"memory of many ({store})", run["memory"], goals.MILLION_MEMORY, least=False)
        judge(f"MiB of many ({store})", run["large"]["memory"], goals.MILLION_MIB, least=False)
    if machines := results.get("machines", {}).get("result"):
        judge("two deliver processes", machines["ratio"]["median"], goals.MACHINES, least=True)
    for store, run in results.get("freezing", {}).get("result", {}).items():
        judge(f"freezing ({store})", run["ratio"]["median"], goals.FREEZING, least=False)
    for store, run in results.get("importing", {}).get("result", {}).items():
        judge(f"importing ({store})", run["ratio"]["median"], goals.IMPORTING, least=False)
        memory = run["memory"]["large"] / run["memory"]["small"]
        judge(f"memory of an import ({store})", memory, goals.IMPORTING_MEMORY, least=False)
    for store, run in results.get("leaving", {}).get("result", {}).items():
        judge(f"sending while many leave ({store})", run["slower"]["median"], goals.LEAVING, least=False)
    for label, value, most in footprint_told.verdicts(results.get("footprint", {}).get("result", {})):
        judge(label, value, most, least=False)
    if drafting := results.get("drafting", {}).get("result"):
        judge("a package drafted, s of CPU", drafting["runs"]["warm"]["cpu"]["median"], goals.PACKAGE, least=False)
    return found


def _spread(values: Mapping[str, float], places: int = 2) -> str:
    """The median with the least and the most behind it."""
    least, median, most = (f"{values[name]:.{places}f}" for name in ("least", "median", "most"))
    return f"{median} ({least}–{most})"


def _number(count: int) -> str:
    return f"{count:,}"


if __name__ == "__main__":
    print(f"Kept: {', '.join(keep(LATEST, KEPT, PAGE)) or 'nothing, run make bench first'}")
    sys.exit(0)
