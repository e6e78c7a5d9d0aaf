"""The coordinator's own pages: in by an emailed link or the office's sign-on, and closed to everybody else."""

from __future__ import annotations

import re
import shutil
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.fixtures.office import ASKED_AT, PRESS_RELEASE, PROJECT, Office
from worker.demo.mailbox import Mail

COORDINATOR = "koordinator@liberecky-kraj.example.org"
PAGES = ("/koordinator", "/koordinator/harmonogram", f"/koordinator/termin/{PRESS_RELEASE}", "/koordinator/kalendar")


def sign_in_mails(office: Office) -> list[Mail]:
    return [mail for mail in office.mailbox.mails() if "koordinator/vstup/" in mail.text]


def wait_for_link(office: Office, number: int = 1) -> str:
    end = time.monotonic() + 15
    while len(found := sign_in_mails(office)) < number:
        assert time.monotonic() < end, "no mail with a link came"
        time.sleep(0.1)
    assert found[-1].recipient == COORDINATOR
    match = re.search(rf"{office.base_url}/koordinator/vstup/\S+", found[-1].text)
    assert match is not None
    return match[0]


def ask_for_link(office: Office, address: str = COORDINATOR) -> requests.Response:
    return requests.post(f"{office.base_url}/koordinator/prihlaseni", data={"address": address}, timeout=10)


def signed_in(office: Office) -> requests.Session:
    ask_for_link(office)
    session = requests.Session()
    answer = session.post(wait_for_link(office), timeout=10)
    assert answer.status_code == 200 and answer.url == f"{office.base_url}/koordinator"
    return session


def test_nobody_else_sees_anything(sqlite_office: Office) -> None:
    office = sqlite_office
    office.tick(ASKED_AT)
    with office.web(ASKED_AT):
        for path in (*PAGES, "/koordinator/termin/neznamy/2026"):
            for headers in ({}, {"Cookie": "hlasatel=" + "x" * 43}, {"X-Remote-User": "koordinator"}):
                answer = requests.get(office.base_url + path, headers=headers, timeout=10)
                assert answer.status_code == 403, path
                assert "Přihlášení koordinátora" in answer.text
                assert "Tisková zpráva" not in answer.text
        for path in ("/koordinator/odhlaseni", "/koordinator/kalendar"):
            assert requests.post(office.base_url + path, data={"proof": ""}, timeout=10).status_code == 403


def test_a_link_by_mail_lets_the_coordinator_in_once(sqlite_office: Office) -> None:
    office = sqlite_office
    office.tick(ASKED_AT)
    with office.serving("run", ASKED_AT):
        stranger = ask_for_link(office, "nekdo@jinde.example.net")
        known = ask_for_link(office, COORDINATOR.upper())
        assert stranger.status_code == known.status_code == 200
        assert stranger.text == known.text, "the answer tells whose address is known"
        link = wait_for_link(office)
        for _ in range(3):  # mail programs look before their readers do
            assert requests.get(link, timeout=10).status_code == 200
            assert requests.head(link, timeout=10).status_code == 200
        session = requests.Session()
        answer = session.post(link, timeout=10)
        assert answer.status_code == 200 and answer.url == f"{office.base_url}/koordinator"
        cookie = answer.history[0].headers["set-cookie"]
        assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/koordinator" in cookie
        assert "Čeká na člověka" in answer.text and "Tisková zpráva, prosinec" in answer.text.replace("\u00a0", " ")
        for path in PAGES:
            assert session.get(office.base_url + path, timeout=10).status_code == 200, path
        assert requests.post(link, timeout=10).status_code == 410
        assert session.get(f"{office.base_url}/koordinator/termin/tiskova-zprava/2099", timeout=10).status_code == 404
        forged = session.post(f"{office.base_url}/koordinator/odhlaseni", data={"proof": "0" * 64}, timeout=10)
        assert forged.status_code == 403
        page = session.get(f"{office.base_url}/koordinator", timeout=10).text
        proof = re.search(r'name="proof" value="([0-9a-f]{64})"', page)
        assert proof is not None
        kept = session.cookies.get_dict()
        session.post(f"{office.base_url}/koordinator/odhlaseni", data={"proof": proof[1]}, timeout=10)
        again = requests.get(f"{office.base_url}/koordinator", cookies=kept, timeout=10)
        assert again.status_code == 403, "the session goes on after signing out"
    assert len(sign_in_mails(office)) == 1


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The shipped configuration with the office's own sign-on."""
    folder = tmp_path / "config"
    shutil.copytree(PROJECT / "config", folder)
    with (folder / "settings.toml").open("a", encoding="utf-8") as file:
        file.write(
            '\n[web]\nproxies = ["127.0.0.1", "10.0.0.0/8"]\n\n[sign_on]\nheader = "X-Remote-User"\n\n'
            '[sign_on.people]\n"URAD\\\\novakova" = "koordinator"\n"URAD\\\\mluvci" = "tiskovy-mluvci"\n'
        )
    return folder


def test_the_offices_sign_on_names_the_coordinator(sqlite_office: Office, config: Path) -> None:
    office, address = sqlite_office, f"{sqlite_office.base_url}/koordinator"
    with office.serving("web", ASKED_AT, HLASATEL_CONFIG=str(config)):
        answer = requests.get(address, headers={"X-Remote-User": r"URAD\novakova"}, timeout=10)
        assert answer.status_code == 200 and "Odhlásit" not in answer.text
        for user in (r"URAD\mluvci", r"URAD\nekdo", "koordinator", ""):
            assert requests.get(address, headers={"X-Remote-User": user}, timeout=10).status_code == 403, user
        assert requests.get(address, headers={"X-Forwarded-User": r"URAD\novakova"}, timeout=10).status_code == 403
        connection = HTTPConnection("127.0.0.1", office.port, timeout=10)
        connection.putrequest("GET", "/koordinator")
        for user in ("nekdo", r"URAD\novakova"):  # the second one smuggled in past the proxy
            connection.putheader("X-Remote-User", user)
        connection.endheaders()
        assert connection.getresponse().status == 403
        connection.close()


def test_the_sign_on_counts_from_its_proxies_alone(sqlite_office: Office, config: Path) -> None:
    office, settings = sqlite_office, config / "settings.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('"127.0.0.1", ', ""), encoding="utf-8")
    with office.serving("web", ASKED_AT, HLASATEL_CONFIG=str(config)):
        headers = {"X-Remote-User": r"URAD\novakova", "X-Forwarded-For": "10.0.0.5", "Forwarded": "for=10.0.0.5"}
        assert requests.get(f"{office.base_url}/koordinator", headers=headers, timeout=10).status_code == 403


def test_a_faulty_sign_on_is_refused_with_its_place(sqlite_office: Office, config: Path) -> None:
    settings = config / "settings.toml"
    text = settings.read_text(encoding="utf-8")
    faulty = text.replace("10.0.0.0/8", "10.0.0.0/40").replace('= "koordinator"\n"URAD', '= "kordinator"\n"URAD')
    settings.write_text(faulty, encoding="utf-8")
    told = sqlite_office.run("check", code=1, HLASATEL_CONFIG=str(config))
    assert re.search(r"settings\.toml:\d+:\d+: .*10\.0\.0\.0/40.* není adresa ani síť", told), told


def test_she_signs_in_and_looks_round_in_a_browser(sqlite_office: Office, page: Page) -> None:
    office = sqlite_office
    office.tick(ASKED_AT)
    page.set_viewport_size({"width": 360, "height": 740})
    with office.serving("run", ASKED_AT):
        page.goto(f"{office.base_url}/koordinator")
        page.get_by_label("E-mailová adresa").fill(COORDINATOR)
        page.get_by_role("button", name="Poslat odkaz").click()
        expect(page.get_by_role("status")).to_contain_text("odkaz je na cestě")
        page.goto(wait_for_link(office))
        page.get_by_role("button", name="Přihlásit se").click()
        expect(page.get_by_role("heading", name="Přehled")).to_be_visible()
        page.get_by_role("link", name=re.compile("Tisková zpráva, prosinec")).first.click()
        expect(page.locator(".story")).to_contain_text("předložena ke schválení")
        page.get_by_role("link", name="Harmonogram").click()
        expect(page.get_by_role("heading", name="prosinec 2026")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, "the page scrolls sideways"
        page.get_by_role("button", name="Odhlásit").click()
        expect(page.get_by_role("heading", name="Přihlášení koordinátora")).to_be_visible()


@pytest.mark.long
def test_the_timetable_is_taken_along_and_subscribed_to(sqlite_office: Office, page: Page) -> None:
    office = sqlite_office
    office.tick(ASKED_AT)
    with office.serving("run", ASKED_AT):
        session = signed_in(office)
        for form, media, start in (
            ("svg", "image/svg+xml", b"<"),
            ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
            ("ics", "text/calendar; charset=utf-8", b"BEGIN:VCALENDAR\r\n"),
            ("json", "application/json", b"["),
        ):
            address = f"{office.base_url}/koordinator/harmonogram.{form}"
            answer = session.get(address, timeout=20)
            assert answer.headers["content-type"].startswith(media) and answer.content.startswith(start), form
            assert requests.get(address, timeout=20).status_code == 403, form
        assert session.get(f"{office.base_url}/koordinator/harmonogram.exe", timeout=20).status_code == 404
        calendar = f"{office.base_url}/koordinator/kalendar"
        assert session.post(calendar, data={"proof": ""}, timeout=20).status_code == 403, "a forged form"
        addresses = [_new_calendar(session, calendar) for _ in range(2)]
        old, new = (requests.get(address, timeout=20) for address in addresses)
        assert old.status_code == 404, "a new address ends the one before"
        assert new.status_code == 200 and new.content.startswith(b"BEGIN:VCALENDAR\r\n")
        assert b"tiskova-zprava/2026-12" in new.content and b"@liberecky-kraj" not in new.content
        page.context.add_cookies([{"name": "hlasatel", "value": session.cookies["hlasatel"], "url": calendar}])
        page.goto(f"{office.base_url}/koordinator/harmonogram")
        picture = page.locator("img[src$='harmonogram.svg']")
        expect(picture).to_be_visible()
        assert picture.evaluate("image => image.complete && image.naturalWidth > 0"), "the picture is not drawn"


@pytest.mark.long
def test_a_calendar_of_the_coordinator_before_her_ends_with_him(sqlite_office: Office) -> None:
    office = sqlite_office
    office.tick(ASKED_AT)
    with office.serving("run", ASKED_AT):
        address = _new_calendar(signed_in(office), f"{office.base_url}/koordinator/kalendar")
        assert requests.get(address, timeout=20).status_code == 200
    config = shutil.copytree(PROJECT / "config", office.folder / "config")
    settings = (config / "settings.toml").read_text(encoding="utf-8")
    handed_over = settings.replace('coordinator = "koordinator"', 'coordinator = "asz"', 1)
    (config / "settings.toml").write_text(handed_over, encoding="utf-8")
    with office.serving("web", ASKED_AT, HLASATEL_CONFIG=str(config)):
        assert requests.get(address, timeout=20).status_code == 404


def test_the_overview_tells_of_faults_in_the_plan(sqlite_office: Office) -> None:
    office = sqlite_office
    plan = office.folder / "schedules.yaml"
    shutil.copy(PROJECT / "schedules.yaml", plan)
    shutil.copytree(PROJECT / "config", office.folder / "config")
    office.run("tick", "--now", ASKED_AT, HLASATEL_PLAN=str(plan))
    plan.write_text(plan.read_text(encoding="utf-8").replace("září, prosinec", "zaří, prosinec"), encoding="utf-8")
    with office.serving("run", ASKED_AT, HLASATEL_PLAN=str(plan)):
        page = signed_in(office).get(f"{office.base_url}/koordinator", timeout=20).text.replace("\u00a0", " ")
    assert "Soubor na disku má chyby" in page and "schedules.yaml:" in page and "září" in page


def _new_calendar(session: requests.Session, page: str) -> str:
    proof = re.search(r'name="proof" value="([0-9a-f]{64})"', session.get(page, timeout=20).text)
    assert proof is not None
    shown = re.search(
        r'value="(http[^"]+/kalendar/[^"]+)"',
        session.post(page, {"proof": proof[1], "order": "calendar"}, timeout=20).text,
    )
    assert shown is not None
    return shown[1]


def test_the_overview_says_that_everything_is_held_and_what(sqlite_office: Office) -> None:
    office = sqlite_office
    office.tick(ASKED_AT)
    with office.serving("run", "2026-12-01T11:00"):
        session = signed_in(office)
        at = ("--now", "2026-12-01T11:01")
        office.run("hold", "begin", "--until", "2026-12-04", "--reason", "státní smutek", *at)
        page = session.get(f"{office.base_url}/koordinator", timeout=10).text
        assert "státní smutek" in page
        section = page.partition('id="held"')[2].partition("</section>")[0]
        assert f"/koordinator/termin/{PRESS_RELEASE}" in section
        office.run("hold", "end", "--reason", "omyl", *at)
        end = time.monotonic() + 30
        while "státní smutek" in (page := session.get(f"{office.base_url}/koordinator", timeout=10).text):
            assert time.monotonic() < end, "it is still held"
            time.sleep(0.2)
        assert 'id="held"' not in page
