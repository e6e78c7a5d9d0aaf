"""The databases and the browser the other tests stand on do what they promise."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import OperationalError

from tests.fixtures import chromium, postgres
from tests.fixtures.office import ASKED_AT, Office


def test_each_test_gets_an_empty_database_that_keeps_what_is_written(database_url: str) -> None:
    for _ in range(2):  # a second engine, so that the row has to come from the database
        engine = create_engine(database_url)
        with engine.begin() as connection:
            tables = inspect(connection).get_table_names()
            if not tables:
                connection.execute(text("CREATE TABLE letter (body TEXT)"))
                connection.execute(text("INSERT INTO letter VALUES ('Příliš žluťoučký kůň')"))
            else:
                assert connection.scalar(text("SELECT body FROM letter")) == "Příliš žluťoučký kůň"
        engine.dispose()
    assert tables == ["letter"]


def test_two_databases_of_one_server_know_nothing_of_each_other(postgres_server: postgres.PostgresServer) -> None:
    names_and_urls = [postgres_server.create_database() for _ in range(2)]
    first, second = (create_engine(url) for _, url in names_and_urls)
    with first.begin() as connection:
        connection.execute(text("CREATE TABLE letter (body TEXT)"))
    with second.begin() as connection:
        assert inspect(connection).get_table_names() == []
        # Dropped with a connection still open, as a killed worker leaves one.
        postgres_server.drop_database(names_and_urls[0][0])
    first.dispose()
    second.dispose()
    postgres_server.drop_database(names_and_urls[1][0])


def test_postgresql_is_reached_on_loopback_with_a_password_only(postgres_url: str) -> None:
    match = re.fullmatch(r"postgresql\+psycopg://(\w+):(\w+)@127\.0\.0\.1:(\d+)/(\w+)", postgres_url)
    assert match is not None
    wrong = create_engine(postgres_url.replace(match[2], "wrong"))
    with pytest.raises(OperationalError, match="password authentication failed"), wrong.connect():
        pass
    wrong.dispose()


def test_the_page_is_a_czech_reader_s(page: Page) -> None:
    page.set_content("<p>Dobrý den</p>")
    assert page.inner_text("p") == "Dobrý den"
    assert page.evaluate("navigator.language") == "cs-CZ"
    assert page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone") == "Europe/Prague"


def test_a_missing_program_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(Path, "glob", lambda self, pattern: iter(()))
    with pytest.raises(LookupError, match=r"apt-get install .* postgresql"):
        postgres.find_postgres_programs()
    with pytest.raises(LookupError, match=r"apt-get install .* chromium"):
        chromium.find_chromium()


def test_a_forked_command_is_a_process_of_its_own_that_ends_like_any(sqlite_office: Office) -> None:
    first, wrong = sqlite_office.start("--version"), sqlite_office.start("such-a-command")
    (version, said), (nothing, why) = first.communicate(timeout=30), wrong.communicate(timeout=30)
    assert (first.returncode, said) == (0, "") and version.startswith("hlasatel ")
    assert (wrong.returncode, nothing) == (2, "") and "such-a-command" in why
    assert len({os.getpid(), first.pid, wrong.pid}) == 3
    killed = sqlite_office.start("run", "--now", ASKED_AT)
    sqlite_office.wait_until_ready(killed)
    with pytest.raises(subprocess.TimeoutExpired):
        killed.wait(timeout=0)
    killed.kill()
    assert killed.wait(timeout=10) == -signal.SIGKILL
    assert (killed.poll(), killed.wait()) == (-signal.SIGKILL, -signal.SIGKILL)


def test_what_a_forked_command_was_told_and_has_read_is_gone_with_it(sqlite_office: Office, plan: Path) -> None:
    assert "HLASATEL_PLAN" not in os.environ
    sqlite_office.apart = True
    plan.write_text("jen text", encoding="utf-8")
    sqlite_office.run("check", code=1, HLASATEL_PLAN=str(plan))
    sqlite_office.run("check")
