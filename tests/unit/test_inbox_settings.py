"""The mailbox for answers: off by default, and said in full or not at all."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from worker.errors import HlasatelError, InvalidFiles
from worker.office import Office
from worker.rehearsal.sizes import NOBODY
from worker.rehearsal.stage import stage
from worker.settings import Inbox, inbox_doubts, load_lists, load_people, load_settings, refuse_sample_addresses
from worker.settings.imap import ImapBox, parse_imap_url
from worker.store.database import Database

CONFIG = Path(__file__).parents[2] / "config"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A copy of the shipped config folder that a test may add to."""
    return Path(shutil.copytree(CONFIG, tmp_path / "elsewhere" / "config"))


def add(config: Path, text: str) -> None:
    with (config / "settings.toml").open("a", encoding="utf-8") as file:
        file.write(text)


def test_no_mail_is_read_unless_a_mailbox_is_named(config: Path) -> None:
    assert load_settings({}, config=config).inbox is None
    add(config, '\n[inbox]\nmaildir = "/var/mail/hlasatel"\naddress = "Odpovedi@ÚŘAD.cz"\n')
    inbox = load_settings({}, config=config).inbox
    assert inbox is not None
    assert (inbox.maildir, inbox.address) == (Path("/var/mail/hlasatel"), "Odpovedi@xn--ad-qka49a.cz")


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ('maildir = "posta"\naddress = "a@urad.cz"\n', "„posta“ není úplná cesta"),
        ('maildir = "/posta"\n', "address"),
        ('maildir = "/posta"\naddress = "nikdo"\n', "nikdo"),
        ('maildir = "/posta"\naddress = "a@urad.cz"\nadress = "b@urad.cz"\n', "Mysleli jste „address“"),
        ('maildirr = "/posta"\naddress = "a@urad.cz"\n', "Mysleli jste „maildir“"),
    ],
)
def test_a_mailbox_that_is_not_said_in_full_is_refused(config: Path, written: str, fault: str) -> None:
    add(config, f"\n[inbox]\n{written}")
    with pytest.raises(InvalidFiles, match=fault):
        load_settings({}, config=config)


def test_a_mailbox_that_is_not_there_or_is_somebodys_own_is_doubted(config: Path, tmp_path: Path) -> None:
    assert inbox_doubts(config) == []
    add(config, f'\n[inbox]\nmaildir = "{tmp_path}/posta"\naddress = "Koordinator@liberecky-kraj.example.org"\n')
    missing, somebodys = inbox_doubts(config)
    assert f"{tmp_path}/posta" in missing
    assert "Koordinátor sociálního začleňování" in somebodys
    (tmp_path / "posta" / "new").mkdir(parents=True)
    assert inbox_doubts(config) == [somebodys]


def test_no_answer_is_asked_for_at_a_sample_address(config: Path) -> None:
    for file in ("settings.toml", "people.yaml"):
        text = (config / file).read_text(encoding="utf-8").replace("example.org", "kraj.cz")
        (config / file).write_text(text, encoding="utf-8")
    away = load_settings({"HLASATEL_SMTP_URL": "smtp://posta.kraj.cz"}, config=config)
    refuse_sample_addresses(away, load_people(config))
    inbox = Inbox(maildir=Path("/posta"), address="odpovedi@urad.example.org")
    with pytest.raises(HlasatelError, match="odesílatel"):
        refuse_sample_addresses(replace(away, inbox=inbox), load_people(config))


def test_a_rehearsal_leaves_the_real_mailbox_alone(tmp_path: Path) -> None:
    settings = load_settings({"HLASATEL_DATA": str(tmp_path)}, config=CONFIG)
    settings = replace(settings, inbox=Inbox(maildir=tmp_path, address="odpovedi@urad.example.org"))
    database = Database(f"sqlite:///{tmp_path / 'real.db'}")
    office = Office(settings, load_people(CONFIG), load_lists(CONFIG), settings.relay, database)
    now = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    with stage(office, b"", NOBODY, now) as played:
        assert played.settings.inbox is None
    database.close()


def test_a_mailbox_over_imap_needs_no_maildir(config: Path) -> None:
    add(config, '\n[inbox]\naddress = "a@urad.cz"\nbounce_address = "vracene@urad.cz"\n')
    with pytest.raises(HlasatelError, match="HLASATEL_IMAP_URL"):
        load_settings({}, config=config)
    settings = load_settings({"HLASATEL_IMAP_URL": "imaps://vracene:heslo%40x@posta.urad.cz/Vracene"}, config=config)
    assert settings.imap == ImapBox("posta.urad.cz", 993, "vracene", "heslo@x", "Vracene")
    assert "heslo" not in repr(settings)
    assert inbox_doubts(config) == []


def test_a_mailbox_over_imap_needs_its_address(config: Path) -> None:
    with pytest.raises(HlasatelError, match=r"\[inbox\]"):
        load_settings({"HLASATEL_IMAP_URL": "imaps://a:b@posta.urad.cz"}, config=config)


@pytest.mark.parametrize(
    "url",
    [
        "https://a:b@posta.cz", "imaps://posta.cz", "imaps://a@posta.cz", "imaps://a:b@posta.cz:0", "imaps://a:b@:993",
        "imaps://a:b@posta.cz?starttls=require", "imap://a:b@127.0.0.1?tls=yes", "imaps://a:b@posta.cz#x",
        "imaps://a:h%C3%A9slo@posta.cz", "imaps://a:b%0d%0a@posta.cz", "imap://[::1",
    ],
)  # fmt: skip
def test_an_imap_url_that_cannot_be_meant_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(HlasatelError) as refused:
        parse_imap_url(url)
    assert url not in str(refused.value) and "imaps://uzivatel" in str(refused.value)


def test_no_password_goes_over_the_network_in_the_clear() -> None:
    with pytest.raises(HlasatelError, match="nešifrovaně"):
        parse_imap_url("imap://a:b@posta.cz")
    assert parse_imap_url("imap://a:b@posta.cz?starttls=require").tls == "starttls"
    assert parse_imap_url("imap://a:b@127.0.0.1:1143") == ImapBox("127.0.0.1", 1143, "a", "b", tls="none")


@pytest.mark.parametrize("address", [f"{'a' * 38}@urad.cz", "vracene+x@urad.cz", "vracene"])
def test_an_address_for_returned_mail_leaves_room_for_its_mark(config: Path, address: str) -> None:
    add(config, f'\n[inbox]\nmaildir = "/posta"\naddress = "a@urad.cz"\nbounce_address = "{address}"\n')
    with pytest.raises(InvalidFiles, match=r"settings\.toml"):
        load_settings({}, config=config)


def test_an_address_for_returned_mail_that_is_somebodys_own_is_doubted(config: Path, tmp_path: Path) -> None:
    (tmp_path / "posta" / "new").mkdir(parents=True)
    add(
        config,
        f'\n[inbox]\nmaildir = "{tmp_path}/posta"\naddress = "a@urad.cz"\n'
        'bounce_address = "koordinator@liberecky-kraj.example.org"\n',
    )
    (doubt,) = inbox_doubts(config)
    assert "Koordinátor sociálního začleňování" in doubt


def test_no_mail_leaves_this_machine_under_a_sample_address_for_returned_mail(config: Path) -> None:
    for file in ("settings.toml", "people.yaml"):
        text = (config / file).read_text(encoding="utf-8").replace("example.org", "kraj.cz")
        (config / file).write_text(text, encoding="utf-8")
    away = load_settings({"HLASATEL_SMTP_URL": "smtp://posta.kraj.cz"}, config=config)
    inbox = Inbox(maildir=Path("/posta"), address="a@kraj.cz", bounce_address="vracene@urad.example.org")
    with pytest.raises(HlasatelError, match="odesílatel"):
        refuse_sample_addresses(replace(away, inbox=inbox), load_people(config))
