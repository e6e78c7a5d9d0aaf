"""A PostgreSQL server that does not answer, and what is said of it."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from worker.errors import HlasatelError
from worker.store import database
from worker.store.database import Database


@pytest.fixture
def silent() -> Iterator[str]:
    """The URL of one that takes connections and says nothing, as behind a wall that swallows everything."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"postgresql://hlasatel:prvni@127.0.0.1:{listening.getsockname()[1]}/hlasatel?sslpassword=druhe"


def test_nobody_waits_long_for_it_and_no_password_is_repeated(silent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "CONNECT_SECONDS", 1)
    with pytest.raises(HlasatelError, match=r"hlasatel:\*\*\*@127") as caught:
        Database(silent).bring_up_to_date()
    assert "prvni" not in str(caught.value) and "druhe" not in str(caught.value)


def test_the_end_of_a_password_with_an_at_sign_is_no_host() -> None:
    with pytest.raises(HlasatelError) as caught:
        Database("postgresql://hlasatel:prvni@druhe@127.0.0.1/hlasatel")
    assert "druhe" not in str(caught.value)


@pytest.mark.parametrize("parameter", ["password=druhe", "sslpassword=druhe"])
def test_a_password_among_the_parameters_is_not_shown(parameter: str) -> None:
    assert "druhe" not in Database(f"postgresql://hlasatel@127.0.0.1/hlasatel?{parameter}").place()
