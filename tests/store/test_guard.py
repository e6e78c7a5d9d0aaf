"""What the pages refuse and what they never say: unknown names, guesses, other sites, and where a link leads."""

from __future__ import annotations

import re
import shutil
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from sqlalchemy import select

from tests.fixtures.pages import pages
from tests.fixtures.smtp_server import scripted_relay
from tests.store.conftest import open_office
from tests.store.desk import ASKED, SEND, asked, state, token
from worker.approval import decide
from worker.messages import say
from worker.notices import links
from worker.notices.links import Purpose
from worker.office import Office
from worker.settings import WebSettings
from worker.store.database import Database
from worker.store.tables import decisions
from worker.web.guesses import MOST_A_MINUTE

PROXY = WebSettings(proxies=("127.0.0.1",), hosts=("intranet",))
STRANGER = "zlo.example.net"
APPROVE = {"decision": "approve", "comment": ""}


@pytest.fixture(scope="module")
def waiting(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, str]]:
    """An office whose press release waits for its approval, and a token for it; what is tried here asks no database."""
    folder = tmp_path_factory.mktemp("guarded")
    shutil.copyfile(migrated_file, folder / "hlasatel.sqlite3")
    database = Database(f"sqlite:///{folder / 'hlasatel.sqlite3'}")
    with scripted_relay() as relay:
        office = open_office(database, relay, folder)
        yield office, asked(office)
    database.close()


@pytest.fixture
def served(waiting: tuple[Office, str]) -> Iterator[tuple[Office, str]]:
    """The pages behind the office's own proxy, and the full address of a link that waits for a decision."""
    office, link = waiting
    with pages(office, ASKED, PROXY) as reached:
        yield reached, links.address(reached.settings.base_url, Purpose.APPROVE, link)


def raw(office: Office, request: str) -> tuple[int, str]:
    """The status and the whole answer to a request written by hand, `HOST` in it being our own."""
    own = urlsplit(office.settings.base_url)
    assert own.hostname and own.port
    with socket.create_connection((own.hostname, own.port), timeout=10) as connection:
        text = request.replace("HOST", own.netloc).replace("\n", "\r\n") + "\r\n\r\n"
        connection.sendall(text.encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    return int(answer.split()[1]), answer


def test_only_known_names_are_answered(served: tuple[Office, str]) -> None:
    office, link = served
    path = urlsplit(link).path
    known = ("HOST", "intranet", f"localhost:{urlsplit(link).port}")
    unknown = (STRANGER, "127.0.0.1", "localhost", "")
    for host, status in (dict.fromkeys(known, 200) | dict.fromkeys(unknown, 421)).items():
        answered, answer = raw(office, f"GET {path} HTTP/1.1\nHost: {host}\nConnection: close")
        assert (host, answered) == (host, status)
        assert (say("guard.unknown_host") in answer) == (status == 421)
        assert raw(office, f"POST {path} HTTP/1.1\nHost: {host}\nConnection: close")[0] == (
            status if status > 400 else 400
        )
        assert raw(office, f"GET /healthz HTTP/1.1\nHost: {host}\nConnection: close")[0] == 200
    assert raw(office, f"GET {path} HTTP/1.0")[0] == 421


@pytest.mark.parametrize(
    "request_line",
    [
        "GET PATH HTTP/1.1\nHost: HOST\nX-Forwarded-Host: zlo.example.net\nX-Forwarded-Proto: https",
        "GET PATH HTTP/1.1\nHost: HOST\nForwarded: host=zlo.example.net;proto=https\nX-Original-URL: /zlo.example.net",
        "GET PATH HTTP/1.1\nHost: intranet\nX-Forwarded-Prefix: /zlo.example.net\nX-Rewrite-URL: //zlo.example.net/",
        "GET http://HOSTPATH HTTP/1.1\nHost: zlo.example.net",
        "GET http://zlo.example.netPATH HTTP/1.1\nHost: HOST",
        "GET //zlo.example.netPATH HTTP/1.1\nHost: HOST",
        "GET /koordinator/ HTTP/1.1\nHost: HOST\nX-Forwarded-Host: zlo.example.net",
        "GET //zlo.example.net/koordinator/ HTTP/1.1\nHost: HOST",
        "GET /koordinator/ HTTP/1.1\nHost: intranet\nX-Forwarded-Host: zlo.example.net",
    ],
)
def test_links_and_redirects_come_from_the_base_address_alone(served: tuple[Office, str], request_line: str) -> None:
    office, link = served
    status, answer = raw(office, f"{request_line.replace('PATH', urlsplit(link).path)}\nConnection: close")
    assert status in (200, 307, 404, 421)
    assert "zlo.example.net" not in answer
    base = office.settings.base_url
    led = re.findall(r'(?:href|src|action)="([^"#][^"]*)"|^location: (\S+)', answer, re.MULTILINE)
    assert [each for pair in led for each in pair if each and not each.startswith(f"{base}/")] == []
    assert led or status in (404, 421)


def test_a_request_in_absolute_form_counts_by_what_its_target_names(served: tuple[Office, str]) -> None:
    office, link = served
    path = urlsplit(link).path
    assert raw(office, f"GET http://HOST{path} HTTP/1.1\nHost: {STRANGER}\nConnection: close")[0] == 200
    assert raw(office, f"GET http://{STRANGER}{path} HTTP/1.1\nHost: HOST\nConnection: close")[0] == 421


def test_a_post_redirects_to_the_base_address_whatever_it_was_sent_to(served: tuple[Office, str]) -> None:
    office, link = served
    body = "decision=approve&version=1"
    status, answer = raw(
        office,
        f"POST {urlsplit(link).path} HTTP/1.1\nHost: intranet\nX-Forwarded-Host: {STRANGER}\nConnection: close\n"
        f"Content-Type: application/x-www-form-urlencoded\nContent-Length: {len(body)}\n\n{body}",
    )
    assert status == 303 and f"location: {link}\r\n" in answer and STRANGER not in answer
    decide.take_back(office, link.rpartition("/")[2], ASKED)


def test_a_good_link_goes_on_while_guesses_are_stopped(served: tuple[Office, str]) -> None:
    office, link = served
    wrong = [link[:-5] + f"{number:05}" for number in range(MOST_A_MINUTE + 20)]
    with requests.Session() as visitor:
        answers = [visitor.post(each, data={"decision": "approve"}, timeout=10).status_code for each in wrong[:40]]
        answers += [visitor.get(each, timeout=10).status_code for each in wrong[40:]]
        assert answers == [404] * MOST_A_MINUTE + [429] * 20
        stopped = visitor.get(wrong[0], timeout=10)
        assert stopped.headers["Retry-After"] == "60" and stopped.headers["Cache-Control"] == "no-store"
        for path in ("/uprava/x", "/ukol/x", "/pripominky/x", "/o/x", "/koordinator/vstup/x", "/kalendar/x", "/x"):
            assert visitor.get(link.replace(urlsplit(link).path, path), timeout=10).status_code == 429, path
        assert {visitor.get(link, timeout=10).status_code for _ in range(300)} == {200}
        other = {"X-Forwarded-For": "203.0.113.9"}  # the proxy of this office is at 127.0.0.1
        assert visitor.get(wrong[0], headers=other, timeout=10).status_code == 404
        assert visitor.post(link, data={"decision": "approve"}, timeout=10).status_code == 200
    decide.take_back(office, link.rpartition("/")[2], ASKED)


def test_a_visitor_cannot_name_himself_somebody_else(waiting: tuple[Office, str]) -> None:
    office, _ = waiting
    with pages(office, ASKED) as reached, requests.Session() as visitor:
        wrong = f"{reached.settings.base_url}/schvaleni/x"
        answers = [
            visitor.get(wrong, headers={"X-Forwarded-For": f"203.0.113.{number}"}, timeout=10).status_code
            for number in range(MOST_A_MINUTE + 5)
        ]
    assert answers == [404] * MOST_A_MINUTE + [429] * 5


def test_wrong_foreign_and_expired_links_say_the_same_words(waiting: tuple[Office, str]) -> None:
    office, link = waiting
    comment = token(office, "reditel", purpose=Purpose.COMMENT)
    wrong = [
        f"schvaleni/{link[:-5]}AAAAA", f"schvaleni/{comment}", f"uprava/{link}", f"ukol/{link}", f"pripominky/{link}",
        f"volba/{link}", f"schvaleni/nahled/press-release/{comment}", f"schvaleni/{link}{link}",
    ]  # fmt: skip
    said = {}
    with pages(office, ASKED) as reached:
        for path in wrong:
            answer = requests.get(f"{reached.settings.base_url}/{path}", timeout=10)
            assert answer.status_code == 404, path
            said[_without_address(answer.text, reached)] = path
    with pages(office, SEND + timedelta(hours=2)) as reached:
        for path in (f"schvaleni/{link}", f"schvaleni/nahled/press-release/{link}"):
            answer = requests.get(f"{reached.settings.base_url}/{path}", timeout=10)
            assert answer.status_code == 410, path
            said[_without_address(answer.text, reached)] = path
        answer = requests.post(
            f"{reached.settings.base_url}/schvaleni/{link}", data={"decision": "approve"}, timeout=10
        )
        assert answer.status_code == 410
        said[_without_address(answer.text, reached)] = path
    assert len(said) == 1, said.values()
    assert say("approval.no_such_link")[:20] in next(iter(said))


def _without_address(page: str, office: Office) -> str:
    return page.replace(office.settings.base_url, "")


@pytest.mark.parametrize(("web", "whence"), [(WebSettings(), "page 127.0.0.1"), (PROXY, "page 203.0.113.9")])
def test_the_record_says_from_where_it_was_decided(waiting: tuple[Office, str], web: WebSettings, whence: str) -> None:
    office, link = waiting
    with pages(office, ASKED, web) as reached:
        page = links.address(reached.settings.base_url, Purpose.APPROVE, link)
        headers = {"X-Forwarded-For": "192.0.2.66, 203.0.113.9"}
        assert requests.post(page, data={"decision": "approve"}, headers=headers, timeout=10).status_code == 200
    with office.database.read() as tx:
        assert tx.execute(select(decisions.c.whence).where(decisions.c.live == 1)).scalars().all() == [whence]
    decide.take_back(office, link, ASKED)


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
def test_what_a_post_needs(
    waiting: tuple[Office, str], headers: dict[str, str], fields: dict[str, str], status: int
) -> None:
    office, link = waiting
    with pages(office, ASKED) as reached:
        page = links.address(reached.settings.base_url, Purpose.APPROVE, link)
        assert requests.post(page, data=fields, headers=headers, timeout=10).status_code == status
    assert state(office) == ("approved" if status == 200 else "asked")
    if status == 200:
        decide.take_back(office, link, ASKED)
