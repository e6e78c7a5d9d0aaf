"""Mail that Hlasatel signs itself (DKIM): what the signature covers, and what its recipients' servers make of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from worker import mime
from worker.delivery.identity import Identity
from worker.delivery.spliced import Spliced
from worker.drafting.headings import Heading
from worker.drafting.letter import Letter
from worker.errors import HlasatelError, InvalidFiles
from worker.mime import signing
from worker.mime.signing import BadKey, Signer
from worker.office import Office
from worker.settings import Settings, load_lists, load_people, load_settings
from worker.store.database import Database

CONFIG = Path(__file__).parents[2] / "config"
DATE = datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
FROM = "zpravodaj@kraj.example.org"


@cache
def pem(bits: int = 2048) -> bytes:
    """A key made for these tests, as openssl writes it."""
    key = rsa.generate_private_key(65537, bits)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer("kraj.example.org", "hlasatel", pem())


@pytest.fixture(scope="module")
def letter(tmp_path_factory: pytest.TempPathFactory, signer: Signer) -> Letter:
    """A mailing of an office that signs."""
    own = load_settings({"HLASATEL_BASE_URL": "https://komunikace.kraj.example.org"}, config=CONFIG)
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('none') / 'none.sqlite3'}")
    office = Office(replace(own, signer=signer), load_people(CONFIG), load_lists(CONFIG), own.relay, database)
    heading = Heading("Zpravodaj", FROM, "Jana Nová", "jana@kraj.example.org")
    text = "@@greeting@@\n\nZpráva\n\n@@unsubscribe@@\n"
    return Letter(office, "newsletter/2026", heading, "vsichni", "Zpráva o všem", f"<p>{text}</p>", text, DATE)


def row(address: str = "jana@noviny.example.org") -> Any:
    """What is read of a row of `deliveries`."""
    return SimpleNamespace(address=address, greeting="", recipient_id=5)


def made(letter: Letter) -> Spliced:
    return Spliced(letter, Identity(b"a-key-for-tests-only-0123456789", 7, "kraj.example.org"))


def holds(data: bytes, signer: Signer) -> bool:
    """Whether a server that looks the key up takes the message for ours."""
    asked = []

    def looked_up(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return signer.record.encode()

    found: bool = dkim.verify(data, dnsfunc=looked_up)
    assert asked in ([], [b"hlasatel._domainkey.kraj.example.org."])
    return found


def test_a_mailing_is_signed_with_its_list_headers(letter: Letter, signer: Signer) -> None:
    data = b"".join(made(letter).message(row()))
    assert data.startswith(b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple; d=kraj.example.org;")
    assert holds(data, signer)
    assert data == b"".join(made(letter).message(row())), "a repeat has the same bytes"


@pytest.mark.parametrize(
    ("there", "forged"),
    [
        (b"List-Unsubscribe: <https://komunikace", b"List-Unsubscribe: <https://podvod"),
        (b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", b""),
        (b"List-Id: ", b"List-Id: jiny "),
        (b"Reply-To: ", b"Reply-To: <podvod@example.org>, "),
        (b"To: jana@", b"To: petr@"),
        (b"Hlasatel-Occurrence: newsletter/2026", b"Hlasatel-Occurrence: newsletter/2027"),
        (b"Zpr=C3=A1va\r\n", b"Zpr=C3=A1va a v=C3=ADc\r\n"),
        (b"From: ", b"Subject: Jina\r\nFrom: "),
        (b"From: ", b"From: podvod@example.org\r\nFrom: "),
        (b"From: ", b"List-Unsubscribe: <https://podvod.example.org>\r\nFrom: "),
    ],
)
def test_what_somebody_changes_or_adds_on_the_way_breaks_the_signature(
    letter: Letter, signer: Signer, there: bytes, forged: bytes
) -> None:
    data = b"".join(made(letter).message(row()))
    assert there in data
    assert not holds(data.replace(there, forged, 1), signer)


def test_what_relays_may_change_does_not_break_it(letter: Letter, signer: Signer) -> None:
    data = b"".join(made(letter).message(row()))
    folded = data.replace(b"Hlasatel-Occurrence: newsletter", b"hlasatel-occurrence:\r\n  newsletter")
    assert folded != data
    assert holds(b"Received: from posta.example.org\r\nReturn-Path: <>\r\n" + folded + b"\r\n\r\n", signer)


def test_a_mailing_whose_signature_would_not_hold_is_not_begun(letter: Letter, signer: Signer) -> None:
    spliced = made(letter)
    spliced.prove([row()])
    other = replace(signer, pem=pem(1024))
    object.__setattr__(other, "record", signer.record)  # the key was changed, what is published was not
    office = replace(letter.office, settings=replace(letter.office.settings, signer=other))
    with pytest.raises(mime.UnsafeHeader, match="DKIM"):
        made(replace(letter, office=office)).prove([row()])


def test_a_mail_of_another_domain_is_not_signed(letter: Letter) -> None:
    def first_line(sender: str) -> bytes:
        other = replace(letter, heading=replace(letter.heading, from_address=sender))
        spliced = made(other)
        spliced.prove([row()])
        return b"".join(spliced.message(row())).partition(b":")[0]

    assert first_line("tisk@zpravy.kraj.example.org") == b"DKIM-Signature"
    assert first_line("tisk@KRAJ.example.org") == b"DKIM-Signature"
    assert first_line("tisk@mujkraj.example.org") == b"From"
    assert first_line("tisk@example.org") == b"From"


def test_service_mails_are_signed_as_well(letter: Letter, signer: Signer) -> None:
    settings = letter.office.settings
    data = mime.compose([("From", FROM), ("To", "a@example.org"), ("Subject", "Žádost")], "Text", None, date=DATE)
    assert holds(settings.signed(data, FROM), signer)
    assert replace(settings, signer=None).signed(data, FROM) == data


def given(tmp_path: Path, dkim: str, **environ: str) -> Settings:
    """The settings with a section `[dkim]`."""
    text = (CONFIG / "settings.toml").read_text("utf-8")
    (tmp_path / "settings.toml").write_text(f"{text}\n[dkim]\n{dkim}", "utf-8")
    return load_settings(environ, config=tmp_path)


SECTION = 'domain = "Kraj.example.org"\nselector = "hlasatel2026"\n'


def test_the_key_comes_from_a_file_and_is_shown_nowhere(tmp_path: Path) -> None:
    (tmp_path / "dkim.pem").write_bytes(pem())
    found = given(tmp_path, SECTION, HLASATEL_DKIM_KEY_FILE=str(tmp_path / "dkim.pem"))
    assert found.signer == Signer("kraj.example.org", "hlasatel2026", pem().strip())
    assert "PRIVATE" not in repr(found) + repr(found.signer)


def test_a_section_without_a_key_or_with_one_that_cannot_sign_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HlasatelError, match="HLASATEL_DKIM_KEY_FILE"):
        given(tmp_path, SECTION)
    elliptic = ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for key in ("nesmysl, který není klíč", pem().decode()[:-200], elliptic.decode()):
        with pytest.raises(HlasatelError, match="RSA") as refused:
            given(tmp_path, SECTION, HLASATEL_DKIM_KEY=key)
        assert key not in str(refused.value)
    assert load_settings({"HLASATEL_DKIM_KEY": pem().decode()}, config=CONFIG).signer is None


def test_a_key_shorter_than_anybody_accepts_does_not_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Signer("kraj.example.org", "s", pem(1024)).record.startswith("v=DKIM1; k=rsa; p=")
    monkeypatch.setattr(signing, "LEAST_BITS", 1025)  # no library makes shorter keys than that any more
    with pytest.raises(BadKey):
        Signer("kraj.example.org", "s", pem(1024))


@pytest.mark.parametrize(
    "section", ['domain = "kraj"\nselector = "a"', 'domain = "kraj.cz"\nselector = "a b"', 'domain = "kraj.cz"']
)
def test_a_faulty_section_is_told_with_its_line(tmp_path: Path, section: str) -> None:
    with pytest.raises(InvalidFiles):
        given(tmp_path, section, HLASATEL_DKIM_KEY=pem().decode())
