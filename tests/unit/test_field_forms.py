"""A part of a draft that has a form is read as such, and what cannot be read stops an approval."""

from __future__ import annotations

from datetime import date, time
from typing import Literal

import pytest

from worker.kinds.base import Kind
from worker.kinds.parts import Field
from worker.typed import day_in, hour_in


class Notice(Kind):
    """A kind with one part of each form."""

    id = "notice"
    fields = (
        Field("plain", "drafting.field_text", required=False),
        Field("date", "drafting.field_text", required=False, form="date"),
        Field("time", "drafting.field_text", required=False, form="time"),
        Field("url", "drafting.field_text", required=False, form="url"),
    )


def found(field: str, text: str) -> list[tuple[Literal["error", "warning"], str]]:
    return [(each.level, each.code) for each in Notice().lint({field: text}, {"sources": {}})]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("plain", "kdykoli"),
        ("date", ""),
        ("date", "8. 12. 2026"),
        ("date", "8.\u00a0prosince\u00a02026"),
        ("date", "2026-12-08"),
        ("time", "10:00"),
        ("time", "9.30"),
        ("url", "https://www.example.org/dotaznik?a=1"),
    ],
)
def test_what_can_be_read_is_no_finding(field: str, text: str) -> None:
    assert found(field, text) == []


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("date", "v úterý"),
        ("date", "31. 2. 2026"),
        ("date", "8. prosince"),
        ("time", "v deset"),
        ("time", "25:00"),
        ("url", "www.example.org"),
        ("url", "javascript:alert(1)"),
        ("url", "https://example.org a ještě něco"),
        ("url", "https://[::1"),
        ("url", "https:///nikam"),
    ],
)
def test_what_cannot_be_read_is_an_error(field: str, text: str) -> None:
    assert found(field, text) == [("error", f"unreadable-{field}")]


def test_what_is_read() -> None:
    assert (day_in("8. prosince 2026"), day_in("jindy")) == (date(2026, 12, 8), None)
    assert (hour_in("9.30"), hour_in("jindy")) == (time(9, 30), None)
