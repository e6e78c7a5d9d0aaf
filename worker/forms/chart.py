"""A chart that stands in a mail: bars in parts, each part with its number, readable without its colour.

Drawn at twice the size it is shown in, on white whatever the reader's scheme, so that its contrast is known.
"""

from __future__ import annotations

import io
import json
from typing import Any, ClassVar

from worker.forms.base import Form, FormFailed, FormSource, NothingToMake
from worker.messages import say

_INCHES_WIDE = 4.2
_DOTS = 260  # per inch: some 1100 pixels, shown 560 wide
_BAR, _MARGIN = 0.28, 0.9  # inches of height
_TYPE = 9.5  # points: still some ten pixels high on a telephone
_INK = "#1c1c1c"
_COLOURS = (("#1f4e79", "white"), ("#6fa8dc", _INK), ("#f2c14e", _INK), ("#a8323e", "white"))
"""From the best to the worst, each with the ink of its number; they differ in lightness as well as in colour."""


_Bar = tuple[str, list[int]]


class Chart(Form):
    """PNG from `chart.json`: `series` (four names at most), `bars` (each `label` and `values`, one a series), `note`.

    The labels are short and the note is part of the picture: it says of when and of whose the numbers are.
    """

    id: ClassVar[str] = "chart"
    label_key: ClassVar[str] = "forms.chart"
    suffix: ClassVar[str] = "-graf.png"
    media_type: ClassVar[str] = "image/png"
    template: ClassVar[str] = "chart.json"

    def make(self, source: FormSource) -> bytes:
        """The same picture for the same numbers; without any there is none."""
        series, bars, note = _told(source.laid_out)
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(_INCHES_WIDE, _MARGIN + _BAR * len(bars)), dpi=_DOTS, facecolor="white")
        FigureCanvasAgg(figure)
        _draw(figure.add_subplot(), series, bars, note)
        written = io.BytesIO()
        figure.savefig(written, format="png", metadata={"Software": None}, bbox_inches="tight", pad_inches=0.08)
        return _fewer_colours(written.getvalue())


def _told(text: str) -> tuple[list[str], list[_Bar], str]:
    try:
        told: dict[str, Any] = json.loads(text)
        series = [str(name) for name in told["series"]]
        bars = [(str(bar["label"]), [int(value) for value in bar["values"]]) for bar in told["bars"]]
    except (ValueError, KeyError, TypeError) as error:
        raise FormFailed(say("forms.bad_chart", cause=str(error))) from None
    if len(series) > len(_COLOURS) or any(len(values) != len(series) for _, values in bars):
        raise FormFailed(say("forms.bad_chart", cause=say("forms.bad_chart_values", most=len(_COLOURS))))
    if not any(sum(values) for _, values in bars):
        raise NothingToMake
    return series, bars, str(told.get("note", ""))


def _draw(axes: Any, series: list[str], bars: list[_Bar], note: str) -> None:
    labels = [label for label, _ in bars]
    ends = [0] * len(bars)
    for number, name in enumerate(series):
        colour, ink = _COLOURS[number]
        values = [bar[number] for _, bar in bars]
        axes.barh(labels, values, left=ends, color=colour, edgecolor="white", linewidth=1.2, height=0.72, label=name)
        for row, value in enumerate(values):
            if value:
                axes.text(ends[row] + value / 2, row, str(value), ha="center", va="center", color=ink, fontsize=_TYPE)
        ends = [end + value for end, value in zip(ends, values, strict=True)]
    axes.invert_yaxis()
    axes.margins(x=0, y=0.01)
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0, labelsize=_TYPE, labelcolor=_INK)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.legend(
        loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=2, frameon=False, fontsize=_TYPE, labelcolor=_INK,
        handlelength=1.2, columnspacing=1.2, borderaxespad=0,
    )  # fmt: skip
    axes.annotate(
        note, (0, 0), (0, -8), xycoords="axes fraction", textcoords="offset points", va="top", fontsize=_TYPE - 1.5,
        color=_INK,
    )  # fmt: skip


def _fewer_colours(data: bytes) -> bytes:
    """The same picture with a palette: a third of the size, and every mail carries it."""
    from PIL import Image

    written = io.BytesIO()
    with Image.open(io.BytesIO(data)) as picture:
        reduced = picture.convert("RGB").quantize(64, dither=Image.Dither.NONE)
        reduced.save(written, format="PNG", optimize=True)
    return written.getvalue()
