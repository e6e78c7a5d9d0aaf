"""Nothing is posted twice and nothing is lost, whenever the worker is killed (kill -9)."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from tests.faults.extent import runs
from tests.faults.publisher import ASKED, ROOT, SEND, office, play
from tests.fixtures.copied import to_be_copied
from tests.fixtures.forking import Forker, forker
from tests.fixtures.graph_server import TOKEN, GraphServer, Trouble, graph_server
from tests.fixtures.seeds import SEED
from tests.store.desk import approve, token
from worker.office import Office
from worker.publishing.ledger import LOOK_AFTER
from worker.store.tables import publications

AT_ONCE = 4
"""Runs of one test in full: 25 of them are a hundred."""
LONGEST = 0.35
"""Seconds after which a worker is killed at the latest; by then it has mostly ended."""


@pytest.fixture(scope="module")
def server() -> Iterator[GraphServer]:
    with graph_server() as running:
        yield running


@pytest.fixture(scope="module")
def approved(tmp_path_factory: pytest.TempPathFactory, server: GraphServer) -> Path:
    """An SQLite file in which the December press release with its Facebook text is approved."""
    file = tmp_path_factory.mktemp("approved") / "hlasatel.sqlite3"
    own = office(file, server.address)  # where it goes is part of what is approved
    with closing(own.database):
        own.database.bring_up_to_date()
        play(own, ASKED)
        approve(own, token(own, "tiskovy-mluvci"))
        to_be_copied(own.database)
    return file


@pytest.fixture(scope="module")
def publishers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forker]:
    with forker("tests.faults.publisher", ROOT, HLASATEL_FACEBOOK_TOKEN=TOKEN) as process:
        yield process


@pytest.fixture
def page(server: GraphServer) -> GraphServer:
    """The page without a post."""
    with server.lock:
        server.posts.clear()
        server.calls.clear()
        server.troubles.clear()
    return server


def killed(publishers: Forker, order: dict[str, str], log: Path, seconds: float) -> bool:
    """Whether the worker was still at it when it was killed after `seconds`."""
    pid = publishers.start(order, log, log)
    if publishers.ask({"wait": pid, "seconds": seconds}) is not None:
        return False
    os.kill(pid, signal.SIGKILL)
    return publishers.ask({"wait": pid, "seconds": 20}) == -signal.SIGKILL


def state(own: Office) -> str:
    with own.database.read() as tx:
        return str(tx.execute(select(publications.c.state)).scalar())


def seen(page: GraphServer, what: Callable[[GraphServer], bool]) -> None:
    """Wait until the server has it."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with page.lock:
            if what(page):
                return
        time.sleep(0.01)
    raise AssertionError(page.calls)


def published_by_others(publishers: Forker, page: GraphServer, file: Path, log: Path, at: datetime) -> None:
    """Workers whom nobody kills go on from `at`, one after the other, until it is out."""
    own = office(file, page.address)
    with closing(own.database):
        for _ in range(6):
            order = {"file": str(file), "graph": page.address, "at": at.isoformat()}
            pid = publishers.start(order, log, log)
            assert publishers.ask({"wait": pid, "seconds": 60}) == 0, log.read_text("utf-8")
            if state(own) == "published":
                return
            at += LOOK_AFTER + timedelta(seconds=1)
    raise AssertionError(f"not out\n{log.read_text('utf-8')}")


def test_a_post_that_was_under_way_when_its_worker_died_is_found_and_not_repeated(
    approved: Path, publishers: Forker, page: GraphServer, tmp_path: Path
) -> None:
    page.troubles["feed"] = [Trouble(hang=0.3, done=True)]
    file, log = tmp_path / "hlasatel.sqlite3", tmp_path / "log"
    shutil.copyfile(approved, file)
    pid = publishers.start({"file": str(file), "graph": page.address, "at": SEND.isoformat()}, log, log)
    seen(page, lambda server: ("POST", "feed") in server.calls)
    os.kill(pid, signal.SIGKILL)
    assert publishers.ask({"wait": pid, "seconds": 20}) == -signal.SIGKILL
    seen(page, lambda server: bool(server.posts))
    published_by_others(publishers, page, file, log, SEND + LOOK_AFTER)
    assert len(page.posts) == 1


@pytest.mark.parametrize("part", range(runs(1, 25)))
def test_a_post_is_out_once_whenever_its_worker_is_killed(
    part: int, approved: Path, publishers: Forker, page: GraphServer, tmp_path: Path
) -> None:
    for run in range(AT_ONCE * part, AT_ONCE * part + runs(1, AT_ONCE)):
        with page.lock:
            page.posts.clear()
        chance = Random(f"{SEED} post {run}")
        # The answer takes a while, so that many a worker dies between the post and the moment it hears of it.
        page.troubles["feed"] = [Trouble(hang=chance.choice((0.0, 0.1)), done=chance.random() < 0.5)]
        file, log, at = tmp_path / f"{run}.sqlite3", tmp_path / "log", SEND
        shutil.copyfile(approved, file)
        for _ in range(chance.randint(1, 3)):
            order = {"file": str(file), "graph": page.address, "at": at.isoformat()}
            killed(publishers, order, log, chance.uniform(0.02, LONGEST))
            at += LOOK_AFTER + timedelta(seconds=1)
        published_by_others(publishers, page, file, log, at)
        assert len(page.posts) == 1, run
