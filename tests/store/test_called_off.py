"""What is called off or withdrawn comes out nowhere any more, and whoever published it is asked to act."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Row, select

from tests.store.desk import hold, notices_to, recorded
from tests.store.places import BOARD, EDITOR, MEDIA, PAGE, WEB, place, placed
from tests.store.sample import NOW, PRESS, occurrence_values
from worker.channels.base import Receipt
from worker.delivery import orders
from worker.errors import HlasatelError
from worker.notices import queue
from worker.office import Office
from worker.publishing import ledger, recall, rests, settling
from worker.store.states import OccurrenceState, PublicationState
from worker.store.tables import notices, occurrences

P = PublicationState
REASON = "Údaje nejsou ověřené."


@pytest.fixture
def own(office: Office) -> Office:
    return replace(office, media=MEDIA)


def cancel(office: Office) -> int:
    with office.database.write() as tx:
        return orders.cancel(tx, office, PRESS, NOW, reason=REASON, person="koordinator")


@pytest.mark.parametrize("state", [P.QUEUED, P.PAUSED, P.ASKED, P.FAILED, P.EXPIRED])
def test_what_is_not_out_is_called_off_for_good(own: Office, state: PublicationState) -> None:
    number = placed(own, state)
    assert cancel(own) == 1
    row = place(own, number)
    assert (row.state, row.due_at, row.settled_at, row.called_off_at) == ("withdrawn", None, NOW, NOW)
    assert REASON in row.reason and "publication.called_off" in recorded(own)
    with own.database.write() as tx:
        assert not settling.again(tx, row, NOW, person="koordinator")
        assert ledger.next_due(tx, NOW + timedelta(days=9)) is None
    with pytest.raises(HlasatelError, match="není co zrušit"):
        cancel(own)


def test_what_is_out_stays_noted_where_it_is(own: Office) -> None:
    placed(own, P.QUEUED)
    out = placed(own, P.PUBLISHED, BOARD, address="https://www.example.org/1")
    cancel(own)
    assert (place(own, out).state, place(own, out).called_off_at) == ("published", None)


BACK: dict[str, Callable[[Connection, Row[Any]], object]] = {
    "later": lambda tx, row: ledger.later(tx, row, "zítra", None, NOW - timedelta(days=1)),
    "stopped": lambda tx, row: rests.stopped(tx, row, "klíč", NOW),
    "not there": lambda tx, row: ledger.not_there(tx, row, NOW),
}


@pytest.mark.parametrize("how", BACK)
def test_what_is_under_way_when_it_is_called_off_is_not_tried_again(own: Office, how: str) -> None:
    number = placed(own, P.UNKNOWN if how == "not there" else P.SENDING, PAGE)
    assert cancel(own) == 1
    before = place(own, number)
    assert before.called_off_at == NOW and not settling.repeatable(before)
    with own.database.write() as tx:
        BACK[how](tx, before)
    assert place(own, number).state == "withdrawn"


def test_what_came_out_all_the_same_is_noted_as_out(own: Office) -> None:
    number = placed(own, P.SENDING, PAGE)
    cancel(own)
    with own.database.write() as tx:
        ledger.published(tx, place(own, number), Receipt(address="https://www.example.org/2"), NOW)
    assert place(own, number).state == "published"


def test_a_text_called_off_or_held_while_it_is_handed_over_reaches_nobody(own: Office) -> None:
    def handed(number: int) -> bool:
        with own.database.write() as tx:
            return ledger.published(tx, place(own, number), Receipt(asked=EDITOR, until=NOW), NOW)

    first, second = placed(own, P.SENDING, WEB), placed(own, P.SENDING, BOARD)
    assert handed(first) and place(own, first).state == "asked"
    hold(own, NOW, NOW + timedelta(days=1))
    assert not handed(second) and place(own, second).state == "paused"
    third = placed(own, P.SENDING, PAGE)
    cancel(own)
    assert not handed(third) and place(own, third).state == "withdrawn"
    assert not handed(third), "somebody else moved it first"


def test_whoever_was_handed_it_hears_once_that_it_is_called_off(own: Office) -> None:
    placed(own, P.ASKED, WEB)
    placed(own, P.ASKED, BOARD)
    cancel(own)
    (told,) = notices_to(own, EDITOR, "text_called_off")
    assert told.data["places"] == "Web kraje\n\nNástěnka" and REASON in told.data["reason"]
    with own.database.write() as tx:
        assert settling.told_out(tx, ledger.of_occurrence(tx, PRESS)[0], NOW, address="", note="vyšlo", person=EDITOR)


@pytest.mark.parametrize("held", [False, True])
def test_a_text_that_has_not_left_for_its_publisher_stays_here(own: Office, held: bool) -> None:
    number = placed(own, P.ASKED)
    with own.database.write() as tx:
        queue.put(tx, "handoff/1", "handoff", EDITOR, NOW, occurrence_id=PRESS, publication=number)
        if held:
            queue.pause_hand_off(tx, PRESS)
    cancel(own)
    with own.database.read() as tx:
        assert tx.execute(select(notices.c.kind, notices.c.state)).all() == [("handoff", "withdrawn")]


def test_a_withdrawal_asks_whoever_published_it_to_take_it_down(own: Office) -> None:
    placed(own, P.PUBLISHED, WEB, address="https://www.example.org/1")
    placed(own, P.PUBLISHED, BOARD, reason="nástěnka v přízemí")
    placed(own, P.PUBLISHED, PAGE, address="https://www.facebook.example.org/2")
    with own.database.write() as tx:
        recall.take_down(tx, own, PRESS, NOW, reason=REASON, person="koordinator")
    (hers,) = notices_to(own, EDITOR, "take_down")
    assert hers.data["places"] == "Web kraje: https://www.example.org/1\n\nNástěnka: nástěnka v přízemí"
    (ours,) = notices_to(own, "koordinator", "take_down")
    assert ours.data["places"] == "Facebook kraje: https://www.facebook.example.org/2"


def test_nobody_is_asked_to_take_down_what_the_public_page_withdraws_itself(own: Office) -> None:
    placed(own, P.PUBLISHED, WEB.model_copy(update={"id": "stranka", "channel": "archive", "person": None}))
    with own.database.write() as tx:
        recall.take_down(tx, own, PRESS, NOW, reason=REASON, person="koordinator")
        assert tx.execute(select(notices)).all() == []


def correction(office: Office) -> Row[Any]:
    with office.database.write() as tx:
        values = occurrence_values("oprava/2026-12-09", OccurrenceState.SENDING) | {"corrects": PRESS}
        return tx.execute(occurrences.insert().values(values).returning(occurrences)).one()


def test_a_correction_goes_to_whoever_published_what_it_corrects(own: Office) -> None:
    placed(own, P.PUBLISHED, WEB, address="https://www.example.org/1")
    placed(own, P.ASKED, BOARD)
    placed(own, P.PUBLISHED, PAGE)
    page = PAGE.model_copy(update={"takes": ("facebook-text", "correction")})
    with_it = replace(own, media=MEDIA | {"facebook": page})
    row = correction(own)
    with own.database.write() as tx:
        recall.put_right(tx, with_it, row, 1, NOW)
    (told,) = notices_to(own, EDITOR, "put_right")
    assert told.data["places"] == "Web kraje: https://www.example.org/1\n\nNástěnka"
    assert (told.occurrence_id, told.data["only"]) == ("oprava/2026-12-09", "correction")
    assert notices_to(own, "koordinator", "put_right") == [], "that page gets the correction itself"
