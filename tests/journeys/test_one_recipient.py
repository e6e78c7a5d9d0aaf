"""The whole life of one recipient as she and her mail server live it, in a browser and over SMTP: she joins, confirms,
gets a newsletter, chooses topics, is bounced, leaves, has everything shown, and is erased.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import dkim
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import Page, expect

from tests.fixtures.office import Office, until
from tests.fixtures.returned import BOUNCE_ADDRESS, dsn
from worker.demo.mailbox import Mail
from worker.mime.signing import Signer

pytestmark = [pytest.mark.browser, pytest.mark.journey]

JANA, PETR = "jana.novakova@posta.example.org", "petr@posta.example.org"
DOMAIN = "liberecky-kraj.example.org"
JOINS, GOES_OUT = "2026-12-01T10:00", "2026-12-08T10:00"
NEWSLETTER = "newsletter/2026"
Run = Callable[..., str]
_SETTINGS = """
[inbox]
maildir = "{maildir}"
address = "odpovedi@{domain}"
bounce_address = "{bounces}"

[dkim]
domain = "{domain}"
selector = "hlasatel"
"""


@pytest.fixture
def key() -> bytes:
    made = rsa.generate_private_key(65537, 2048)
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture
def maildir(plan: Path) -> Path:
    """Where bounces come to; the plan has the newsletter alone, about housing and for citizens."""
    text = plan.read_text("utf-8")
    start = text.index("  - id: newsletter\n")
    row = text[start : text.index("\n  - id:", start + 1)]
    row = row.replace("[newsletter, facebook-text]", "[newsletter]").replace("[vsichni]", "[obcane]")
    row = row.replace("    contributors: [asz]\n", "    topics: [bydleni]\n")
    plan.write_text(text[: text.index("  - id:")] + row + "\n", "utf-8")
    box = plan.parent / "posta"
    for folder in ("new", "cur", "tmp"):
        (box / folder).mkdir(parents=True)
    with (plan.parent / "config" / "settings.toml").open("a", encoding="utf-8") as file:
        file.write(_SETTINGS.format(maildir=box, domain=DOMAIN, bounces=BOUNCE_ADDRESS))
    return box


def test_the_whole_life_of_one_recipient(
    sqlite_office: Office, plan: Path, maildir: Path, key: bytes, page: Page
) -> None:
    office = sqlite_office
    given = {"HLASATEL_PLAN": str(plan), "HLASATEL_DKIM_KEY": key.decode()}
    run: Run = partial(office.run, HLASATEL_PLAN=str(plan), HLASATEL_DKIM_KEY=key.decode())
    file = office.folder / "obcane.csv"
    file.write_text(f"address,name\n{PETR},\n", "utf-8")
    run("recipients", "import", "obcane", str(file))

    with office.serving("run", JOINS, **given):
        _joins(office, page)
        confirms = _mailed(office, lambda mail: "/odber/potvrzeni/" in mail.text)
        link = _link(office, confirms, "odber/potvrzeni")
        assert requests.get(link, timeout=20).status_code == 200
        assert JANA not in run("recipients", "list", "obcane"), "looking confirms nothing"
        _confirms(page, link)
        asked = _mailed(office, lambda mail: "/schvaleni/" in mail.text, to=f"mluvci@{DOMAIN}")
        answer = requests.post(_link(office, asked, "schvaleni"), {"decision": "approve", "comment": ""}, timeout=20)
        assert answer.status_code == 200

    with office.serving("run", GOES_OUT, **given):
        received = _mailed(office, lambda mail: bool(mail.message["List-Id"]))
        leave = _checked(office, received)
        _chooses_topics(page, leave)
        held = _mailed(office, lambda mail: "/udaje/" in mail.text)
        own = _link(office, held, "udaje")
        _changes_her_mind(page, own)
        (maildir / "new" / "1764579900.M1P2.posta").write_bytes(dsn(received.sender, JANA))
        # Nothing is left to choose once nothing is sent.
        until(lambda: "/volby/" not in requests.get(own, timeout=20).text, seconds=40)
        for _ in range(2):
            left = requests.post(leave, {"List-Unsubscribe": "One-Click"}, allow_redirects=False, timeout=20)
            assert (left.status_code, left.cookies.get_dict()) == (200, {})

    signer = Signer(DOMAIN, "hlasatel", key)
    for mail in (confirms, asked, received, held):
        assert dkim.verify(mail.raw, dnsfunc=lambda name, timeout=5: signer.record.encode()), mail.subject
    _is_shown_and_erased(office, run, file)


def _joins(office: Office, page: Page) -> None:
    page.goto(f"{office.base_url}/odber")
    page.get_by_label("Zprávy pro občany").check()
    page.get_by_role("checkbox", name="bydlení", exact=True).check()
    page.locator("input[name=email]").fill(JANA)
    page.get_by_role("main").get_by_role("button").click()
    expect(page.locator("main")).to_contain_text(JANA)


def _confirms(page: Page, link: str) -> None:
    page.goto(link)
    button = page.get_by_role("main").get_by_role("button")
    expect(button).to_be_visible()
    button.click()
    expect(page.get_by_role("status")).to_be_visible()


def _chooses_topics(page: Page, leave: str) -> None:
    """On the page of the newsletter's link: other topics, and a link to what is held."""
    page.goto(leave)
    page.locator("summary").first.click()
    page.get_by_role("checkbox", name="dluhy", exact=True).check()
    page.locator("form[action*='/temata/'] button").click()
    expect(page.get_by_role("status")).to_contain_text("dluhy")
    for summary in page.locator("summary").all():
        summary.click()
    page.locator("form[action*='/odkaz/'] button").click()
    expect(page.get_by_role("status")).to_be_visible()


def _changes_her_mind(page: Page, link: str) -> None:
    page.goto(link)
    expect(page.locator("main")).to_contain_text(JANA)
    page.get_by_role("checkbox", name="zdraví", exact=True).check()
    page.locator("form[action*='/volby/'] button").click()
    expect(page.get_by_role("status")).to_be_visible()


def _checked(office: Office, mail: Mail) -> str:
    """The link to leave by, of a newsletter that is as it should be on the wire."""
    head = mail.raw.split(b"\r\n\r\n")[0].decode("ascii")
    found: list[str] = re.findall(rf"\r\nList-Unsubscribe: .*<({office.base_url}/o/[\w-]{{22}})>", head)
    assert "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in head
    assert re.fullmatch(BOUNCE_ADDRESS.replace("@", r"\+[\w-]+@"), mail.sender)
    assert JANA not in mail.sender and f"<{mail.sender}>" not in head
    (link,) = found
    return link


def _is_shown_and_erased(office: Office, run: Run, again: Path) -> None:
    told = json.loads(run("recipients", "export", JANA))
    shown = json.dumps(told, ensure_ascii=False)
    for part in ("obcane", "zdravi", "dluhy", "5.1.1", NEWSLETTER, "list.left"):
        assert part in shown, part
    assert run("recipients", "export", JANA) == run("recipients", "export", JANA)
    run("recipients", "erase", JANA)
    data = Path(office.database_url.removeprefix("sqlite:///"))
    for file in data.parent.glob(f"{data.name}*"):
        content = file.read_bytes().lower()
        assert b"novakova" not in content, file
    again.write_text(f"address,name\n{JANA},Jana\n", "utf-8")
    run("recipients", "import", "obcane", str(again))
    assert JANA not in run("recipients", "list", "obcane")
    assert PETR in run("recipients", "list", "obcane")


def _mailed(office: Office, wanted: Callable[[Mail], bool], to: str = JANA) -> Mail:
    """The mail to `to` that is wanted, once it has come."""

    def found() -> list[Mail]:
        return [mail for mail in office.mailbox.mails() if mail.recipient == to and wanted(mail)]

    until(found, seconds=40)
    return found()[-1]


def _link(office: Office, mail: Mail, path: str) -> str:
    found = re.search(rf"{office.base_url}/{path}/[\w-]+", mail.text)
    assert found is not None
    return found[0]
