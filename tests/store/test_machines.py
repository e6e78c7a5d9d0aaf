"""Several machines: a slice is asked for in the transaction that gives it work, once, and found again when lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path

import pytest
from sqlalchemy import text, update

from tests.fixtures.smtp_server import ScriptedRelay
from tests.store import desk
from tests.store.conftest import open_office
from tests.store.sample import NEWSLETTER, NOW, PRESS, add_people, approved_draft, office_with
from worker.audience.members import Addressed
from worker.delivery import machines, mailings, slices
from worker.delivery.freeze import freeze
from worker.delivery.turn import Turn, take_turn
from worker.office import Office
from worker.smtp.relays import RelayCarrier
from worker.store.database import Database
from worker.store.server_clock import server_clock
from worker.store.states import MailingState, move
from worker.store.tables import mailings as mailing_rows
from worker.store.tables import slices as slice_rows
from worker.times import Clock

PER_SLICE = 4
NEWEST_OF_PROCRASTINATE = "03.04.00_50_post_add_retry_failed_job_procedure.sql"


@pytest.fixture
def database(migrated_url: str) -> Iterator[Database]:
    """An empty PostgreSQL database, Procrastinate's tables too."""
    own = Database(migrated_url)
    with own.write() as tx:
        tables = "installation, occurrences, recipients, procrastinate_jobs, procrastinate_workers"
        tx.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
        tx.execute(text("INSERT INTO installation (id, epoch) VALUES (1, 0)"))
    yield own
    own.close()


@pytest.fixture
def office(database: Database, relay: ScriptedRelay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office whose mailings are sent by machines, in slices of a few."""
    monkeypatch.setattr(slices, "FEWEST_ROWS", PER_SLICE)
    return office_with(open_office(database, relay, tmp_path), machines=True)


def waiting(office: Office) -> list[str]:
    """The slices asked for, in the order in which they would be sent."""
    with office.database.read() as tx:
        found = "SELECT queueing_lock FROM procrastinate_jobs WHERE status = 'todo' ORDER BY priority DESC, id"
        return list(tx.execute(text(found)).scalars())


def fetch(office: Office, worker: str = "NULL") -> None:
    """What Procrastinate's worker does first."""
    with office.database.write() as tx:
        tx.execute(text(f"SELECT procrastinate_fetch_job_v2(ARRAY['{machines.QUEUE}'], {worker})"))


def requeue(office: Office, at: timedelta = timedelta()) -> int:
    with office.database.write() as tx:
        return machines.requeue(tx, office, NOW + at)


def turn_at(office: Office, mailing: int, stopping: Callable[[], bool] = lambda: False) -> Turn | None:
    """What a job does."""
    carrier, clock, length = RelayCarrier(office.relay), Clock(lambda: NOW, simulated=True), timedelta(seconds=20)
    try:
        return take_turn(office, carrier, "a machine", clock, stopping, length, mailing_id=mailing, number=0)
    finally:
        carrier.close()


def test_freezing_asks_for_every_slice_and_first_slices_go_first(office: Office) -> None:
    news = desk.begin(office, 10, "newsletter", NEWSLETTER, ("obcane",))
    press = desk.begin(office, 3)
    assert waiting(office) == [f"{news}/0", f"{press}/0", f"{news}/1", f"{news}/2"]


def test_freezing_that_is_undone_has_asked_for_nothing(office: Office) -> None:
    with pytest.raises(ZeroDivisionError), office.database.write() as tx:
        add_people(tx, "media", range(9))
        freeze(tx, office, PRESS, approved_draft(tx, "press-release", PRESS), Addressed(("media",)), NOW)
        assert tx.execute(text("SELECT count(*) FROM procrastinate_jobs")).scalar_one() == 3
        raise ZeroDivisionError
    assert waiting(office) == []


def test_one_machine_asks_nobody(office: Office) -> None:
    alone = office_with(office, machines=False)
    desk.begin(alone, 9)
    assert waiting(alone) == []


def test_a_slice_whose_job_is_lost_is_asked_for_again_once(office: Office) -> None:
    mailing = desk.begin(office, 9)
    assert requeue(office) == 0, "all wait already"
    fetch(office)
    assert (requeue(office), waiting(office)) == (1, [f"{mailing}/0", f"{mailing}/1", f"{mailing}/2"])
    assert requeue(office) == 0


def test_a_slice_that_somebody_holds_is_asked_for_when_the_lease_is_over(office: Office) -> None:
    mailing = desk.begin(office, 3)
    fetch(office)
    with office.database.write() as tx:
        assert slices.take(tx, "a machine", NOW) is not None
    assert requeue(office, slices.LEASE - timedelta(seconds=1)) == 0
    assert requeue(office, slices.LEASE) == 1
    assert waiting(office) == [f"{mailing}/0"]


def test_what_has_no_work_is_not_asked_for(office: Office) -> None:
    desk.begin(office, 3)
    fetch(office)
    with office.database.write() as tx:
        tx.execute(update(slice_rows).values(due_at=NOW + timedelta(minutes=5)))
    assert requeue(office) == 0
    assert requeue(office, timedelta(minutes=5)) == 1
    fetch(office)
    with office.database.write() as tx:
        tx.execute(update(slice_rows).values(due_at=None))
    assert requeue(office, timedelta(minutes=5)) == 0


def test_a_paused_mailing_is_asked_for_when_it_goes_on(office: Office) -> None:
    mailing = desk.begin(office, 3)
    fetch(office)
    with office.database.write() as tx:
        move(tx, mailing_rows, MailingState.SENDING, MailingState.PAUSED)
    assert requeue(office) == 0
    with office.database.write() as tx:
        mailings.resume(tx, mailing, PRESS, NOW, None)
    assert requeue(office) == 1


def test_a_slice_that_is_being_brought_back_is_left_to_whoever_does(office: Office) -> None:
    """Freed and asked for in one transaction: looked for meanwhile it is passed over, and asked for once."""
    mailing = desk.begin(office, 3)
    fetch(office)
    with office.database.write() as tx:
        hold = slices.take(tx, "a machine", NOW)
    assert hold is not None
    with office.database.write() as tx:
        slices.free(tx, hold, NOW)
        machines.enqueue(tx, office, mailing, [0])
        assert requeue(office, slices.LEASE) == 0
    assert waiting(office) == [f"{mailing}/0"]


def test_the_holder_of_the_lock_sends_beside_the_machines_and_their_jobs_then_find_nothing(office: Office) -> None:
    mailing = desk.begin(office, 3)
    desk.deliver(office)
    assert desk.states(office) == ["sent"] * 3
    assert waiting(office) == [f"{mailing}/0"]
    assert turn_at(office, mailing) is None


def test_of_two_that_take_a_slice_one_gets_it(office: Office) -> None:
    mailing = desk.begin(office, 3)
    with office.database.write() as first, office.database.write() as second:
        assert slices.take(first, "one machine", NOW, mailing_id=mailing, number=0) is not None
        assert slices.take(second, "another", NOW, mailing_id=mailing, number=0) is None, "and waits for nobody"


def test_what_is_left_of_a_slice_is_asked_for_as_it_is_brought_back(office: Office, relay: ScriptedRelay) -> None:
    mailing = desk.begin(office, 4)
    fetch(office)
    turn = turn_at(office, mailing, lambda: len(relay.received) > 0)
    assert turn is not None and turn.result.more and turn.result.tried
    assert waiting(office) == [f"{mailing}/0"]


def test_who_stands_still_in_a_transaction_loses_it_and_a_machine_that_is_gone_is_noticed(database: Database) -> None:
    with database.read() as tx:
        still, gone = (
            tx.execute(text(f"SHOW {name}")).scalar()
            for name in ("idle_in_transaction_session_timeout", "tcp_keepalives_idle")
        )
    assert (still, gone) == ("25s", "10")


def test_the_servers_clock_tells_the_time(database: Database) -> None:
    assert abs(server_clock(database).now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_jobs_of_dead_workers_are_forgotten_and_no_others(office: Office) -> None:
    desk.begin(office, 10)
    register = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '{} seconds') RETURNING id"
    with office.database.write() as tx:
        alive, dead = (
            tx.execute(text(register.format(age))).scalar_one() for age in (0, machines.GONE.total_seconds() + 1)
        )
    for worker in ("NULL", alive, dead):
        fetch(office, str(worker))
    with office.database.write() as tx:
        assert machines.forget_the_dead(tx) == 2
        assert tx.execute(text("SELECT worker_id, status FROM procrastinate_jobs")).all() == [(alive, "doing")]


def test_a_holder_of_the_lock_leaves_the_machines_their_slices(office: Office) -> None:
    desk.begin(office, 3)
    with office.database.write() as tx:
        hold = slices.take(tx, "a machine", NOW)
    with desk.at_work(office), office.database.write() as tx:
        assert hold is not None
        slices.free(tx, hold, NOW)


def test_procrastinate_has_the_tables_that_the_installed_one_wants() -> None:
    """A newer one with migrations of its own needs a migration of ours, or existing databases lack what it wants."""
    folder = resources.files("procrastinate.sql") / "migrations"
    assert max(each.name for each in folder.iterdir() if each.name.endswith(".sql")) == NEWEST_OF_PROCRASTINATE
