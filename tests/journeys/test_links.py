"""Emailed links: their tokens stay out of logs, and one click leaves the one list it came from."""

from __future__ import annotations

import contextlib
import re
import socket
import sqlite3

import requests

from tests.fixtures.office import ASKED_AT, NEWSLETTER, PRESS_RELEASE, SENT_AT, Office

APPROVE = {"decision": "approve", "comment": ""}


def test_pages_keep_their_address_to_themselves(sqlite_office: Office) -> None:
    """Neither what a page sends nor what the process logs holds a token: a defect is told, what is no HTTP is not."""
    office = sqlite_office
    office.tick(ASKED_AT)
    link = office.link(PRESS_RELEASE, "schvaleni")
    token = link.rsplit("/", 1)[1]
    with office.serving("web", ASKED_AT) as process:
        answer = requests.get(link, timeout=10)
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "script-src" not in answer.headers["Content-Security-Policy"]
        with socket.create_connection(("127.0.0.1", office.port), timeout=10) as connection:
            connection.sendall(f"GET /schvaleni/{token} HTTP/9\r\n{token}\r\n\r\n".encode())
            assert b" 400 " in connection.recv(1000)
        assert requests.post(link, data=f"{token}\0", headers={"Content-Type": token}, timeout=10).status_code == 400
        database = sqlite3.connect(office.database_url.removeprefix("sqlite:///"))
        with contextlib.closing(database):
            database.execute("ALTER TABLE drafts RENAME TO mislaid")
        for broken in (requests.get(link, timeout=10), requests.post(link, data=APPROVE, timeout=10)):
            assert broken.status_code == 500 and token not in broken.text
        process.terminate()
        _, log = process.communicate(timeout=20)
    assert "Traceback" in log and "Invalid HTTP request" not in log
    assert token not in log


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
