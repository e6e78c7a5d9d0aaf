"""Who is alive, and what the numbers are: heartbeats that the work writes, and what `/metrics` makes of the rows."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, event, select, update

from tests.fixtures.pages import pages
from tests.store.desk import ASKED, asked, begin, deliver
from tests.store.sample import NOW
from worker.clock import Keeper, shift
from worker.jobs.beat import Beat
from worker.office import Office
from worker.office_on_file import OneOffice
from worker.settings import WebSettings
from worker.store.tables import heartbeats, mailings, slices
from worker.times import Clock
from worker.watch.heartbeat import EVERY, FORGOTTEN, OLD, Pulse, Standing, newest_work, processes
from worker.watch.metrics import Metrics
from worker.watch.number import Number
from worker.watch.numbers import numbers

SECOND = timedelta(seconds=1)


def beats(office: Office, now: datetime = NOW) -> dict[str, tuple[str, bool]]:
    """Every process: its standing, and whether it is lost."""
    with office.database.read() as tx:
        return {each.row.kind: (each.row.standing, each.is_lost) for each in processes(tx, now)}


def found(office: Office, now: datetime = NOW) -> dict[str, Number]:
    with office.database.read() as tx:
        return {each.name: each for each in numbers(tx, office, now)}


def value(office: Office, name: str, *labels: str, now: datetime = NOW) -> float | None:
    return found(office, now)[name].values.get(labels)


def test_a_round_beats_and_a_process_that_ends_leaves_nothing(office: Office) -> None:
    pulse = Pulse("run", host="urad")
    with shift(office, Clock(lambda: NOW, simulated=True), "run", pulse=pulse) as current:
        assert Beat().do_one(current, NOW) is False
    assert beats(office) == {"run": ("works", False)}
    assert beats(office, NOW + OLD + SECOND) == {"run": ("works", True)}
    assert beats(office, NOW + FORGOTTEN + SECOND) == {}
    assert beats(office, NOW - OLD) == {"run": ("works", False)}, "a clock that went back"
    assert beats(office, NOW - OLD - SECOND) == {"run": ("works", True)}, "who lives has beaten since"
    assert beats(office, NOW - timedelta(days=1000)) == {}
    pulse.stop(office.database)
    assert beats(office) == {}


def test_it_costs_a_commit_in_fifteen_seconds_and_what_is_worse_is_said_at_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = 0.0
    monkeypatch.setattr("worker.watch.heartbeat.time.monotonic", lambda: seconds)
    commits = []
    event.listen(office.database.engine, "commit", lambda connection: commits.append(seconds))
    pulse = Pulse("run")
    for _ in range(61):
        pulse.beat(office.database, NOW)
        seconds += 1
    assert commits == [0, EVERY, 2 * EVERY, 3 * EVERY, 4 * EVERY]
    pulse.beat(office.database, NOW, troubles=["relay"])
    pulse.beat(office.database, NOW)
    assert (len(commits), value(office, "hlasatel_relay_ok")) == (6, 0)
    for _ in range(30):  # a job that fails in every round while the others go on
        pulse.beat(office.database, NOW, Standing.FAILING)
        pulse.beat(office.database, NOW)
        seconds += 1
    assert len(commits) <= 6 + 2 * 3
    seconds += EVERY
    pulse.beat(office.database, NOW)
    assert (beats(office)["run"][0], value(office, "hlasatel_relay_ok")) == ("works", 1)


def test_who_follows_on_the_same_machine_takes_the_dead_ones_row_away(office: Office) -> None:
    nobody = 2**22 + 1  # above the largest process number of Linux (proc(5), pid_max)
    Pulse("run", process=nobody).beat(office.database, NOW)
    Pulse("deliver", host="jiny", process=nobody).beat(office.database, NOW)
    Pulse("run").beat(office.database, NOW)
    with office.database.read() as tx:
        rows = {(row.kind, row.process) for row in tx.execute(select(heartbeats))}
    assert rows == {("run", os.getpid()), ("deliver", nobody)}


def test_one_who_stands_by_and_one_whose_rounds_fail_are_told_apart(office: Office) -> None:
    clock = Clock.real()
    stopping = Event()
    with shift(office, clock, "run"):
        second = Keeper(OneOffice(office), clock, "clock", stopping, stands_by=True)
        with second.at_work():
            until = datetime.now().timestamp() + 10
            while "clock" not in beats(office, clock.now()) and datetime.now().timestamp() < until:
                Event().wait(0.05)
            assert beats(office, clock.now()) == {"clock": ("stands-by", False)}
            with office.database.read() as tx:
                assert newest_work(processes(tx, clock.now())) is None
    assert beats(office, clock.now()) == {}


@pytest.mark.usefixtures("already_asked")
def test_the_numbers_are_what_the_rows_say(office: Office) -> None:
    asked(office)
    later = ASKED + timedelta(hours=5)
    assert value(office, "hlasatel_occurrences", "asked", now=later) == value(
        office, "hlasatel_approvals_waiting", now=later
    )
    waited = value(office, "hlasatel_approval_oldest_waiting_seconds", now=later)
    assert waited is not None and waited >= 5 * 3600
    shown = found(office, datetime(2027, 1, 1, tzinfo=NOW.tzinfo))
    due, done, missed, still = (
        shown[f"hlasatel_occurrences_due{each}"].values[()] for each in ("", "_done", "_missed", "_open")
    )
    assert due == done + missed + still and still > 0


def test_a_mailing_shows_by_its_slices_until_it_is_done(office: Office) -> None:
    number = begin(office, 7)
    late = NOW + timedelta(minutes=40)
    assert found(office, late)["hlasatel_mailing_recipients"].values == {("queued",): 7}
    assert value(office, "hlasatel_mailing_work_waiting_seconds", now=late) == 2400
    with office.database.write() as tx:
        tx.execute(update(mailings).where(mailings.c.id == number).values(state="paused"))
    assert value(office, "hlasatel_mailings", "paused") == 1
    with office.database.write() as tx:
        tx.execute(update(mailings).where(mailings.c.id == number).values(state="sending"))
    deliver(office)
    shown = found(office)
    assert (shown["hlasatel_mailings"].values, shown["hlasatel_mailing_recipients"].values) == (
        {("sending",): 0, ("paused",): 0}, {},
    )  # fmt: skip
    assert shown["hlasatel_recent_recipients"].values == {(): 7}


def test_what_is_asked_does_not_grow_with_the_recipients(office: Office) -> None:
    """Of a mailing that is done nothing is read but its own row, and nothing of anybody's delivery."""
    begin(office, 3)
    deliver(office)
    asked_for: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked_for.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        found(office)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert asked_for and not any(
        f"FROM {table}" in each
        for each in asked_for
        for table in (slices.name, "deliveries", "recipients", "memberships", "excluded")
    )


@pytest.fixture
def shown(office: Office) -> Iterator[str]:
    with pages(office, NOW) as reached:
        yield f"{reached.settings.base_url}/metrics"


def test_prometheus_reads_what_is_answered(office: Office, shown: str) -> None:
    Pulse("run").beat(office.database, NOW)
    answer = requests.get(shown, timeout=20)
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    families = {each.name: each for each in text_string_to_metric_families(answer.text)}
    assert {"hlasatel_info", "hlasatel_plan_ok", "process_resident_memory_bytes"} <= set(families)
    assert all(each.documentation for each in families.values())
    (worker,) = families["hlasatel_worker_heartbeat_age_seconds"].samples
    assert worker.value == 0


def test_nobody_reads_them_through_a_proxy_or_from_elsewhere(office: Office, shown: str) -> None:
    for header in ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP", "X-Forwarded-Proto", "X-Forwarded-Host"):
        assert requests.get(shown, headers={header: "127.0.0.1"}, timeout=20).status_code == 404
    assert requests.get(shown, headers={"Host": "zlo.example.net"}, timeout=20).status_code == 421
    with pages(office, NOW, WebSettings(proxies=("127.0.0.1",))) as reached:
        assert requests.get(f"{reached.settings.base_url}/metrics", timeout=20).status_code == 404


def test_without_a_database_it_says_so_and_answers(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = replace(office.settings, database_url="sqlite:////nikde/zadna.db")
    from worker.store.database import Database, Use

    nowhere = replace(office, settings=broken, database=Database(broken.database_url, Use.LOOK))
    metrics = Metrics()
    said = metrics.text(nowhere, NOW).decode()
    assert "hlasatel_database_ok 0.0" in said
    assert metrics.text(office, NOW).decode() == said, "an answer is kept for some seconds"


def test_it_is_ready_by_itself_and_says_what_others_do_not(office: Office) -> None:
    with pages(office, NOW) as reached:
        answer = requests.get(f"{reached.settings.base_url}/readyz", timeout=20)
        assert (answer.status_code, answer.text) == (200, "ready\nnobody does the clock's work\n")
        Pulse("run").beat(office.database, NOW - OLD - SECOND)
        answer = requests.get(f"{reached.settings.base_url}/readyz", timeout=20)
        assert "overdue: it last came round 301 s ago" in answer.text
