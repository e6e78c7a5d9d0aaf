"""Allowances per relay and recipient domain: who may go, who waits until when, and what a restart remembers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.conftest import open_office
from tests.store.desk import begin, deliver, mailing, states
from tests.store.sample import NEWSLETTER, NOW, PRESS, address, office_with
from worker.delivery import limits
from worker.delivery.limits import Turnstile
from worker.office import Office
from worker.record import progress
from worker.settings.limits import DomainLimit, MessageLimit
from worker.settings.relay import RelaySettings
from worker.store.database import Database
from worker.store.tables import allowances

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
RELAY = "relay.example.org:25"


@dataclass(frozen=True)
class Person:
    recipient_id: int
    address: str


def people(*domains: str) -> list[Any]:
    return [Person(number, f"clovek-{number}@{domain}") for number, domain in enumerate(domains, start=1)]


def turnstile(messages: Sequence[MessageLimit] = (), *domains: DomainLimit) -> Turnstile:
    return Turnstile(RELAY, messages, domains)


def through(gate: Turnstile, now: datetime = NOW) -> list[int]:
    """Everybody who may be begun now."""
    found = []
    while (row := gate.next(now)) is not None:
        found.append(row.recipient_id)
    return found


def grant(database: Database, gate: Turnstile, tickets: Sequence[int], now: datetime = NOW) -> set[int]:
    with database.write() as tx:
        return gate.grant(tx, tickets, now)


def loaded(database: Database, gate: Turnstile, rows: Sequence[Any], now: datetime) -> Turnstile:
    with database.read() as tx:
        gate.load(tx, now)
    gate.put(rows)
    return gate


def test_without_limits_everybody_goes_and_nothing_is_counted(database: Database) -> None:
    gate = turnstile()
    gate.put(people("a.cz", "b.cz", "a.cz"))
    assert through(gate) == [1, 2, 3]
    assert grant(database, gate, [1, 2, 3]) == {1, 2, 3}
    assert (gate.full(), gate.waits_until) == (False, None)
    with database.read() as tx:
        assert tx.execute(select(allowances)).all() == []


def test_a_relay_takes_so_many_in_a_period_and_a_restart_remembers(database: Database) -> None:
    def gate() -> Turnstile:
        return turnstile([MessageLimit(messages=2, per="minute"), MessageLimit(messages=3, per="hour")])

    first = gate()
    first.put(people("a.cz", "b.cz", "c.cz"))
    assert through(first) == [1, 2]
    assert first.waits_until == NOW + MINUTE
    assert grant(database, first, [1, 2]) == {1, 2}
    almost = NOW + timedelta(seconds=59)
    assert through(loaded(database, gate(), people("a.cz"), almost), almost) == []

    second = loaded(database, gate(), people("a.cz", "b.cz"), NOW + MINUTE)
    assert through(second, NOW + MINUTE) == [1], "the hour's third and last"
    assert grant(database, second, [1], NOW + MINUTE) == {1}
    assert second.waits_until == NOW + HOUR
    later = loaded(database, gate(), people("a.cz", "b.cz", "c.cz"), NOW + HOUR)
    assert through(later, NOW + HOUR) == [1, 2]


def test_a_domain_that_is_full_keeps_nobody_else_waiting(database: Database) -> None:
    gate = turnstile((), DomainLimit(domain="seznam.cz", messages=1, per="hour"))
    gate.put(people("seznam.cz", "seznam.cz", "firma.cz", "SEZNAM.cz", "jiny.seznam.cz"))
    assert through(gate) == [1, 3, 5]
    assert grant(database, gate, [1, 3, 5]) == {1, 3, 5}
    assert gate.waits_until == NOW + HOUR


def test_of_two_senders_together_no_more_go_than_of_one(database: Database) -> None:
    rule = DomainLimit(domain="seznam.cz", messages=3, per="hour")
    one, other = turnstile((), rule), turnstile((), rule)
    for gate in (one, other):
        gate.put(people("seznam.cz", "seznam.cz", "firma.cz"))
        assert through(gate) == [1, 2, 3], "neither knows of the other yet"
    assert grant(database, one, [1, 2, 3]) == {1, 2, 3}
    granted = grant(database, other, [1, 2, 3], NOW + MINUTE)
    assert 3 in granted and len(granted) == 2
    assert other.waits_until == NOW + HOUR
    with database.read() as tx:
        row = tx.execute(select(allowances)).one()
    assert (row.scope, row.used, row.began) == ("domain/seznam.cz/hour", 3, NOW)


def test_what_was_not_committed_is_not_used_up(database: Database) -> None:
    gate = turnstile((), DomainLimit(domain="seznam.cz", messages=2, per="hour"))
    gate.put(people("seznam.cz", "seznam.cz"))
    assert through(gate) == [1, 2]
    for _ in range(3):
        with pytest.raises(RuntimeError), database.write() as tx:
            assert gate.grant(tx, [1, 2], NOW) == {1, 2}
            raise RuntimeError("the commit failed")
    assert grant(database, gate, [1, 2]) == {1, 2}
    with database.read() as tx:
        assert tx.execute(select(allowances.c.used)).scalar_one() == 2


def test_who_was_refused_once_stays_so_in_this_pass(database: Database) -> None:
    rule = DomainLimit(domain="seznam.cz", messages=1, per="minute")
    one, other = turnstile((), rule), turnstile((), rule)
    for gate in (one, other):
        gate.put(people("seznam.cz"))
        assert through(gate) == [1]
    assert grant(database, one, [1]) == {1}
    assert grant(database, other, [1]) == set()
    assert grant(database, other, [1]) == set()


def test_an_envelope_that_came_to_nothing_counts_for_nothing(database: Database) -> None:
    gate = turnstile((), DomainLimit(domain="seznam.cz", messages=1, per="hour"))
    gate.put(people("seznam.cz"))
    assert through(gate) == [1]
    gate.ended(1)
    gate.put(people("x.cz", "seznam.cz"))
    assert through(gate) == [1, 2]
    assert grant(database, gate, [1, 2]) == {1, 2}


def test_a_domain_gets_so_many_at_once_and_the_others_go_past(database: Database) -> None:
    gate = turnstile((), DomainLimit(domain="seznam.cz", connections=2))
    gate.put(people("seznam.cz", "seznam.cz", "seznam.cz", "seznam.cz", "firma.cz"))
    assert through(gate) == [1, 2, 5]
    assert grant(database, gate, [1, 2, 5]) == {1, 2, 5}
    gate.ended(2)
    gate.ended(2)
    assert through(gate) == [3]
    gate.ended(1)
    gate.ended(3)
    assert through(gate) == [4]
    assert gate.waits_until is None


def test_no_more_is_read_while_too_many_wait_for_a_connection() -> None:
    gate = turnstile((), DomainLimit(domain="seznam.cz", connections=1))
    gate.put(people(*["seznam.cz"] * limits.MOST_HELD))
    assert through(gate) == [1]
    assert not gate.full()
    gate.put(people("seznam.cz", "seznam.cz"))
    assert through(gate) == []
    assert gate.full()


def test_of_two_limits_for_the_same_the_lower_one_holds(database: Database) -> None:
    given = (5, 2, 4)
    gate = turnstile(
        (), *(DomainLimit(domain="a.cz", messages=each + 1, per="hour", connections=each) for each in given)
    )
    gate.put(people(*["a.cz"] * 4))
    assert through(gate) == [1, 2]
    assert grant(database, gate, [1, 2]) == {1, 2}
    gate.ended(1)
    assert through(gate) == [3]
    assert grant(database, gate, [3]) == {3}
    gate.ended(2)
    assert through(gate) == []
    assert gate.waits_until == NOW + HOUR


@pytest.mark.parametrize("back", [timedelta(seconds=20), timedelta(days=400)])
def test_a_clock_that_went_back_gives_nothing_twice_and_delays_by_a_period_at_most(
    database: Database, back: timedelta
) -> None:
    def gate() -> Turnstile:
        return turnstile([MessageLimit(messages=1, per="hour")])

    first = gate()
    first.put(people("a.cz"))
    assert through(first) == [1] and grant(database, first, [1]) == {1}
    earlier = NOW - back
    again = loaded(database, gate(), people("b.cz"), earlier)
    assert through(again, earlier) == []
    assert again.waits_until == earlier + HOUR
    assert through(loaded(database, gate(), people("b.cz"), NOW + HOUR), NOW + HOUR) == [1]


def test_a_domains_messages_count_at_the_relay_as_well_and_the_longest_wait_holds(database: Database) -> None:
    rule = DomainLimit(domain="seznam.cz", messages=1, per="minute")
    gate = turnstile([MessageLimit(messages=2, per="day")], rule)
    gate.put(people("seznam.cz", "firma.cz"))
    assert through(gate) == [1, 2] and grant(database, gate, [1, 2]) == {1, 2}
    gate.put(people("seznam.cz"))
    assert through(gate) == []
    assert gate.waits_until == NOW + 24 * HOUR


def test_a_mailing_goes_on_when_its_time_has_come_and_nobody_sleeps(office: Office, relay: ScriptedRelay) -> None:
    domain = address(1).partition("@")[2]
    slow = office_with(office, domains=(DomainLimit(domain=domain, messages=2, per="hour"),))
    number = begin(slow, 5)
    deliver(slow)
    assert states(slow) == ["sent", "sent", "queued", "queued", "queued"]
    with slow.database.read() as tx:
        (each,) = progress.of_occurrence(tx, PRESS)
    assert each.goes_on_at(NOW) == NOW + HOUR
    deliver(slow, NOW + HOUR - MINUTE)
    assert len(relay.received) == 2
    deliver(slow, NOW + HOUR)
    assert states(slow).count("sent") == 4
    deliver(slow, NOW + 2 * HOUR)
    assert states(slow) == ["sent"] * 5
    assert mailing(slow, number).state == "done"
    assert len(relay.received) == 5


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # where the database makes no difference
def test_a_relays_limit_is_kept_over_several_mailings(office: Office, relay: ScriptedRelay) -> None:
    rules = replace(office.settings, relay_settings=RelaySettings(messages=(MessageLimit(messages=3, per="minute"),)))
    slow = replace(office, settings=rules)
    begin(slow, 2)
    begin(slow, 2, "newsletter", NEWSLETTER, ("obce",))
    deliver(slow)
    assert len(relay.received) == 3
    deliver(slow, NOW + MINUTE)
    assert len(relay.received) == 4


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_domain_never_has_more_under_way_than_it_may(
    tmp_path: Path, database: Database, relay: ScriptedRelay
) -> None:
    office = open_office(database, relay, tmp_path, connections=8)
    domain = address(1).partition("@")[2]
    careful = office_with(office, domains=(DomainLimit(domain=domain, connections=2),))
    begin(careful, 12)
    deliver(careful)
    assert states(careful) == ["sent"] * 12
    assert relay.connections <= 3, "two for the domain, one for the notices"
