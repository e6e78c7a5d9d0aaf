"""How lists grow: counted once a day and after an import, kept by the month, and never counted for a page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from tests.store.desk import at_work
from tests.store.sample import NOW, add_people
from worker.audience.upkeep import growth
from worker.audience.upkeep.growth import Month
from worker.jobs.count_lists import CountLists
from worker.office import Office
from worker.planning.titles import spelt_out
from worker.store.tables import bounces, departures, imports, installation, list_growth, memberships
from worker.web.lists import Shown

OCTOBER, NOVEMBER, THIS = (datetime(2026, month, 20, 12, tzinfo=UTC) for month in (10, 11, 12))
LATER = THIS + timedelta(hours=1)


def joined(office: Office, list_id: str, at: datetime, *numbers: int) -> list[int]:
    with office.database.write() as tx:
        ids = add_people(tx, list_id, numbers)
        here = memberships.c.list_id == list_id, memberships.c.recipient_id.in_(ids)
        tx.execute(update(memberships).where(*here).values(since=at))
    return ids


def count(office: Office, at: datetime) -> int:
    """Let the job do all it finds; how many lists that were."""
    number = 0
    with at_work(office, at) as shift:
        while CountLists().do_one(shift, at):
            number += 1
    return number


def of(office: Office, list_id: str, at: datetime) -> growth.Growth:
    with office.database.read() as tx:
        (found,) = growth.growth(tx, [list_id], at)
    return found


def test_a_year_is_read_off_what_is_kept(office: Office) -> None:
    early = joined(office, "obce", OCTOBER, 1, 2, 3)
    joined(office, "obce", NOVEMBER, 4, 5)
    joined(office, "media", NOVEMBER, 4)
    with office.database.write() as tx:
        tx.execute(departures.insert().values(recipient_id=early[0], list_id="obce", left_at=NOVEMBER))
        tx.execute(departures.insert().values(recipient_id=early[1], list_id="media", left_at=NOVEMBER))
        for who, sort in ((early[1], "hard"), (early[1], "hard"), (early[2], "soft")):
            tx.execute(bounces.insert().values(recipient_id=who, sort=sort, status="5.1.1", at=THIS))
    assert count(office, THIS) == 2, "the lists that have members, each once"
    found = of(office, "obce", THIS)
    assert (found.members, found.counted_at, len(found.months)) == (4, THIS, 12)
    assert found.months[0] == Month("2026-01", 0, 0, 0, 0)
    assert found.months[-3:] == (
        Month("2026-10", 3, 3, 0, 0), Month("2026-11", 4, 2, 1, 0), Month("2026-12", 4, 0, 0, 1)
    )  # fmt: skip
    assert count(office, LATER) == 0, "once a day"


def test_a_month_that_is_over_stays_as_it_was_counted(office: Office) -> None:
    ids = joined(office, "obce", OCTOBER, 1, 2, 3)
    assert count(office, NOVEMBER) == 1
    with office.database.write() as tx:
        tx.execute(memberships.delete().where(memberships.c.recipient_id == ids[0]))
    assert count(office, THIS) == 1
    months = of(office, "obce", THIS).months
    assert [each.members for each in months[-3:]] == [3, 2, 2] and months[-3].joined == 3
    assert months[0] == Month("2026-01", 0, 0, 0, 0)


def test_an_import_is_counted_at_once_and_few_are_counted_when_asked(office: Office) -> None:
    joined(office, "obce", OCTOBER, 1)
    count(office, THIS)
    joined(office, "obce", THIS, 2)
    assert of(office, "obce", THIS).members == 2, "few are counted when somebody asks"
    values = {"list_id": "obce", "digest": "x", "done": 1, "begun_at": THIS, "ended_at": THIS + timedelta(minutes=1)}
    with office.database.write() as tx:
        tx.execute(imports.insert().values(values))
    assert count(office, THIS) == 0, "what a clock that went back has ahead is not waited for"
    assert count(office, LATER) == 1 and count(office, LATER) == 0
    assert of(office, "obce", LATER).months[-1].joined == 1


def test_a_page_counts_no_large_list(office: Office) -> None:
    joined(office, "obce", OCTOBER, 1, 2)
    count(office, THIS)
    with office.database.write() as tx:
        tx.execute(update(list_growth).values(members=growth.FEW + 1))
        assert growth.members(tx, ["obce", "media"], THIS) == {"obce": growth.FEW + 1, "media": 0}
    assert of(office, "obce", THIS).members == growth.FEW + 1


def test_it_is_counted_before_anything_was_sent(office: Office) -> None:
    with office.database.read() as tx:
        assert growth.is_due(tx, NOW)
    assert count(office, NOW) == 0, "no list has a member"
    with office.database.read() as tx:
        assert not growth.is_due(tx, NOW)
        assert tx.execute(select(installation.c.lists_counted_at)).scalar() == NOW


def test_months_in_which_nothing_happened_stand_in_one_line(office: Office) -> None:
    months = (
        Month("2026-07"), Month("2026-08", 3, 0, 0, 0), Month("2026-09", 3, 0, 0, 0), Month("2026-10", 4, 1, 0, 0),
        Month("2026-11", 4, 0, 0, 0), Month("2026-12", 4, 0, 1, 0),
    )  # fmt: skip
    names = {each.month: spelt_out(each.month) for each in months}
    shown = Shown(office.lists["obce"], growth.Growth("obce", 4, THIS, months), "", (), False, False, names)
    assert [(name, month.members) for name, month in shown.months] == [
        ("prosinec 2026", 4), ("listopad 2026", 4), ("říjen 2026", 4), ("srpen 2026 – září 2026", 3),
    ]  # fmt: skip
