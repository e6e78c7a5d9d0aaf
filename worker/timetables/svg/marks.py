"""The mark of an occurrence: each state has a shape and a colour of its own, so that neither is needed alone."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from worker.store.states import OccurrenceState
from worker.timetables.svg.draw import PAPER, draw

# Dark enough for 4.5:1 on paper and on a window's bar, and apart for every kind of colour blindness.
BLUE, BROWN, GREEN, RED, GREY, PURPLE = "#0b3c6f", "#7a4100", "#004d33", "#a3001b", "#3d454e", "#5b2a86"

_DISC = "M-1 0A1 1 0 1 1 1 0A1 1 0 1 1-1 0Z"
_SMALL_DISC = "M-.4 0A.4.4 0 1 1 .4 0A.4.4 0 1 1-.4 0Z"
_TICK = "M-.5 0L-.1.42L.55-.42"


@dataclass(frozen=True)
class Part:
    """A path in a square from -1 to 1."""

    path: str
    fill: str
    stroke: str
    width: float


def _filled(path: str, colour: str) -> Part:
    """A shape with an edge of paper, which keeps it apart from what lies beneath."""
    return Part(path, colour, PAPER, 0.18)


def _line(path: str, colour: str, width: float = 0.28) -> Part:
    return Part(path, "none", colour, width)


_RING = Part("M-.87 0A.87.87 0 1 1 .87 0A.87.87 0 1 1-.87 0Z", PAPER, BLUE, 0.26)
_S = OccurrenceState
SHAPES: dict[OccurrenceState, tuple[Part, ...]] = {
    _S.PLANNED: (_RING,),
    _S.PREPARING: (_RING, Part("M0-.87A.87.87 0 0 0 0 .87Z", BLUE, "none", 0)),
    _S.ASKED: (_filled("M0-1.15L1.1.85H-1.1Z", BROWN),),
    _S.RETURNED: (_filled("M-1.15 0L.85-1.1V1.1Z", BROWN),),
    _S.APPROVED: (_filled(_DISC, BLUE), _line(_TICK, PAPER)),
    _S.SENDING: (_filled("M1.15 0L-.85-1.1V1.1Z", BLUE),),
    _S.DONE: (_filled("M-.95-.95H.95V.95H-.95Z", GREEN), _line(_TICK, PAPER)),
    _S.MISSED: (_filled("M0-1.3L1.3 0L0 1.3L-1.3 0Z", RED), _line("M0-.65V.15M0 .42V.68", PAPER)),
    _S.DROPPED: (
        _line("M-.75-.75L.75.75M.75-.75L-.75.75", PAPER, 0.6),
        _line("M-.75-.75L.75.75M.75-.75L-.75.75", GREY),
    ),
    _S.HELD: (_filled("M-.95-.95H-.15V.95H-.95ZM.15-.95H.95V.95H.15Z", PURPLE),),
    _S.HISTORICAL: (_filled("M-.65-.65H.65V.65H-.65Z", GREY),),
}
FIRM = Part(_SMALL_DISC, BLUE, "none", 0)
"""Inside the ring of what is planned for a day that is no assumption."""


def draw_mark(parent: Element, x: float, y: float, radius: float, state: OccurrenceState, *, firm: bool) -> None:
    """The state's shape, `radius` millimetres from its middle at (x, y) to its edge."""
    group = draw(parent, "g", transform=f"translate({x:.2f} {y:.2f}) scale({radius:.2f})")
    parts = SHAPES[state]
    for part in (*parts, FIRM) if firm and state is OccurrenceState.PLANNED else parts:
        outline: dict[str, str | float] = {"stroke": part.stroke, "stroke_width": part.width} if part.width else {}
        draw(group, "path", d=part.path, fill=part.fill, **outline)
