"""The relays and what they bear: what is understood, and what is refused without telling a secret."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from worker.errors import HlasatelError, InvalidFiles
from worker.settings import Settings, load_settings, parse_smtp_url
from worker.settings.limits import MessageLimit

CONFIG = Path(__file__).parents[2] / "config"
XOAUTH2 = {"HLASATEL_SMTP_URL": "smtp://zpravy%40kraj.cz@smtp.office365.com:587?starttls=require&auth=xoauth2"}


def loaded(folder: Path, text: str, environ: dict[str, str] | None = None) -> Settings:
    """Settings of the shipped file with `text` at its end."""
    folder = Path(shutil.copytree(CONFIG, folder / "config"))
    with (folder / "settings.toml").open("a", encoding="utf-8") as file:
        file.write(text)
    return load_settings(environ or {}, config=folder)


def test_without_a_word_about_it_the_relay_bears_sixteen_connections_and_any_number_of_messages(tmp_path: Path) -> None:
    settings = loaded(tmp_path, "")
    assert (settings.relay.connections, settings.relay_settings.limits, settings.relay.fallback) == (16, (), None)


def test_a_preset_sets_the_providers_limits(tmp_path: Path) -> None:
    settings = loaded(tmp_path, '[relay]\npreset = "microsoft365"\n')
    assert settings.relay.connections == 3
    minute, day = settings.relay_settings.limits
    assert (minute, day) == (MessageLimit(messages=30, per="minute"), MessageLimit(messages=10_000, per="day"))


def test_what_is_written_beside_a_preset_goes_first(tmp_path: Path) -> None:
    text = '[relay]\npreset = "microsoft365"\nconnections = 2\n[[relay.messages]]\nmessages = 5\nper = "hour"\n'
    settings = loaded(tmp_path, text)
    assert settings.relay.connections == 2
    assert settings.relay_settings.limits == (MessageLimit(messages=5, per="hour"),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[relay]\npreset = "gmail"\n', "„preset“"),
        ("[relay]\nconnections = 0\n", "„connections“"),
        ("[relay]\nconnection = 5\n", "„connection“"),
        ('[relay.oauth]\ntoken_url = "http://a.cz"\nclient_id = "x"\nscope = "y"\n', "začíná https://"),
    ],
)
def test_a_faulty_section_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InvalidFiles, match=message):
        loaded(tmp_path, text)


def test_a_second_relay_comes_with_the_first(tmp_path: Path) -> None:
    environ = {
        "HLASATEL_SMTP_URL": "smtp://127.0.0.1:2525",
        "HLASATEL_SMTP_FALLBACK_URL": "smtps://jan:velmi-tajne@nouze.kraj.cz",
    }
    settings = loaded(tmp_path, "", environ)
    assert settings.relay.fallback is not None
    assert (str(settings.relay), str(settings.relay.fallback)) == ("127.0.0.1:2525", "nouze.kraj.cz:465")
    assert not settings.relay.on_loopback, "mail may leave this machine by the second one"
    assert "velmi-tajne" not in repr(settings) + repr(settings.relay)


def test_a_faulty_second_relay_is_named(tmp_path: Path) -> None:
    with pytest.raises(HlasatelError, match="HLASATEL_SMTP_FALLBACK_URL není adresa"):
        loaded(tmp_path, "", {"HLASATEL_SMTP_FALLBACK_URL": "nouze.kraj.cz"})


@pytest.mark.parametrize("way", ["plain", "login"])
def test_the_way_to_log_in_can_be_said(way: str) -> None:
    assert parse_smtp_url(f"smtp://jan:heslo@posta.kraj.cz?starttls=require&auth={way}").auth == way


@pytest.mark.parametrize(
    "url",
    [
        "smtp://jan:velmi-tajne@posta.kraj.cz?auth=md5",
        "smtp://jan:velmi-tajne@posta.kraj.cz?auth=plain&auth=login",
        "smtp://posta.kraj.cz?auth=plain",
    ],
)
def test_a_way_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(HlasatelError, match="HLASATEL_SMTP_URL") as refused:
        parse_smtp_url(url)
    assert "velmi-tajne" not in str(refused.value)


def test_tokens_come_from_a_file_that_is_read_later(tmp_path: Path) -> None:
    settings = loaded(tmp_path, "", {**XOAUTH2, "HLASATEL_SMTP_TOKEN_FILE": "/run/hlasatel/token"})
    assert settings.relay.tokens is not None
    assert (settings.relay.user, settings.relay.tokens.file) == ("zpravy@kraj.cz", Path("/run/hlasatel/token"))


OAUTH = '[relay.oauth]\ntoken_url = "https://login.example.org/t"\nclient_id = "hlasatel"\nscope = "s"\n'


def test_tokens_come_from_an_endpoint_with_a_secret_that_is_never_told(tmp_path: Path) -> None:
    settings = loaded(tmp_path, OAUTH, {**XOAUTH2, "HLASATEL_SMTP_OAUTH_SECRET": "velmi-tajne"})
    tokens = settings.relay.tokens
    assert tokens is not None and tokens.endpoint is not None
    assert (tokens.endpoint.token_url, tokens.secret) == ("https://login.example.org/t", "velmi-tajne")
    assert "velmi-tajne" not in repr(settings) + repr(settings.relay)


@pytest.mark.parametrize("text", ["", OAUTH])
def test_xoauth2_without_a_source_of_tokens_is_refused_at_the_start(tmp_path: Path, text: str) -> None:
    with pytest.raises(HlasatelError, match="HLASATEL_SMTP_TOKEN_FILE"):
        loaded(tmp_path, text, XOAUTH2)
