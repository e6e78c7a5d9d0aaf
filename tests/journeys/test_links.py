"""Emailed links: looking decides nothing, strangers learn nothing, other sites cannot post."""

from __future__ import annotations

import re

import pytest
import requests

from tests.fixtures.office import ASKED_AT, NEWSLETTER, PRESS_RELEASE, SENT_AT, Office

APPROVE = {"decision": "approve", "comment": ""}


def test_a_wrong_and_an_expired_link_get_one_neutral_page(sqlite_office: Office) -> None:
    office = sqlite_office
    office.tick(ASKED_AT)
    link = office.link(PRESS_RELEASE, "schvaleni")
    with office.web(ASKED_AT):
        wrong = link[:-5] + "AAAAA"
        assert requests.get(wrong, timeout=10).status_code == 404
        assert requests.post(wrong, data=APPROVE, timeout=10).status_code == 404
        foreign = link.replace("/schvaleni/", "/uprava/")
        assert requests.get(foreign, timeout=10).status_code == 404
    with office.web("2026-12-08T12:00:01"):
        assert requests.get(link, timeout=10).status_code == 410
        assert requests.post(link, data=APPROVE, timeout=10).status_code == 410
    assert "schvaluje" not in office.run("why", PRESS_RELEASE)


@pytest.mark.parametrize(
    ("headers", "fields", "status"),
    [
        ({"Origin": "https://zlo.example.org"}, APPROVE, 403),
        ({"Sec-Fetch-Site": "cross-site"}, APPROVE, 403),
        ({"Origin": "null"}, APPROVE, 400),
        ({}, {"comment": "bez volby"}, 400),
        ({}, {"decision": "ano"}, 400),
        ({}, APPROVE | {"version": "7"}, 409),
        ({"Origin": "null"}, APPROVE | {"version": "1"}, 200),
    ],
)
def test_what_a_post_needs(sqlite_office: Office, headers: dict[str, str], fields: dict[str, str], status: int) -> None:
    office = sqlite_office
    office.tick(ASKED_AT)
    link = office.link(PRESS_RELEASE, "schvaleni")
    with office.web(ASKED_AT):
        assert requests.post(link, data=fields, headers=headers, timeout=10).status_code == status
    assert ("schvaluje" in office.run("why", PRESS_RELEASE)) == (status == 200)


def test_pages_keep_their_address_to_themselves(sqlite_office: Office) -> None:
    office = sqlite_office
    office.tick(ASKED_AT)
    with office.serving("web", ASKED_AT) as process:
        answer = requests.get(office.link(PRESS_RELEASE, "schvaleni"), timeout=10)
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "script-src" not in answer.headers["Content-Security-Policy"]
        process.terminate()
        _, log = process.communicate(timeout=20)
    assert office.link(PRESS_RELEASE, "schvaleni").rsplit("/", 1)[1] not in log


def test_one_click_leaves_only_the_list_it_came_from(sqlite_office: Office) -> None:
    office = sqlite_office
    office.import_people("media", ["redakce@noviny.example.org"])
    office.tick(ASKED_AT)
    with office.web(ASKED_AT):
        for occurrence in (PRESS_RELEASE, NEWSLETTER):
            assert requests.post(office.link(occurrence, "schvaleni"), data=APPROVE, timeout=10).status_code == 200
        office.tick(SENT_AT)
        newsletter = office.delivered(NEWSLETTER)[0]
        link = str(newsletter.message["List-Unsubscribe"]).strip("<>")
        for _ in range(2):
            answer = requests.post(link, data={"List-Unsubscribe": "One-Click"}, allow_redirects=False, timeout=10)
            assert answer.status_code == 200
        multipart = requests.post(link, files={"List-Unsubscribe": (None, "One-Click")}, timeout=10)
        assert multipart.status_code == 200
        assert requests.post(link[:-4] + "AAAA", timeout=10).status_code == 200
    lists = office.run("recipients", "list")
    assert re.search(r"^vsichni +0 ", lists, re.MULTILINE)
    assert re.search(r"^media +1 ", lists, re.MULTILINE)
