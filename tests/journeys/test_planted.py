"""A planted secret is found nowhere, and a planted recipient's address in no log, error or number (I9)."""

from __future__ import annotations

import base64
import json
import logging
import re
import signal
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import requests
from sqlalchemy import select, text
from sqlalchemy.engine import make_url

from tests.fixtures.office import Office, until
from tests.fixtures.pages import pages
from tests.fixtures.smtp_server import scripted_relay
from tests.store.conftest import database, migrated_file, migrated_url, relay
from tests.store.conftest import office as store_office
from tests.store.desk import begin, deliver, rows
from tests.store.sample import NOW, address
from worker.cli.discreet import Discreet
from worker.cli.logs import Lines, Objects
from worker.settings import parse_smtp_url
from worker.store.columns import metadata
from worker.watch.metrics import Metrics

__all__ = ["database", "migrated_file", "migrated_url", "relay", "store_office"]

SECRETS = {
    "SMTP": "tajne-heslo-relay", "FALLBACK": "tajne-heslo-zalohy", "IMAP": "tajne-heslo-schranky",
    "DB": "tajne-heslo-databaze", "KEY": "tajny-klic-odkazu-0123456789", "SUPPRESSION": "tajny-klic-zakazu-0123456789",
    "FB": "EAAtajnytokenstranky", "APP": "12345|tajnytokenaplikace", "HOOK": "tajemstvi-webhooku-0123456789",
    "OAUTH": "tajemstvi-oauth-0123456789",
}  # fmt: skip
RECIPIENT = "plantovana.prijemkyne@tajny-prijemce.example.org"
START = "2026-11-30T08:00"
ENVIRON = {
    "HLASATEL_SMTP_URL": f"smtp://urad:{SECRETS['SMTP']}@127.0.0.1:1",
    "HLASATEL_SMTP_FALLBACK_URL": f"smtp://urad:{SECRETS['FALLBACK']}@127.0.0.1:1",
    "HLASATEL_IMAP_URL": f"imap://posta:{SECRETS['IMAP']}@127.0.0.1:1/INBOX",
    "HLASATEL_SECRET_KEY": SECRETS["KEY"],
    "HLASATEL_SUPPRESSION_KEY": SECRETS["SUPPRESSION"],
    "HLASATEL_FACEBOOK_TOKEN": SECRETS["FB"],
    "HLASATEL_FACEBOOK_APP_TOKEN": SECRETS["APP"],
    "HLASATEL_WEBHOOK_SECRET": SECRETS["HOOK"],
    "HLASATEL_SMTP_OAUTH_SECRET": SECRETS["OAUTH"],
}
FAULTY = (
    {"HLASATEL_DATABASE_URL": f"postgresql://hlasatel:{SECRETS['DB']}@127.0.0.1:1/hlasatel"},
    {"HLASATEL_DATABASE_URL": f"mysql://hlasatel:{SECRETS['DB']}@db/hlasatel"},
    {"HLASATEL_DATABASE_URL": f"postgresql://hlasatel:{SECRETS['DB']}@[db/hlasatel"},
    {"HLASATEL_SMTP_URL": f"smtp://urad:{SECRETS['SMTP']}@posta:abc"},
    {"HLASATEL_SMTP_URL": f"smtp://urad:{SECRETS['SMTP']}@127.0.0.1:1?auth=nevim"},
    {"HLASATEL_IMAP_URL": f"imap://posta:{SECRETS['IMAP']}@imap.urad.cz"},
    {"HLASATEL_SECRET_KEY": "kratky-klic"},
    {"HLASATEL_BASE_URL": f"https://urad:{SECRETS['SMTP']}@urad.cz"},
)
COMMANDS = (
    "doctor", "doctor --format json", "check", "status", "status --format json", "why tiskova-zprava/2026-12",
    "plan diff", "timetable", "delivery unknown", "record verify", "recipients list nikdo", "publication list",
)  # fmt: skip


def planted_in(found: str, *also: str) -> list[str]:
    """Which of the secrets stand in a text, as they are or in base64."""
    known = [*SECRETS.values(), *also, *(base64.b64encode(each.encode()).decode() for each in SECRETS.values())]
    return [each for each in known if each in found]


class Planted(Office):
    """An office whose every secret is planted."""

    @property
    def environ(self) -> dict[str, str]:
        plan = self.folder / "plan" / "schedules.yaml"
        return super().environ | ENVIRON | {"HLASATEL_PLAN": str(plan), "HLASATEL_CONFIG": str(plan.parent / "config")}


@pytest.fixture
def planted(sqlite_office: Office, plan: Path) -> Office:
    """With a planted recipient, a relay that is not there, and a mailbox nobody can open."""
    settings = plan.parent / "config" / "settings.toml"
    inbox = '\n[inbox]\naddress = "odpovedi@urad.example.org"\n\n[canary]\naddress = "kontrola@urad.example.org"\n'
    settings.write_text(settings.read_text("utf-8") + inbox, "utf-8")
    sqlite_office.import_people("media-regionalni", [RECIPIENT])
    return Planted(
        sqlite_office.folder, sqlite_office.mailbox, sqlite_office.database_url, forks=sqlite_office.forks,
        port=sqlite_office.port,
    )  # fmt: skip


def said(office: Office, *arguments: str, **environ: str) -> tuple[str, str]:
    """Standard output and errors of a command, however it ended."""
    out, err, _ = office._run_here(*arguments, **environ)
    return out, err


def test_nothing_planted_is_found_whatever_goes_wrong(planted: Office) -> None:
    process, heard = planted.start("run", "--now", START, HLASATEL_LOG_FORMAT="json"), []
    try:
        planted.wait_until_ready(process)
        until(lambda: "hlasatel_relay_ok 0.0" in requests.get(f"{planted.base_url}/metrics", timeout=20).text, 40, 0.5)
        for path in ("metrics", "readyz", "healthz", "archiv", "schvaleni/neni", "koordinator"):
            heard.append(requests.get(f"{planted.base_url}/{path}", timeout=20).text)
    finally:
        process.send_signal(signal.SIGTERM)
        log = process.communicate(timeout=60)[1]
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert any("cannot be used" in line["message"] for line in lines), log
    assert all({"time", "level", "logger", "message"} <= set(line) for line in lines)
    assert not planted_in("\n".join([log, *heard])) and RECIPIENT not in "\n".join([log, *heard])
    for each in COMMANDS:
        out, err = said(planted, *each.split())
        assert not planted_in(out + err), each
        assert RECIPIENT not in err, each
        if "doctor" in each:
            assert RECIPIENT not in out and "Traceback" not in out + err
    for number, environ in enumerate(FAULTY):
        for each in ("status", "doctor", "tick"):
            out, err = said(planted, each, **environ)
            assert not planted_in(out + err, "kratky-klic"), (number, each)
            assert "Traceback" not in out + err, (number, each)
    file = make_url(planted.database_url).database
    with closing(sqlite3.connect(str(file))) as own:
        dump = "\n".join(own.iterdump())
    assert RECIPIENT in dump, "the address is data, and stays in the database"
    assert not planted_in(dump)


def test_what_libraries_say_comes_out_without_secrets_and_addresses(
    store_office: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relay that quotes whom it refuses, a database that quotes a row, a page that fails over a token."""
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    begin(store_office, 2)
    with scripted_relay() as refusing:
        refusing.answer_to(address(1), f"550 5.1.1 <{address(1)}>: user unknown")
        refusing.answer_to(address(2), f"451 4.7.1 {address(2)} greylisted")
        deliver(replace(store_office, relay=parse_smtp_url(refusing.url)))
    assert any(row.code == 550 for row in rows(store_office))
    assert not any(address(each) in row.reply for row in rows(store_office) for each in (1, 2))
    with pytest.raises(Exception) as refused, store_office.database.write() as tx:
        tx.execute(text("INSERT INTO recipients SELECT * FROM recipients"))
    for name in ("sqlalchemy.pool", "uvicorn.error", "apscheduler.executors.default", "hlasatel.web"):
        logging.getLogger(name).error("failed at %s", ENVIRON["HLASATEL_SMTP_URL"], exc_info=refused.value)
    with pages(store_office, NOW) as reached:
        with patch("worker.web.health._clocks_work", side_effect=ValueError(f"{RECIPIENT} {SECRETS['FB']}")):
            answer = requests.get(f"{reached.settings.base_url}/readyz", timeout=20)
        assert answer.status_code == 500 and RECIPIENT not in answer.text and not planted_in(answer.text)
    discreet = Discreet()
    for form in (Lines(discreet), Objects(discreet)):
        told = "\n".join(form.format(record) for record in caplog.records)
        assert "IntegrityError" in told and "ValueError" in told
        assert not planted_in(told)
        assert not re.search(r"[\w.]+@[\w-]+\.example\.org", told)
    shown = Metrics().text(store_office, NOW).decode()
    assert "hlasatel_mailing_recipients" in shown and "@" not in shown


def test_no_row_of_any_table_holds_a_key(store_office: Any) -> None:
    begin(store_office, 1)
    deliver(store_office)
    keys = [key.decode() for key in store_office.settings.secret_keys] + [
        store_office.settings.suppression_key.decode()
    ]
    with store_office.database.read() as tx:
        for table in metadata.sorted_tables:
            for row in tx.execute(select(table)):
                assert not any(key in str(row) for key in keys), table.name
