"""Settings from the file and the environment: which wins, what is refused, and that no secret is ever told."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.errors import HlasatelError, InvalidFiles
from worker.messages import language
from worker.settings import (
    check_config,
    check_config_folder,
    is_sample_address,
    key_id,
    load_people,
    load_settings,
    parse_address,
    parse_smtp_url,
    refuse_sample_addresses,
)
from worker.settings.environment import read_by_everybody

CONFIG = Path(__file__).parents[2] / "config"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A copy of the shipped config folder that a test may spoil, beside nothing."""
    return Path(shutil.copytree(CONFIG, tmp_path / "elsewhere" / "config"))


def spoil(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def faults(config: Path) -> list[str]:
    return [str(fault).removeprefix(f"{config}/") for fault in check_config_folder(config)]


def test_defaults_point_into_the_current_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CONFIG.parent)
    settings = load_settings({})
    assert (settings.plan, settings.config, settings.data) == (Path("schedules.yaml"), Path("config"), Path("data"))
    assert settings.base_url == "http://127.0.0.1:8080"
    assert str(settings.relay) == "127.0.0.1:25"
    assert settings.database_url == f"sqlite:///{CONFIG.parent}/data/hlasatel.db"
    assert settings.lang == "cs"


def test_config_beside_the_given_plan_wins(config: Path) -> None:
    plan = config.parent / "schedules.yaml"
    assert load_settings({"HLASATEL_CONFIG": str(CONFIG)}, plan=plan).config == config
    assert load_settings({"HLASATEL_PLAN": str(plan)}).config == config
    assert load_settings({}, plan=plan, config=CONFIG).config == CONFIG
    assert load_settings({"HLASATEL_CONFIG": str(CONFIG), "HLASATEL_PLAN": str(plan)}).config == CONFIG


def test_each_setting_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "smtp"
    secret.write_text("smtps://jan:velmi-tajne@posta.kraj.cz\n", encoding="utf-8")
    settings = load_settings({"HLASATEL_SMTP_URL_FILE": str(secret)}, config=CONFIG)
    assert (settings.relay.host, settings.relay.port, settings.relay.tls) == ("posta.kraj.cz", 465, "implicit")
    assert settings.relay.password == "velmi-tajne"


def test_a_credential_of_systemd_counts_as_a_file_of_the_setting(tmp_path: Path) -> None:
    (tmp_path / "HLASATEL_SMTP_URL").write_text("smtp://posta.kraj.cz\n", encoding="utf-8")
    given = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert load_settings(given, config=CONFIG).relay.host == "posta.kraj.cz"
    assert load_settings(given, config=CONFIG).given_keys == ()
    with pytest.raises(HlasatelError, match="HLASATEL_SMTP_URL i CREDENTIALS_DIRECTORY/HLASATEL_SMTP_URL"):
        load_settings({**given, "HLASATEL_SMTP_URL": "smtp://127.0.0.1"}, config=CONFIG)


def test_a_secret_that_everybody_may_read_is_found() -> None:
    with TemporaryDirectory() as name:  # pytest's own folders are closed to others
        folder = Path(name)
        secret, kept = folder / "open", folder / "kept"
        for file, mode in ((secret, 0o644), (kept, 0o640)):
            file.write_text("klic-dlouhy-aspon-sestnact", encoding="utf-8")
            file.chmod(mode)
        environ = {"HLASATEL_SECRET_KEY_FILE": str(secret), "HLASATEL_SMTP_URL_FILE": str(kept), "HLASATEL_DATA": "x"}
        folder.chmod(0o755)
        assert read_by_everybody(environ) == [secret]
        folder.chmod(0o700)
        assert read_by_everybody(environ) == []


def test_a_setting_given_twice_or_in_an_unreadable_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HlasatelError, match="HLASATEL_BASE_URL i HLASATEL_BASE_URL_FILE"):
        load_settings({"HLASATEL_BASE_URL": "http://a", "HLASATEL_BASE_URL_FILE": "/b"}, config=CONFIG)
    with pytest.raises(HlasatelError, match="nejde přečíst"):
        load_settings({"HLASATEL_SECRET_KEY_FILE": str(tmp_path / "nic")}, config=CONFIG)


def test_no_secret_is_in_a_repr_or_a_refusal() -> None:
    environ = {
        "HLASATEL_SMTP_URL": "smtp://jan:velmi-tajne@posta.kraj.cz:587?starttls=require",
        "HLASATEL_DATABASE_URL": "postgresql://jan:velmi-tajne@db/hlasatel",
        "HLASATEL_SECRET_KEY": "velmi-tajne-a-dost-dlouhe",
    }
    settings = load_settings(environ, config=CONFIG)
    assert "velmi-tajne" not in repr(settings) + repr(settings.relay) + str(settings.relay)
    for name, wrong in (
        ("HLASATEL_SMTP_URL", "smtp://jan:velmi-tajne@posta.kraj.cz:nic"),
        ("HLASATEL_SMTP_URL", "posta://jan:velmi-tajne@posta.kraj.cz"),
        ("HLASATEL_SMTP_URL", "smtp://jan:velmi-tajne@posta.kraj.cz?tls=1"),
        ("HLASATEL_SMTP_URL", "smtp://jan:velmi-tajne%0D%0A@posta.kraj.cz"),
        ("HLASATEL_DATABASE_URL", "mysql://jan:velmi-tajne@db/hlasatel"),
        ("HLASATEL_BASE_URL", "https://jan:velmi-tajne@kraj.cz"),
        ("HLASATEL_SECRET_KEY", "velmi-tajne"),
    ):
        with pytest.raises(HlasatelError) as refused:
            load_settings({**environ, name: wrong}, config=CONFIG)
        assert "velmi-tajne" not in str(refused.value)
        assert name in str(refused.value)
        assert refused.value.__cause__ is None


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    settings = load_settings({"HLASATEL_DATA": str(tmp_path / "data")}, config=CONFIG)
    assert not (tmp_path / "data").exists(), "reading settings writes nothing"
    (key,) = settings.secret_keys
    file = tmp_path / "data" / "secret.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(key) == 43
    assert settings.secret_keys == (key,)
    assert [entry.name for entry in file.parent.iterdir()] == ["secret.key"]
    assert key.decode() not in key_id(key)


def test_a_damaged_key_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("", encoding="ascii")
    settings = load_settings({"HLASATEL_DATA": str(tmp_path)}, config=CONFIG)
    with pytest.raises(HlasatelError, match="ze zálohy"):
        _ = settings.secret_keys
    assert (tmp_path / "secret.key").read_text(encoding="ascii") == ""


def test_keys_are_given_newest_first() -> None:
    given = {"HLASATEL_SECRET_KEY": "novy-klic-novy-klic, stary-klic-stary-klic\n"}
    assert load_settings(given, config=CONFIG).secret_keys == (b"novy-klic-novy-klic", b"stary-klic-stary-klic")


@pytest.mark.parametrize(
    ("url", "host", "port", "tls", "loopback"),
    [
        ("smtp://localhost:1025", "localhost", 1025, "none", True),
        ("smtp://127.8.0.1", "127.8.0.1", 25, "none", True),
        ("smtp://[::1]:2525", "::1", 2525, "none", True),
        ("smtp://localhost.kraj.cz", "localhost.kraj.cz", 25, "none", False),
        ("smtp://10.0.0.1", "10.0.0.1", 25, "none", False),
        ("smtps://posta.kraj.cz", "posta.kraj.cz", 465, "implicit", False),
        ("smtp://posta.kraj.cz:587?starttls=require", "posta.kraj.cz", 587, "starttls", False),
    ],
)
def test_the_relay_is_read_from_its_url(url: str, host: str, port: int, tls: str, loopback: bool) -> None:
    relay = parse_smtp_url(url)
    assert (relay.host, relay.port, relay.tls, relay.on_loopback) == (host, port, tls, loopback)


def test_user_and_password_are_decoded() -> None:
    relay = parse_smtp_url("smtp://jan%40kraj.cz:a%2Fb%3A%25@posta.kraj.cz")
    assert (relay.user, relay.password) == ("jan@kraj.cz", "a/b:%")


@pytest.mark.parametrize(
    "url", ["", "smtp://", "posta.kraj.cz:25", "smtps://h?starttls=require", "smtp://h?starttls=no", "smtp://h/x"]
)
def test_an_unclear_relay_is_refused(url: str) -> None:
    with pytest.raises(HlasatelError, match="HLASATEL_SMTP_URL"):
        parse_smtp_url(url)


def test_sample_addresses_are_those_of_the_rfcs() -> None:
    samples = ["a@example.org", "a@b.EXAMPLE.com", "a@example.net", "a@x.example", "a@x.test", "a@x.invalid"]
    assert all(is_sample_address(address) for address in [*samples, "a@localhost", "a@b.localhost"])
    assert not any(is_sample_address(address) for address in ["a@kraj-lbc.cz", "a@myexample.org", "a@example.cz"])


def test_addresses_are_checked_without_the_network() -> None:
    assert parse_address("Jan.Novy@HÁČKY.cz") == "Jan.Novy@xn--hky-ela4t.cz"
    assert parse_address("a@posta.TEST") == "a@posta.test"
    for wrong in ("", "kraj.cz", "a@b@c.cz", "a b@kraj.cz", "a@kraj.cz\r\nBcc: b@c.cz", "jiří@kraj.cz", "a@.test"):
        with pytest.raises(HlasatelError):
            parse_address(wrong)


_PARTS = st.text("abz019._-@+A", max_size=8)


@settings(max_examples=500)
@given(local=_PARTS, domain=_PARTS, top=st.sampled_from(("cz", "eu", "example.org", "a-b.com", "xn--a.cz", "test.net")))
def test_a_plain_address_is_what_the_library_takes_it_for(local: str, domain: str, top: str) -> None:
    """Plain ones are taken without email-validator: never one it would refuse or write in another way."""
    text = f"{local}@{domain}.{top}"
    try:
        taken = parse_address(text)
    except HlasatelError:
        taken = None
    try:
        expected = validate_email(text, check_deliverability=False, allow_smtputf8=False).ascii_email
    except EmailNotValidError:
        expected = None
    assert taken == expected


def test_an_address_too_long_for_a_mail_is_refused_however_plain() -> None:
    assert parse_address(f"{'a' * 50}@kraj.cz") == f"{'a' * 50}@kraj.cz"
    for wrong in (f"a@{'b' * 64}.cz", f"a@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.{'f' * 20}.cz"):
        with pytest.raises(HlasatelError):
            parse_address(wrong)


def test_sample_addresses_never_go_through_a_real_relay(config: Path) -> None:
    here = load_settings({}, config=config)
    away = load_settings({"HLASATEL_SMTP_URL": "smtp://posta.kraj.cz"}, config=config)
    refuse_sample_addresses(here, load_people(config))
    with pytest.raises(HlasatelError, match=r"posta\.kraj\.cz.*tiskovy-mluvci.*Doplňte"):
        refuse_sample_addresses(away, load_people(config))
    people = config / "people.yaml"
    people.write_text(people.read_text(encoding="utf-8").replace("example.org", "kraj.cz"), encoding="utf-8")
    with pytest.raises(HlasatelError, match="odesílatel"):
        refuse_sample_addresses(away, load_people(config))
    file = config / "settings.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("example.org", "kraj.cz"), encoding="utf-8")
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace('officer = "poverenec@', 'officer = "poverenec@urad.example.org" # "'), encoding="utf-8"
    )
    away = load_settings({"HLASATEL_SMTP_URL": "smtp://posta.kraj.cz"}, config=config)
    with pytest.raises(HlasatelError, match="pověřenec"):
        refuse_sample_addresses(away, load_people(config))
    file.write_text(text, encoding="utf-8")
    refuse_sample_addresses(
        load_settings({"HLASATEL_SMTP_URL": "smtp://posta.kraj.cz"}, config=config), load_people(config)
    )


def test_a_kind_without_a_heading_is_answered_to_the_coordinator() -> None:
    settings = load_settings({}, config=CONFIG)
    assert settings.mail_of("press-release").reply_to == "tiskovy-mluvci"
    assert settings.mail_of("letter").reply_to == settings.coordinator
    assert settings.mail_of("letter").from_address == settings.mail.from_address


def test_faults_of_the_settings_have_places_and_say_what_was_meant(config: Path) -> None:
    file = config / "settings.toml"
    spoil(file, "give_up_after_days = 5", 'give_up_afterdays = 5\nfailure_min = "10"')
    spoil(file, "failure_min = 10\n", "")
    spoil(file, "failure_threshold = 0.2", "failure_threshold = 2")
    spoil(file, 'colour = "#1f4e79"', 'colour = "modrá"')
    spoil(file, 'reply_to = "koordinator"', 'reply_to = "kordinator"')
    lines = file.read_text(encoding="utf-8").splitlines()
    found = faults(config)
    assert [fault.partition(": ")[2] for fault in found] == [
        "„modrá“ není barva. Napište ji jako #rrggbb, např. #1f4e79.",
        "klíč „give_up_afterdays“ zde Hlasatel nezná. Mysleli jste „give_up_after_days“? Může tu být: "
        "give_up_after_days, failure_threshold, failure_min, audience_change_share, audience_change_min, "
        "machines, domains.",
        "„failure_min“ má být celé číslo bez uvozovek, je tu „10“. Opravte ho.",
        "„failure_threshold“ nemůže být „2“. Napište číslo větší než 0 a nejvýš 1.",
    ]
    for fault, begins in zip(found, ('"modrá"', "give_up_afterdays", '"10"', "2"), strict=True):
        _, line, column, _ = fault.split(":", 3)
        assert lines[int(line) - 1][int(column) - 1 :].startswith(begins)


def test_people_named_in_settings_and_lists_must_exist(config: Path) -> None:
    spoil(config / "settings.toml", 'facebook = "spravce-facebooku"', 'facebook = "spravce-facebok"')
    spoil(config / "lists.yaml", "owner: koordinator", "owner: kordinator")
    found = faults(config)
    assert len(found) == 2
    assert "Mysleli jste „koordinator“?" in found[0]
    assert found[0].startswith("lists.yaml:18:10: ")
    assert "Mysleli jste „spravce-facebooku“?" in found[1]
    assert check_config(load_settings({}, config=config)) == check_config_folder(config)


@pytest.mark.parametrize(
    ("text", "place"),
    [("nic = [", "1:"), ('[organisation]\nname = "a\n', "2:"), ("a = 1\na = 2\n", "2:")],
)
def test_a_file_that_is_no_toml_says_where(config: Path, text: str, place: str) -> None:
    (config / "settings.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidFiles, match=rf"settings\.toml:{place}.*Zápisu zde nejde rozumět"):
        load_settings({}, config=config)


def test_the_language_may_come_from_a_file(config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "lang"
    file.write_text("en\n", encoding="utf-8")
    monkeypatch.delenv("HLASATEL_LANG", raising=False)
    assert language() == "cs"
    monkeypatch.setenv("HLASATEL_LANG_FILE", str(file))
    assert language() == load_settings(os.environ, config=config).lang == "en"
    monkeypatch.setenv("HLASATEL_LANG_FILE", str(tmp_path / "none"))
    assert language() == "cs"
    with pytest.raises(HlasatelError, match="HLASATEL_LANG_FILE"):
        load_settings(os.environ, config=config)


def test_a_missing_file_is_a_fault_of_its_own(config: Path) -> None:
    (config / "settings.toml").unlink()
    (config / "people.yaml").unlink()
    assert [fault.partition(":")[0] for fault in faults(config)] == ["people.yaml", "settings.toml"]


def test_a_header_cannot_be_smuggled_in(config: Path) -> None:
    spoil(config / "settings.toml", 'from_name = "Hlasatel', 'from_name = "Hlasatel\\r\\nBcc: x@y.cz')
    assert ["konec řádku" in fault for fault in faults(config)] == [True]


@pytest.mark.parametrize(
    ("added", "place", "says"),
    [
        ('[web]\nhosts = ["https://urad.cz"]\n', "2:9", "„https://urad.cz“ není jméno"),
        ('[web]\nproxies = ["10.0.0.0/40"]\n', "2:11", "není adresa ani síť"),
        ('[sign_on]\nheader = "X-User"\n[sign_on.people]\n"novakova" = "koordinator"\n', "1:", "jen od jeho proxy"),
    ],
)
def test_what_the_pages_are_told_of_their_surroundings_is_checked(
    config: Path, added: str, place: str, says: str
) -> None:
    file = config / "settings.toml"
    before = file.read_text(encoding="utf-8").count("\n")
    with file.open("a", encoding="utf-8") as settings:
        settings.write(added)
    line, _, column = place.partition(":")
    (fault,) = faults(config)
    assert fault.startswith(f"settings.toml:{before + int(line)}:{column}") and says in fault
