"""Joining a list: asked for, mailed, confirmed, with the evidence of it; and what is left of what nobody confirmed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Row, Table, event, func, select

from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.desk import at_work, read, recorded, words
from tests.store.sample import NOW
from worker.audience import members
from worker.audience.joining import asking, confirming, consent
from worker.audience.joining.asking import Wish
from worker.audience.members import Addressed
from worker.jobs.clear_joinings import ClearJoinings
from worker.jobs.send_recipient_mails import SendRecipientMails
from worker.messages import speaking
from worker.office import Office
from worker.store.tables import (
    consent_texts,
    events,
    joining_links,
    joinings,
    memberships,
    recipient_mails,
    recipient_topics,
    recipients,
    subscriptions,
)

ADDRESS = "jana@priklad.example.org"
WISH = Wish(ADDRESS, ("obcane",), ("bydleni", "dluhy"), "cs")
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def ask(office: Office, wish: Wish = WISH, at: Any = NOW) -> None:
    with office.database.write() as tx:
        asking.ask(tx, office, wish, consent.in_force(office), at)


def mail(office: Office, at: Any = NOW) -> None:
    with at_work(office, at) as shift:
        while SendRecipientMails().do_one(shift, at):
            pass


def token(relay: ScriptedRelay, number: int = -1) -> str:
    """What ends the link of a mail that came."""
    found = re.search(r"/odber/potvrzeni/(\S+)", words(read(relay.received[number])))
    assert found is not None
    return found[1]


def confirm(office: Office, link: str, at: Any = NOW + MINUTE) -> bool:
    with office.database.write() as tx:
        asked = confirming.find(tx, office, link, at)
        return asked is not None and confirming.confirm(tx, office, asked, at)


def join(office: Office, relay: ScriptedRelay, wish: Wish = WISH, at: Any = NOW) -> int:
    """The whole way; the recipient's id."""
    ask(office, wish, at)
    mail(office, at)
    assert confirm(office, token(relay), at + MINUTE)
    with office.database.read() as tx:
        return int(tx.execute(select(recipients.c.id).where(recipients.c.address == wish.address)).scalar_one())


def everything(office: Office, table: Table) -> list[Row[Any]]:
    with office.database.read() as tx:
        return list(tx.execute(select(table)))


def gets(office: Office, lists: Iterable[str], at: Any = NOW + DAY) -> int:
    with office.database.read() as tx:
        return members.size(tx, office, Addressed(tuple(lists)), at)


@pytest.mark.both
def test_whoever_confirms_is_on_the_list_with_the_evidence_of_it(office: Office, relay: ScriptedRelay) -> None:
    ask(office)
    assert everything(office, recipients) == []
    mail(office)
    assert relay.received[0].recipient == ADDRESS
    assert confirm(office, token(relay), NOW + 3 * MINUTE)
    person, evidence = everything(office, recipients)[0], everything(office, subscriptions)[0]
    assert (person.address, person.language, person.suppressed) == (ADDRESS, "cs", "")
    assert [(row.list_id, row.recipient_id) for row in everything(office, memberships)] == [("obcane", person.id)]
    assert {row.topic for row in everything(office, recipient_topics)} == {"bydleni", "dluhy"}
    assert (evidence.list_id, evidence.asked_at, evidence.confirmed_at) == ("obcane", NOW, NOW + 3 * MINUTE)
    agreed = everything(office, consent_texts)[0]
    assert (agreed.version, agreed.text) == (evidence.text_version, consent.in_force(office).text)
    assert gets(office, ["obcane"]) == 1
    assert recorded(office)[-1] == "list.joined"


def test_each_wording_is_kept_under_a_version_of_its_own(office: Office) -> None:
    ask(office)
    other = office.settings.organisation.model_copy(update={"name": "Jiný kraj"})
    moved = replace(office, settings=replace(office.settings, organisation=other))
    ask(moved, replace(WISH, address="petr@priklad.example.org"))
    with speaking("en"):
        ask(office, replace(WISH, address="eva@priklad.example.org", language="en"))
    texts = {row.version: row.text for row in everything(office, consent_texts)}
    assert len(texts) == 3
    assert sorted(text.split()[0] for text in texts.values()) == ["I", "Souhlasím", "Souhlasím"]
    assert sum("Jiný kraj" in text for text in texts.values()) == 1
    versions = {row.address: row.text_version for row in everything(office, joinings)}
    assert "Jiný kraj" in texts[versions["petr@priklad.example.org"]]


@pytest.mark.both
def test_one_link_joins_once_however_often_it_is_used(office: Office, relay: ScriptedRelay) -> None:
    ask(office)
    mail(office)
    link = token(relay)
    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(lambda _: confirm(office, link), range(4))) == [False, False, False, True]
    assert len(everything(office, subscriptions)) == 1
    with office.database.read() as tx:
        asked = confirming.find(tx, office, link, NOW + DAY)
    assert asked is not None and asked.confirmed_at == NOW + MINUTE  # its page goes on telling that it was done


def test_an_address_that_has_it_all_is_told_so_and_nothing_is_asked(office: Office, relay: ScriptedRelay) -> None:
    join(office, relay)
    ask(office, at=NOW + 2 * DAY)
    mail(office, NOW + 2 * DAY)
    told = read(relay.received[-1])
    assert len(relay.received) == 2
    assert told["Subject"].startswith("Tyto zprávy už dostáváte")
    assert "/odber/potvrzeni/" not in words(told)
    assert len(everything(office, joinings)) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"topics": ("zdravi",)},
        {"topics": ()},
        {"language": "en"},
        {"lists": ("obcane", "vsichni")},
    ],
)
def test_what_would_change_is_to_be_confirmed_anew(
    office: Office, relay: ScriptedRelay, change: dict[str, Any]
) -> None:
    join(office, relay)
    wish = replace(WISH, **change)
    join(office, relay, wish, NOW + 2 * DAY)
    assert {row.topic for row in everything(office, recipient_topics)} == set(wish.topics)
    assert everything(office, recipients)[0].language == wish.language
    assert {row.list_id for row in everything(office, memberships)} == set(wish.lists)


def test_a_list_without_topics_leaves_those_that_were_chosen(office: Office, relay: ScriptedRelay) -> None:
    lists = {**office.lists, "vsichni": office.lists["vsichni"].model_copy(update={"topics": False})}
    office = replace(office, lists=lists)
    join(office, relay)
    join(office, relay, replace(WISH, lists=("vsichni",), topics=()), NOW + 2 * DAY)
    assert {row.topic for row in everything(office, recipient_topics)} == {"bydleni", "dluhy"}


def test_an_address_is_written_to_once_a_day(office: Office, relay: ScriptedRelay) -> None:
    for hours in (0, 1, 14, 23.9):
        ask(office, at=NOW + timedelta(hours=hours))
    mail(office)
    assert (len(relay.received), len(everything(office, joinings))) == (1, 1)
    ask(office, replace(WISH, lists=("vsichni",)), NOW + DAY + MINUTE)
    assert len(everything(office, recipient_mails)) == 2


@pytest.mark.both
def test_two_requests_of_one_moment_make_one_mail(office: Office) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: ask(office), range(6)))
    assert (len(everything(office, recipient_mails)), len(everything(office, joinings))) == (1, 1)


def test_nobody_may_have_us_flood_strangers(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MOST_AN_HOUR", 3)
    for number in range(3):
        with office.database.read() as tx:
            assert not asking.too_many(tx, NOW)
        ask(office, replace(WISH, address=f"clovek{number}@priklad.example.org"))
    with office.database.read() as tx:
        assert asking.too_many(tx, NOW)
        assert not asking.too_many(tx, NOW + timedelta(hours=1, seconds=1))


def test_a_list_that_was_closed_meanwhile_is_not_joined(office: Office, relay: ScriptedRelay) -> None:
    ask(office, replace(WISH, lists=("obcane", "vsichni")))
    mail(office)
    by_invitation = office.lists["obcane"].model_copy(update={"join": "invitation", "topics": False})
    without = {key: each for key, each in office.lists.items() if key != "vsichni"}
    none = replace(office, lists={**without, "obcane": by_invitation})
    assert not confirm(none, token(relay))
    some = replace(office, lists={**office.lists, "obcane": by_invitation})
    assert confirm(some, token(relay))
    assert [row.list_id for row in everything(office, memberships)] == ["vsichni"]


@pytest.mark.parametrize("wrong", ["", "x", "a" * 43, "ř" * 43])
def test_a_wrong_token_stands_for_nothing(office: Office, relay: ScriptedRelay, wrong: str) -> None:
    ask(office)
    mail(office)
    assert not confirm(office, wrong)


def test_a_mail_sent_again_leaves_the_first_link_good(office: Office, relay: ScriptedRelay) -> None:
    ask(office)
    relay.answer("DOT", "<accept and hang up>")
    mail(office)
    mail(office, NOW + 10 * MINUTE)
    first, second = token(relay, 0), token(relay, 1)
    assert first != second
    assert confirm(office, first)
    assert len(everything(office, joining_links)) == 2


def test_a_mail_that_comes_too_late_does_not_leave(office: Office, relay: ScriptedRelay) -> None:
    ask(office)
    relay.answer("DOT", "<accept and hang up>")
    mail(office)
    assert confirm(office, token(relay))
    mail(office, NOW + 10 * MINUTE)
    ask(office, replace(WISH, address="petr@priklad.example.org"), NOW + DAY)
    mail(office, NOW + 15 * DAY)
    assert [each.recipient for each in relay.received] == [ADDRESS]
    assert [row.state for row in everything(office, recipient_mails)] == ["withdrawn", "withdrawn"]


@pytest.mark.both
def test_what_nobody_confirms_is_deleted_after_fourteen_days(office: Office, relay: ScriptedRelay) -> None:
    ask(office)
    ask(office, replace(WISH, address="petr@priklad.example.org"))
    mail(office)
    confirmed, waiting = token(relay, 0), token(relay, 1)
    assert confirm(office, confirmed)
    job, end = ClearJoinings(), NOW + 14 * DAY
    with at_work(office, end) as shift:
        assert job.next_at(shift, NOW) == end
        assert not job.do_one(shift, end - MINUTE)
        assert not confirm(office, waiting, end)  # the job need not have been there
        assert job.do_one(shift, end)
        assert not job.do_one(shift, end)
        assert job.next_at(shift, end) is None
    assert [everything(office, table) for table in (joinings, joining_links, recipient_mails)] == [[], [], []]
    assert [row.address for row in everything(office, recipients)] == [ADDRESS]
    with office.database.read() as tx:
        assert tx.execute(select(func.count()).select_from(subscriptions)).scalar_one() == 1


@pytest.mark.both
def test_what_is_deleted_is_overwritten(office: Office) -> None:
    """As on a machine whose SQLite was not built to do so by itself."""
    database = office.database
    if database.file is None:
        return  # PostgreSQL's own VACUUM does it

    def built_so(own: Any, *_rest: Any) -> None:
        own.execute("PRAGMA secure_delete=OFF")

    event.listen(database.engine, "checkout", built_so)
    try:
        ask(office)
        assert ADDRESS.encode() in database.file.read_bytes()
        with at_work(office, NOW + 14 * DAY) as shift:
            assert ClearJoinings().do_one(shift, NOW + 14 * DAY)
    finally:
        event.remove(database.engine, "checkout", built_so)
    assert ADDRESS.encode() not in database.file.read_bytes()


def test_no_address_stands_in_a_reason_or_an_event(office: Office, relay: ScriptedRelay) -> None:
    join(office, relay)
    keys = [row.key for row in everything(office, recipient_mails)]
    told = keys + [str(row.data) for row in everything(office, events)]
    assert told and not any("jana" in each or "priklad" in each for each in told)
