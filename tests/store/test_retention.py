"""What is kept of people no longer than the settings say: counted without touching it, and taken away once a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from tests.store.desk import at_work, begin, deliver, recorded, rows, states
from tests.store.sample import NEWSLETTER, NOW, PRESS, add_people, address
from worker.audience.leaving import leave
from worker.audience.privacy import retention
from worker.audience.privacy.answers import PASSED_ON
from worker.audience.privacy.held import Purpose, mint
from worker.audience.suppression import suppression_of
from worker.jobs.keep_no_longer import KeepNoLonger
from worker.notices import queue
from worker.office import Office
from worker.settings import Retention
from worker.store import tables

DAY = timedelta(days=1)
NOTHING = dict.fromkeys(("mailings", "left", "consents", "returned", "answers", "mails", "links"), 0)


@pytest.fixture
def keeping(office: Office) -> Office:
    """An office with a time of its own for everything, after a newsletter to three."""
    kept = Retention(mailings_days=100, left_days=200, consents_days=300, returned_days=400, mails_days=30)
    keeping = replace(office, settings=replace(office.settings, retention=kept))
    begin(keeping, 3, "newsletter", NEWSLETTER, ["obcane"])
    deliver(keeping)
    return keeping


def due(office: Office, at: datetime) -> dict[str, int]:
    """What would go, without what would not."""
    with office.database.read() as tx:
        return {name: number for name, number in retention.due(tx, office.settings.retention, at).items() if number}


def tidy(office: Office, at: datetime) -> int:
    """All that the job has to do at that time; in how many pieces."""
    pieces = 0
    with at_work(office, at) as current:
        while KeepNoLonger().do_one(current, at):
            pieces += 1
    return pieces


def test_an_old_mailing_keeps_its_rows_and_states_and_forgets_whose_they_were(keeping: Office) -> None:
    begin(keeping, 0, "press-release", PRESS, ["obcane"])  # is not done
    assert due(keeping, NOW + 100 * DAY) == {}
    assert due(keeping, NOW + 101 * DAY) == {"mailings": 3}
    assert tidy(keeping, NOW + 101 * DAY) == 1
    assert [row.address for row in rows(keeping)] == ["", "", "", *map(address, (1, 2, 3))]
    assert states(keeping) == ["sent"] * 3 + ["queued"] * 3
    assert all(row.greeting == row.reply == "" for row in rows(keeping)[:3])
    assert due(keeping, NOW + 101 * DAY) == {}
    with keeping.database.read() as tx:
        assert tx.execute(select(func.count()).select_from(tables.memberships)).scalar() == 3, "nobody leaves a list"


def test_many_rows_go_in_pieces(keeping: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "ROWS", 2)
    assert tidy(keeping, NOW + 101 * DAY) == 2
    assert {row.address for row in rows(keeping)} == {""}


def test_whoever_left_everything_is_forgotten_but_for_the_hash(keeping: Office) -> None:
    with keeping.database.write() as tx:
        leave.leave_all(tx, keeping, 1, NOW + 2 * DAY)
    assert due(keeping, NOW + 201 * DAY) == {"mailings": 3}
    late = NOW + 203 * DAY
    assert due(keeping, late) == {"mailings": 3, "left": 1}
    tidy(keeping, late)
    with keeping.database.read() as tx:
        people = tx.execute(select(tables.recipients.c.address).order_by(tables.recipients.c.id)).scalars().all()
        kept = suppression_of(tx, keeping, address(1))
    assert people == ["1@erased.invalid", address(2), address(3)]
    assert kept is not None and kept.reason == "asked"


def test_whoever_is_on_no_list_is_forgotten_and_members_never_are(keeping: Office) -> None:
    with keeping.database.write() as tx:
        tx.execute(tables.memberships.delete().where(tables.memberships.c.recipient_id == 2))
        leave.leave_lists(tx, keeping, 3, ["obcane"], NOW)
    tidy(keeping, NOW + 1000 * DAY)
    with keeping.database.read() as tx:
        people = tx.execute(select(tables.recipients.c.address).order_by(tables.recipients.c.id)).scalars().all()
    assert people == [address(1), "2@erased.invalid", address(3)]


def test_nobody_is_forgotten_who_was_written_to_lately_or_is_being_written_to(keeping: Office) -> None:
    begin(keeping, 0, "press-release", PRESS, ["obcane"])
    with keeping.database.write() as tx:
        leave.leave_all(tx, keeping, 1, NOW)
        assert retention.due(tx, keeping.settings.retention, NOW + 1000 * DAY)["left"] == 0
    deliver(keeping, NOW + 100 * DAY)
    with keeping.database.write() as tx:
        assert retention.due(tx, keeping.settings.retention, NOW + 1000 * DAY)["left"] == 1


def test_evidence_bounces_mails_and_links_have_times_of_their_own(keeping: Office) -> None:
    with keeping.database.write() as tx:
        tx.execute(tables.consent_texts.insert().values(version="v1", language="cs", text="Souhlasím.", since=NOW))
        agreed = {"recipient_id": 1, "list_id": "obcane", "text_version": "v1", "asked_at": NOW, "confirmed_at": NOW}
        tx.execute(tables.subscriptions.insert().values(agreed | {"withdrawn_at": NOW}))
        tx.execute(tables.subscriptions.insert().values(agreed | {"recipient_id": 2}))
        tx.execute(tables.bounces.insert().values(mailing_id=1, recipient_id=1, sort="soft", status="4.2.2", at=NOW))
        queue.put(tx, "answer/1", PASSED_ON, "koordinator", NOW, recipient=1, text="Děkuji.", more="")
        tx.execute(update(tables.notices).values(state="sent", settled_at=NOW))
        mint(tx, 1, Purpose.HELD, "", NOW - DAY)
        mail = {"key": "held/1", "purpose": "held", "address": address(1), "recipient_id": 1, "language": "cs"}
        mail |= {"data": {}, "state": "sent", "attempts": 1, "due_at": NOW, "created_at": NOW, "reply": ""}
        tx.execute(tables.recipient_mails.insert().values(mail | {"settled_at": NOW}))
        tx.execute(tables.recipient_mails.insert().values(mail | {"key": "held/2", "state": "queued"}))
        tx.execute(update(tables.mailings).values(emptied_at=NOW))
    assert due(keeping, NOW + 30 * DAY) == {}
    assert due(keeping, NOW + 31 * DAY) == {"mails": 1, "links": 1}
    assert due(keeping, NOW + 301 * DAY) == {"mails": 1, "links": 1, "consents": 1}
    assert due(keeping, NOW + 401 * DAY) == {"mails": 1, "links": 1, "consents": 1, "returned": 1, "answers": 1}
    tidy(keeping, NOW + 401 * DAY)
    assert due(keeping, NOW + 401 * DAY) == {}
    with keeping.database.read() as tx:
        assert tx.execute(select(tables.subscriptions.c.recipient_id)).scalars().all() == [2]
        assert tx.execute(select(tables.recipient_mails.c.key)).scalars().all() == ["held/2"]


def test_a_look_takes_nothing_away_and_the_job_looks_once_a_day(keeping: Office) -> None:
    late = NOW + 101 * DAY
    with keeping.database.read() as tx:
        assert retention.due(tx, keeping.settings.retention, late) == NOTHING | {"mailings": 3}
    assert rows(keeping)[0].address == address(1)
    tidy(keeping, late)
    assert recorded(keeping).count("recipients.tidied") == 1
    with keeping.database.write() as tx:
        add_people(tx, "media", [9])
        tx.execute(update(tables.mailings).values(emptied_at=None))
        tx.execute(update(tables.deliveries).values(address="znovu@noviny.example.org"))
    assert tidy(keeping, late + timedelta(hours=3)) == 0
    assert tidy(keeping, late + DAY) == 1
