"""The mail that asks for a decision is understood without a click, by eye and by every mail program."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.fixtures.smtp_server import Received, ScriptedRelay
from tests.store.desk import ASKED, body_of, notices_to, read, work_at
from tests.store.sample import PRESS, ROOT, add_people
from worker.drafting.digest import draft_digest
from worker.drafting.slots import fill
from worker.notices import queue, render
from worker.notices.kinds import KINDS
from worker.office import Office
from worker.record import comments
from worker.record.comments import Via
from worker.settings.mail import Inbox
from worker.store.tables import decisions, drafts, notices, occurrences, packages

SPOKESPERSON = "mluvci@liberecky-kraj.example.org"
MESSAGES = tomllib.loads((ROOT / "worker" / "messages" / "notices.toml").read_text(encoding="utf-8"))
GMAIL = 102 * 1024
"""Bytes after which Gmail hides the rest of a mail behind a link."""


class Words(HTMLParser):
    """What a reader of the HTML sees, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self._words: list[str] = []
        self.feed(re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [str(value) for name, value in attrs if tag == "a" and name == "href"]
        assert tag not in ("script", "img", "form", "iframe", "link"), tag

    def handle_data(self, data: str) -> None:
        self._words.append(data)

    @property
    def text(self) -> str:
        return squeezed(" ".join(self._words))


def squeezed(text: str) -> str:
    return " ".join(text.split())


def about(relay: ScriptedRelay, beginning: str) -> EmailMessage:
    """The newest mail to the spokesperson about the press release whose subject begins so."""
    mails = [mail for mail in map(read, relay.received_by(SPOKESPERSON)) if mail["Hlasatel-Occurrence"] == PRESS]
    return [mail for mail in mails if str(mail["Subject"]).startswith(beginning)][-1]


def both(mail: EmailMessage) -> tuple[str, str]:
    """Its words in the text part and in the HTML part."""
    return squeezed(body_of(mail)), Words(body_of(mail, "html")).text


def lengthen(office: Office, text: str) -> None:
    """Put `text` into the press release's mail as it is kept, digest and all."""
    of_press = drafts.c.kind == "press-release"
    with office.database.write() as tx:
        row = tx.execute(select(drafts).where(of_press)).one()
        digest = draft_digest(row.kind, row.channel, row.subject, row.html, text, row.files)
        tx.execute(update(drafts).where(of_press).values(text=text, digest=digest))


@pytest.fixture
def office(asked_office: Office) -> Office:
    """Where the press release waits for its approval; a mail's looks depend on no database."""
    return asked_office


def sent(office: Office, kind: str) -> None:
    """One more mail of this kind about the press release, on its way through the relay."""
    with office.database.write() as tx:
        package = tx.execute(select(packages.c.id).where(packages.c.occurrence_id == PRESS)).scalar_one()
        queue.put(
            tx, f"sent/{kind}", kind, "tiskovy-mluvci", ASKED, occurrence_id=PRESS, package_id=package, about="Zařídit."
        )
    work_at(office, ASKED)


def made(office: Office, kind: str = "reminder", person: str = "tiskovy-mluvci", **data: Any) -> EmailMessage:
    """One more mail about the newest version of the press release, as it would leave."""
    with office.database.write() as tx:
        package = tx.execute(select(packages.c.id).where(packages.c.occurrence_id == PRESS)).scalars().all()[-1]
        queue.put(tx, f"made/{kind}", kind, person, ASKED, occurrence_id=PRESS, package_id=package, **data)
        notice = tx.execute(select(notices).where(notices.c.key == f"made/{kind}")).one()
        return read(Received("", "", render.mail(tx, office, notice, ASKED).data))


def test_it_says_all_that_she_needs_in_both_parts_with_one_link(office: Office) -> None:
    with office.database.write() as tx:
        add_people(tx, "media", [1, 2, 3])
        tx.execute(update(packages).values(audience=3))
    mail = made(office, "approval")
    assert mail["Subject"] == "Ke schválení do 8. 12. 10:00: Tisková zpráva, prosinec 2026"
    with office.database.read() as tx:
        rows = tx.execute(select(drafts).join(packages).where(packages.c.occurrence_id == PRESS)).all()
    texts = [fill(row.text, greeting="Dobrý den,", unsubscribe="[zde bude odkaz každého adresáta na odhlášení]",
                  html=False) for row in rows]  # fmt: skip
    for words in both(mail):
        for wanted in (
            "Kdo žádá", "Koordinátor sociálního začleňování", "Tisková zpráva, Text na Facebook",
            "Rozhodněte do", "10:00 v úterý 8. prosince 2026 (SEČ), aby to odešlo včas",
            "Nejpozději do 12:00 v úterý 8. prosince 2026 (SEČ)", "v úterý 8. prosince 2026 v 10:00 (SEČ)",
            "Média (3); adresátů celkem: 3", "zveřejní Správce facebookové stránky", "Tisková mluvčí",
            "Ke zvážení – Tisková zpráva, Text na Facebook", "31. 12. 2023", "tiskova-zprava/2026-12",
        ):  # fmt: skip
            assert wanted in words, wanted
        assert "O dalším postupu bude Liberecký kraj informovat" in words
        assert "Kontakty na krajský úřad" in words, "the Facebook text as well"
    assert len(texts) == 2
    assert all(squeezed(text) in both(mail)[0] for text in texts), "every word of them"
    links = Words(body_of(mail, "html")).links
    assert len(links) == 1
    public = f"{office.settings.base_url}/archiv/{PRESS}"  # stands in the text that will go out
    assert set(re.findall(rf"{office.settings.base_url}/\S+", body_of(mail))) == {*links, public}


def test_its_text_part_keeps_to_the_width_of_a_screen(office: Office) -> None:
    head = body_of(made(office)).partition("====")[0]
    assert all(len(line) <= 76 for line in head.splitlines() if "http" not in line)


def test_what_the_newest_version_changes_stands_in_its_mail(office: Office, relay: ScriptedRelay) -> None:
    assert "Bylo" not in both(made(office))[0]
    later = ASKED + timedelta(days=8)
    with office.database.write() as tx:
        tx.execute(update(occurrences).where(occurrences.c.id == PRESS).values(send_at=later))
    work_at(office, ASKED + timedelta(minutes=5))
    for words in both(about(relay, "Nová verze")):
        assert "Čas odeslání" in words
    plain, html = both(about(relay, "Nová verze"))
    assert "Bylo: [úterý 8]. prosince 2026 v 10:00 (SEČ) Nově: [středa 9]. prosince 2026 v 10:00 (SEČ)" in plain
    assert re.search(r"Bylo: *úterý 8 ?. prosince 2026 v 10:00 .*Nově: *středa 9 ?. prosince 2026", html)
    assert "<b><u>středa 9</u></b>" in body_of(about(relay, "Nová verze"), "html")


def test_the_comments_stand_in_the_mail_with_who_when_and_on_what(office: Office) -> None:
    with office.database.write() as tx:
        package = tx.execute(select(packages.c.id).where(packages.c.occurrence_id == PRESS)).scalar_one()
        said = "Doplňte prosím <b>počet</b> obcí."
        comments.add(tx, PRESS, "reditel", said, ASKED, package_id=package, via=Via.ROUND)
    for words in both(made(office)):
        assert "Ředitel krajského úřadu, úterý 1. prosince 2026 v 10:00 (SEČ), k verzi 1" in words
        assert said in words


def test_what_stops_an_approval_is_said_first(office: Office) -> None:
    finding = {"level": "error", "code": "missing-domicile", "message": "Chybí domicil."}
    with office.database.write() as tx:
        tx.execute(update(drafts).where(drafts.c.kind == "facebook-text").values(findings=[finding]))
    for words in both(made(office)):
        assert words.index("Brání schválení – Text na Facebook") < words.index("Ke zvážení – Tisková zpráva")
        assert "Schválit to teď nejde, brání tomu kontrola níže. Vrátit s komentářem můžete." in words


def test_it_says_beforehand_that_a_code_will_be_needed(office: Office) -> None:
    wanted = "Ke schválení je potřeba jednorázový kód. Pošleme ho na tuto adresu"
    for words in both(made(office)):
        assert "jednorázový kód" not in words and "Schválit to teď nejde" not in words
    with office.database.write() as tx:
        tx.execute(update(occurrences).where(occurrences.c.id == PRESS).values(code=True))
    for words in both(made(office, "approval_again", reason="Změnil se čas.")):
        assert wanted in words


def test_it_says_who_has_approved_already_and_by_which_rule(office: Office) -> None:
    with office.database.write() as tx:
        tx.execute(update(packages).values(approvers=["reditel", "tiskovy-mluvci"], approval="in-order"))
        package = tx.execute(select(packages.c.id).where(packages.c.occurrence_id == PRESS)).scalar_one()
        tx.execute(
            decisions.insert().values(
                package_id=package, live=1, seat="reditel", decision="approve", digest="d", person="koordinator",
                on_behalf_of="reditel", comment="", decided_at=ASKED,
            )
        )  # fmt: skip
    for words in both(made(office)):
        assert "Ředitel krajského úřadu (už schváleno 1. 12. 10:00, v zastoupení rozhodl(a): Koordinátor" in words
        assert "jeden po druhém" in words


@pytest.mark.parametrize("length", [30_000, 400_000])
def test_a_text_that_gmail_would_clip_is_cut_and_said_to_be(office: Office, length: int) -> None:
    whole = "Příliš žluťoučký kůň úpěl ďábelské ódy.\n" * (length // 40) + "Úplný konec.\n"
    lengthen(office, whole)
    mail = made(office)
    assert 85_000 < len(mail.as_bytes()) < GMAIL
    for words in both(mail):
        assert "Úplný konec." not in words
        assert words.index("Texty jsou delší, než se do e-mailu vejde") < words.index("Kdo žádá")
        assert "Text je zkrácený, celé znění je na stránce za odkazem." in words
        assert re.search(rf"znaků \d+ z celkových {len(whole.strip())}", words)
        assert "Kontakty na krajský úřad" in words, "a short text beside it stays whole"


def test_long_comments_are_cut_too_and_a_hand_off_never_is(office: Office) -> None:
    with office.database.write() as tx:
        for number in range(60):
            comments.add(tx, PRESS, "reditel", f"{number}. " + "slovo " * 800, ASKED, package_id=None, via=Via.REPLY)
    mail = made(office)
    assert len(mail.as_bytes()) < GMAIL
    for words in both(mail):
        assert "Připomínky a změny tu pro svou délku nejsou všechny." in words
        assert "59. slovo" in words, "the newest are kept"
    lengthen(office, "Slovo. " * 20_000)
    handed = made(office, "handoff", only="press-release", what="tisková zpráva", length="")
    assert body_of(handed).count("Slovo.") == 20_000


def test_what_is_not_ours_cannot_make_markup(office: Office) -> None:
    lengthen(office, "<script>alert(1)</script> <a href='https://zlo.example.org'>klepněte</a>")
    html = body_of(made(office), "html")
    assert len(Words(html).links) == 1
    assert "&lt;script&gt;alert(1)" in html


def test_answers_and_bounces_go_to_the_inbox_that_is_read(office: Office, relay: ScriptedRelay) -> None:
    inbox = Inbox(maildir=Path("/var/mail/hlasatel"), address="odpovedi@kraj.example.org")
    reached = replace(office, settings=replace(office.settings, inbox=inbox))
    sent(reached, "reminder")
    sent(reached, "task")
    asking, task = relay.received_by(SPOKESPERSON)
    assert "<odpovedi@kraj.example.org>" in read(asking)["Reply-To"]
    assert asking.sender == "odpovedi@kraj.example.org"
    assert "<koordinator@liberecky-kraj.example.org>" in read(task)["Reply-To"], "a task decides nothing"
    assert task.sender == office.settings.mail.from_address


def test_without_one_they_go_to_the_coordinator(office: Office) -> None:
    assert "<koordinator@liberecky-kraj.example.org>" in made(office)["Reply-To"]


def test_its_message_id_is_kept_and_a_repeat_under_a_newer_key_has_it_too(office: Office, relay: ScriptedRelay) -> None:
    sent(office, "reminder")
    (row,) = notices_to(office, "tiskovy-mluvci", "reminder")
    assert row.message_id == about(relay, "Připomenutí")["Message-ID"]
    rotated = replace(office, settings=replace(office.settings, given_keys=(b"a-newer-key-for-tests-only-01234",)))
    assert render.message_id(rotated, row) == row.message_id


def test_a_mail_of_every_kind_can_be_made(office: Office) -> None:
    with office.database.write() as tx:
        (recipient,) = add_people(tx, "media", [1])
    for name in sorted(name for name, kind in KINDS.items() if not kind.specimen):
        places = re.findall(r"\{(\w+)\}", "".join(MESSAGES[f"{name}_{each}"]["cs"] for each in ("subject", "body")))
        mail = made(office, name, "reditel", **(dict.fromkeys(places, "x") | {"recipient": recipient}))
        words = Words(body_of(mail, "html"))
        assert len(set(words.links)) == (KINDS[name].link is not None), name
        assert not re.search(r"[{}]|\bNone\b", words.text + body_of(mail)), name
