"""The record: a chain that shows a gap, a change or a removed line, whole under any number of writers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from tests.store.sample import NOW, PRESS
from worker.record import events
from worker.store.database import Database
from worker.store.tables import events as table


def write(database: Database, number: int = 5) -> None:
    with database.write() as tx:
        for each in range(number):
            events.append(tx, "plan.taken_up", NOW, occurrence=PRESS, person="koordinator", number=each, text="kůň „ě“")


def broken(database: Database) -> int | None:
    with database.read() as tx:
        return events.first_broken(tx)


def test_events_are_numbered_and_come_back_as_written(database: Database) -> None:
    with database.write() as tx:
        assert events.append(tx, "plan.taken_up", NOW, digest="abc") == 1
        assert events.append(tx, "occurrence.done", NOW, occurrence=PRESS, person="asz", a=[1], b={"ř": None}) == 2
    with database.read() as tx:
        (event,) = events.of_occurrence(tx, PRESS)
        assert events.count(tx) == 2
    assert (event.seq, event.at, event.kind, event.person) == (2, NOW, "occurrence.done", "asz")
    assert event.data == {"a": [1], "b": {"ř": None}}
    assert broken(database) is None


def test_an_empty_record_is_whole(database: Database) -> None:
    assert broken(database) is None


CHANGES: list[dict[str, Any]] = [
    {"data": '{"number":7}'},
    {"kind": "plan.refused"},
    {"at": NOW + timedelta(microseconds=1)},
    {"occurrence_id": None},
    {"person": "asz"},
    {"person": ""},
    {"previous": "0" * 64},
    {"hash": "0" * 64},
]


def test_a_changed_line_is_found(database: Database) -> None:
    write(database)
    for change in CHANGES:
        with database.write() as tx:
            own = dict(tx.execute(select(table).where(table.c.seq == 3)).one()._mapping)
            tx.execute(update(table).where(table.c.seq == 3).values(change))
            assert events.first_broken(tx) == 3
            tx.execute(update(table).where(table.c.seq == 3).values(own))
            assert events.first_broken(tx) is None


def test_a_removed_line_is_found(database: Database) -> None:
    write(database)
    for seq in (4, 3, 1):
        with database.write() as tx:
            tx.execute(delete(table).where(table.c.seq == seq))
        assert broken(database) == seq


def test_a_removed_line_is_found_even_when_the_rest_is_renumbered(database: Database) -> None:
    write(database)
    with database.write() as tx:
        tx.execute(delete(table).where(table.c.seq == 3))
        for seq in (4, 5):
            tx.execute(update(table).where(table.c.seq == seq).values(seq=seq - 1))
    assert broken(database) == 3


def test_exchanged_lines_are_found(database: Database) -> None:
    write(database)
    with database.write() as tx:
        for old, new in ((2, 99), (3, 2), (99, 3)):
            tx.execute(update(table).where(table.c.seq == old).values(seq=new))
    assert broken(database) == 2


def test_an_inserted_line_is_found(database: Database) -> None:
    write(database, 3)
    with database.write() as tx:
        row = dict(tx.execute(select(table).where(table.c.seq == 2)).one()._mapping)
        tx.execute(table.insert().values(row | {"seq": 4, "hash": "0" * 64}))
    assert broken(database) == 4


def test_a_clock_that_goes_back_breaks_nothing(database: Database) -> None:
    with database.write() as tx:
        for at in (NOW, NOW - timedelta(days=4000), datetime(2030, 1, 1, tzinfo=UTC), NOW):
            events.append(tx, "plan.taken_up", at)
    assert broken(database) is None


def test_what_is_undone_leaves_no_gap(database: Database) -> None:
    write(database, 2)
    with pytest.raises(ZeroDivisionError), database.write() as tx:
        events.append(tx, "plan.taken_up", NOW)
        raise ZeroDivisionError
    write(database, 1)
    with database.read() as tx:
        assert [row.seq for row in tx.execute(select(table).order_by(table.c.seq))] == [1, 2, 3]
    assert broken(database) is None


def test_writers_at_once_make_one_whole_chain(database: Database) -> None:
    writers, each = 6, 8
    start = Barrier(writers)

    def work(writer: int) -> None:
        start.wait()
        for number in range(each):
            with database.write() as tx:
                events.append(tx, "plan.taken_up", NOW, writer=writer, number=number)
                if number % 2:
                    events.append(tx, "plan.taken_up", NOW, writer=writer, number=-number)

    threads = [Thread(target=work, args=(writer,)) for writer in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as tx:
        assert events.count(tx) == writers * each * 3 // 2
    assert broken(database) is None
