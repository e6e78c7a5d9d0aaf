"""Who of the addressed lists does not get a mailing: suppressed, left, paused or with other topics, and why is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection, select, update

from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.desk import begin, deliver, states
from tests.store.sample import NOW, PRESS, add_people, address, approved_draft
from worker.audience import suppression
from worker.audience.members import Addressed, audience, size, sizes
from worker.delivery import orders, slices
from worker.delivery.freeze import freeze
from worker.office import Office
from worker.record import progress, why
from worker.store.states import DeliveryState
from worker.store.tables import deliveries, departures, excluded, mailings, recipient_topics, recipients

OPEN, PRESS_LIST = "obcane", "media"
TO_BOTH = Addressed((OPEN, PRESS_LIST), topics=("bydleni", "dluhy"))


def topics(tx: Connection, recipient_id: int, *chosen: str) -> None:
    tx.execute(recipient_topics.insert(), [{"recipient_id": recipient_id, "topic": each} for each in chosen])


def pause(tx: Connection, recipient_id: int, days: int) -> None:
    tx.execute(update(recipients).where(recipients.c.id == recipient_id).values(paused_until=NOW + timedelta(days)))


def leaves(tx: Connection, recipient_id: int, *lists: str) -> None:
    rows = [{"recipient_id": recipient_id, "list_id": each, "left_at": NOW} for each in lists]
    tx.execute(departures.insert(), rows)


def got(tx: Connection, office: Office, to: Addressed) -> list[int]:
    return sorted(row.id for row in tx.execute(audience(office, to, NOW)))


def reasons(tx: Connection) -> dict[int, str]:
    found = select(excluded.c.recipient_id, excluded.c.reason)
    return {row.recipient_id: row.reason for row in tx.execute(found)}


def frozen(tx: Connection, office: Office, to: Addressed) -> Sequence[int]:
    freeze(tx, office, PRESS, approved_draft(tx, "press-release", PRESS), to, NOW)
    return tx.execute(select(deliveries.c.recipient_id).order_by(deliveries.c.recipient_id)).scalars().all()


def test_everybody_gets_it_or_is_left_out_for_one_reason(office: Office) -> None:
    with office.database.write() as tx:
        usual, gone, dead, away, other, both = add_people(tx, OPEN, range(6))
        add_people(tx, "obce", [9])  # not addressed
        leaves(tx, gone, OPEN)
        suppression.suppress(tx, office, address(2), suppression.Reason.BOUNCE, NOW)
        pause(tx, away, 3)
        topics(tx, other, "vzdelavani")
        for each in (dead, both):
            leaves(tx, each, OPEN)
            pause(tx, each, 3)
        assert frozen(tx, office, TO_BOTH) == [usual]
        assert reasons(tx) == {gone: "left", dead: "suppressed", away: "paused", other: "topic", both: "left"}
        mailing = tx.execute(select(mailings)).one()
        assert (mailing.audience, mailing.left_out) == (1, {"left": 2, "suppressed": 1, "paused": 1, "topic": 1})
        [seen] = progress.of_occurrence(tx, PRESS)
        said = "odhlášení 2, vyřazené adresy 1, s pozastaveným zasíláním 1, s jinými tématy 1"
        assert seen.left_out == f"Vynechaní adresáti: {said}."
        story = why.story(tx, office, PRESS, NOW)
        assert story is not None and any("adresátů 1" in line and said in line for line in story)


def test_a_suppressed_address_is_in_no_audience_whatever_list_it_is_on(office: Office) -> None:
    with office.database.write() as tx:
        jan, eva = add_people(tx, "media-regionalni", [1, 2])
        add_people(tx, "obce", [1])
        suppression.suppress(tx, office, address(1), suppression.Reason.ASKED, NOW)
        for lists in (["media-regionalni"], ["media"], ["obce", "media"], ["vsichni"]):
            assert got(tx, office, Addressed(tuple(lists))) == [eva]
        assert sizes(tx, office, ["obce", "media"], NOW) == {"obce": 0, "media": 1}
        assert frozen(tx, office, Addressed(("obce", "media"))) == [eva]
        assert reasons(tx) == {jan: "suppressed"}


def test_a_pause_ends_by_itself(office: Office) -> None:
    with office.database.write() as tx:
        over, ends_now, longer = add_people(tx, PRESS_LIST, [1, 2, 3])
        for each, days in ((over, -1), (ends_now, 0), (longer, 1)):
            pause(tx, each, days)
        assert got(tx, office, Addressed((PRESS_LIST,))) == [over, ends_now]
        assert size(tx, office, Addressed((PRESS_LIST,)), NOW + timedelta(days=1)) == 3


def test_topics_concern_those_who_chose_any_and_the_lists_that_offer_them(office: Office) -> None:
    with office.database.write() as tx:
        none, hers, others, newsroom = add_people(tx, OPEN, [1, 2, 3, 4])
        add_people(tx, PRESS_LIST, [4])
        topics(tx, hers, "zdravi", "dluhy")
        topics(tx, others, "zdravi")
        topics(tx, newsroom, "zdravi")
        assert got(tx, office, Addressed((OPEN,))) == [none, hers, others, newsroom]
        assert got(tx, office, Addressed((OPEN,), TO_BOTH.topics)) == [none, hers]
        assert got(tx, office, Addressed(("vsichni",), TO_BOTH.topics)) == [none, hers, newsroom]
        assert frozen(tx, office, TO_BOTH) == [none, hers, newsroom]
        assert reasons(tx) == {others: "topic"}


def test_who_left_one_of_two_lists_gets_it_by_the_other(office: Office) -> None:
    with office.database.write() as tx:
        (jan,) = add_people(tx, OPEN, [1])
        add_people(tx, PRESS_LIST, [1])
        leaves(tx, jan, OPEN)
        assert frozen(tx, office, TO_BOTH) == [jan]
        assert reasons(tx) == {}


def test_who_left_one_list_and_wants_other_topics_of_the_other_is_left_out_for_topics(office: Office) -> None:
    with office.database.write() as tx:
        (jan,) = add_people(tx, OPEN, [1])
        topics(tx, jan, "zdravi")
        leaves(tx, jan, PRESS_LIST)
        assert frozen(tx, office, TO_BOTH) == []
        assert reasons(tx) == {jan: "topic"}


def test_a_correction_leaves_out_the_same_and_minds_no_topics(office: Office) -> None:
    with office.database.write() as tx:
        kept, gone, dead, away = add_people(tx, OPEN, [1, 2, 3, 4])
        freeze(tx, office, PRESS, approved_draft(tx, "press-release", PRESS), Addressed((OPEN,)), NOW)
        tx.execute(update(deliveries).values(state=DeliveryState.SENT))
        topics(tx, kept, "zdravi")
        leaves(tx, gone, OPEN)
        suppression.suppress(tx, office, address(3), suppression.Reason.COMPLAINT, NOW)
        pause(tx, away, 1)
        to = Addressed((OPEN,), ("dluhy",), corrects=PRESS)
        assert got(tx, office, to) == [kept]
        draft = approved_draft(tx, "press-release", "oprava/2026-12-08")
        mailing = freeze(tx, office, "oprava/2026-12-08", draft, to, NOW)
        left_out = tx.execute(select(mailings.c.left_out).where(mailings.c.id == mailing)).scalar_one()
        assert reasons(tx) == {gone: "left", dead: "suppressed", away: "paused"}
        assert left_out == {"left": 1, "suppressed": 1, "paused": 1}


def test_nothing_is_said_where_nobody_is_left_out(office: Office) -> None:
    with office.database.write() as tx:
        add_people(tx, PRESS_LIST, [1])
        frozen(tx, office, Addressed((PRESS_LIST,)))
        [seen] = progress.of_occurrence(tx, PRESS)
        story = why.story(tx, office, PRESS, NOW)
    assert seen.left_out == ""
    assert story is not None and not any("Vynechaní" in line for line in story)


def test_who_is_suppressed_while_it_goes_out_gets_no_more_of_it(office: Office, relay: ScriptedRelay) -> None:
    begin(office, 3)
    with office.database.write() as tx:
        suppression.suppress(tx, office, address(2), suppression.Reason.BOUNCE, NOW)
    deliver(office)
    assert states(office) == ["sent", "suppressed", "sent"]
    assert address(2) not in [each.recipient for each in relay.received]


def test_what_was_refused_is_not_sent_again_to_who_is_suppressed(office: Office) -> None:
    begin(office, 3)
    deliver(office)
    with office.database.write() as tx:
        tx.execute(update(deliveries).where(deliveries.c.recipient_id != 1).values(state=DeliveryState.FAILED))
        slices.refresh(tx, 1, 0, NOW)
        suppression.suppress(tx, office, address(2), suppression.Reason.BOUNCE, NOW)
        assert orders.again(tx, PRESS, NOW, person="koordinator") == 1
