"""Secrets in files people edit: found, never repeated, and nothing innocent taken for one."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from worker.errors import InvalidFiles
from worker.positions import LARGEST, MOST_FAULTS, parse_yaml, read_toml
from worker.positions.secrets import hide_secrets

ROOT = Path(__file__).parents[2]
RANDOM = "Zx8sK3pQ1x2Y3z4W5v6U7t8S9r0QAbCdEf12"

SECRETS = [
    ("smtp://uzivatel:{}@mail.kraj.example.org:587", "tajne1", 1, "HLASATEL_SMTP_URL"),
    ("viz smtps://u:{}@mail", "p@ss/w0rd", 5, "HLASATEL_SMTP_URL"),
    ("postgresql+psycopg://h:{}@db/h", "tajne", 1, "HLASATEL_DATABASE_URL"),
    ("password={}", "hunter", 1, "heslo nebo klíč"),
    ("  smtp_password: '{}'", "hunter2", 8, "heslo nebo klíč"),
    ("HLASATEL_SECRET_KEY = {}", "abcdefghijklmnop", 10, "heslo nebo klíč"),
    ('api-key: "{}"', "abc", 1, "heslo nebo klíč"),
    ("{{client_secret: {}}}", "abc", 2, "heslo nebo klíč"),
    ("heslo: {}", "tajne123", 1, "heslo nebo klíč"),
    ("Heslo={}", "tajne", 1, "heslo nebo klíč"),
    ("# poslední token: {}", "x1", 12, "heslo nebo klíč"),
    ("Authorization: Bearer {}", "abcdefghijklmnopqrst", 16, "přístupový klíč"),
    ("facebook: {}", "EAAB" + "sbCS1234567890abcdefghijklmnopqrstuv", 11, "přístupový klíč"),
    ("{}", "AKIA" + "IOSFODNN7EXAMPLE", 1, "přístupový klíč"),
    ("{}", "gh" + "p_abcdefghijklmnopqrstuvwxyz0123456789", 1, "přístupový klíč"),
    ("k: {}", RANDOM, 4, "přístupový klíč"),
    ("{}", "7c211433f02071597741e6ff5a8ea34789abbf43", 1, "přístupový klíč"),
    ("-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----", "MIIEow\nAbCd", 1, "soukromý klíč"),
    ("-----BEGIN PRIVATE KEY-----\n{}", "MIIEow", 1, "soukromý klíč"),
]
INNOCENT = [
    "heslo: Společně za kraj bez vyloučených lokalit",
    "Motto a heslo: Ano!",
    "přihlášení bez hesla: hotovo",
    "https://www.kraj-lbc.cz:8443/cesta?adresa=jana@kraj.cz",
    f"https://kraj.sharepoint.com/:f:/s/AbCdEf/{RANDOM}",
    "id: vybor-pro-vychovu-vzdelavani-a-zamestnanost-zastupitelstva-2024",
    "projekt CZ.03.2.63/0.0/0.0/16_063/0006526",
    "koordinator@liberecky-kraj.example.org, tel. 485 226 111",
    "KomiseRadyProNarodnostniMensinyACizince2024",
    "-----BEGIN CERTIFICATE-----",
    "09:00–15:30, 9. 12. 2026",
]


@pytest.mark.parametrize(("line", "secret", "column", "said"), SECRETS)
def test_a_secret_is_told_and_not_repeated(line: str, secret: str, column: int, said: str) -> None:
    text = "# plán\n" + line.format(secret)
    hidden, (fault, *others) = hide_secrets(text, "f")
    assert (fault.line, fault.column) == (2, column)
    assert said in fault.message
    assert others == []
    assert secret not in hidden + fault.message
    assert len(hidden) == len(text)
    assert hidden.split("\n")[0] == "# plán"


@pytest.mark.parametrize("line", INNOCENT)
def test_nothing_innocent_is_taken_for_one(line: str) -> None:
    assert hide_secrets(line, "f") == (line, [])


@pytest.mark.parametrize("folder", ["config", "examples"])
def test_no_file_we_ship_holds_one(folder: str) -> None:
    found = [ROOT / "schedules.yaml", *(ROOT / folder).rglob("*.*")]
    files = [file for file in found if file.suffix != ".png"]
    assert [fault for file in files for fault in hide_secrets(file.read_text(encoding="utf-8"), str(file))[1]] == []


def test_no_other_fault_repeats_it_either() -> None:
    with pytest.raises(InvalidFiles) as error:
        parse_yaml("plan: x\npassword: hunter2\npassword: hunter3\n&hunter2 a: *hunter2\n", "f")
    said = str(error.value)
    assert [fault.line for fault in error.value.faults][:2] == [2, 3]
    assert "hunter3" not in said
    assert "password" not in said


def test_settings_are_looked_at_too(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('coordinator = "k"\nsmtp = "smtp://u:tajne@mail"\n', encoding="utf-8")
    with pytest.raises(InvalidFiles) as error:
        read_toml(file)
    assert [(fault.line, fault.column) for fault in error.value.faults] == [(2, 9)]
    assert "tajne" not in str(error.value)


@pytest.mark.parametrize("unit", ["password=x1 ", "a://b:c@ ", "a://b:", "heslo:    ", "Aa0", "x_", "-----BEGIN A "])
def test_a_large_file_takes_a_moment(unit: str) -> None:
    text = "\n".join([unit * (9000 // len(unit))] * (LARGEST // 9000))
    started = time.process_time()
    _, faults = hide_secrets(text, "f")
    assert time.process_time() - started < 3
    assert len(faults) <= 2 * (MOST_FAULTS + 1)
