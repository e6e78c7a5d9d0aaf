"""Instants mean the same on SQLite and PostgreSQL: aware, in UTC, to the microsecond."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.exc import StatementError

from worker.store.database import Database
from worker.store.tables import installation
from worker.times import PRAGUE

COLUMN = installation.c.first_start_at


def stored(database: Database, value: datetime | None) -> datetime | None:
    with database.write() as tx:
        tx.execute(update(installation).values(first_start_at=value))
    with database.read() as tx:
        found: datetime | None = tx.execute(select(COLUMN)).scalar_one()
    return found


INSTANTS = [
    datetime(2026, 12, 8, 10, 0, tzinfo=PRAGUE),
    datetime(2026, 10, 25, 2, 30, tzinfo=PRAGUE, fold=0),
    datetime(2026, 10, 25, 2, 30, tzinfo=PRAGUE, fold=1),
    datetime(2026, 1, 1, 0, 30, tzinfo=PRAGUE),
    datetime(2026, 7, 1, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=-9, minutes=-30))),
    datetime(2026, 7, 1, tzinfo=UTC),
]


def test_an_instant_comes_back_the_same_in_utc(database: Database) -> None:
    for value in INSTANTS:
        found = stored(database, value)
        assert found == value.astimezone(UTC)
        assert found is not None and found.tzinfo is UTC


def test_nothing_comes_back_as_nothing(database: Database) -> None:
    assert stored(database, None) is None


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="naive"):
        stored(database, datetime(2026, 12, 8, 10, 0))


def test_comparisons_and_aggregates_know_the_zone(database: Database) -> None:
    value = datetime(2026, 12, 8, 10, 0, tzinfo=PRAGUE)
    stored(database, value)
    with database.read() as tx:
        for other in (value.astimezone(UTC), datetime(2026, 12, 8, 9, 30, tzinfo=UTC)):
            earlier = tx.execute(select(installation.c.id).where(other > COLUMN)).all()
            assert bool(earlier) == (value < other)
        assert tx.execute(select(func.max(COLUMN, type_=COLUMN.type))).scalar_one() == value


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.timezones(), allow_imaginary=False))
def test_any_instant_comes_back_the_same(database: Database, value: datetime) -> None:
    assert stored(database, value) == value.astimezone(UTC)
