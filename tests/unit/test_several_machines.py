"""What several machines must share is asked for at the start, not found out in the middle of a mailing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from worker.cli import clock, deliver
from worker.cli.wiring import refuse_one_machine, working_clock
from worker.errors import HlasatelError
from worker.office import Office
from worker.settings import load_settings
from worker.store.database import Database
from worker.store.server_clock import ASK_AGAIN, Following

ROOT = Path(__file__).parents[2]
KEY = "a-key-for-tests-only-0123456789"
NOON = datetime(2026, 12, 8, 12, 0, tzinfo=UTC)


def office(folder: Path, url: str, key: str = KEY, *, machines: bool = True) -> Office:
    environ = {"HLASATEL_DATABASE_URL": url, "HLASATEL_DATA": str(folder), "HLASATEL_SECRET_KEY": key}
    settings = load_settings(environ, plan=ROOT / "schedules.yaml", config=ROOT / "config")
    delivery = settings.delivery.model_copy(update={"machines": machines})
    return Office(replace(settings, delivery=delivery), {}, {}, settings.relay, Database(url))


def test_sqlite_is_for_one_machine(tmp_path: Path) -> None:
    with pytest.raises(HlasatelError, match="PostgreSQL"):
        working_clock(office(tmp_path, f"sqlite:///{tmp_path}/x.db"), None)


def test_the_key_of_one_machine_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HlasatelError, match="HLASATEL_SECRET_KEY"):
        working_clock(office(tmp_path, "postgresql://127.0.0.1:1/none", key=""), None)
    assert list(tmp_path.iterdir()) == [], "no key is made"


def test_on_one_machine_nothing_of_it_is_asked(tmp_path: Path) -> None:
    assert not working_clock(office(tmp_path, f"sqlite:///{tmp_path}/x.db", key="", machines=False), None).simulated


def test_a_part_of_the_work_alone_is_refused_where_nobody_does_the_rest(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/x.db"
    with pytest.raises(HlasatelError, match=r"hlasatel deliver .*machines = true"):
        refuse_one_machine(office(tmp_path, url, machines=False), "deliver")
    refuse_one_machine(office(tmp_path, url), "deliver")


@pytest.mark.parametrize("command", [clock.clock, deliver.deliver], ids=["clock", "deliver"])
def test_the_commands_of_several_machines_refuse_to_be_alone(
    command: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"DATA": tmp_path, "PLAN": ROOT / "schedules.yaml", "CONFIG": ROOT / "config"}.items():
        monkeypatch.setenv(f"HLASATEL_{name}", str(value))
    with pytest.raises(HlasatelError, match="machines = true"):
        command(now=None, force=False)


class Server:
    """A server's clock that is an hour ahead of ours, and goes as it is told."""

    def __init__(self) -> None:
        self.asked, self.passed, self.ahead, self.gone = 0, 1000.0, timedelta(hours=1), False

    def ask(self) -> datetime:
        self.asked += 1
        if self.gone:
            raise OperationalError("SELECT", {}, Exception("gone"))
        return NOON + self.ahead + timedelta(seconds=self.passed - 1000)

    def clock(self) -> Following:
        return Following(self.ask, lambda: self.passed)


def test_the_servers_clock_is_followed_and_rarely_asked() -> None:
    server = Server()
    following = server.clock()
    server.passed += ASK_AGAIN - 1
    assert following.now() == NOON + timedelta(hours=1, seconds=ASK_AGAIN - 1)
    assert server.asked == 1
    server.passed, server.ahead = server.passed + 2, timedelta()
    assert following.now() == NOON + timedelta(seconds=ASK_AGAIN + 1), "put right by its administrator"
    assert server.asked == 2


def test_time_goes_on_while_the_server_cannot_be_asked_and_it_is_left_in_peace() -> None:
    server = Server()
    following = server.clock()
    server.gone = True
    server.passed += ASK_AGAIN + 5
    assert [following.now() for _ in range(3)] == [NOON + timedelta(hours=1, seconds=ASK_AGAIN + 5)] * 3
    assert server.asked == 2
