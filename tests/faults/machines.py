"""Several machines as a test holds them: the real commands on one PostgreSQL, their leases short."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row, func, select, text

from tests.fixtures.fault_relay import FaultRelay, fault_relay
from tests.store.sample import KEY, add_people, address, approved_draft
from worker.audience.members import Addressed
from worker.delivery.freeze import freeze
from worker.office import Office
from worker.settings import load_lists, load_people, load_settings
from worker.store.database import Database
from worker.store.tables import deliveries, recipients, slices

ROOT = Path(__file__).parents[2]
LEASE = 2.0
"""Seconds, in these processes; it is sixty in the product."""
PROGRAM = f"""
import sys
from datetime import timedelta
from worker.delivery import slices
slices.LEASE = timedelta(seconds={LEASE})
from worker.cli.main import main
main(sys.argv[1:])
"""


@dataclass
class Machine:
    """One command, running."""

    process: subprocess.Popen[str]
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def ended(self, seconds: float = 20) -> int:
        return self.process.wait(seconds)

    def told(self) -> str:
        return self.log.read_text("utf-8", "replace")

    def takes_part(self, owner: str) -> bool:
        """Whether a slice's owner is this process."""
        return owner.endswith(f"process {self.pid}")


@dataclass
class Machines:
    """The office that all of them work for."""

    folder: Path
    url: str
    relay: FaultRelay
    running: list[Machine] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.config = self.folder / "config"
        shutil.copytree(ROOT / "config", self.config)
        file = self.config / "settings.toml"
        grown = "[delivery]\nmachines = true"
        file.write_text(
            file.read_text("utf-8").replace("[delivery]", grown).replace("threshold = 0.2", "threshold = 1.0")
        )
        self.environ = {
            "HLASATEL_DATABASE_URL": self.url,
            "HLASATEL_SMTP_URL": self.relay.url,
            "HLASATEL_DATA": str(self.folder / "data"),
            "HLASATEL_SECRET_KEY": KEY,
            "HLASATEL_CONFIG": str(self.config),
            "HLASATEL_PLAN": str(ROOT / "schedules.yaml"),
        }
        self.database = Database(self.url)

    def start(self, command: str) -> Machine:
        log = self.folder / f"{command}-{len(self.running)}.log"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HLASATEL_")}
        with log.open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, command],
                cwd=ROOT, env=kept | self.environ, stdin=subprocess.DEVNULL, stdout=output, stderr=output, text=True,
            )  # fmt: skip
        self.running.append(Machine(process, log))
        return self.running[-1]

    def begin(self, people: int, kind: str) -> int:
        """Freeze a mailing due now, to so many new people and everybody there is; its id."""
        settings = load_settings(self.environ)
        lists = load_lists(settings.config)
        office = Office(settings, load_people(settings.config), lists, settings.relay, self.database)
        self.database.bring_up_to_date()
        occurrence = f"{kind}/2099"  # which the clock's plan knows nothing of
        with self.database.write() as tx:
            known = tx.execute(select(func.count()).select_from(recipients)).scalar_one()
            add_people(tx, "obcane", range(known, known + people))
            return freeze(
                tx, office, occurrence, approved_draft(tx, kind, occurrence), Addressed(("obcane",)), datetime.now(UTC)
            )

    def rows(self) -> list[Row[Any]]:
        with self.database.read() as tx:
            return list(tx.execute(select(deliveries).order_by(deliveries.c.mailing_id, deliveries.c.recipient_id)))

    def states(self) -> Counter[str]:
        return Counter(str(row.state) for row in self.rows())

    def slices(self) -> list[Row[Any]]:
        with self.database.read() as tx:
            return list(tx.execute(select(slices).order_by(slices.c.mailing_id, slices.c.number)))

    def accepted(self) -> int:
        """How many messages of the mailing the relay took; the clock's own mails are none."""
        return sum(each.recipient.endswith(address(0).partition("@")[2]) for each in self.relay.accepted())

    def held_by(self, machine: Machine) -> list[int]:
        """The slices that this one holds, by number."""
        return [row.number for row in self.slices() if machine.takes_part(row.owner)]

    def epoch(self) -> int:
        with self.database.read() as tx:
            return int(tx.execute(text("SELECT epoch FROM installation")).scalar_one())

    def forget_workers(self) -> None:
        """What Procrastinate does with workers that have not been heard of for long."""
        with self.database.write() as tx:
            tx.execute(text("DELETE FROM procrastinate_workers"))

    def cut_sessions(self) -> None:
        """What a restart of the database does to everybody."""
        with self.database.write() as tx:
            cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            tx.execute(text(f"{cut} AND pid <> pg_backend_pid()"))

    def all_told(self) -> str:
        return "\n".join(f"--- {each.log.name}\n{each.told()}" for each in self.running)

    def until(self, condition: Callable[[], object], seconds: float, what: str) -> float:
        """Wait until `condition` holds, and say how long it took; the test fails when it takes longer."""
        began = time.monotonic()
        while not condition():
            assert time.monotonic() - began < seconds, f"{what}\n{self.states()}\n{self.all_told()}"
            time.sleep(0.05)
        return time.monotonic() - began

    def end(self) -> None:
        for each in self.running:
            if each.process.poll() is None:
                each.signal(signal.SIGCONT)
                each.signal(signal.SIGKILL)
            each.process.wait()
        self.database.close()


@contextmanager
def machines_of(folder: Path, url: str) -> Iterator[Machines]:
    """An office with nobody at work yet, and a relay."""
    with fault_relay(folder / "journal") as relay:
        office = Machines(folder, url, relay)
        try:
            yield office
        finally:
            office.end()
