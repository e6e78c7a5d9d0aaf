"""The footprint's tables, and what of it was to be reached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bench import goals

SLOWEST = 12
"""Pages that are shown; the others are summed up in a line."""
Found = dict[str, Any]


def table(result: Found) -> str:
    """What each office takes while it waits, then its pages with the highest ratios."""
    lines = [
        "| database | ready after s, just begun | after four years | ratio | idle CPU, % of a processor | MiB idle |",
        "|---|---|---|---|---|---|",
    ]
    for store, found in result.items():
        empty, full = found["idle"]["empty"], found["idle"]["full"]
        lines.append(
            f"| {store} | {_spread(found['ready']['empty'])} | {_spread(found['ready']['full'])} "
            f"| {_spread(found['ready_ratio'])} | {empty['cpu_percent']:.1f} and {full['cpu_percent']:.1f} "
            f"| {empty['memory']:.0f} and {full['memory']:.0f} |"
        )
    for store, found in result.items():
        held = found["months"]
        lines += [
            "",
            f"{store}, {found['people']:,} recipients: a process that plays the plan held {held['before']:.0f} MiB "
            f"after its first year and {held['after']:.0f} MiB after its second (wanted ≤ {goals.GROWTH:g} times).",
            "",
            f"| page ({store}) | ms, just begun | ms, after four years | ratio | wanted |",
            "|---|---|---|---|---|",
        ]
        by_ratio = sorted(found["pages"].items(), key=lambda each: -each[1]["ratio"]["median"])
        for path, times in by_ratio[:SLOWEST]:
            cells = " | ".join(_spread(times[name]) for name in ("empty", "full", "ratio"))
            lines.append(f"| `{path}` | {cells} | ≤ {goals.PAGES:g} |")
        if rest := by_ratio[SLOWEST:]:
            most = rest[0][1]["ratio"]["median"]
            lines.append(f"| {len(rest)} others | | | {most:.2f} at most | ≤ {goals.PAGES:g} |")
    return "\n".join(lines)


def verdicts(result: Found) -> Iterator[tuple[str, float, float]]:
    """Label, value and the most it may be."""
    for store, found in result.items():
        held = found["months"]
        yield f"time to ready after four years ({store})", found["ready_ratio"]["median"], goals.PAGES
        yield f"memory after a year ({store})", held["after"] / held["before"], goals.GROWTH
        for path, times in found["pages"].items():
            yield f"{path} ({store})", times["ratio"]["median"], goals.PAGES


def _spread(values: dict[str, float]) -> str:
    least, median, most = (f"{values[name]:.2f}" for name in ("least", "median", "most"))
    return f"{median} ({least}–{most})"
