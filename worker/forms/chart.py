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
_EDGE = 0.08  # inches of white on each side
_STEPS = 8  # from the colour of a ground to that of what stands on it
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
    shows_pictures: ClassVar[bool] = False

    def make(self, source: FormSource) -> bytes:
        """The same picture for the same numbers; without any there is none."""
        series, bars, note = _told(source.laid_out)
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        canvas: Any = FigureCanvasAgg(Figure(figsize=(_INCHES_WIDE, _MARGIN + _BAR * len(bars)), dpi=_DOTS))
        axes = canvas.figure.add_subplot()
        _draw(axes, series, bars, note)
        _fit(canvas, axes)
        canvas.draw()
        return _with_palette(canvas)


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


def _fit(canvas: Any, axes: Any) -> None:
    """Give the picture the size of what stands in it, without drawing it for that."""
    figure = canvas.figure
    around = figure.get_tightbbox(canvas.get_renderer()).padded(_EDGE)
    inside = axes.get_window_extent().transformed(figure.dpi_scale_trans.inverted())
    figure.set_size_inches(around.width, around.height)
    left, bottom = (inside.x0 - around.x0) / around.width, (inside.y0 - around.y0) / around.height
    axes.set_position((left, bottom, inside.width / around.width, inside.height / around.height))


def _with_palette(canvas: Any) -> bytes:
    """The picture as PNG with the colours that it is drawn in: a third of the size, and every mail carries it."""
    from PIL import Image

    drawn = Image.frombuffer("RGBA", canvas.get_width_height(), canvas.buffer_rgba(), "raw", "RGBA", 0, 1)
    palette = Image.new("P", (1, 1))
    palette.putpalette([channel for colour in _shades() for channel in colour])
    written = io.BytesIO()
    drawn.convert("RGB").quantize(palette=palette, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
    return written.getvalue()


def _shades() -> list[tuple[int, ...]]:
    """What each ink and each bar is drawn in, and the steps to what it stands on, as its edge has them."""
    from PIL.ImageColor import getrgb

    pairs = [("white", _INK), *(("white", colour) for colour, _ in _COLOURS), *((c, ink) for c, ink in _COLOURS)]
    steps = [
        tuple(
            round(one + (other - one) * step / _STEPS) for one, other in zip(getrgb(ground), getrgb(ink), strict=True)
        )
        for ground, ink in pairs
        for step in range(_STEPS + 1)
    ]
    return list(dict.fromkeys(steps))
