"""The calendar: valid by two readings of RFC 5545, whole, and the same for the same state of things."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from tests.unit.timetables import sample
from tests.unit.timetables.rfc5545 import validated
from worker.forms.characters import printable
from worker.store.states import OccurrenceState
from worker.timetables.content import Timetable
from worker.timetables.ics import ics

REVISED = datetime(2026, 11, 20, 8, 30, 15, 123456, tzinfo=UTC)


def events(timetable: Timetable) -> dict[str, Any]:
    """UID → event, as a strict parser reads it, once the rules are kept."""
    written = ics(timetable)
    validated(written)
    calendar: Any = Calendar.from_ical(written)
    found = {str(event["UID"]): event for event in calendar.walk("VEVENT")}
    assert all(not each.errors for each in calendar.walk())
    return found


def one(state: str = "planned", **changes: Any) -> Any:
    found = sample.timetable([sample.activity("a")], [sample.entry("a", 2026, 12, state, **changes)])
    return next(iter(events(found).values()))


def test_every_field_comes_back_as_it_was() -> None:
    entry = sample.entry("tiskova-zprava", 2026, 12, revision=7, revised_at=REVISED, note="jednání Rady, 2. část")
    found = events(sample.timetable([sample.activity("tiskova-zprava")], [entry]))
    event = found["tiskova-zprava/2026-12@kraj.example.org"]
    assert event["SUMMARY"] == entry.title
    assert event["DTSTART"].dt == entry.send_at == datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
    assert event["DURATION"].dt == timedelta(minutes=30)
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == REVISED.replace(microsecond=0)
    assert (event["SEQUENCE"], event["STATUS"], event["TRANSP"]) == (7, "TENTATIVE", "TRANSPARENT")
    assert [str(each) for each in event["CATEGORIES"].cats] == ["Tiskové zprávy"]
    assert str(event["DESCRIPTION"]).split("\n") == [
        "Aktivita: Tiskové zprávy",
        "Pro koho: média",
        "Téma: Implementace strategie",
        "Termín v plánu: září, prosinec 2024–2027",
        "Četnost v plánu: Alespoň 1x za ½ roku informace o novinkách či změnách v sociálním začleňování",
        "Zdroje: garant SPSZ, ASZ",
        "",
        "Texty: Tisková zpráva",
        "Komu: Média",
        "Odpovídá: Koordinátor",
        "Schvaluje: Tisková mluvčí",
        "Období: 1. 12. 2026 – 31. 12. 2026",
        "Odeslání nebo termín (čas v Praze): 8. 12. 2026 10:00",
        "Stav: v plánu, předpokládaný den",
        "Poznámka: jednání Rady, 2. část",
        "Výskyt: tiskova-zprava/2026-12",
    ]
    alarms = {str(each["DESCRIPTION"]).partition(":")[0]: each["TRIGGER"].dt for each in event.walk("VALARM")}
    assert list(alarms.values()) == [timedelta(days=-21), timedelta(days=-7, hours=-1), timedelta(days=-2)]
    assert all(str(each["ACTION"]) == "DISPLAY" for each in event.walk("VALARM"))


def test_the_calendar_says_whose_it_is() -> None:
    calendar: Any = Calendar.from_ical(ics(sample.busy(3)))
    assert calendar["PRODID"].startswith("-//Hlasatel//")
    assert (calendar["VERSION"], calendar["X-WR-CALNAME"]) == ("2.0", "Komunikační plán kraje")
    assert calendar["NAME"] == "Komunikační plán kraje"
    assert calendar["X-WR-TIMEZONE"] == "Europe/Prague"
    assert calendar["REFRESH-INTERVAL"].dt == timedelta(hours=1)


@pytest.mark.parametrize(
    ("state", "status", "alarms"),
    [
        ("planned", "TENTATIVE", 3), ("preparing", "TENTATIVE", 2), ("asked", "TENTATIVE", 1),
        ("returned", "TENTATIVE", 1), ("approved", "CONFIRMED", 0), ("sending", "CONFIRMED", 0),
        ("done", "CONFIRMED", 0), ("missed", "TENTATIVE", 0), ("dropped", "CANCELLED", 0), ("held", "TENTATIVE", 0),
        ("historical", "TENTATIVE", 0),
    ],
)  # fmt: skip
def test_the_state_decides_status_and_alarms(state: str, status: str, alarms: int) -> None:
    event = one(state)
    assert event["STATUS"] == status
    assert len(event.walk("VALARM")) == alarms
    words = {"dropped": "Zrušeno: Tisková zpráva, 12/2026", "missed": "Zmeškáno: Tisková zpráva, 12/2026"}
    assert event["SUMMARY"] == words.get(state, "Tisková zpráva, 12/2026")


def test_every_state_is_decided_above() -> None:
    marks = test_the_state_decides_status_and_alarms.pytestmark  # type: ignore[attr-defined]
    assert {row[0] for row in marks[0].args[1]} == {str(state) for state in OccurrenceState}


def test_an_alarm_rings_at_the_stage_also_across_a_clock_change() -> None:
    send_at = datetime(2026, 10, 27, 9, 0, tzinfo=UTC)  # 10:00 SEČ
    asked_at = datetime(2026, 10, 20, 8, 0, tzinfo=UTC)  # 10:00 SELČ
    event = one(send_at=send_at, stages={"ask": asked_at})
    (alarm,) = event.walk("VALARM")
    assert event["DTSTART"].dt + alarm["TRIGGER"].dt == asked_at


def test_what_has_no_send_time_is_left_out() -> None:
    entries = [sample.entry("a", 2026, 12), sample.entry("a", 2027, 1, send_at=None, stages={})]
    assert list(events(sample.timetable([sample.activity("a")], entries))) == ["a/2026-12@kraj.example.org"]


def test_an_activity_that_left_the_plan_keeps_its_events() -> None:
    event = next(iter(events(sample.timetable([], [sample.entry("gone", 2026, 12, about="Řádek plánu: X.")])).values()))
    assert str(event["DESCRIPTION"]).startswith("Řádek plánu: X.\n")


def test_texts_that_try_to_break_out_come_back_as_they_were() -> None:
    activity = sample.activity("a", sample.NASTY)
    found = sample.timetable([activity], [sample.entry("a", 2026, 12, title=sample.NASTY, note="BEGIN:VEVENT")])
    (event,) = events(found).values()
    assert event["SUMMARY"] == printable(sample.NASTY)
    assert f"Aktivita: {printable(sample.NASTY)}\n" in event["DESCRIPTION"]
    assert "\x07" not in event["DESCRIPTION"] and "\r" not in event["DESCRIPTION"]


@pytest.mark.parametrize("make", [lambda: sample.busy(80), sample.weekly, lambda: sample.timetable([], [])])
def test_calendars_of_every_size_keep_the_rules(make: Callable[[], Timetable]) -> None:
    found = make()
    assert len(events(found)) == len(found.entries)


def test_two_exports_are_the_same_bytes_whatever_the_hour() -> None:
    found = sample.busy(6)
    assert ics(found) == ics(replace(found, now=found.now + timedelta(days=3)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\r\n", b"\n"),
        (b"UID:", b"XID:"),
        (b"DTSTAMP:", b"X-STAMP:"),
        (b"DTSTART:20261208T090000Z", b"DTSTART:2026-12-08"),
        (b"END:VALARM", b"END:VEVENT"),
        (b"END:VCALENDAR\r\n", b""),
        (b"\\, ", b", "),
        (b"SUMMARY:", b"SUMMARY:" + b"x" * 80),
        (b"TRIGGER:-P21D", b"TRIGGER:-21 days"),
        (b"DURATION:PT30M", b"DURATION:PT30M\r\nDTEND:20261208T100000Z"),
        (b"STATUS:TENTATIVE", b"STATUS:PLANNED"),
        (b"VERSION:2.0\r\n", b""),
        (b"SEQUENCE:0", b"SEQUENCE:0\r\nSEQUENCE:1"),
        (b"SEQUENCE:0", b"SEQUENCE 0"),
        (b"ACTION:DISPLAY\r\n", b""),
    ],
)
def test_the_second_opinion_sees_each_breach(old: bytes, new: bytes) -> None:
    written = ics(sample.timetable([sample.activity("a")], [sample.entry("a", 2026, 12)]))
    validated(written)
    assert old in written
    with pytest.raises(AssertionError):
        validated(written.replace(old, new))
