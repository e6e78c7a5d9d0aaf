"""The office's own staff hear no later than the press, where one mailing goes to both."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.desk import at_work, deliver, states
from tests.store.sample import NOW, PRESS, add_people, address, approved_draft
from worker.audience.members import Addressed
from worker.delivery import ledger, orders
from worker.delivery.freeze import freeze
from worker.jobs.deliver import Deliver
from worker.office import Office

PRESS_PEOPLE, STAFF = range(1, 6), range(6, 10)
"""The staff came later, so their ids are the higher ones; 10 is on both lists and came between them."""
BOTH = ("media", "zamestnanci")


def begun(office: Office, lists: Sequence[str] = BOTH) -> int:
    with office.database.write() as tx:
        add_people(tx, "media-regionalni", [*PRESS_PEOPLE, 10])
        add_people(tx, "zamestnanci", [*STAFF, 10])
        return freeze(tx, office, PRESS, approved_draft(tx, "press-release"), Addressed(tuple(lists)), NOW)


def got(relay: ScriptedRelay) -> list[str]:
    return [each.recipient for each in relay.received]


def test_the_staff_gets_it_before_the_press(office: Office, relay: ScriptedRelay) -> None:
    begun(office)
    deliver(office)
    assert got(relay) == [address(number) for number in (10, *STAFF, *PRESS_PEOPLE)]


def test_more_of_them_than_a_page_holds_go_first_all_the_same(
    office: Office, relay: ScriptedRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "PAGE", 2)
    begun(office)
    deliver(office)
    assert got(relay) == [address(number) for number in (10, *STAFF, *PRESS_PEOPLE)]
    assert set(states(office)) == {"sent"}


@pytest.mark.parametrize(("name", "people"), [("media", (*PRESS_PEOPLE, 10)), ("zamestnanci", (10, *STAFF))])
def test_alone_each_gets_it_in_its_order(
    name: str, people: tuple[int, ...], office: Office, relay: ScriptedRelay
) -> None:
    begun(office, [name])
    deliver(office)
    assert got(relay) == [address(number) for number in people]


def test_a_pause_holds_back_both_and_afterwards_the_staff_is_first_still(office: Office, relay: ScriptedRelay) -> None:
    begun(office)
    with office.database.write() as tx:
        orders.pause(tx, office, PRESS, NOW, person="koordinator")
    with at_work(office) as current:
        assert not Deliver().do_one(current, NOW)
    assert got(relay) == []
    with office.database.write() as tx:
        orders.resume(tx, PRESS, NOW, person="koordinator")
    deliver(office)
    assert got(relay)[:5] == [address(each) for each in (10, *STAFF)]


def test_a_colleague_whose_mail_server_defers_keeps_nobody_waiting(office: Office, relay: ScriptedRelay) -> None:
    begun(office)
    relay.answer_to(address(6), "451 4.3.0 later")
    deliver(office)
    assert got(relay) == [address(number) for number in (10, 7, 8, 9, *PRESS_PEOPLE)]
