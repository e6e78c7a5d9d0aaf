"""Pages behind a proxy under a path of the office's own site."""

from __future__ import annotations

import re

import pytest
import requests

from tests.fixtures.office import ASKED_AT, PRESS_RELEASE, Office, own_port
from tests.fixtures.proxy import reverse_proxy


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


@pytest.mark.parametrize(
    ("cut_off", "renames"), [pytest.param("", False, marks=pytest.mark.long), ("/kraj/hlasatel", True)]
)
@pytest.mark.long
def test_a_proxy_may_pass_path_and_host_on_or_not(sqlite_office: Office, cut_off: str, renames: bool) -> None:
    office = UnderAPath(sqlite_office.folder, sqlite_office.mailbox, sqlite_office.database_url)
    backend = own_port()
    office.tick(ASKED_AT)
    link = office.link(PRESS_RELEASE, "schvaleni")
    web = office.start("web", "--now", ASKED_AT, "--bind", f"127.0.0.1:{backend}")
    try:
        with reverse_proxy(office.port, backend, cut_off=cut_off, renames=renames):
            office.wait_until_ready(web)
            page = requests.get(link, timeout=10)
            for each in re.findall(r'(?:href|src)="([^"#][^"]*)"', page.text):
                assert requests.get(each, timeout=10).status_code == 200, each
            slash = requests.get(f"{office.base_url}/koordinator/", allow_redirects=False, timeout=10)
            assert slash.headers["Location"] == f"{office.base_url}/koordinator"
            done = requests.post(link, data={"decision": "approve"}, allow_redirects=False, timeout=10)
            assert (done.status_code, done.headers["Location"]) == (303, link)
    finally:
        web.terminate()
        web.communicate(timeout=30)
    assert "schvaluje" in office.run("why", PRESS_RELEASE)


def test_a_slash_too_many_leads_to_the_address_of_the_mails(sqlite_office: Office) -> None:
    """Behind a proxy that ends TLS the request itself does not know its scheme."""
    office = UnderAPath(sqlite_office.folder, sqlite_office.mailbox, sqlite_office.database_url)
    public = "https://hlasatel.example.org/kraj/hlasatel"
    bound = office.start("web", "--bind", f"127.0.0.1:{office.port}", HLASATEL_BASE_URL=public)
    try:
        office.wait_until_ready(bound)
        for host, status, location in (
            ("hlasatel.example.org", 307, f"{public}/koordinator"),
            ("evil.example.net", 421, None),
            ("[", 421, None),
        ):
            answer = requests.get(
                f"{office.base_url}/koordinator/", headers={"Host": host}, allow_redirects=False, timeout=10
            )
            assert (answer.status_code, answer.headers.get("Location")) == (status, location)
    finally:
        bound.terminate()
        bound.communicate(timeout=30)
