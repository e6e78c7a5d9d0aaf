"""The entry for a reader's calendar (RFC 5545)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from tests.unit.forms.sample import SOURCE, of
from worker.forms import FormFailed, NothingToMake, all_forms

EVENT = {
    "summary": "Setkání; s občany, v\u00a0Liberci",
    "starts": "2026-12-08T10:00",
    "ends": "2026-12-08T12:30",
    "place": "Krajský úřad, sál 1",
    "description": "První řádek\ndruhý řádek",
    "url": "https://www.example.org/setkani",
}


def made(**changed: str) -> bytes:
    return all_forms()["ics"].make(of(json.dumps({**EVENT, **changed})))


def test_it_is_read_as_it_was_meant() -> None:
    data = made()
    calendar = Calendar.from_ical(data)
    event: Any = calendar.walk("VEVENT")[0]
    assert (calendar["METHOD"], calendar["VERSION"]) == ("PUBLISH", "2.0")
    assert event["SUMMARY"] == "Setkání; s občany, v Liberci"
    assert (event["LOCATION"], event["DESCRIPTION"]) == (EVENT["place"], EVENT["description"])
    assert event["UID"] == SOURCE.uid
    assert (event.start.isoformat(), event.end.isoformat()) == (
        "2026-12-08T10:00:00+01:00",
        "2026-12-08T12:30:00+01:00",
    )
    assert b"DTSTART;TZID=Europe/Prague:20261208T100000\r\n" in data
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert made() == data


@pytest.mark.parametrize(
    ("starts", "hours"), [("2026-03-28T10:00", 1), ("2026-03-29T10:00", 2), ("2026-10-25T10:00", 1)]
)
def test_the_zone_is_spelt_out_with_its_summer_time(starts: str, hours: int) -> None:
    """Outlook takes the zone from the file, so its rule must give Prague's own offsets."""
    zone: Any = Calendar.from_ical(made(starts=starts, ends="")).walk("VTIMEZONE")[0]
    rules = zone.to_tz(lookup_tzid=False)
    assert zone["TZID"] == "Europe/Prague"
    assert datetime.fromisoformat(starts).replace(tzinfo=rules).utcoffset() == timedelta(hours=hours)


def test_without_an_end_it_takes_an_hour() -> None:
    event: Any = Calendar.from_ical(made(ends="")).walk("VEVENT")[0]
    assert event.end - event.start == timedelta(hours=1)


@pytest.mark.parametrize("missing", ["summary", "starts"])
def test_there_is_none_before_the_occasion_is_filled_in(missing: str) -> None:
    with pytest.raises(NothingToMake):
        made(**{missing: " "})


@pytest.mark.parametrize("value", ["příští úterý", "2026-13-01T10:00", "2026-12-08T10:00+01:00", "2026-12-08T10:00Z"])
def test_a_time_that_is_none_is_a_remark_with_what_was_written(value: str) -> None:
    with pytest.raises(FormFailed, match="není den a hodina"):
        made(starts=value)


def test_an_end_before_the_beginning_is_a_remark() -> None:
    with pytest.raises(FormFailed, match="není po začátku"):
        made(ends="2026-12-08T09:00")


@pytest.mark.parametrize("text", ['{"summary": "x",}', "[]", '"x"', ""])
def test_what_is_no_json_object_is_a_remark_about_the_template(text: str) -> None:
    with pytest.raises(FormFailed, match=r"event\.json"):
        all_forms()["ics"].make(of(text))
