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
