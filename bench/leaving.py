"""A thousand people leave with one click while a mailing goes out: the sending beside them against the sending alone.

The relay is 20 ms away, as one over the internet is. The pages are served by `hlasatel web`, a process of their own
that runs in both cases; the clicks come from five addresses, as those of a mail provider's servers do.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import select, text

from bench.measured import Spread, ratios
from bench.prepared import LISTS, begin, configuration, environ_for, office_at
from bench.rounds import tell
from bench.sink import distant, free_port, serving, smtp_sink
from bench.stores import Store
from bench.workshop import Workshop
from tests.store.sample import ROOT
from worker.delivery import identity
from worker.office import Office
from worker.store.tables import mailings

LEAVING = 1_000
WITHIN = 3.0
"""Seconds in which they all click, one after the other at the same distance."""
FROM = tuple(f"127.0.0.{number}" for number in range(11, 16))
AT_ONCE = 50
"""Connections that the provider opens at most; more clicks wait for their turn, and their waiting counts."""
AWAY = 20
CONNECTIONS = 16
"""Of the sender: the product's default."""
BODY = b"List-Unsubscribe=One-Click"


@dataclass(frozen=True)
class Run:
    """Messages accepted a second; milliseconds from a click's time to its answer, of every click."""

    rate: float
    answers: Sequence[float] = ()


def measure(shop: Workshop, store: Store, people: int, rounds: int, leaving: int = LEAVING) -> dict[str, object]:
    """Rates of both, round by round, and how long the clicks waited for their answers."""
    alone, beside = [], []
    for number in range(1, rounds + 1):
        alone.append(_run(shop, store, people, 0))
        beside.append(_run(shop, store, people, leaving))
        rates = f"{alone[-1].rate:.0f} messages/s alone, {beside[-1].rate:.0f} beside {leaving} who leave"
        tell(f"round {number}/{rounds}  leaving on {store.name:<10} {rates}, slowest {max(beside[-1].answers):.0f} ms")
    return {
        "people": people,
        "leaving": leaving,
        "within": WITHIN,
        "milliseconds": AWAY,
        "connections": CONNECTIONS,
        "alone": Spread.of([run.rate for run in alone]).rounded(),
        "beside": Spread.of([run.rate for run in beside]).rounded(),
        "slower": ratios([run.rate for run in alone], [run.rate for run in beside]).rounded(),
        "answers": Spread.of([each for run in beside for each in run.answers]).rounded(),
    }


def _run(shop: Workshop, store: Store, people: int, leaving: int) -> Run:
    url = store.new(shop.template(store, people))
    config = configuration(shop.folder, connections=CONNECTIONS)
    try:
        with smtp_sink() as sink, distant(sink, AWAY) as relay:
            office = office_at(url, config, relay.port)
            try:
                with office.database.write() as tx:
                    mailing = begin(tx, office)
                paths = _paths(office, mailing, people, leaving)
                with _pages(environ_for(url, config, relay.port)) as port:
                    store.rest(url)
                    return _measured(office, [str(config), url, str(relay.port)], port, paths)
            finally:
                office.database.close()
    finally:
        store.drop(url)


def _paths(office: Office, mailing: int, people: int, leaving: int) -> list[str]:
    """The one-click addresses of every so-manieth recipient."""
    with office.database.read() as tx:
        row = tx.execute(select(mailings).where(mailings.c.id == mailing)).one()
    derived = identity.of_mailing(office.settings, mailing, row.key_id, row.domain)
    return [f"/o/{derived.unsubscribe_token(1 + number * people // leaving)}" for number in range(leaving)]


@contextmanager
def _pages(environ: dict[str, str]) -> Iterator[int]:
    port = free_port()
    own = {name: value for name, value in os.environ.items() if not name.startswith("HLASATEL_")} | environ
    command = [sys.executable, "-m", "worker.cli.main", "web", "--bind", f"127.0.0.1:{port}"]
    with serving(command, port, own):
        yield port


def _measured(office: Office, arguments: list[str], port: int, paths: Sequence[str]) -> Run:
    command = [sys.executable, "-m", "bench.ours", *arguments]
    sender = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    try:
        while not _count(office, "SELECT count(*) FROM deliveries WHERE state = 'sent'") and sender.poll() is None:
            time.sleep(0.02)
        answers = _click(urlsplit(office.settings.base_url).netloc, port, paths) if paths else []
        told, _ = sender.communicate(timeout=300)
    finally:
        sender.kill()
        sender.wait()
    if sender.returncode:
        raise RuntimeError("our own sender failed")
    _check(office, len(paths))
    found = json.loads(told)
    return Run(found["messages"] / found["seconds"], answers)


def _click(host: str, port: int, paths: Sequence[str]) -> list[float]:
    """Milliseconds of each; RuntimeError when one is answered with anything but 200."""
    began = time.monotonic()

    def one(number: int) -> float:
        due = began + number * WITHIN / len(paths)
        time.sleep(max(0.0, due - time.monotonic()))
        connection = http.client.HTTPConnection("127.0.0.1", port, 60, (FROM[number % len(FROM)], 0))
        sort = {"Host": host, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", paths[number], BODY, sort)
        status = connection.getresponse().status
        connection.close()
        if status != 200:
            raise RuntimeError(f"a click was answered with {status}")
        return 1000 * (time.monotonic() - due)

    with ThreadPoolExecutor(AT_ONCE) as clicking:
        return list(clicking.map(one, range(len(paths))))


def _check(office: Office, leaving: int) -> None:
    """Everybody who clicked has left all lists of the mailing, and every row is sent once or was for one of them."""
    everywhere = f"SELECT recipient_id FROM departures GROUP BY recipient_id HAVING count(*) = {len(LISTS)}"
    left = _count(office, f"SELECT count(*) FROM ({everywhere}) AS whole")
    open_ = _count(office, "SELECT count(*) FROM deliveries WHERE state NOT IN ('sent', 'suppressed') OR copies > 1")
    others = f"SELECT count(*) FROM deliveries WHERE state = 'suppressed' AND recipient_id NOT IN ({everywhere})"
    wronged = _count(office, others)
    if (left, open_, wronged) != (leaving, 0, 0):
        raise RuntimeError(f"{left} of {leaving} have left, {open_} rows are open, {wronged} others got nothing")


def _count(office: Office, query: str) -> int:
    with office.database.read() as tx:
        found: int = tx.execute(text(query)).scalar_one()
    return found
