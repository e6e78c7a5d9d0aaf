"""What each recipient of a mailing gets: the approved letter with her own parts, or a reason why she cannot."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from worker.delivery.identity import Identity
from worker.delivery.spliced import Spliced, Unsendable
from worker.drafting.headings import Heading
from worker.drafting.letter import Form, Letter, unsubscribe_address
from worker.drafting.slots import fill
from worker.mime import Mould, UnsafeHeader
from worker.office import Office
from worker.settings import load_lists, load_people, load_settings, wire_address
from worker.store.database import Database

CONFIG = Path(__file__).parents[2] / "config"
HEADING = Heading("Krajský úřad, „tisk“", "tisk@kraj.example.org", "Jana Nová", "jana@kraj.example.org")
HTML = '<p>@@greeting@@</p>\n<p>.Zpráva & víc</p><p>@@greeting@@ <a href="@@unsubscribe@@">Odhlásit</a></p>'
TEXT = "@@greeting@@\n\n.Zpráva\n..\n\nOdhlásit se můžete tady: @@unsubscribe@@ a znovu: @@unsubscribe@@.\n"
DATE = datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
OWN = Identity(b"a-key-for-tests-only-0123456789", 7, "kraj.example.org")


def row(address: str, greeting: str = "") -> Any:
    """What is read of a row of `deliveries`."""
    return SimpleNamespace(address=address, greeting=greeting, recipient_id=5)


@pytest.fixture(scope="module")
def letter(tmp_path_factory: pytest.TempPathFactory) -> Letter:
    own = load_settings({"HLASATEL_BASE_URL": "https://komunikace.kraj.example.org/a=b&c"}, config=CONFIG)
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('none') / 'none.sqlite3'}")
    office = Office(own, load_people(CONFIG), load_lists(CONFIG), own.relay, database)
    return Letter(office, "newsletter/2026", HEADING, "vsichni", "Zpráva – „o všem“ 👍", HTML, TEXT, DATE)


@pytest.fixture(scope="module")
def spliced(letter: Letter) -> Spliced:
    return Spliced(letter, OWN)


def parsed(data: bytes) -> EmailMessage:
    found = message_from_bytes(data, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def body(mail: EmailMessage, sort: str) -> str:
    part = mail.get_body((sort,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


GREETINGS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=300)


@settings(max_examples=200)
@given(GREETINGS)
@example("Vážená paní Nováková,")
@example(".")
@example("@@unsubscribe@@ @@greeting@@ <b>&")
@example("a" * 76 + "=\\.")
@example('Novák, Jan "Honza" <jan@example.org>; 👩‍👩‍👧‍👦')
def test_everybody_gets_the_approved_letter_with_her_own_parts(letter: Letter, spliced: Spliced, greeting: str) -> None:
    own = row("jana@noviny.example.org", greeting)
    data = b"".join(spliced.message(own))
    line = f"{greeting.rstrip(',')}," if greeting else "Dobrý den,"
    leave = unsubscribe_address(letter.office, OWN.unsubscribe_token(5))
    mail = parsed(data)
    assert body(mail, "plain") == fill(TEXT, greeting=line, unsubscribe=leave, html=False)
    assert body(mail, "html") == fill(HTML, greeting=line, unsubscribe=leave, html=True) + "\n"
    assert f"\r\nList-Unsubscribe: <{leave}>\r\n".encode() in data, "on one line, however long"
    assert (mail["To"], mail["Message-ID"]) == ("jana@noviny.example.org", OWN.message_id(5))
    assert data == b"".join(spliced.message(own)), "a repeat has the same bytes"
    assert data.isascii() and b"\n." not in data, "there is nothing to stuff"
    assert b"\n" not in data.replace(b"\r\n", b"") and b"\r" not in data.replace(b"\r\n", b"")
    assert max(map(len, data.partition(b"\r\n\r\n")[2].split(b"\r\n"))) <= 76
    spliced.prove([own])


UNSENDABLE = [
    "",
    "jana",
    "jana@@noviny.example.org",
    "jana@noviny.example.org@jine.cz",
    "jana@noviny.example.org\r\nBcc: obet@example.org",
    "jana@noviny.example.org\nRCPT TO:<obet@example.org>",
    "jana@noviny.example.org\x00",
    "jana\x7f@noviny.example.org",
    "jana@noviny.example.org\u2028",
    "jana\u202e@noviny.example.org",
    "ja na@noviny.example.org",
    "jana@noviny.example.org>",
    "<jana@noviny.example.org",
    "jana@noviny.example.org, petr@noviny.example.org",
    '"jana nová"@noviny.example.org',
    "jana(tisk)@noviny.example.org",
    "=?utf-8?q?jana=0D=0ABcc=3A?=\r\n @noviny.example.org",
    "=?utf-8?q?jana=0D=0ABcc=3A_obet=40example.org?=@noviny.example.org",
    "=?utf-8?b?YQ0KQmNjOiBvYmV0QGV4YW1wbGUub3Jn?=@noviny.example.org",
    "jana@noviny.example.org SIZE=1",
    "a" * 400 + "@noviny.example.org",
    "a@" + "b" * 400 + ".cz",
    "a@" + "b.cz." * 80 + "cz",
    "á" * 200 + "@noviny.example.org",
    "jana@ex\u2025ample.cz",
    "jana\udc80@noviny.example.org",
    "@noviny.example.org",
    "jana@",
]


@pytest.mark.parametrize("address", UNSENDABLE)
def test_an_address_no_mail_can_go_to_is_its_own_recipients_matter(spliced: Spliced, address: str) -> None:
    bad = row(address)
    for make in (spliced.message, spliced.envelope):
        with pytest.raises(Unsendable) as raised:
            make(bad)
        assert str(raised.value).startswith("Adresa není platná")
        assert not address or address not in str(raised.value)
    good = row("petr@noviny.example.org")
    spliced.prove([bad, good])


@pytest.mark.parametrize(
    "address", ["o'neil+x@noviny.example.org", "a.b_c-d=e@xn--hky-ela4t.cz", "a@example.test", "x@y.localhost"]
)
def test_a_plain_address_goes_out_as_it_is(spliced: Spliced, address: str) -> None:
    envelope = spliced.envelope(row(address))
    assert (envelope.ticket, envelope.sender, envelope.recipient) == (5, "tisk@kraj.example.org", address)
    assert not envelope.smtputf8
    data = b"".join(spliced.message(row(address)))
    assert abs(envelope.size - len(data)) < 400
    assert parsed(data)["To"] == address


def test_an_international_domain_goes_out_in_its_ascii_form(spliced: Spliced) -> None:
    own = row("jana@háčkyčárky.cz")
    envelope = spliced.envelope(own)
    assert (envelope.recipient, envelope.smtputf8) == ("jana@xn--hkyrky-ptac70bc.cz", False)
    assert b"\r\nTo: jana@xn--hkyrky-ptac70bc.cz\r\n" in b"".join(spliced.message(own))


def test_a_local_part_beyond_ascii_asks_for_smtputf8(spliced: Spliced) -> None:
    own = row("jiří.novák@háčkyčárky.cz")
    envelope = spliced.envelope(own)
    assert (envelope.recipient, envelope.smtputf8) == ("jiří.novák@xn--hkyrky-ptac70bc.cz", True)
    assert "\r\nTo: jiří.novák@xn--hkyrky-ptac70bc.cz\r\n".encode() in b"".join(spliced.message(own))
    spliced.prove([own])
    assert wire_address(envelope.recipient) == envelope.recipient


@pytest.mark.parametrize("greeting", ["Jano\r\nBcc: a@b.cz", "Jano\n", "Jano\x00", "Jano\u2028", "\x85", "\udc80"])
def test_a_greeting_with_controls_is_its_own_recipients_matter(spliced: Spliced, greeting: str) -> None:
    with pytest.raises(Unsendable, match="Oslovení obsahuje řídicí znaky"):
        spliced.message(row("jana@noviny.example.org", greeting))


@pytest.mark.parametrize("domain", ["kraj.cz\r\nBcc: obet@example.org", "kraj.cz\r\n\r\n<script>", "kraj.cz>\r\n <b"])
def test_a_message_with_other_headers_than_meant_is_not_sent(letter: Letter, domain: str) -> None:
    forged = Spliced(letter, replace(OWN, domain=domain))
    with pytest.raises(UnsafeHeader):
        forged.prove([row("jana"), row("jana@noviny.example.org")])


def test_a_letter_spoilt_for_everybody_is_found_although_the_sample_cannot_be_sent_to(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoilt = Spliced(letter, OWN)
    spoilt.prove([row("jana")])
    monkeypatch.setattr(spoilt._form, "_mould", Mould([b"Subject: a\r\n\r\n"], ()))
    with pytest.raises(UnsafeHeader):
        spoilt.prove([row("jana")])


def test_a_message_that_would_read_otherwise_is_not_sent(letter: Letter) -> None:
    form = letter.form()
    form.prove("a@b.cz", "<a@b.cz>", "A" * 22, "")
    with pytest.raises(UnsafeHeader, match="přečetl jinak"):
        form.prove("a@b.cz", "<a@b.cz>", "=41", "")


def test_nothing_of_a_letter_that_would_forge_a_header_is_made(letter: Letter) -> None:
    for changed in (replace(letter, subject="a\r\nBcc: x@y.cz"), replace(letter, occurrence_id="a/1\nBcc: x@y.cz")):
        with pytest.raises(UnsafeHeader):
            changed.form()


def test_the_test_mail_is_proven_too(letter: Letter) -> None:
    with pytest.raises(UnsafeHeader):
        letter.specimen("jana@kraj.example.org\r\nBcc: x@y.cz", "<a@b.cz>")
    assert parsed(letter.specimen("jana@kraj.example.org", "<a@b.cz>"))["Subject"] == f"[zkouška] {letter.subject}"


def test_a_letter_without_html_is_a_plain_text() -> None:
    form = Form([("To", ["a@b.cz"])], TEXT, "", "https://a.cz/o/", DATE)
    parts = ("", "", "T" * 22, "Jano")
    form.prove(*parts)
    mail = parsed(b"".join(form.filled(*parts)))
    assert mail.get_content_type() == "text/plain"
    assert body(mail, "plain") == fill(TEXT, greeting="Jano,", unsubscribe="https://a.cz/o/" + "T" * 22, html=False)
