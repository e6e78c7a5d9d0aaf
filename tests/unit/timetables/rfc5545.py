"""A second opinion on calendars: the rules of RFC 5545 line by line, written without the library that makes them."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST_LINE = 75
"""Octets, without the line's end (3.1)."""
REQUIRED = {
    "VCALENDAR": {"PRODID", "VERSION"},
    "VEVENT": {"UID", "DTSTAMP", "DTSTART"},
    "VALARM": {"ACTION", "TRIGGER", "DESCRIPTION"},
}
"""3.6, 3.6.1 and, for ACTION:DISPLAY, 3.6.6; DTSTART because there is no METHOD."""
ONCE = {
    "PRODID", "VERSION", "CALSCALE", "UID", "DTSTAMP", "DTSTART", "DTEND", "DURATION", "SUMMARY", "DESCRIPTION",
    "STATUS", "SEQUENCE", "LAST-MODIFIED", "TRANSP", "ACTION", "TRIGGER",
}  # fmt: skip
TEXTS = {"SUMMARY", "DESCRIPTION", "CATEGORIES", "NAME", "X-WR-CALNAME", "UID", "PRODID"}
PARENT = {"VCALENDAR": None, "VEVENT": "VCALENDAR", "VALARM": "VEVENT"}
_TIME_PART = r"(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?"
VALUES = {
    "VERSION": r"2\.0",
    "CALSCALE": "GREGORIAN",
    **dict.fromkeys(("DTSTAMP", "DTSTART", "LAST-MODIFIED"), r"\d{8}T\d{6}Z"),
    **dict.fromkeys(("DURATION", "TRIGGER", "REFRESH-INTERVAL"), rf"[+-]?P(?=.)(\d+W|(\d+D)?{_TIME_PART})"),
    "SEQUENCE": r"\d+",
    "STATUS": "TENTATIVE|CONFIRMED|CANCELLED",
    "TRANSP": "OPAQUE|TRANSPARENT",
    "ACTION": "DISPLAY",
}
_LINE = re.compile(r'([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:,]*))*):(.*)', re.DOTALL)
_TEXT = re.compile(r"(?:[^\\;,]|\\[\\;,nN])*")
_LIST = re.compile(r"(?:[^\\;]|\\[\\;,nN])*")


class Component:
    """A component with its lines and the components in it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: list[tuple[str, str]] = []
        self.parts: list[Component] = []

    def of(self, name: str) -> Iterator[Component]:
        return (part for part in self.parts if part.name == name)


def validated(calendar: bytes) -> Component:
    """The calendar, when it keeps every rule; AssertionError with the line otherwise."""
    assert calendar.endswith(b"\r\n"), "the last line ends like any other"
    physical = calendar[:-2].split(b"\r\n")
    for octets in physical:
        assert len(octets) <= LONGEST_LINE, f"{len(octets)} octets: {octets!r}"
        assert b"\n" not in octets and b"\r" not in octets, f"a bare line end: {octets!r}"
        text = octets.decode()  # a fold may not part the octets of a character
        assert not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", text), f"a control character: {octets!r}"
        assert octets.strip(), "an empty line"
    unfolded = b"\r\n".join(physical).replace(b"\r\n ", b"").decode().split("\r\n")
    stack: list[Component] = []
    calendars: list[Component] = []
    for line in unfolded:
        found = _LINE.fullmatch(line)
        assert found, f"no property: {line}"
        name, value = found[1].upper(), found[3]
        if name == "BEGIN":
            assert value in PARENT and PARENT[value] == (stack[-1].name if stack else None), f"misplaced: {line}"
            component = Component(value)
            (stack[-1].parts if stack else calendars).append(component)
            stack.append(component)
        elif name == "END":
            assert stack and stack.pop().name == value, f"unbalanced: {line}"
        else:
            assert stack, f"outside of a calendar: {line}"
            _check_value(name, value)
            stack[-1].lines.append((name, value))
    assert not stack and len(calendars) == 1, "one calendar, closed"
    _check(calendars[0])
    uids = [value for event in calendars[0].of("VEVENT") for name, value in event.lines if name == "UID"]
    assert len(uids) == len(set(uids)), "an UID is globally unique (3.8.4.7)"
    return calendars[0]


def _check_value(name: str, value: str) -> None:
    if name in TEXTS:
        pattern = _LIST if name == "CATEGORIES" else _TEXT
        assert pattern.fullmatch(value), f"not escaped (3.3.11): {name}:{value}"
    if name in VALUES:
        assert re.fullmatch(VALUES[name], value), f"not as the rule has it: {name}:{value}"


def _check(component: Component) -> None:
    names = [name for name, _ in component.lines]
    missing = REQUIRED[component.name] - set(names)
    assert not missing, f"{component.name} lacks {missing}"
    for name in ONCE:
        assert names.count(name) <= 1, f"{name} more than once in {component.name}"
    assert not {"DTEND", "DURATION"} <= set(names), "DTEND and DURATION do not stand together (3.6.1)"
    for part in component.parts:
        _check(part)
