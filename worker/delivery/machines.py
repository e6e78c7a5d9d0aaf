"""Slices as Procrastinate jobs, so that `hlasatel deliver` may send from any number of machines.

A job says that a slice has work now, and nothing else. Who may send is settled by the slice's lease, when it has work
again by its `due_at`: a job that is lost, there twice or left by a dead machine costs a moment and never a message.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    cast,
    column,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
    table,
)

from worker.delivery.slices import is_takeable
from worker.office import Office
from worker.store.states import MailingState
from worker.store.tables import mailings, slices

if TYPE_CHECKING:
    from procrastinate.manager import JobManager

QUEUE = "deliveries"
TASK = "send-slice"
AT_ONCE = 1000
"""Jobs enqueued with one statement."""
GONE = timedelta(minutes=10)
"""Without a heartbeat after which a Procrastinate worker counts as dead. Nobody waits for it: leases end."""

_jobs = table("procrastinate_jobs", column("id"), column("status"), column("queueing_lock"), column("worker_id"))
_workers = table("procrastinate_workers", column("id"), column("last_heartbeat"))
_TODO: ColumnElement[str] = literal_column("'todo'")
_DOING: ColumnElement[str] = literal_column("'doing'")


def enqueue(tx: Connection, office: Office, mailing_id: int, numbers: Sequence[int]) -> None:
    """Ask for these slices of a mailing to be sent, in the transaction that makes it true; nothing on one machine.

    The caller holds the slices' rows, so that nobody asks for the same one meanwhile: a slice is asked for once.
    """
    if not office.settings.delivery.machines:
        return
    from procrastinate.jobs import Job  # a sixth of a command's start, and needed here alone

    for start in range(0, len(numbers), AT_ONCE):
        wanted = [
            Job(
                queue=QUEUE,
                task_name=TASK,
                # First slices first: a press release of one slice never waits behind the hundredth of a newsletter.
                priority=-number,
                lock=None,  # a dead machine's job would hold it; the lease says who may send
                queueing_lock=_name(mailing_id, number),
                task_kwargs={"mailing_id": mailing_id, "number": number},
            )
            for number in numbers[start : start + AT_ONCE]
        ]
        _manager().batch_defer_jobs(wanted, connection=tx.connection.driver_connection)


def requeue(tx: Connection, office: Office, now: datetime) -> int:
    """Enqueue up to `AT_ONCE` slices that have work now, that nobody holds and nobody is asked to send; how many.

    Retries whose time has come, mailings that go on and what a dead machine held are all found by this one sweep.
    """
    found = (
        select(slices.c.mailing_id, slices.c.number)
        .join(mailings, mailings.c.id == slices.c.mailing_id)
        .where(mailings.c.state == MailingState.SENDING, is_takeable(now), ~_ASKED_FOR)
        .order_by(slices.c.number, slices.c.mailing_id)
        .limit(AT_ONCE)
        .with_for_update(of=slices, skip_locked=True)
    )
    names = {_name(*row): (row.mailing_id, row.number) for row in tx.execute(found)}
    # Looked at again with the rows held: whoever freed one of them meanwhile asked for it in the same transaction.
    waiting = select(_jobs.c.queueing_lock).where(_jobs.c.status == _TODO, _jobs.c.queueing_lock.in_(names))
    for name in tx.execute(waiting).scalars().all() if names else ():
        del names[name]
    for mailing_id in {mailing_id for mailing_id, _ in names.values()}:
        enqueue(tx, office, mailing_id, [number for own, number in names.values() if own == mailing_id])
    return len(names)


def forget_the_dead(tx: Connection) -> int:
    """Delete the jobs that workers were at when they died; their slices come back by their leases. How many."""
    alive = select(_workers.c.id).where(_workers.c.last_heartbeat > func.now() - GONE)
    dead = or_(_jobs.c.worker_id.is_(None), _jobs.c.worker_id.not_in(alive))
    return tx.execute(delete(_jobs).where(_jobs.c.status == _DOING, dead)).rowcount


def _name(mailing_id: int, number: int) -> str:
    """What a slice's job is known by: of one name at most one job waits."""
    return f"{mailing_id}/{number}"


_ASKED_FOR = exists().where(
    _jobs.c.status == _TODO,
    _jobs.c.queueing_lock == cast(slices.c.mailing_id, Text) + "/" + cast(slices.c.number, Text),
)


@cache
def _manager() -> JobManager:
    """Hands jobs over on a connection of ours; its connector never opens one itself."""
    from procrastinate import SyncPsycopgConnector
    from procrastinate.manager import JobManager

    return JobManager(SyncPsycopgConnector())
