"""What a worker does in its own process: the product's own shift and jobs, in a loop, until its mailings are done."""

from __future__ import annotations

import ctypes
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from threading import Event

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from tests.faults.orders import DONE, LOCKED, SEND_AT, Order, SharedClock
from tests.faults.points import stop_at
from tests.store import desk
from tests.store.sample import KEY, NEWSLETTER, PRESS, approved_draft
from worker.audience.members import Addressed
from worker.cli.stopping import stop_on_signals
from worker.clock import shift
from worker.delivery.freeze import freeze
from worker.errors import HlasatelError
from worker.jobs import Job, all_jobs, take_turns
from worker.office import Office
from worker.settings import MailingList, Person, load_lists, load_people, load_settings
from worker.smtp.relays import RelayCarrier
from worker.store.database import Database
from worker.store.lock import Locked
from worker.store.states import MailingState, OccurrenceState
from worker.store.tables import mailings, memberships, occurrences, recipients
from worker.times import Clock

ROOT = Path(__file__).parents[2]
JOBS = ("start_sending", "deliver", "resume_mailings", "close_finished")
CHUNK = 5_000
log = logging.getLogger("tests.faults")


def do(order: Order) -> int:
    """Carry out an order; the exit status."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    os.environ.update(order.environ)
    for name, value in order.constants.items():
        _set(name, value)
    (RelayCarrier.__init__.__kwdefaults__ or {})["patience"] = order.patience
    tasks = {"prepare": _prepare, "approve": _approve, "work": _work}
    status = tasks[order.task](order)
    if order.edge is not None:
        print("crossed", ctypes.CDLL(None).edge_passed())
    sys.stdout.flush()
    return status


def _set(target: str, value: float) -> None:
    module, _, name = target.partition(":")
    found = import_module(module)
    old = getattr(found, name)
    setattr(found, name, timedelta(seconds=value) if isinstance(old, timedelta) else type(old)(value))


def office_of(order: Order) -> Office:
    """The office that a worker with this order works for."""
    environ = {
        "HLASATEL_DATABASE_URL": order.database,
        "HLASATEL_SMTP_URL": order.relay,
        "HLASATEL_DATA": order.data,
        "HLASATEL_SECRET_KEY": KEY,
    }
    settings = load_settings(environ, plan=ROOT / "schedules.yaml", config=ROOT / "config")
    changed = settings.delivery.model_copy(update=dict(order.delivery))
    settings = replace(settings, delivery=changed)
    return Office(settings, *_people_and_lists(), settings.relay, Database(order.database))


@cache
def _people_and_lists() -> tuple[dict[str, Person], dict[str, MailingList]]:
    return load_people(ROOT / "config"), load_lists(ROOT / "config")


def warm_up() -> None:
    """Do once what every worker would have to: read the configuration, find the jobs."""
    _people_and_lists()
    _jobs()


def _prepare(order: Order) -> int:
    """A migrated database with a frozen mailing to `people` members of every list."""
    office = office_of(order)
    office.database.bring_up_to_date()
    _add_people(office, order.people, order.lists)
    occurrence = PRESS if order.kind == "press-release" else NEWSLETTER
    with office.database.write() as tx:
        freeze(
            tx, office, occurrence, approved_draft(tx, order.kind, occurrence), Addressed(tuple(order.lists)), SEND_AT
        )
    office.database.close()
    return DONE


def _approve(order: Order) -> int:
    """A migrated database in which the December press release is approved and its audience not yet frozen."""
    office = office_of(order)
    office.database.bring_up_to_date()
    _add_people(office, order.people, order.lists)
    desk.approve(office, desk.asked(office))
    office.database.close()
    return DONE


def _add_people(office: Office, number: int, lists: Sequence[str]) -> None:
    for start in range(0, number, CHUNK):
        people = [
            {"address": address(each), "name": f"Člověk {each}", "greeting": "", "created_at": SEND_AT}
            for each in range(start, min(start + CHUNK, number))
        ]
        with office.database.write() as tx:
            tx.execute(recipients.insert(), people)
            first = tx.execute(select(recipients.c.id).where(recipients.c.address == people[0]["address"])).scalar_one()
            for each in lists:
                members = [
                    {"list_id": each, "recipient_id": first + place, "since": SEND_AT} for place in range(len(people))
                ]
                tx.execute(memberships.insert(), members)


def address(number: int) -> str:
    """The address of one of the prepared people; a seventh of them at each domain."""
    return f"clovek-{number:06}@posta{number % 7}.example.org"


def _jobs() -> tuple[Job, ...]:
    return tuple(job for job in all_jobs() if type(job).__module__.rpartition(".")[2] in JOBS)


def _work(order: Order) -> int:
    office, clock = office_of(order), SharedClock(Path(order.clock))
    jobs = _jobs()
    _arm(order)
    with stop_on_signals() as stopping:
        while not stopping.is_set():
            try:
                if _shift(office, Clock(clock.now, simulated=True), jobs, stopping, stays=order.stays):
                    return DONE
            except Locked:
                return LOCKED
            except (HlasatelError, SQLAlchemyError) as error:
                # As the clock does: what broke is told, and another shift begun.
                log.error("%s: %s", type(error).__name__, str(error).splitlines()[0])
                stopping.wait(0.1)
    return DONE


def _arm(order: Order) -> None:
    if order.crash is not None:
        stop_at(order.crash)
    edge = ctypes.CDLL(None)
    if order.watch:
        edge.edge_watch()
    if order.edge is not None:
        at, until = ctypes.c_long(order.edge.at), ctypes.c_long(order.edge.until)
        edge.edge_arm(order.edge.kinds, at, until, order.edge.action, order.edge.error)


def _shift(office: Office, clock: Clock, jobs: Sequence[Job], stopping: Event, *, stays: bool) -> bool:
    """Work under one lock until told to stop, or until every mailing is done: then True."""
    with shift(office, clock, "tests", stopping) as current:
        while not stopping.is_set():
            current.begin_round()
            try:
                take_turns(jobs, current)
            finally:
                current.connection.close()
                current.carrier.close()
            if _all_done(office) and not stays:
                return True
            stopping.wait(0.02)
    return False


def _all_done(office: Office) -> bool:
    with office.database.read() as tx:
        open_mailings = tx.execute(select(mailings.c.id).where(mailings.c.state != MailingState.DONE)).first()
        waiting = tx.execute(select(occurrences.c.id).where(occurrences.c.state == OccurrenceState.APPROVED)).first()
    return open_mailings is None and waiting is None
