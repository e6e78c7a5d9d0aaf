"""The pages of contributions as a browser meets them: one form without a script, and the coordinator's choice."""

from __future__ import annotations

import http.client
import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.fixtures.pages import pages, reader
from tests.fixtures.smtp_server import ScriptedRelay, scripted_relay
from tests.store.conftest import open_office
from tests.store.desk import notices_to, work_at
from tests.store.planned import with_file
from tests.store.test_contributions import (
    BEGUN,
    COMMISSION,
    DRAFTED,
    ID,
    ROW,
    SEND,
    link,
    sent,
)
from worker.contributions.photo import MOST_BYTES
from worker.notices import sign_ins
from worker.office import Office
from worker.record import contributions
from worker.record.contributions import Chosen
from worker.store.database import Database
from worker.web.signed_in import COOKIE

TEXT = {"text": "Otevřeli jsme poradnu.\r\n<script>alert(1)</script>", "people": "nobody"}


@pytest.fixture(scope="module")
def called_file(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """An SQLite file of an office that has called for contributions, and the token of the commission."""
    folder = tmp_path_factory.mktemp("called")
    file = Path(shutil.copy(migrated_file, folder / "called.sqlite3"))
    database = Database(f"sqlite:///{file}")
    with scripted_relay() as relay:
        office = with_file(open_office(database, relay, folder), folder / "schedules.yaml", ROW)
        work_at(office, BEGUN)
        token = link(office, relay, COMMISSION)
    database.close()
    return file, token


@pytest.fixture
def token(called_file: tuple[Path, str]) -> str:
    return called_file[1]


@pytest.fixture
def called(called_file: tuple[Path, str], relay: ScriptedRelay, tmp_path: Path) -> Iterator[Office]:
    """An office on a copy of that file: the database makes no difference to its pages."""
    database = Database(f"sqlite:///{shutil.copy(called_file[0], tmp_path / 'called.sqlite3')}")
    yield with_file(open_office(database, relay, tmp_path), tmp_path / "schedules.yaml", ROW)
    database.close()


def jpeg(size: tuple[int, int] = (640, 480)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, "JPEG")
    return out.getvalue()


def post(address: str, form: dict[str, str], photo: bytes | None = None) -> requests.Response:
    """The form as a browser sends it: with a part for the file also when none was chosen."""
    file = ("", b"") if photo is None else ("dovolená/../IMG 1.jpg", photo)
    return requests.post(address, form, files={"photo": file}, timeout=30, allow_redirects=False)


def page_of(reached: Office, token: str) -> str:
    return f"{reached.settings.base_url}/prispevek/{token}"


def signed_in(reached: Office) -> requests.Session:
    with reached.database.write() as tx:
        session = sign_ins.mint(tx, sign_ins.Purpose.SESSION, "koordinator", BEGUN)
    visitor = reader("cs")
    visitor.cookies.set(COOKIE, session)
    return visitor


def test_reading_changes_nothing_and_nothing_is_chosen_beforehand(called: Office, token: str) -> None:
    with pages(called, BEGUN) as reached:
        address = page_of(reached, token)
        page, head = reader("cs").get(address, timeout=10), requests.head(address, timeout=10)
    assert (page.status_code, head.status_code) == (200, 200)
    assert 'enctype="multipart/form-data"' in page.text and "<script" not in page.text
    assert " checked" not in page.text
    assert "no-referrer" in page.headers["Referrer-Policy"]
    assert sent(called) == ()


def test_a_text_is_kept_as_it_was_typed(called: Office, token: str) -> None:
    with pages(called, BEGUN) as reached:
        answer = post(page_of(reached, token), TEXT)
        shown = reader("cs").get(answer.headers["Location"], timeout=10)
    assert (answer.status_code, shown.status_code) == (303, 200)
    assert 'role="status"' in shown.text and "&lt;script&gt;alert(1)&lt;/script&gt;" in shown.text
    (one,) = sent(called)
    assert (one.text, one.photo) == ("Otevřeli jsme poradnu.\n<script>alert(1)</script>", None)


def test_a_photo_of_thirty_megabytes_is_kept_small(called: Office, token: str) -> None:
    large = jpeg((3000, 2000))
    large += b"\0" * (30 * 1024 * 1024 - len(large))
    form = TEXT | {"description": "Poradna", "author": "Jana Vzorná"}
    with pages(called, BEGUN) as reached:
        answer = post(page_of(reached, token), form, large)
    assert answer.status_code == 303
    (one,) = sent(called)
    assert one.photo is not None and (one.photo.width, one.photo.description) == (2400, "Poradna")
    with called.database.read() as tx:
        content = contributions.photo(tx, one.id)
    assert content is not None and len(content) < 500_000


@pytest.mark.browser
def test_a_browser_without_scripts_sends_a_text_and_a_photo(called: Office, token: str, browser: Browser) -> None:
    context = browser.new_context(locale="cs-CZ", java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    with pages(called, BEGUN) as reached:
        page.goto(page_of(reached, token))
        page.get_by_label("Příspěvek", exact=True).fill("Otevřeli jsme poradnu.")
        page.get_by_label("Soubor s fotografií").set_input_files(
            {"name": "IMG 1.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}
        )
        page.get_by_label("Co je na fotografii").fill("Poradna v přízemí")
        page.get_by_label("Kdo fotografoval").fill("Petr Vzorný")
        page.get_by_label("Ano, a jeho souhlas se zveřejněním mám.").check()
        page.get_by_label("Čí souhlas to je").fill("Jan Vzorný")
        page.get_by_label("ten člověk sám").check()
        page.get_by_role("button", name="Odeslat příspěvek").click()
        expect(page.get_by_role("status")).to_contain_text("Děkujeme, příspěvek máme")
    context.close()
    (one,) = sent(called)
    assert (one.text, one.people, one.consent_of) == ("Otevřeli jsme poradnu.", "consent", "Jan Vzorný")
    assert one.photo is not None and one.photo.width == 640


def test_a_larger_file_is_refused_with_what_to_do(called: Office, token: str) -> None:
    form = TEXT | {"description": "Poradna", "author": "Jana Vzorná"}
    with pages(called, BEGUN) as reached:
        address = page_of(reached, token)
        over = post(address, form, b"\0" * (MOST_BYTES + 1))
        announced = requests.post(
            address, data=b"", headers={"Content-Length": str(200 * 1024 * 1024)}, timeout=10, stream=True
        )  # fmt: skip
    assert (over.status_code, announced.status_code) == (400, 413)
    for answer in (over, announced):
        assert "větší než" in answer.text and "32" in answer.text
    assert "Otevřeli jsme poradnu." in over.text, "what was typed is still there"
    assert sent(called) == ()


def test_what_is_not_complete_is_refused_and_not_lost(called: Office, token: str) -> None:
    with pages(called, BEGUN) as reached:
        address = page_of(reached, token)
        for name, value in (("text", " "), ("people", ""), ("author", "Jana"), ("signed", "x" * 201)):
            field = "photo" if name == "author" else name
            answer = post(address, TEXT | {"signed": "Jana Vzorná", "until": "2027-01-02"} | {name: value})
            assert answer.status_code == 400
            assert 'role="alert"' in answer.text
            assert answer.text.count('aria-invalid="true"') == 1, "the field that it is about is marked"
            if field != "people":
                assert re.search(rf'name="{field}"[^>]*aria-invalid="true"', answer.text)
            assert 'value="2027-01-02"' in answer.text and (name != "author" or 'value="Jana"' in answer.text)
    assert sent(called) == () and notices_to(called, COMMISSION, "contribution_receipt") == []


def test_a_file_that_is_no_photo_says_so_and_keeps_the_words(called: Office, token: str) -> None:
    form = TEXT | {"description": "Poradna", "author": "Jana Vzorná"}
    with pages(called, BEGUN) as reached:
        answer = post(page_of(reached, token), form, b"<html>GIF89a</html>")
    assert answer.status_code == 400
    assert "JPEG, PNG nebo WebP" in answer.text.replace("\N{NO-BREAK SPACE}", " ")
    assert "vyberte znovu" in answer.text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Otevřeli jsme poradnu." in answer.text and 'value="Poradna"' in answer.text


def test_foreign_over_and_cross_site_posts_change_nothing(called: Office, token: str) -> None:
    with pages(called, BEGUN) as reached:
        wrong = post(f"{reached.settings.base_url}/prispevek/{'x' * 43}", TEXT, b"\0" * 5_000_000)
        others = requests.get(f"{reached.settings.base_url}/pripominky/{token}", timeout=10)
        foreign = requests.post(
            f"{reached.settings.base_url}/prispevek/{token}", TEXT, timeout=10,
            headers={"Origin": "https://jinde.example.com"},
        )  # fmt: skip
    assert [each.status_code for each in (wrong, others, foreign)] == [404, 404, 403]
    with pages(called, SEND) as reached:
        over = post(f"{reached.settings.base_url}/prispevek/{token}", TEXT)
        page = reader("cs").get(f"{reached.settings.base_url}/prispevek/{token}", timeout=10)
    assert (over.status_code, page.status_code, "<form" in page.text) == (409, 200, False)
    assert "Otevřeli jsme poradnu." in over.text, "it can be copied"
    assert sent(called) == ()


def test_a_strangers_file_is_not_even_read(called: Office) -> None:
    with pages(called, BEGUN) as reached:
        connection = http.client.HTTPConnection(urlsplit(reached.settings.base_url).netloc, timeout=5)
        connection.putrequest("POST", f"/prispevek/{'x' * 43}")
        connection.putheader("Content-Type", "multipart/form-data; boundary=x")
        connection.putheader("Content-Length", "30000000")
        connection.endheaders()
        assert connection.getresponse().status == 404, "the answer comes before a byte of it was sent"
        connection.close()


def test_after_the_deadline_the_page_says_so(called: Office, token: str) -> None:
    with pages(called, DRAFTED) as reached:
        page = reader("en").get(page_of(reached, token), timeout=10)
    assert "The deadline is over" in page.text and "<form" in page.text


def test_the_coordinator_sees_who_sent_what_and_chooses(called: Office, token: str) -> None:
    form = TEXT | {"description": "Poradna v přízemí", "author": "Petr Vzorný", "signed": "Jana Vzorná"}
    with pages(called, BEGUN) as reached:
        post(page_of(reached, token), form, jpeg())
        visitor, base = signed_in(reached), f"{reached.settings.base_url}/koordinator/prispevky"
        listed, page = visitor.get(base, timeout=10), visitor.get(f"{base}/{ID}", timeout=10)
        (one,) = sent(called)
        picture = visitor.get(f"{base}/foto/{one.id}", timeout=10)
        assert ID in listed.text
        assert 'alt="Poradna v přízemí"' in page.text and "&lt;script&gt;" in page.text
        assert "přišlo: 1" in page.text and "zatím nic" in page.text.replace("\N{NO-BREAK SPACE}", " ")
        assert (picture.headers["Content-Type"], picture.content[:2]) == ("image/jpeg", b"\xff\xd8")
        proof = re.search(r'name="proof" value="(\w+)"', page.text)
        assert proof is not None
        choice = {"proof": proof[1], "number": str(one.id), "seen": "0", "choice": "included", "note": "Děkujeme."}
        unproven = visitor.post(f"{base}/{ID}", choice | {"proof": "x"}, timeout=10)
        assert (unproven.status_code, sent(called)[0].chosen) == (403, None)
        nonsense = visitor.post(f"{base}/{ID}", choice | {"choice": "maybe"}, timeout=10)
        done = visitor.post(f"{base}/{ID}", choice, timeout=10)
        again = visitor.post(f"{base}/{ID}", choice | {"choice": "left-out"}, timeout=10)
    assert (nonsense.status_code, done.status_code, again.status_code) == (400, 200, 409)
    assert "zařazeno" in done.text
    assert sent(called)[0].chosen is Chosen.INCLUDED


def test_nobody_but_the_coordinator_sees_any_of_it(called: Office, token: str) -> None:
    with pages(called, BEGUN) as reached:
        post(page_of(reached, token), TEXT | {"description": "Poradna", "author": "Jana"}, jpeg())
        (one,) = sent(called)
        base = f"{reached.settings.base_url}/koordinator/prispevky"
        answers = [requests.get(f"{base}{path}", timeout=10) for path in ("", f"/{ID}", f"/foto/{one.id}")]
        answers.append(requests.post(f"{base}/{ID}", {"number": str(one.id), "choice": "included"}, timeout=10))
        unknown = [signed_in(reached).get(f"{base}/foto/{number}", timeout=10) for number in ("999", "9" * 30)]
        unknown.append(signed_in(reached).get(f"{base}/neni/2026", timeout=10))
    assert [each.status_code for each in answers] == [403] * 4
    assert not any("poradnu" in each.text for each in answers)
    assert [each.status_code for each in unknown] == [404, 404, 404]
    assert sent(called)[0].chosen is None
