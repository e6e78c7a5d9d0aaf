"""An office of four years and many recipients, and one that has just begun: whose pages and memory are compared.

`python -m bench.years URL CONFIG BEGIN END` plays the plan into the database at URL and prints, as JSON, the MiB of
memory that the process held at the end of each month in which anything happened.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from sqlalchemy import bindparam, insert, select, text

from bench.prepared import office_at, people_on_lists
from bench.usage import resident
from tests.store.sample import ROOT
from worker.channels.email import Sink
from worker.clock import shift
from worker.forms import no_files
from worker.jobs import work
from worker.office import Office
from worker.rehearsal.instants import next_instant
from worker.rehearsal.people import Manner, People
from worker.store.columns import Instant
from worker.store.database import Database, Use
from worker.store.tables import mailings, memberships, recipients, slices
from worker.times import Clock

NO_RELAY = 9
"""The discard port of this machine (RFC 863): nothing is sent."""
BEGIN, END = datetime(2024, 1, 2, 8, tzinfo=UTC), datetime(2027, 10, 15, 8, tzinfo=UTC)
"""Until then the plan is played; what comes afterwards lies ahead in both offices."""


def play_in_a_process(url: str, config: Path, begin: datetime = BEGIN, end: datetime = END) -> dict[str, float]:
    """Month → MiB of memory at its end, of a process of its own."""
    command = [sys.executable, "-m", "bench.years", url, str(config), begin.isoformat(), end.isoformat()]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    held: dict[str, float] = json.loads(done.stdout)
    return held


def play(office: Office, begin: datetime, end: datetime) -> dict[str, float]:
    """The worker's own jobs at every instant at which something can happen; everybody approves an hour after asked."""
    present, held, sink = begin, {}, Sink()
    clock = Clock(lambda: present, simulated=True)
    with no_files(), shift(office, clock, "bench", Event(), sink) as current:
        people = People(office, Manner.ALWAYS)
        while present < end:
            people.act(present)
            work(current)
            people.read(sink.empty(), present)
            held[f"{present:%Y-%m}"] = round(resident(), 1)
            present = min(filter(None, (next_instant(current, present), people.next_at())), default=end)
    return held


def fill(url: str, config: Path, people: int, begin: datetime = BEGIN, end: datetime = END) -> dict[str, float]:
    """Recipients, years of record, and a mailing to all of them, into the migrated database at `url`.

    Month → MiB of memory of the process that played them.
    """
    office = office_at(url, config, NO_RELAY)
    with office.database.write() as tx:
        people_on_lists(tx, people)
        for number, list_id in enumerate(office.lists, people + 1):  # each list of the plan has somebody to write to
            address = {"address": f"{list_id}@example.org", "name": list_id, "greeting": ""}
            tx.execute(insert(recipients).values(id=number, **address, created_at=begin))
            tx.execute(insert(memberships).values(list_id=list_id, recipient_id=number, since=begin))
    held = play_in_a_process(url, config, begin, end)
    with office.database.write() as tx:
        last = tx.execute(select(mailings).order_by(mailings.c.id.desc()).limit(1)).one()
        sent = text(_SENT).bindparams(bindparam("at", type_=Instant()))
        tx.execute(sent, {"mailing": last.id, "people": people, "at": end})
        tx.execute(mailings.update().values(audience=mailings.c.audience + people).where(mailings.c.id == last.id))
        row = {"mailing_id": last.id, "number": 1_000_000, "first": 1, "last": people, "epoch": 1, "owner": ""}
        tx.execute(slices.insert().values(**row, tallies={"sent": people}))
        for table in ("recipients", "memberships", "departures", "deliveries"):  # as after a night
            tx.execute(text(f"ANALYZE {table}"))
    office.database.close()
    return held


_SENT = """
INSERT INTO deliveries (mailing_id, recipient_id, address, greeting, state, attempts, copies, first_try_at, code, reply,
    settled_at)
SELECT :mailing, id, address, greeting, 'sent', 1, 1, :at, 250, '2.0.0 Ok', :at FROM recipients WHERE id <= :people
"""


def main(url: str, config: str, begin: str, end: str) -> None:
    """What it writes may be lost in a crash: waiting for the disk would take most of the time."""
    office = replace(office_at(url, Path(config), NO_RELAY), database=Database(url, Use.TRIAL))
    print(json.dumps(play(office, datetime.fromisoformat(begin), datetime.fromisoformat(end))))


if __name__ == "__main__":
    main(*sys.argv[1:])
