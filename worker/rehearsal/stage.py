"""Sets the stage: the office as it is configured, with a database, a key and recipients that are thrown away."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from worker.office import Office
from worker.rehearsal.sizes import Sizes
from worker.settings import Relay
from worker.store.database import Database, Use
from worker.store.tables import departures, memberships, recipients

KEY = b"the key of rehearsals, which protects nothing"
NO_RELAY = Relay("127.0.0.1", 9)
"""The discard port of this machine (RFC 863): should anything ever try to send past the sink, it gets nowhere."""


@contextmanager
def stage(office: Office, plan: bytes, sizes: Sizes, now: datetime) -> Iterator[Office]:
    """An office like `office` to play in, on a plan of these bytes; gone when the block ends."""
    with tempfile.TemporaryDirectory(prefix="hlasatel-rehearsal-") as name:
        folder = Path(name)
        file = folder / "schedules.yaml"
        file.write_bytes(plan)
        database = Database(f"sqlite:///{folder / 'rehearsal.db'}", Use.TRIAL)
        try:
            database.bring_up_to_date()
            settings = replace(
                office.settings,
                plan=file,
                data=folder,
                database_url=str(database.url),
                smtp_url=f"smtp://{NO_RELAY}",
                given_keys=(KEY,),
                inbox=None,  # real mail is no part of a play
                canary=None,
            )
            played = replace(office, settings=settings, relay=NO_RELAY, database=database)
            with database.write() as tx:
                _people(tx, played, sizes, now)
            yield played
        finally:
            database.close()


def _people(tx: Connection, office: Office, sizes: Sizes, now: datetime) -> None:
    """One sample recipient for each list with people of its own, so that what has an audience has one here.

    Where everybody has left what a list sends, although lists it includes have members, the samples have left it too.
    """
    samples = {}
    for list_id in sorted(sizes.members & office.lists.keys()):
        values = {"address": f"{list_id}@example.org", "name": list_id, "greeting": "", "created_at": now}
        samples[list_id] = tx.execute(recipients.insert().values(values).returning(recipients.c.id)).scalar_one()
        tx.execute(memberships.insert().values(list_id=list_id, recipient_id=samples[list_id], since=now))
    for list_id in office.lists:
        if sizes.of([list_id]) == 0:
            for member in set(office.closure(list_id)) & samples.keys():
                values = {"recipient_id": samples[member], "list_id": list_id, "left_at": now}
                tx.execute(departures.insert().values(values))
