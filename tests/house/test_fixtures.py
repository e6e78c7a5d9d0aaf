"""The databases and the browser the other tests stand on do what they promise."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import OperationalError

from tests.fixtures import chromium, postgres


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
