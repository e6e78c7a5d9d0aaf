"""Sets the stage: an office of sample people in a throw-away folder, on the region's real plan, at one moment."""

from __future__ import annotations

import csv
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from worker.audience.importing.taking import import_file
from worker.clock import Keeper
from worker.demo.mailbox import HOST, Mail, Mailbox
from worker.demo.mailbox_pages import mailbox_app
from worker.errors import HlasatelError
from worker.messages import say
from worker.office import PROJECT, Office
from worker.office_on_file import OneOffice
from worker.settings import (
    load_elections,
    load_feeds,
    load_lists,
    load_media,
    load_people,
    load_projects,
    load_settings,
)
from worker.store.database import Database
from worker.times import Clock
from worker.web.app import make_app
from worker.web.served import configured

BEGINNING = datetime(2026, 12, 1, 10, 5, tzinfo=UTC)
"""Both packages have just been asked for: the press release of December and the newsletter of 2026."""

PACKAGES = ("tiskova-zprava/2026-12", "newsletter/2026")
PAGES_PORT, MAILBOX_PORT = 8080, 8025
START_SECONDS = 20


class JumpingClock:
    """A clock that starts at a moment, goes on, and can be set forward."""

    def __init__(self, beginning: datetime) -> None:
        self._base = beginning
        self._origin = time.monotonic()
        self.clock = Clock(self._read, simulated=True)

    def _read(self) -> datetime:
        return self._base + timedelta(seconds=time.monotonic() - self._origin)

    def jump_to(self, instant: datetime) -> None:
        """Go on from `instant`; never back."""
        if instant > self._read():
            self._base, self._origin = instant, time.monotonic()


@dataclass(frozen=True)
class Stage:
    """What the demo's script works with."""

    office: Office
    mailbox: Mailbox
    clock: JumpingClock
    mailbox_url: str

    def wait_for_mail(self, wanted: Callable[[Mail], bool], seconds: float = 20) -> Mail:
        """The newest mail that fits; HlasatelError when none comes in time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for mail in reversed(self.mailbox.mails()):
                if wanted(mail):
                    return mail
            time.sleep(0.1)
        raise HlasatelError(say("demo.no_mail", seconds=int(seconds)))


@contextmanager
def stage() -> Iterator[Stage]:
    """Everything up and running; ended and cleaned away when the block ends."""
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hlasatel-demo-")))
        mailbox = stack.enter_context(Mailbox())
        pages, letters = (stack.enter_context(listening(port)) for port in (PAGES_PORT, MAILBOX_PORT))
        environ = {
            "HLASATEL_DATA": str(data),
            "HLASATEL_SMTP_URL": f"smtp://{HOST}:{mailbox.port}",
            "HLASATEL_BASE_URL": f"http://{HOST}:{port_of(pages)}",
        }
        settings = load_settings(environ, plan=PROJECT / "schedules.yaml", config=PROJECT / "config")
        settings = replace(settings, inbox=None)  # a play leaves a real mailbox alone
        database = Database(settings.database_url)
        stack.callback(database.close)
        database.bring_up_to_date()
        people = load_people(settings.config)
        lists, elections = load_lists(settings.config), load_elections(settings.config)
        projects = load_projects(settings.config)
        feeds = load_feeds(settings.config)  # none is read: the play's time is made up
        office = Office(
            settings, people, lists, settings.relay, database, elections, projects, feeds=feeds,
            media=load_media(settings.config),
        )  # fmt: skip
        jumping = JumpingClock(BEGINNING)
        _fill_lists(office, data, jumping.clock.now())
        names = {person.email: person.name for person in people.values()}
        offices = OneOffice(office)
        stack.enter_context(serving(make_app(offices, jumping.clock), pages))
        stack.enter_context(serving(mailbox_app(mailbox, names), letters))
        stack.enter_context(Keeper(offices, jumping.clock, "demo", threading.Event()).at_work())
        yield Stage(office, mailbox, jumping, f"http://{HOST}:{port_of(letters)}")


def listening(wanted: int) -> socket.socket:
    """A socket bound to `wanted` on loopback, or to any free port; bound from now on, so that nobody else can be."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((HOST, wanted))
        sock.listen()
    except OSError:
        sock.close()
        return listening(0)
    return sock


def port_of(sock: socket.socket) -> int:
    return int(sock.getsockname()[1])


@contextmanager
def serving(app: Starlette, sock: socket.socket) -> Iterator[None]:
    """`app` on a bound socket in a thread of its own, answering when the block begins."""
    port = port_of(sock)
    server = uvicorn.Server(configured(app))
    thread = threading.Thread(target=server.run, args=[[sock]], name=f"pages-{port}", daemon=True)
    thread.start()
    end = time.monotonic() + START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > end:
            raise HlasatelError(say("demo.no_server", port=port))
        time.sleep(0.02)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(START_SECONDS)


def _fill_lists(office: Office, data: Path, now: datetime) -> None:
    """Put the sample recipients on their lists, through the same import that an office uses."""
    text = resources.files("worker.demo").joinpath("recipients.csv").read_text(encoding="utf-8")
    by_list: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(text.splitlines()):
        by_list.setdefault(row.pop("list"), []).append(row)
    for list_id, rows in by_list.items():
        file = data / f"{list_id}.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, ["address", "name", "greeting"])
            writer.writeheader()
            writer.writerows(rows)
        import_file(office, list_id, file, now)
