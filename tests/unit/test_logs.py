"""No log line can hold a link's token, a secret of this installation or an address, whoever writes it."""

from __future__ import annotations

import base64
import json
import logging
import secrets
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from worker.cli.discreet import LEFT_OUT, Discreet
from worker.cli.logs import Lines, Objects


def formatted(message: str, *arguments: object, error: BaseException | None = None) -> str:
    info = (type(error), error, error.__traceback__) if error is not None else None
    record = logging.LogRecord("uvicorn.error", logging.ERROR, __file__, 1, message, arguments, info)
    return Lines(form="%(name)s: %(message)s").format(record)


def test_a_token_is_left_out_of_message_arguments_and_traceback() -> None:
    for _ in range(50):
        token = secrets.token_urlsafe(32)
        assert formatted(f"GET /schvaleni/{token} 500") == "uvicorn.error: GET /schvaleni/… 500"
        assert token not in formatted("%s failed", f"https://urad.cz/uprava/{token}?x=1")
        try:
            raise ValueError(f"/schvaleni/zpet/{token}")
        except ValueError:
            shown = formatted("a page failed", error=sys.exc_info()[1])
        assert "Traceback" in shown and token not in shown


def test_an_unsubscribe_token_is_left_out_too_and_other_words_stay() -> None:
    token = secrets.token_urlsafe(16)
    assert formatted("POST /o/%s", token) == "uvicorn.error: POST /o/…"
    hashed = "f" * 64
    assert formatted("the plan %s of tiskova-zprava/2026-12", hashed).endswith(f"{hashed} of tiskova-zprava/2026-12")


PASSWORD = "Kůň úpěl & ďábelsky"


def test_this_installations_secrets_are_left_out_wherever_and_however_they_are_given(tmp_path: Path) -> None:
    credentials, data = tmp_path / "credentials", tmp_path / "data"
    credentials.mkdir()
    data.mkdir()
    (credentials / "HLASATEL_WEBHOOK_SECRET").write_text("povereni-systemd\n")
    (data / "secret.key").write_text("klic-ve-slozce-dat-123\n")
    named = tmp_path / "imap"
    named.write_text(f"imaps://posta:{quote(PASSWORD, safe='')}@imap.urad.cz/INBOX\n")
    discreet = Discreet({
        "HLASATEL_SECRET_KEY": "stary-klic-0123456789, novy-klic-0123456789",
        "HLASATEL_SMTP_URL": "smtps://odesilatel:tajemstvi@posta.urad.cz",
        "HLASATEL_IMAP_URL_FILE": str(named),
        "DRUHY_FACEBOOK_TOKEN": "EAAtajnytoken",
        "CREDENTIALS_DIRECTORY": str(credentials),
        "HLASATEL_DATA": str(data),
    })  # fmt: skip
    login = base64.b64encode(f"\0posta\0{PASSWORD}".encode()).decode()
    for secret in (
        "stary-klic-0123456789", "novy-klic-0123456789", "tajemstvi", PASSWORD, quote(PASSWORD, safe=""), login,
        "EAAtajnytoken", "povereni-systemd", "klic-ve-slozce-dat-123",
    ):  # fmt: skip
        assert discreet(f"before {secret}, after") == f"before {LEFT_OUT}, after"
    (data / "secret.key").unlink()
    assert discreet("tiskova-zprava/2026-12 does not begin") == "tiskova-zprava/2026-12 does not begin"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("postgresql+psycopg://hlasatel:heslo@db/hlasatel", "postgresql+psycopg://hlasatel:…@db/hlasatel"),
        ("DETAIL: Key (address)=(jan.novak@example.org) exists", "DETAIL: Key (address)=(…@…) exists"),
        ("550 5.1.1 <Jana.Nová@příklad.cz>: unknown", "550 5.1.1 <…@…>: unknown"),
        ("'jan@example.org', 'eva@example.org'", "'…@…', '…@…'"),
        ("mailto:jan@example.org?subject=x", "mailto:…@…?subject=x"),
        ("Authorization: Bearer abc.def-123456", "Authorization: Bearer …"),
        ("GET /oauth?access_token=EAAB1234567&x=1", "GET /oauth?access_token=…&x=1"),
        ("deliver@stroj/12 has passed", "deliver@stroj/12 has passed"),
        ("apt-get install x@1.2, 3 @ 4", "apt-get install x@1.2, 3 @ 4"),
    ],
)
def test_passwords_in_addresses_and_addresses_of_people_are_left_out(line: str, told: str) -> None:
    assert Discreet({})(line) == told


def test_as_json_every_line_is_an_object_with_what_it_is_about() -> None:
    try:
        raise ValueError("jan@example.org")
    except ValueError:
        record = logging.LogRecord(
            "hlasatel.deliver", logging.ERROR, __file__, 1, "slice %d\nfails", (3,), sys.exc_info()
        )
    record.mailing, record.slice, record.recipient = 7, 3, "jan@example.org"
    line = Objects(Discreet({})).format(record)
    said = json.loads(line)
    assert "\n" not in line and "jan" not in line
    assert (said["level"], said["logger"], said["message"]) == ("error", "hlasatel.deliver", "slice 3\nfails")
    assert (said["mailing"], said["slice"]) == (7, 3) and "recipient" not in said
    assert said["time"].endswith("+00:00") and said["exception"].startswith("Traceback")


def test_a_defect_ends_a_command_with_its_traceback_past_the_same_filter() -> None:
    code = (
        "from worker.cli import logs, main; import threading\n"
        "def broken(**_): raise ValueError('jan@example.org')\n"
        "main.app = broken\n"
        "thread = threading.Thread(target=broken)\n"
        "logs.log_to_stderr(); logs.log_what_nobody_caught(); thread.start(); thread.join()\n"
        "main.main()"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ended.returncode == 1 and "jan@" not in ended.stderr
    assert ended.stderr.count("ValueError: …@…") == 2 and "please report it" in ended.stderr


def test_an_unknown_form_of_the_log_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HLASATEL_LOG_FORMAT", "xml")
    ended = subprocess.run([sys.executable, "-m", "worker.cli.main", "kinds"], capture_output=True, text=True)
    assert ended.returncode == 1 and "text a json" in ended.stderr and "Traceback" not in ended.stderr
