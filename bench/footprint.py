"""What Hlasatel takes while it waits, and what its pages take once years and many recipients lie behind it.

An office with four years of record, a mailing to all its recipients among them, against one that has just begun on the
same plan: both run side by side and are asked in turn, so that what slows the machine down slows both.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from bench import years
from bench.measured import Spread, ratios
from bench.prepared import environ_for, office_at
from bench.rounds import tell
from bench.stores import Store
from bench.usage import cpu_of, resident
from bench.workshop import Workshop
from tests.store.sample import ROOT
from worker.notices.sign_ins import Purpose, mint
from worker.office_on_file import OneOffice
from worker.times import Clock
from worker.web.app import make_app
from worker.web.signed_in import COOKIE

OFFICES = ("empty", "full")
AHEAD = "tiskova-zprava/2027-12"
"""An occurrence that lies ahead in both."""
PATIENCE = 60.0
"""Seconds until a process is ready."""
ASKED = 40
"""How often each page is asked for at least: one answer takes between half and twice as long as the next."""
LEFT_OUT = {f"/koordinator/spis/{AHEAD}"}
"""No page but a file for the records office, which walks the whole record to say whether it is whole."""


@dataclass(frozen=True)
class Running:
    """A process of the product that serves pages at `address`."""

    process: subprocess.Popen[bytes]
    address: str
    seconds: float
    """From its start until it was ready."""


def measure(shop: Workshop, store: Store, people: int, rounds: int, idle: float = 60.0) -> dict[str, object]:
    """Seconds to ready, idle CPU and memory, milliseconds of each page: of both offices, and their ratios."""
    urls = {"empty": store.new(shop.template(store, 0)), "full": store.new(shop.template(store, 0))}
    try:
        tell(f"playing four years on {store.name}, with {people} recipients")
        months = years.fill(urls["full"], shop.config, people)
        _begin(urls["empty"], shop.config)
        starts: dict[str, list[float]] = {name: [] for name in OFFICES}
        for number in range(rounds):
            for name in OFFICES:
                with _run(urls[name], shop.config, name) as running:
                    starts[name].append(running.seconds)
            tell(f"round {number + 1}/{rounds}  ready on {store.name} after {starts['full'][-1]:.2f} s")
        cookies = {name: _session(urls[name], shop.config) for name in OFFICES}
        with ExitStack() as stack:
            both = {name: stack.enter_context(_run(urls[name], shop.config, name)) for name in OFFICES}
            waiting = _idle(both, idle)
            pages = _pages(both, cookies, shop.config, urls["full"], max(rounds, ASKED))
    finally:
        for url in urls.values():
            store.drop(url)
    return {
        "people": people,
        "ready": {name: Spread.of(starts[name]).rounded() for name in OFFICES},
        "ready_ratio": ratios(starts["full"], starts["empty"]).rounded(),
        "idle": waiting,
        "months": _of_a_year(months),
        "pages": pages,
    }


def _of_a_year(months: dict[str, float]) -> dict[str, float]:
    """MiB held when the first year was over, and one year later."""
    by_year = {month[:4]: held for month, held in months.items()}
    first, second = sorted(by_year)[:2]
    return {"before": by_year[first], "after": by_year[second]}


def _begin(url: str, config: Path) -> None:
    """The first start of the office that has just begun, at the instant at which the other one's years end."""
    command = [sys.executable, "-m", "worker.cli.main", "tick", "--now", years.END.isoformat()]
    subprocess.run(command, cwd=ROOT, check=True, env=_environ(url, config, "empty"), capture_output=True)


def _environ(url: str, config: Path, name: str) -> dict[str, str]:
    outer = {key: value for key, value in os.environ.items() if not key.startswith("HLASATEL_")}
    own = environ_for(url, config, years.NO_RELAY)
    return outer | own | {"HLASATEL_BASE_URL": "http://127.0.0.1", "HLASATEL_DATA": f"{own['HLASATEL_DATA']}-{name}"}


@contextmanager
def _run(url: str, config: Path, name: str) -> Iterator[Running]:
    """`hlasatel run`, once it is ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "worker.cli.main", "run", "--now", years.END.isoformat()]
    command += ["--bind", f"127.0.0.1:{port}"]
    began = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, env=_environ(url, config, name), stderr=subprocess.DEVNULL)
    try:
        while not _ready(f"http://127.0.0.1:{port}/readyz"):
            if process.poll() is not None or time.monotonic() - began > PATIENCE:
                raise RuntimeError(f"the {name} office does not run: {' '.join(command)}")
            time.sleep(0.005)
        yield Running(process, f"http://127.0.0.1:{port}", time.monotonic() - began)
    finally:
        process.terminate()
        process.wait()


def _ready(address: str) -> bool:
    try:
        return requests.get(address, timeout=5).status_code == 200
    except requests.ConnectionError:
        return False


def _idle(both: dict[str, Running], seconds: float) -> dict[str, object]:
    """Share of a processor and MiB of each while nobody asks for anything, over the same time."""
    time.sleep(min(5.0, seconds))  # what is begun at the start is over
    before = {name: cpu_of(running.process.pid) for name, running in both.items()}
    time.sleep(seconds)
    return {
        name: {
            "cpu_percent": round(100 * (cpu_of(running.process.pid) - before[name]) / seconds, 3),
            "memory": round(resident(running.process.pid), 1),
        }
        for name, running in both.items()
    }


def _session(url: str, config: Path) -> dict[str, str]:
    office = office_at(url, config, years.NO_RELAY)
    with office.database.write() as tx:
        token = mint(tx, Purpose.SESSION, office.settings.coordinator, years.END)
    office.database.close()
    return {COOKIE: token}


def _pages(
    both: dict[str, Running], cookies: dict[str, dict[str, str]], config: Path, url: str, rounds: int
) -> dict[str, object]:
    """Path → milliseconds in both and the ratio, of every page that has no parameter and one occurrence's."""
    office = office_at(url, config, years.NO_RELAY)
    app = make_app(OneOffice(office), Clock(lambda: years.END, simulated=True))
    office.database.close()
    found: dict[str, object] = {}
    for path in sorted(set(_paths(app)) - LEFT_OUT):
        taken: dict[str, list[float]] = {name: [] for name in OFFICES}
        for _ in range(rounds + 1):  # the first one warms up
            for name in OFFICES:
                began = time.perf_counter()
                answer = requests.get(both[name].address + path, cookies=cookies[name], timeout=PATIENCE)
                taken[name].append(1000 * (time.perf_counter() - began))
            if answer.status_code != 200:
                break  # one that needs more than its address
        else:
            found[path] = {name: Spread.of(times[1:]).rounded() for name, times in taken.items()} | {
                "ratio": ratios(taken["full"][1:], taken["empty"][1:]).rounded()
            }
    return found


def _paths(app: Starlette) -> Iterator[str]:
    for route in app.routes:
        inner = route.routes if isinstance(route, Mount) else [route]
        for each in inner or ():
            if isinstance(each, Route) and "GET" in (each.methods or ()):
                path = each.path.replace("{occurrence:path}", AHEAD)
                if not re.search(r"[{}]", path):
                    yield path
