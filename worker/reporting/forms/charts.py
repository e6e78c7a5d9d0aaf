"""The charts of the report, drawn with matplotlib: bars in parts with their numbers, told apart without colour as well.

Colours differ in lightness, those that would come near each other on a black-and-white printer are hatched besides, and
every part has its number. Letters are drawn as shapes, so that a chart looks the same wherever it is opened.
"""

from __future__ import annotations

import io
from base64 import b64encode
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from worker.messages import say
from worker.reporting.forms.told import Group, quarters
from worker.reporting.model import By, Report

Kind = Literal["svg", "png"]

MOST_BARS = 16
"""Rows of one chart; further ones stand in the table beside it alone."""
LONGEST = 38
"""Characters of a row's name before it is cut."""
_INCHES_WIDE, _BAR, _MARGIN = 6.5, 0.34, 0.75
_DOTS = 200
"""Per inch, of a PNG: 1300 pixels across the 165 mm it is shown in."""
_TYPE = 9
_INK = "#1c1c1c"
_LOOKS = {
    Group.DONE: ("#1f4e79", "", "white"),
    Group.LATE: ("#7fb2dd", "", _INK),
    Group.NOT_DONE: ("#8c1d2c", "xx", "white"),
    Group.NOT_KNOWN: ("#f2c14e", "//", _INK),
    Group.DROPPED: ("#b0b0b0", "..", _INK),
    Group.OPEN: ("#ffffff", "", _INK),
}
"""Its colour, its hatching and the ink of its number."""


@dataclass(frozen=True)
class Chart:
    """One chart. `alt` is what it shows, in words; `parts` are the numbers of every row, `rows` their names."""

    id: str
    title: str
    alt: str
    rows: tuple[str, ...]
    parts: tuple[tuple[Group, tuple[int, ...]], ...]
    legend: tuple[str, ...] = ()
    """What each part is called; empty for a chart of one part."""

    def drawn(self, kind: Kind) -> bytes:
        """The picture: the same bytes for the same numbers."""
        return picture(self, kind)

    def address(self) -> str:
        """The picture as a `data:` address."""
        return f"data:image/svg+xml;base64,{b64encode(self.drawn('svg')).decode('ascii')}"


def charts(report: Report) -> list[Chart]:
    """What became of the promises by quarters, and what was done by channels; none without numbers."""
    return [each for each in (_by_quarter(report), _by_channel(report)) if any(sum(n) for _, n in each.parts)]


def _by_quarter(report: Report) -> Chart:
    found = quarters(report)
    present = [group for group in Group if any(numbers[group] for _, numbers in found)]
    told = "; ".join(
        f"{name}: " + ", ".join(f"{say(f'report_forms.group_{each}')} {n}" for each, n in numbers.items() if n)
        for name, numbers in found
        if any(numbers.values())
    )
    return Chart(
        "quarters",
        say("report_forms.chart_quarters"),
        say("report_forms.chart_alt", title=say("report_forms.chart_quarters"), told=told),
        tuple(name for name, _ in found[:MOST_BARS]),
        tuple((group, tuple(numbers[group] for _, numbers in found[:MOST_BARS])) for group in present),
        legend=tuple(say(f"report_forms.group_{group}") for group in present),
    )


def _by_channel(report: Report) -> Chart:
    found = sorted(report.counts_by(By.CHANNEL), key=lambda each: (-each.number, each.name))
    told = "; ".join(f"{each.name}: {each.number}" for each in found)
    return Chart(
        "channels",
        say("report_forms.chart_channels"),
        say("report_forms.chart_alt", title=say("report_forms.chart_channels"), told=told),
        tuple(each.name for each in found[:MOST_BARS]),
        ((Group.DONE, tuple(each.number for each in found[:MOST_BARS])),),
    )


@lru_cache(maxsize=20)
def picture(chart: Chart, kind: Kind) -> bytes:
    """The chart as SVG or PNG. Kept, because whoever reads the page takes its forms along next."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    # `hashsalt`: else the names within the SVG are chance ones.
    with matplotlib.rc_context({"svg.hashsalt": chart.id, "svg.fonttype": "path", "hatch.linewidth": 0.6}):
        figure = Figure(figsize=(_INCHES_WIDE, _MARGIN + _BAR * len(chart.rows)), dpi=_DOTS)
        canvas: Any = (FigureCanvasSVG if kind == "svg" else FigureCanvasAgg)(figure)
        _draw(figure.add_subplot(), chart)
        written = io.BytesIO()
        metadata = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
        canvas.figure.savefig(written, format=kind, bbox_inches="tight", pad_inches=0.06, metadata=metadata)
    return written.getvalue()


def _draw(axes: Any, chart: Chart) -> None:
    names = [name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…" for name in chart.rows]
    rows, ends = range(len(names)), [0] * len(names)
    longest = max(sum(part[row] for _, part in chart.parts) for row in rows)
    for number, (group, values) in enumerate(chart.parts):
        colour, hatch, ink = _LOOKS[group]
        axes.barh(
            rows, values, left=ends, height=0.7, color=colour, hatch=hatch, edgecolor=_INK, linewidth=0.6,
            label=chart.legend[number] if chart.legend else None,
        )  # fmt: skip
        for row, value in enumerate(values):
            if value:
                _number(axes, ends[row] + value / 2, row, value, ink, colour if hatch else None)
        ends = [end + value for end, value in zip(ends, values, strict=True)]
    axes.set_xlim(0, longest * 1.01)
    axes.set_yticks(rows, names)
    axes.invert_yaxis()
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0, labelsize=_TYPE, labelcolor=_INK)
    for side in axes.spines.values():
        side.set_visible(False)
    if chart.legend:
        axes.legend(
            loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=3, frameon=False, fontsize=_TYPE, labelcolor=_INK,
            handlelength=1.8, handleheight=1.1, columnspacing=1.4, borderaxespad=0,
        )  # fmt: skip


def _number(axes: Any, x: float, row: int, value: int, ink: str, behind: str | None) -> None:
    """A part's number; on a hatched part upon a plain ground, else it could not be read."""
    box = {"boxstyle": "round,pad=0.15", "facecolor": behind, "edgecolor": "none"} if behind else None
    axes.text(x, row, str(value), ha="center", va="center", color=ink, fontsize=_TYPE, bbox=box)
