"""The main job as the issue tells it: day by day up to the December press release, on both databases."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta

import requests

from tests.fixtures.office import PRESS_RELEASE, Office
from tests.fixtures.postgres import LONG_ON_POSTGRESQL

SPOKESPERSON = "mluvci@liberecky-kraj.example.org"


@LONG_ON_POSTGRESQL
def test_the_next_press_release_goes_out_once_to_everybody(office: Office) -> None:
    addresses = [f"redakce{number}@noviny.example.org" for number in range(200)]
    office.import_people("media", addresses)
    day = date(2026, 11, 26)
    while not office.mails_about(PRESS_RELEASE, to=SPOKESPERSON):
        assert day < date(2026, 12, 8), "nobody was asked"
        office.tick(f"{day}T10:30")
        day += timedelta(days=1)
    office.tick(f"{day}T10:30")
    asked = office.mails_about(PRESS_RELEASE, to=SPOKESPERSON)
    assert len(asked) == 1
    assert asked[0].message["Auto-Submitted"] == "auto-generated"

    link = office.link(PRESS_RELEASE, "schvaleni")
    with office.web(f"{day}T11:00"):
        before = _standing(office)
        session = requests.Session()
        for _ in range(50):
            assert session.get(link, timeout=10).status_code == 200
            assert session.head(link, timeout=10).status_code == 200
        assert _standing(office) == before
        assert session.post(link, data={"decision": "approve", "comment": ""}, timeout=10).status_code == 200
        assert session.post(link, data={"decision": "return", "comment": "ne"}, timeout=10).status_code == 409

    office.tick("2026-12-08T09:59")
    assert office.delivered(PRESS_RELEASE) == []
    office.tick("2026-12-08T10:00")
    sent = office.delivered(PRESS_RELEASE)
    assert sorted(mail.recipient for mail in sent) == sorted(addresses)
    assert len({mail.message["Message-ID"] for mail in sent}) == 200
    _check_headers(office, sent[0].raw.decode("utf-8", "replace"))

    office.tick("2026-12-08T10:05")
    office.tick("2027-12-08T10:05")
    assert len(office.delivered(PRESS_RELEASE)) == 200

    story = office.run("why", PRESS_RELEASE)
    order = [
        "Naplánováno",
        "Vznikla verze 1",
        "předložena ke schválení",
        "schvaluje Tisková mluvčí",
        "začíná rozesílka",
    ]
    places = [story.index(words) for words in [*order, "předáno 200"]]
    assert places == sorted(places)
    assert "SEČ" in story
    assert "adresátů 200" in story
    assert "Záznam je celý" in office.run("record", "verify")


def _standing(office: Office) -> tuple[object, str]:
    status = json.loads(office.run("status", "--format", "json"))
    return {name: value for name, value in status.items() if name != "now"}, office.run("why", PRESS_RELEASE)


def _check_headers(office: Office, raw: str) -> None:
    head = raw.split("\r\n\r\n")[0]
    assert "\r\nList-Unsubscribe: <" + office.base_url + "/o/" in head
    assert "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in head
    assert "<media.liberecky-kraj.example.org>\r\n" in head
    assert f"\r\nHlasatel-Occurrence: {PRESS_RELEASE}\r\n" in head
    assert "<mluvci@liberecky-kraj.example.org>\r\n" in head.split("Reply-To:")[1]


OCCURRENCES = {
    "aktuality-web": 1, "tiskova-zprava": 8, "tiskova-zprava-1-pololeti": 4, "clanek-magazin": 7,
    "verejne-setkani": 2, "newsletter": 4, "magazin-kraj": 16, "zpravodaj-rodinam": 8, "letak": 1,
    "pakt-zamestnanosti": 4, "socialni-vybor": 4, "vyvraceni-hoaxu": 4,
    "magazin-rubriky": 16, "zpravodaj-rubriky": 8, "socialni-vybor-podklad": 4,
}  # fmt: skip
"""The rows that have any in 2024–2027; the others wait for their dates or are watched."""


def test_the_timetable_before_and_after_the_first_start(sqlite_office: Office) -> None:
    before = json.loads(sqlite_office.run("timetable", "--format", "json", "--now", "2026-11-21T12:00"))
    assert Counter(entry["activity"] for entry in before) == OCCURRENCES
    sqlite_office.tick("2026-11-21T12:00")
    after = json.loads(sqlite_office.run("timetable", "--format", "json"))
    assert [entry["id"] for entry in after] == [entry["id"] for entry in before]
    assert [entry for entry in after if entry["id"] == PRESS_RELEASE] == [
        {
            "id": PRESS_RELEASE,
            "activity": "tiskova-zprava",
            "period": "2026-12",
            "window": {"from": "2026-12-01", "to": "2026-12-31"},
            "send_at": "2026-12-08T10:00:00+01:00",
            "kinds": ["press-release", "facebook-text"],
            "lists": ["media"],
            "state": "planned",
        }
    ]
    touching = json.loads(
        sqlite_office.run("timetable", "--format", "json", "--from", "2026-12-31", "--to", "2027-01-01")
    )
    assert {entry["id"] for entry in touching} >= {PRESS_RELEASE, "newsletter/2026", "clanek-magazin/2027-H1"}
    assert "verejne-setkani/2026-11" not in {entry["id"] for entry in touching}
