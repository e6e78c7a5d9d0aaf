"""Several machines at one mailing: they share it, one that dies is replaced, one that slept does nothing any more."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.machines import LEASE, Machine, Machines, machines_of
from tests.fixtures.fault_rules import Rule
from worker.delivery import slices
from worker.store.states import FINAL_DELIVERIES

PEOPLE, PER_SLICE = 640, 40
CONNECTIONS = 16
SLOW = Rule("dot", before=0.1)
"""So that a slice takes its owner a quarter of a second, and the mailing two machines two."""


@pytest.fixture
def office(tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machines]:
    monkeypatch.setattr(slices, "FEWEST_ROWS", PER_SLICE)
    with machines_of(tmp_path, postgres_url) as standing:
        standing.relay.obey(SLOW)
        yield standing


def both_send(office: Machines) -> tuple[Machine, Machine]:
    """Two that send, both with a slice in hand and some of it sent. They need no clock for what was frozen."""
    first, second = office.start("deliver"), office.start("deliver")
    office.until(lambda: office.held_by(first) and office.held_by(second), 30, "they do not share")
    accepted = office.accepted()
    office.until(lambda: office.accepted() > accepted + 40, 10, "nothing is sent")
    return first, second


def all_final(office: Machines) -> bool:
    return office.states().keys() <= {str(state) for state in FINAL_DELIVERIES}


def nobody_is_lost(office: Machines, kills: int, most: int) -> None:
    """What must hold at the end; `most` copies of a delivery at most."""
    own = {row.address for row in office.rows()}
    copies = {whom: found for whom, found in office.relay.copies().items() if whom in own}
    assert {row.address for row in office.rows() if row.state == "sent"} <= copies.keys(), "sent, and never accepted"
    assert {row.address for row in office.rows() if row.state != "unknown"} <= copies.keys(), "somebody is lost"
    assert max(map(len, copies.values())) <= most
    assert sum(len(each) - 1 for each in copies.values()) <= kills * CONNECTIONS
    assert office.states()["unknown"] <= kills * CONNECTIONS
    assert all(len({copy.message_id for copy in each}) == 1 for each in copies.values())


def test_a_machine_that_dies_is_replaced_within_its_lease(office: Machines) -> None:
    office.begin(PEOPLE, "newsletter")
    dying, other = both_send(office)
    dying.signal(signal.SIGKILL)
    dying.ended()
    left = office.held_by(dying)
    assert left, "it held nothing when it died"
    office.until(lambda: not office.held_by(dying), LEASE + 30, "its slices are nobody's")
    office.until(lambda: all_final(office), 60, "the mailing does not end")
    nobody_is_lost(office, kills=1, most=2)
    _goes_on_without_its_sessions(office)
    other.signal(signal.SIGTERM)
    assert other.ended() == 0, other.told()


def _goes_on_without_its_sessions(office: Machines) -> None:
    """Whoever is left sends another mailing, although the database hangs up on everybody in the middle of it."""
    before = office.accepted()
    office.begin(0, "press-release")
    office.until(lambda: office.accepted() > before + 20, 20, "it sends no more")
    office.cut_sessions()
    office.until(lambda: all_final(office), LEASE + 60, "the second mailing does not end")
    assert office.accepted() + office.states()["unknown"] >= before + PEOPLE, "somebody is lost"


def test_a_machine_that_slept_past_its_lease_neither_sends_nor_writes(office: Machines) -> None:
    office.begin(PEOPLE, "press-release")
    sleeper, other = both_send(office)
    sleeper.signal(signal.SIGSTOP)
    assert office.held_by(sleeper), "it held nothing when it fell asleep"
    office.until(lambda: not office.held_by(sleeper), LEASE + 30, "its slices are nobody's")
    office.until(lambda: all_final(office), 60, "the mailing does not end")
    rows, owners, accepted = office.rows(), office.slices(), office.accepted()
    sleeper.signal(signal.SIGCONT)
    time.sleep(LEASE)
    assert office.accepted() == accepted, "it sent"
    assert (office.rows(), office.slices()) == (rows, owners), "it wrote"
    assert "has passed to another machine" in sleeper.told()
    nobody_is_lost(office, kills=1, most=1)
    other.signal(signal.SIGTERM)
    assert other.ended() == 0, other.told()
    # Nobody counted on it any more; it finds its place again all the same.
    office.forget_workers()
    office.begin(0, "newsletter")
    office.until(lambda: all_final(office), 30, "it does nothing any more")
    assert "beginning anew" in sleeper.told()
    sleeper.signal(signal.SIGTERM)
    assert sleeper.ended() == 0, sleeper.told()


def test_a_machine_told_to_stop_leaves_nothing_in_doubt(office: Machines) -> None:
    office.begin(PEOPLE, "press-release")
    leaving, _ = both_send(office)
    leaving.signal(signal.SIGTERM)
    assert leaving.ended(10) == 0, leaving.told()
    assert office.held_by(leaving) == [], "others must wait for its lease"
    office.until(lambda: all_final(office), 60, "the mailing does not end")
    assert office.states() == {"sent": PEOPLE}
    nobody_is_lost(office, kills=0, most=1)


def test_one_clock_works_and_the_next_takes_over_when_it_is_killed(office: Machines) -> None:
    office.database.bring_up_to_date()
    first = office.start("clock")
    office.until(lambda: office.epoch() == 1, 30, "no clock works")
    second = office.start("clock")
    office.until(lambda: "standing by: " in second.told(), 30, "the second says nothing")
    assert f"process {first.pid}" in second.told()
    assert office.epoch() == 1
    first.signal(signal.SIGKILL)
    office.until(lambda: office.epoch() == 2, 5, "nobody takes over")
    second.signal(signal.SIGTERM)
    assert second.ended() == 0
    assert second.told().count("standing by") == 1
