"""The account of a mailing: its numbers add up, name reasons and domains, and outlive whom they are about."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, update

from tests.fixtures.smtp_server import HANG_UP, ScriptedRelay
from tests.store.desk import at_work, begin, deliver, rows
from tests.store.sample import NOW, PRESS, add_people, address, approved_draft
from tests.store.test_story_page import visiting, words
from worker.audience.members import Addressed
from worker.audience.privacy.erase import forget
from worker.cli.delivery_account import as_json
from worker.delivery import doubtful
from worker.delivery.freeze import freeze
from worker.delivery.who_got_it import who_got_it
from worker.jobs.count_mailings import CountMailings
from worker.jobs.keep_no_longer import KeepNoLonger
from worker.jobs.note_refusals import NoteRefusals
from worker.office import Office
from worker.record import mailing_account, mailing_counts, words_of_account
from worker.store.states import DeliveryState
from worker.store.tables import bounces, deliveries, departures, recipients
from worker.store.tables import excluded as left_out
from worker.times import rfc3339

DAY = timedelta(days=1)


def account(office: Office, at: Any = NOW, *, thoroughly: bool = True) -> dict[str, Any]:
    with office.database.read() as tx:
        (found,) = mailing_account.of_occurrence(tx, PRESS, at, thoroughly=thoroughly)
    assert found.adds_up and found.addressed == found.audience + sum(found.excluded.values())
    return as_json(found)


def table(office: Office) -> list[dict[str, str]]:
    with office.database.read() as tx:
        text = "".join(who_got_it(tx, PRESS))
    assert text.startswith("\ufeff") and text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(text[1:]), delimiter=";"))


def sent(office: Office, relay: ScriptedRelay) -> int:
    """To six of seven: three refused for two reasons, one unknown, two accepted; one had been suppressed before."""
    with office.database.write() as tx:
        (gone,) = add_people(tx, "media", [7])
        tx.execute(update(recipients).where(recipients.c.id == gone).values(suppressed="bounce"))
        add_people(tx, "media", range(1, 7))
        number = freeze(tx, office, PRESS, approved_draft(tx, "press-release", PRESS), Addressed(("media",)), NOW)
    relay.answer_to(address(1), "550 5.1.1 no such user here")
    relay.answer_to(address(2), "550 5.1.1 User unknown")
    relay.answer_to(address(3), "552 5.2.2 quota")
    relay.answer("DOT", "250 ok", HANG_UP)
    deliver(office)
    with at_work(office) as shift:
        while NoteRefusals().do_one(shift, NOW):
            pass
    return number


def left(tx: Connection, recipient_id: int, mailing_id: int) -> None:
    """She left the list by this mailing."""
    values = {"recipient_id": recipient_id, "list_id": "media", "left_at": NOW, "mailing_id": mailing_id}
    tx.execute(insert(departures).values(values))


def came_back(tx: Connection, recipient_id: int, mailing_id: int, sort: str) -> None:
    values = {"mailing_id": mailing_id, "recipient_id": recipient_id, "sort": sort, "status": "", "at": NOW}
    tx.execute(insert(bounces).values(values))


def count(office: Office, at: Any = NOW) -> bool:
    """Whether there was a mailing to be counted, and it is now."""
    with at_work(office, at) as shift:
        steps = 0
        while CountMailings().do_one(shift, at) and steps < 10:
            steps += 1
    return steps > 0


def test_the_numbers_add_up_and_every_reason_is_named(office: Office, relay: ScriptedRelay) -> None:
    number = sent(office, relay)
    with office.database.write() as tx:
        *_, last = rows(office)
        came_back(tx, last.recipient_id, number, "hard")
        came_back(tx, last.recipient_id, number, "reply")
        left(tx, last.recipient_id, number)
    told = account(office)
    assert (told["addressed"], told["audience"], told["excluded"]) == (7, 6, {"suppressed": 1})
    assert told["deliveries"] == {"sent": 2, "failed": 3, "unknown": 1} and (told["final"], told["open"]) == (6, 0)
    assert [(each["reason"], each["code"], each["status"], each["number"]) for each in told["failed"]] == [
        ("dead", 550, "5.1.1", 2), ("full", 552, "5.2.2", 1),
    ]  # fmt: skip
    assert told["failed"][0]["text"] == "adresa neexistuje (550 5.1.1)"
    assert told["returned"] == {"hard": 1}, "whom the relay refused at once stands among the failed"
    assert (told["unsubscribed"], told["replies"]) == (1, 1)
    (domain,) = told["domains"]
    assert (domain["domain"], domain["audience"], domain["returned"]) == ("noviny.example.org", 6, 1)
    assert (told["began_at"], told["last_sent_at"]) == (rfc3339(NOW), rfc3339(NOW))
    with office.database.read() as tx:
        (found,) = mailing_account.of_occurrence(tx, PRESS, NOW, thoroughly=True)
        text = "\n".join(words_of_account.told(office, found))
    assert "Na seznamech: 7, z toho vynecháno 1" in text and "adresa neexistuje (550 5.1.1): 2" in text
    assert "noviny.example.org" in text and "@" not in text


def test_who_got_it_and_who_did_not_is_a_line_each(office: Office, relay: ScriptedRelay) -> None:
    sent(office, relay)
    with office.database.write() as tx:
        tx.execute(update(recipients).where(recipients.c.address == address(5)).values(name="=1+1"))
    found = {each["adresa"]: each for each in table(office)}
    assert set(found) == {address(each) for each in range(1, 8)}
    assert (found[address(1)]["předáno"], found[address(1)]["důvod"]) == ("ne", "adresa neexistuje (550 5.1.1)")
    assert (found[address(7)]["stav"], found[address(7)]["důvod"]) == ("vynecháno předem", "vyřazená adresa")
    assert found[address(5)]["jméno"] == "'=1+1"
    assert found[address(6)]["kdy"] == "2026-12-08 10:00:00"
    assert sorted(each["předáno"] for each in found.values()) == ["ano", "ano", "ne", "ne", "ne", "ne", "nevíme"]


def test_a_done_mailing_is_counted_once_and_again_when_a_person_settles_it(
    office: Office, relay: ScriptedRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(office, relay)
    monkeypatch.setattr(mailing_account, "COUNTED_AT_ONCE", 0)
    assert account(office, thoroughly=False)["failed"] == [] and account(office, thoroughly=False)["counted_at"] is None
    assert count(office, NOW - DAY) and not count(office, NOW - DAY), "also by a clock that went back"
    assert [each["number"] for each in account(office, thoroughly=False)["failed"]] == [2, 1]
    (unknown,) = [row for row in rows(office) if row.state == "unknown"]
    with office.database.write() as tx:
        doubtful.settle(tx, PRESS, unknown.address, DeliveryState.FAILED, NOW, "koordinator")
    between = account(office, thoroughly=False)["failed"]
    assert sum(each["number"] for each in between) == 4 and between[-1]["reason"] == "not_kept"
    assert count(office) and not count(office)
    assert [each["reason"] for each in account(office, thoroughly=False)["failed"]] == ["dead", "full", "person"]


def test_the_numbers_stay_when_nothing_says_any_more_who_it_was(office: Office, relay: ScriptedRelay) -> None:
    number = sent(office, relay)
    with office.database.write() as tx:
        *_, before, last = rows(office)
        for row in (before, last):
            came_back(tx, row.recipient_id, number, "hard")
        left(tx, before.recipient_id, number)
    first = account(office)
    with office.database.write() as tx:
        forget(tx, before.recipient_id, NOW)
    assert account(office)["returned"] == {"hard": 2} and account(office)["unsubscribed"] == 1
    later = NOW + 500 * DAY
    with at_work(office, later) as shift:
        while KeepNoLonger().do_one(shift, later):
            pass
    with office.database.read() as tx:
        assert not tx.execute(bounces.select()).all() and not tx.execute(left_out.select()).all()
        assert {row.address for row in tx.execute(deliveries.select())} <= {"", f"{before.recipient_id}@erased.invalid"}
    then = account(office)
    assert then["emptied_at"] is not None
    for each in (
        "addressed",
        "excluded",
        "audience",
        "deliveries",
        "failed",
        "returned",
        "unsubscribed",
        "last_sent_at",
    ):
        assert then[each] == first[each], each
    assert "noviny.example.org" in json.dumps(then["domains"])
    assert all("@" not in each["adresa"] for each in table(office))


@pytest.mark.parametrize(
    ("code", "reply", "word"),
    [
        (550, "550 5.7.1 blocked", "policy"), (552, "552 too big", "large"), (451, "try later", "later"),
        (550, "no", "other"), (0, "the message cannot be sent", "ours"), (None, "settled by a person", "person"),
        (554, "5.4.4 no route 1.5.1.1", "dead"), (550, "5.3.0 local", "server"), (550, "10.5.1.1", "other"),
    ],
)  # fmt: skip
def test_a_reason_has_a_word(code: int | None, reply: str, word: str) -> None:
    assert mailing_counts.reason(code, reply)[0] == word


def test_small_domains_are_folded_together_and_nothing_is_lost() -> None:
    counts = mailing_counts.Counts()
    for each in range(100):
        counts.domains[f"velka-{each:03}.example.org"]["sent"] = 3
        counts.domains[f"mala-{each:03}.example.org"]["sent"] = 1
    kept = counts.kept()["domains"]
    assert len(kept) == mailing_counts.MOST_DOMAINS + 1 and kept[-1][0] == ""
    assert sum(states["sent"] for _, states in kept) == 400
    assert not any(name.startswith("mala") for name, _ in kept)


def test_a_mailing_to_nobody_is_accounted_for(office: Office) -> None:
    begin(office, 0)
    told = account(office)
    assert (told["audience"], told["addressed"], told["domains"]) == (0, 0, [])


PAGE, TABLE = f"/koordinator/vyuctovani/{PRESS}", f"/koordinator/kdo-dostal/{PRESS}"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_coordinator_reads_it_on_a_page_and_nobody_else_does(office: Office, relay: ScriptedRelay) -> None:
    sent(office, relay)
    with visiting(office, None) as visit:
        assert visit.get(PAGE).status_code == visit.get(TABLE).status_code == 403
    with visiting(office, at=NOW) as visit:
        assert PAGE in visit.get(f"/koordinator/termin/{PRESS}").text
        page = words(visit.get(PAGE))
        assert "adresa neexistuje (550 5.1.1)" in page and "noviny.example.org" in page and address(1) not in page
        assert "<script" not in page
        answer = visit.get(TABLE)
        assert answer.headers["content-disposition"] == 'attachment; filename="rozesilka-tiskova-zprava-2026-12.csv"'
        assert answer.headers["cache-control"] == "no-store" and address(7) in answer.content.decode("utf-8-sig")
        assert visit.get(PAGE + "1").status_code == visit.get(TABLE + "1").status_code == 404
