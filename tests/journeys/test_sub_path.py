"""Pages behind a proxy under a path of the office's own site."""

from __future__ import annotations

import re

import requests

from tests.fixtures.office import ASKED_AT, PRESS_RELEASE, Office


class UnderAPath(Office):
    """The same office, its pages at `/kraj/hlasatel`."""

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/kraj/hlasatel"


def test_every_address_keeps_the_path_and_health_needs_none(sqlite_office: Office) -> None:
    office = UnderAPath(sqlite_office.folder, sqlite_office.mailbox, sqlite_office.database_url)
    office.tick(ASKED_AT)
    with office.web(ASKED_AT):
        link = office.link(PRESS_RELEASE, "schvaleni")
        page = requests.get(link, timeout=10)
        inside = re.findall(r'(?:href|src|action)="([^"#][^"]*)"', page.text)
        assert inside
        assert [each for each in inside if not each.startswith(office.base_url + "/")] == []
        assert requests.get(f"{office.base_url}/hlasatel.css", timeout=10).status_code == 200
        assert requests.get(f"http://127.0.0.1:{office.port}/healthz", timeout=10).status_code == 200
        assert requests.post(link, data={"decision": "approve"}, timeout=10).status_code == 200
    assert "schvaluje" in office.run("why", PRESS_RELEASE)


def test_a_slash_too_many_leads_to_the_address_of_the_mails(sqlite_office: Office) -> None:
    """Behind a proxy that ends TLS the request itself knows neither its scheme nor, with a bad proxy, its host."""
    office = UnderAPath(sqlite_office.folder, sqlite_office.mailbox, sqlite_office.database_url)
    public = "https://hlasatel.example.org/kraj/hlasatel"
    bound = office.start("web", "--bind", f"127.0.0.1:{office.port}", HLASATEL_BASE_URL=public)
    try:
        office.wait_until_ready(bound)
        for host in ("hlasatel.example.org", "evil.example.net", "["):
            answer = requests.get(
                f"{office.base_url}/koordinator/", headers={"Host": host}, allow_redirects=False, timeout=10
            )
            assert (answer.status_code, answer.headers["Location"]) == (307, f"{public}/koordinator")
    finally:
        bound.terminate()
        bound.communicate(timeout=30)
