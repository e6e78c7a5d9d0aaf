"""The picture: every occurrence has its mark, every word can be read, and nothing in the plan breaks the drawing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import combinations
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest
from playwright.sync_api import Page

from tests.unit.timetables import sample
from worker.messages import say
from worker.plan.model import Per, Watch, Window
from worker.planning.timetable import touching
from worker.store.states import OccurrenceState
from worker.timetables.content import Timetable
from worker.timetables.svg import svg
from worker.timetables.svg.draw import SMALLEST, text_width
from worker.timetables.svg.marks import SHAPES

SPRING = date(2024, 3, 31)
SVG = "{http://www.w3.org/2000/svg}"


def nasty() -> Timetable:
    """Texts that try to break out, long ones, and a plan of one row."""
    row = sample.activity("nasty", sample.NASTY * 5)
    one = sample.entry("nasty", 2026, 12, "dropped", title=sample.NASTY, note=sample.NASTY)
    return sample.timetable([row], [one], plan=replace(sample.timetable([row], []).plan, title=sample.NASTY * 5))


def span(start: date, end: date) -> Timetable:
    """What `gather` gives for a part of the plan."""
    found = sample.busy(28)
    turns = tuple(turn for turn in found.turns if turn.window.end >= start and turn.window.start <= end)
    entries = tuple(touching(found.entries, start, end))
    return replace(found, span=Window(start, end), entries=entries, turns=turns)


PICTURES: dict[str, Callable[[], Timetable]] = {
    "six rows": lambda: sample.busy(6),
    "the region's number of rows": lambda: sample.busy(28),
    "eighty rows": lambda: sample.busy(80),
    "more than a sheet holds": lambda: sample.busy(130),
    "twice a week": sample.weekly,
    "nothing": lambda: sample.timetable([], []),
    "texts that try to break out": nasty,
    "one month": lambda: span(date(2026, 11, 3), date(2026, 12, 5)),
    "half a year": lambda: span(date(2026, 10, 1), date(2027, 3, 31)),
    "one day": lambda: span(date(2026, 11, 22), date(2026, 11, 22)),
    "thirty years": lambda: span(date(2010, 1, 1), date(2039, 12, 31)),
}


@pytest.fixture(params=PICTURES, ids=list(PICTURES))
def timetable(request: pytest.FixtureRequest) -> Timetable:
    return PICTURES[request.param]()


def root_of(timetable: Timetable) -> Element:
    return fromstring(svg(timetable))


def title_of(element: Element) -> str:
    return element.findtext(f"{SVG}title") or ""


def marks(root: Element) -> dict[str, Element]:
    """Occurrence → its list item."""
    found = [each for each in root.iter() if "data-occurrence" in each.attrib]
    assert len({each.attrib["data-occurrence"] for each in found}) == len(found)
    return {each.attrib["data-occurrence"]: each for each in found}


def place(mark: Element) -> tuple[float, float]:
    """Where a mark stands, in millimetres."""
    moved = next(each.attrib["transform"] for each in mark.iter() if "transform" in each.attrib)
    found = re.match(r"translate\((\S+) (\S+)\)", moved)
    assert found
    return float(found[1]), float(found[2])


def boxes(root: Element) -> Iterator[tuple[str, float, float, float, float]]:
    """Each text with its left, right, top and bottom, as wide as the letters may be at most."""
    for element in root.iter(f"{SVG}text"):
        text, size = element.text or "", float(element.attrib["font-size"])
        width = text_width(text, size, bold=element.get("font-weight") == "bold")
        x, y = float(element.attrib["x"]), float(element.attrib["y"])
        left = {"start": x, "middle": x - width / 2, "end": x - width}[element.attrib["text-anchor"]]
        yield text, left, left + width, y - 0.76 * size, y + 0.24 * size


def test_every_occurrence_has_one_mark_that_says_what_it_is(timetable: Timetable) -> None:
    drawn = marks(root_of(timetable))
    assert set(drawn) == {entry.id for entry in timetable.entries}
    for entry in timetable.entries:
        said = title_of(drawn[entry.id][0])
        assert say(f"states.{entry.state}") in said
        assert "10:00" in said
        assert drawn[entry.id].attrib["role"] == "listitem"


def test_no_letters_are_too_small_or_lie_upon_others(timetable: Timetable) -> None:
    root = root_of(timetable)
    height = float(root.attrib["viewBox"].split()[3])
    assert min(float(each.attrib["font-size"]) for each in root.iter(f"{SVG}text")) >= SMALLEST == 2.4
    found = list(boxes(root))
    for text, left, right, top, bottom in found:
        assert left >= 7.9 and right <= 412.1 and top >= 7.9 and bottom <= height - 7.9, f"{text} leaves the sheet"
    for one, other in combinations(found, 2):
        apart = one[2] <= other[1] or other[2] <= one[1] or one[4] <= other[3] or other[4] <= one[3]
        assert apart, f"„{one[0]}“ and „{other[0]}“ lie upon each other"


def test_the_sheet_is_a3_and_grows_only_for_more_than_eighty_rows() -> None:
    for rows in (1, 28, 80):
        root = root_of(sample.busy(rows))
        assert (root.attrib["width"], root.attrib["height"]) == ("420mm", "297mm")
        assert root.attrib["viewBox"] == "0 0 420 297"
        assert "@page { size: 420mm 297mm; margin: 0 }" in (root.findtext(f"{SVG}style") or "")
    higher = root_of(sample.busy(130))
    assert float(higher.attrib["height"].removesuffix("mm")) > 380
    assert higher.attrib["width"] == "420mm"


def test_marks_stand_at_their_times_and_never_leave_the_axis() -> None:
    root = root_of(sample.timetable([sample.activity("a")], [sample.entry("a", 2024, 1), sample.entry("a", 2027, 12)]))
    axis, right = 104.0, 412.0
    days = (date(2027, 12, 31) - date(2024, 1, 1)).days + 1
    x, _ = place(marks(root)["a/2024-01"])
    assert x == pytest.approx(axis + (right - axis) * (7 + 10 / 24) / days, abs=0.01)
    one_year = replace(sample.timetable([sample.activity("a")], [sample.entry("a", 2027, 12)]),
                       span=Window(date(2026, 1, 1), date(2026, 12, 31)))  # fmt: skip
    root = root_of(one_year)
    assert place(marks(root)["a/2027-12"])[0] == pytest.approx(right)
    assert "8. 12. →" in {each.text for each in root.iter(f"{SVG}text")}, "it lies beyond the axis"


def test_marks_lie_apart_even_twice_a_week() -> None:
    root = root_of(sample.weekly(2))
    scale = float(re.findall(r"scale\((\S+)\)", svg(sample.weekly(2)))[0])
    places = sorted(map(place, marks(root).values()))
    assert len(places) == 208
    for one, other in combinations(places, 2):
        assert abs(one[0] - other[0]) >= 1.9 * scale or abs(one[1] - other[1]) >= 1.9 * scale
    assert scale >= 0.7


def test_each_state_has_a_shape_of_its_own_and_its_words_in_the_legend() -> None:
    assert set(SHAPES) == set(OccurrenceState)
    assert len({tuple(part.path for part in parts) for parts in SHAPES.values()}) == len(OccurrenceState)
    texts = {each.text for each in root_of(sample.busy(28)).iter(f"{SVG}text")}
    for state in set(OccurrenceState) - {OccurrenceState.PLANNED}:
        assert say(f"states.{state}") in texts
    for key in ("assumed", "firm", "window", "optional", "rhythm", "no_dates", "unmet"):
        assert say(f"timetables.legend_{key}") in texts
    few = {each.text for each in root_of(sample.timetable([], [])).iter(f"{SVG}text")}
    assert say("states.done") not in few, "what is not drawn needs no legend"


def luminance(colour: str) -> float:
    """WCAG 2: relative luminance of `#rrggbb`."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_letters_and_marks_stand_out_from_whatever_lies_beneath() -> None:
    root = root_of(sample.busy(28))
    beneath = ["#ffffff", "#f3f6f9", "#d3e2f0", "#fde3df"]
    assert set(beneath) <= {each.get("fill") for each in root.iter()}, "the backgrounds as they are drawn"
    letters = {each.attrib["fill"] for each in root.iter(f"{SVG}text")} - {"#ffffff"}
    shapes = {part.fill if part.fill != "none" else part.stroke for parts in SHAPES.values() for part in parts}
    for colour in letters | shapes - {"#ffffff"}:
        for ground in beneath:
            assert contrast(colour, ground) >= 4.5, f"{colour} on {ground}"
    assert contrast("#ffffff", "#a3001b") >= 4.5, "today's day"


def test_a_half_year_that_is_not_kept_is_marked_and_named() -> None:
    found = sample.timetable([sample.activity("a")], [], turns=(sample.unmet("a", 2026),))
    root = root_of(found)
    group = next(each for each in root.iter() if "Nesplněná" in title_of(each))
    assert title_of(group) == "Nesplněná četnost, 1. pololetí 2026: má být alespoň 1, je 0, chybí 1"
    frame = group.find(f"{SVG}rect")
    assert frame is not None and "stroke-dasharray" in frame.attrib
    quarter = 308 / 16
    left, width = float(frame.attrib["x"]), float(frame.attrib["width"])
    assert left == pytest.approx(104 + 8 * quarter, abs=0.6)
    assert width == pytest.approx(2 * quarter, abs=0.9)
    assert "! chybí 1" in {each.text for each in root.iter(f"{SVG}text")}
    kept = replace(found, turns=(replace(found.turns[0], verdict=type(found.turns[0].verdict).PLANNED),))
    assert not any("Nesplněná" in title_of(each) for each in root_of(kept).iter())


def test_what_goes_on_all_the_time_is_hatched_and_what_has_no_dates_dotted() -> None:
    rows = [
        sample.activity("rhythm", rhythm=Watch(2, Per.WEEK)),
        sample.activity("call", on_call=True),
        sample.activity("meetings", by_dates=True),
    ]
    root = root_of(sample.timetable(rows, []))
    drawn = {title_of(each) for each in root.iter() if each.get("role") == "img"}
    assert "průběžně; sleduje se 2x v každém týdnu" in {each.replace("×", "x") for each in drawn}
    assert {say("timetables.on_call"), say("timetables.no_dates")} <= drawn
    assert "url(#hlasatel-hatch)" in {each.get("fill") for each in root.iter(f"{SVG}rect")}


def test_days_are_written_where_they_are_known() -> None:
    entries = [
        sample.entry("a", 2024, 3, "historical"),
        sample.entry("a", 2024, 9, "historical", assumed=False),
        sample.entry("a", 2025, 4, "dropped"),
        sample.entry("a", 2027, 5),
    ]
    texts = {each.text for each in root_of(sample.timetable([sample.activity("a")], entries)).iter(f"{SVG}text")}
    assert {"8. 9.", "8. 5."} <= texts
    assert not {"8. 3.", "8. 4."} & texts


def test_a_long_name_goes_on_where_the_row_is_high_enough() -> None:
    name = "Výzva pro připomínkování byla zveřejněna na sociálních sítích kraje a jeho příspěvkových organizací (pozn.)"
    few, many = (
        [each.text or "" for each in root_of(sample.timetable([sample.activity(f"a{number}", name)
         for number in range(rows)], [])).iter(f"{SVG}text")] for rows in (2, 40)
    )  # fmt: skip
    assert "Výzva pro připomínkování byla zveřejněna na" in few
    assert "sociálních sítích kraje a\N{NO-BREAK SPACE}jeho příspěvkových…" in few
    assert any(each.startswith("Výzva pro připomínkování") and each.endswith("…") for each in many)


def test_today_is_a_line_and_only_where_it_lies_on_the_axis() -> None:
    found = sample.busy(6)
    assert "dnes 22. 11. 2026" in svg(found)
    assert "dnes" not in svg(replace(found, now=datetime(2028, 1, 1, 12, tzinfo=UTC)))


def test_todays_line_moves_words_aside_and_hides_none() -> None:
    found = sample.timetable([sample.activity("call", on_call=True)], [])
    for day in range(1, 29):
        here = replace(found, now=datetime(2024, 1, day, 12, tzinfo=UTC), span=Window(date(2024, 1, 1), SPRING))
        text = next(box for box in boxes(root_of(here)) if box[0] == say("timetables.on_call"))
        today = 104 + 308 * (day - 1 + 13 / 24) / 91
        assert today <= text[1] or text[2] <= today


def test_weeks_are_named_at_their_mondays() -> None:
    root = root_of(replace(sample.timetable([], []), span=Window(date(2024, 1, 1), SPRING)))
    place_of = {each.text: float(each.attrib["x"]) for each in root.iter(f"{SVG}text")}
    assert place_of["8. 1."] == pytest.approx(104 + 308 * 7 / 91, abs=0.6)


def test_nothing_in_the_plan_becomes_part_of_the_drawing() -> None:
    text = svg(nasty())
    root = fromstring(text)
    tags = {each.tag.removeprefix(SVG) for each in root.iter()}
    assert tags <= {"svg", "title", "desc", "style", "defs", "pattern", "g", "rect", "path", "text"}
    names = {name for each in root.iter() for name in each.attrib}
    assert not {name for name in names if name.startswith("on") or "href" in name or name == "style"}
    assert "\x07" not in text and "\r" not in text
    assert "<script>alert('&')</script>" in title_of(marks(root)["nasty/2026-12"][0])


def test_the_axis_is_as_fine_as_the_days_allow() -> None:
    def names(found: Timetable) -> set[str | None]:
        return {each.text for each in root_of(found).iter(f"{SVG}text")}

    assert {"2024", "3. čtvrtletí", "zář", "říj"} <= names(sample.busy(6))
    assert {"4. čtvrtletí 2026", "listopad 2026", "23. 11."} <= names(PICTURES["half a year"]())
    years = names(PICTURES["thirty years"]())
    assert "2026" in years and not {"zář", "3. čtvrtletí"} & years


def test_the_same_state_gives_the_same_picture_and_english_is_english(monkeypatch: pytest.MonkeyPatch) -> None:
    assert svg(sample.busy(28)) == svg(sample.busy(28))
    monkeypatch.setenv("HLASATEL_LANG", "en")
    text = svg(sample.busy(28))
    assert "today 22. 11. 2026" in text
    assert not re.search(r"čtvrtletí|v plánu|chybí|průběžně", text)


@pytest.mark.browser
@pytest.mark.parametrize("rows", [28, 80])
def test_chromium_finds_the_letters_as_narrow_as_we_take_them(page: Page, tmp_path: Path, rows: int) -> None:
    """Our widths are an estimate; the browser's are what is printed."""
    file = tmp_path / "harmonogram.svg"
    file.write_text(svg(sample.busy(rows)), encoding="utf-8")
    page.goto(file.as_uri())
    measured = page.evaluate(
        "[...document.querySelectorAll('text')].map(each => [each.textContent, each.getComputedTextLength()])"
    )
    estimated = [(text, right - left) for text, left, right, *_ in boxes(root_of(sample.busy(rows)))]
    assert [text for text, _ in measured] == [text for text, _ in estimated]
    for (text, width), (_, most) in zip(measured, estimated, strict=True):
        assert 0.6 * most <= width <= most + 0.1, f"„{text}“ is not as wide as estimated"


@pytest.mark.browser
def test_a_screen_reader_hears_each_row_and_in_it_each_occurrence(page: Page, tmp_path: Path) -> None:
    row = sample.activity("a", "Tiskové zprávy")
    found = sample.timetable([row], [sample.entry("a", 2026, 12)], turns=(sample.unmet("a", 2026),))
    file = tmp_path / "harmonogram.svg"
    file.write_text(svg(found), encoding="utf-8")
    page.goto(file.as_uri())
    heard = page.locator("svg").aria_snapshot()
    assert 'group "Časový harmonogram: Komunikační plán kraje"' in heard
    assert 'list "Řádky plánu":\n    - listitem:' in heard
    assert 'img "Tiskové zprávy (září, prosinec 2024–2027 · Alespoň 1x za ½ roku' in heard
    assert 'img "Nesplněná četnost, 1. pololetí 2026: má být alespoň 1, je 0, chybí 1"' in heard
    assert re.search(r"- list:\n\s+- listitem:\n\s+- 'img \"Tisková zpráva, 12/2026: úterý 8.\sprosince 2026 v", heard)
    assert "dnes" not in heard and "čtvrtletí 2" not in heard, "the axis and the legend are for the eye"
