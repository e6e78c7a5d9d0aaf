"""What partners offer by form or file: what is kept of it, what is refused and with which words."""

from __future__ import annotations

from datetime import date, time

import pytest

from worker.agenda.file import LARGEST, read
from worker.agenda.intake import Unfit, from_form, is_web
from worker.errors import HlasatelError
from worker.sources.base import CalendarDate

TODAY = date(2026, 11, 22)
FORM = {
    "title": "Den otevřených dveří poradny",
    "day": "8. 12. 2026",
    "at": "14:00",
    "last_day": "",
    "place": "Liberec, poradna",
    "organiser": "Poradna (ukázka)",
    "address": "https://poradna.example.org/dvere",
}


def test_a_form_gives_a_date() -> None:
    assert from_form(FORM, TODAY) == CalendarDate(
        day=date(2026, 12, 8), at=time(14), last_day=None, title="Den otevřených dveří poradny",
        place="Liberec, poradna", organiser="Poradna (ukázka)", address="https://poradna.example.org/dvere",
    )  # fmt: skip
    whole = from_form({**FORM, "at": "", "day": "2026-12-08", "last_day": "10. prosince 2026"}, TODAY)
    assert (whole.at, whole.last_day) == (None, date(2026, 12, 10))


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("title", "  "),
        ("title", "x" * 201),
        ("day", ""),
        ("day", "31. 2. 2027"),
        ("day", "21. 11. 2026"),
        ("day", "8. 12. 2062"),
        ("at", "25:00"),
        ("at", "večer"),
        ("at", "8:0"),
        ("last_day", "7. 12. 2026"),
        ("last_day", "8. 12. 2028"),
        ("place", ""),
        ("organiser", ""),
        ("address", "javascript:alert(1)"),
        ("address", "www.example.org"),
        ("address", "https://example.org/><b>"),
    ],
)
def test_each_fault_is_told_at_its_part(part: str, value: str) -> None:
    with pytest.raises(Unfit) as refused:
        from_form({**FORM, part: value}, TODAY)
    assert set(refused.value.parts) == {part}


def test_what_cannot_be_seen_is_not_kept() -> None:
    tricky = {**FORM, "title": "Den\r\nBcc: x\u202e otevřených\x00 dveří\u200b"}
    assert from_form(tricky, TODAY).title == "Den Bcc: x otevřených dveří"


@pytest.mark.parametrize("address", ["http://[::1", "https://", "ftp://a.example.org", "//a.example.org", "data:,x"])
def test_no_other_address_is_one_to_send_readers_to(address: str) -> None:
    assert not is_web(address)


def calendar(*events: str) -> bytes:
    body = "".join(f"BEGIN:VEVENT\n{each}\nEND:VEVENT\n" for each in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//sample//EN\n{body}END:VCALENDAR\n".replace("\n", "\r\n").encode()


def event(*lines: str, title: str = "Beseda") -> str:
    return "\n".join([f"UID:{title}@partner.example.org", f"SUMMARY:{title}", *lines])


def test_a_file_is_read_in_pragues_time() -> None:
    content = read(
        calendar(
            event("DTSTART:20261208T170000Z", "DTEND:20261208T190000Z", "LOCATION:Liberec\\, sál"),
            event("DTSTART;VALUE=DATE:20261210", "DTEND;VALUE=DATE:20261213", title="Festival"),
            event("DTSTART:20270701T090000", "ORGANIZER;CN=Spolek:mailto:a@spolek.example.org", title="Tábor"),
            event("DTSTART:20261209T230000Z", "DTEND:20261210T230000Z", title="Přes půlnoc"),
        ),
        TODAY,
        "Partner",
    )
    assert content.left_out == ()
    assert [(each.date.title, each.date.day, each.date.at, each.date.last_day) for each in content.found] == [
        ("Beseda", date(2026, 12, 8), time(18), None),
        ("Festival", date(2026, 12, 10), None, date(2026, 12, 12)),
        ("Tábor", date(2027, 7, 1), time(9), None),
        ("Přes půlnoc", date(2026, 12, 10), time(0), None),
    ]
    assert [each.date.organiser for each in content.found] == ["Partner", "Partner", "Spolek", "Partner"]
    assert content.found[0].date.place == "Liberec, sál"


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["DTSTART:20261101T100000Z"], "už byla"),
        (["DTSTART;VALUE=DATE:19700101"], "už byla"),
        (["DTSTART:19700101T000000Z"], "čitelný den"),
        (["DTSTART;VALUE=DATE:99991231", "DTEND;VALUE=DATE:00010101"], "víc než dva roky"),
        (["DTSTART:20990101T000000Z"], "víc než dva roky"),
        (["DTSTART:20261208T100000Z", "DTEND:20981208T100000Z"], "trvá déle než rok"),
        (["DTSTART:20261208T100000Z", "STATUS:CANCELLED"], "zrušená"),
        (["DTSTART:nikdy"], "čitelný den"),
        (["LOCATION:Liberec"], "čitelný den"),
    ],
)
def test_what_is_left_out_is_said(lines: list[str], words: str) -> None:
    content = read(calendar(event(*lines)), TODAY, "Partner")
    assert content.found == () and len(content.left_out) == 1 and words in content.left_out[0]


def test_of_what_repeats_the_first_date_is_read_and_said() -> None:
    content = read(calendar(event("DTSTART:20261208T100000Z", "RRULE:FREQ=SECONDLY")), TODAY, "Partner")
    assert len(content.found) == 1 and "opakuje" in content.left_out[0]


def test_links_of_a_file_are_web_addresses_or_nothing() -> None:
    given = calendar(
        event("DTSTART:20261208T100000Z", "URL:javascript:alert(1)"),
        event("DTSTART:20261208T100000Z", "URL:https://a.example.org/b", title="Druhá"),
    )
    assert [each.date.address for each in read(given, TODAY, "P").found] == ["", "https://a.example.org/b"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\x00",
        "<html><title>Přihlášení</title></html>".encode(),
        b"BEGIN:VCALENDAR\r\n" * 2000,
        b"BEGIN:VEVENT\r\nDTSTART:20261208\r\nEND:VEVENT\r\nEND:VEVENT\r\n",
        b"x" * (LARGEST + 1),
        calendar("DTSTART;TZID=Europe:20261208T100000"),
        calendar(f"DTSTART;TZID={'x' * 300}:20261208T100000"),
        calendar(*["DTSTART:20261208T100000Z"] * 301),
    ],
)
def test_what_is_no_calendar_or_too_much_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(HlasatelError, match=r"\."):
        read(data, TODAY, "Partner")
