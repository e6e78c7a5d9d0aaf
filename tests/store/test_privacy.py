"""What we hold about a person, given to her whole, and erased so that nothing is left but a keyed hash."""

from __future__ import annotations

import json
import sqlite3
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from freezegun import freeze_time
from sqlalchemy import Connection, inspect, select, text, update

from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.conftest import hasty, open_office
from tests.store.desk import begin, deliver, rows, states
from tests.store.sample import NEWSLETTER, NOW, PRESS, add_people, address
from worker.audience import mails
from worker.audience.leaving import choices, leave
from worker.audience.members import sizes
from worker.audience.privacy import erase as erasing
from worker.audience.privacy.answers import PASSED_ON
from worker.audience.privacy.erase import Erased, erase
from worker.audience.privacy.export import of_address
from worker.audience.suppression import Reason, suppress, suppression_of
from worker.errors import HlasatelError
from worker.notices import queue
from worker.notices.kinds import KINDS
from worker.office import Office
from worker.store import tables
from worker.store.columns import metadata
from worker.store.database import Database

HERS, NAME = "clovek-001@noviny.example.org", "Božena Tajná"
AT = "2026-12-08T10:00:00+01:00"
DAY = timedelta(days=1)


def a_life(office: Office) -> int:
    """Something of her in every table that knows a person; a mailing to her and two others is under way; her number."""
    mailing = begin(office, 3, "newsletter", NEWSLETTER, ["obcane"])
    with office.database.write() as tx:
        own: int = tx.execute(select(tables.recipients.c.id).where(tables.recipients.c.address == HERS)).scalar_one()
        hers = {"recipient_id": own}
        tx.execute(
            update(tables.recipients)
            .where(tables.recipients.c.id == own)
            .values(name=NAME, greeting="Vážená paní Tajná", soft_bounces=1, soft_bounced_at=NOW)
        )
        tx.execute(update(tables.deliveries).where(tables.deliveries.c.recipient_id == own).values(greeting=NAME))
        choices.choose_topics(tx, own, ["dluhy", "bydleni"], NOW)
        choices.pause(tx, own, NOW + DAY, NOW)
        tx.execute(
            tables.consent_texts.insert().values(version="v1", language="cs", text="Souhlasím se zasíláním.", since=NOW)
        )
        agreed = {"list_id": "obcane", "text_version": "v1", "asked_at": NOW, "confirmed_at": NOW}
        tx.execute(tables.subscriptions.insert().values(hers | agreed))
        leave.leave_lists(tx, office, own, ["obcane"], NOW, mailing_id=mailing)
        tx.execute(tables.excluded.insert().values(hers | {"mailing_id": mailing, "reason": "paused"}))
        tx.execute(
            tables.bounces.insert().values(hers | {"mailing_id": mailing, "sort": "soft", "status": "4.2.2", "at": NOW})
        )
        link = {"hash": b"h" * 32, "purpose": "address", "address": HERS, "created_at": NOW, "ends_at": NOW + DAY}
        tx.execute(tables.recipient_links.insert().values(hers | link))
        queue.put(tx, "answer/1", PASSED_ON, "koordinator", NOW, recipient=own, text="Děkuji, Tajná.", more="")
        queue.put(tx, "answer/2", PASSED_ON, "koordinator", NOW, recipient=own + 1, text=f"Pište i {HERS}!", more="")
        mails.put(tx, "known/1", "known", HERS, NOW, recipient_id=own, lists=["obcane"])
        asked_to_join(tx)
    return own


def asked_to_join(tx: Connection) -> None:
    values = {"address": HERS, "lists": ["vsichni"], "topics": ["dluhy"], "language": "cs", "text_version": "v1"}
    joining = tx.execute(
        tables.joinings.insert()
        .values(values | {"asked_at": NOW, "ends_at": NOW + 14 * DAY})
        .returning(tables.joinings.c.id)
    ).scalar_one()
    tx.execute(tables.joining_links.insert().values(hash=b"j" * 32, joining_id=joining))


def dumped(database: Database) -> str:
    """Every value of every table, as text."""
    names = inspect(database.engine).get_table_names()
    with database.read() as tx:
        return "\n".join(repr(row) for name in names for row in tx.execute(text(f"SELECT * FROM {name}")))


def test_the_export_holds_everything_and_nothing_of_the_clock(office: Office) -> None:
    own = a_life(office)
    told = []
    for moment in (NOW, NOW + 400 * DAY):
        with freeze_time(moment, ignore=["psycopg"]), office.database.read() as tx:
            told.append(json.dumps(of_address(tx, office, f" {HERS.upper()} ".strip()), sort_keys=True))
    assert told[0] == told[1]
    held = json.loads(told[0])
    recorded = held.pop("record")
    assert [each["event"] for each in recorded] == ["recipient.topics", "recipient.paused", "list.left"]
    assert all(each["data"]["recipient"] == own for each in recorded)
    assert held == {
        "address": HERS,
        "name": NAME,
        "greeting": "Vážená paní Tajná",
        "kind": "person",
        "language": "cs",
        "since": AT,
        "topics": ["bydleni", "dluhy"],
        "paused_until": "2026-12-09T10:00:00+01:00",
        "lists": [{"list": "obcane", "since": AT}],
        "left": [{"list": "obcane", "at": AT}],
        "consents": [
            {
                "list": "obcane", "version": "v1", "text": "Souhlasím se zasíláním.", "asked": AT, "confirmed": AT,
                "withdrawn": AT,
            }
        ],
        "deliveries": [{"occurrence": NEWSLETTER, "address": HERS, "state": "queued", "at": None, "reply": ""}],
        "not_sent": [{"occurrence": NEWSLETTER, "reason": "paused", "at": AT}],
        "returned": [{"sort": "soft", "status": "4.2.2", "at": AT}],
        "answers": [{"at": AT, "text": "Děkuji, Tajná."}],
        "put_off": {"times": 1, "last": AT},
        "links": [{"purpose": "address", "at": AT, "new_address": HERS}],
        "asked_to_join": [
            {
                "lists": ["vsichni"], "topics": ["dluhy"], "language": "cs", "text_version": "v1", "asked": AT,
                "confirmed": None, "deleted": "2026-12-22T10:00:00+01:00",
            }
        ],
        "mails": [{"purpose": "known", "state": "queued", "asked": AT, "at": None}],
    }  # fmt: skip


def test_the_export_misses_no_table_that_knows_a_recipient(office: Office) -> None:
    """A new table with somebody in it is to be exported and erased as well."""
    own = {
        name for name, table in metadata.tables.items()
        if "recipient_id" in table.c or "address" in table.c
    }  # fmt: skip
    elsewhere = {"articles", "calendar_dates", "indicator_facts", "publications"}  # addresses of places and pages
    assert own - elsewhere <= {table.name for table in erasing.TOUCHED}, "erase.TOUCHED"


def test_answers_are_found_by_the_kind_that_passes_them_on() -> None:
    assert PASSED_ON in KINDS


def test_the_export_of_a_stranger_is_a_sentence(office: Office) -> None:
    with office.database.read() as tx:
        for unknown in ("nikdo@noviny.cz", "nic"):
            with pytest.raises(HlasatelError, match=unknown):
                of_address(tx, office, unknown)


def test_whoever_only_asked_to_join_or_is_only_suppressed_is_told_that(office: Office) -> None:
    with office.database.write() as tx:
        tx.execute(tables.consent_texts.insert().values(version="v1", language="cs", text="Souhlasím.", since=NOW))
        asked_to_join(tx)
        suppress(tx, office, "jina@noviny.example.org", Reason.BOUNCE, NOW, "5.1.1")
    with office.database.read() as tx:
        assert list(of_address(tx, office, HERS)) == ["address", "asked_to_join"]
        held = of_address(tx, office, "jina@noviny.example.org")
    assert held == {
        "address": "jina@noviny.example.org",
        "suppressed": {"reason": "bounce", "detail": "5.1.1", "since": AT},
    }


def test_an_erasure_leaves_a_keyed_hash_and_nothing_else(office: Office) -> None:
    own = a_life(office)
    before = dumped(office.database)
    assert HERS in before and NAME in before and "Tajná" in before
    assert erase(office, f"{HERS.upper()}", NOW + DAY) == Erased(True, 1)
    after = dumped(office.database)
    for gone in (HERS, "clovek-001", NAME, "Tajná", "dluhy"):
        assert gone not in after, gone
    with office.database.read() as tx:
        found = suppression_of(tx, office, HERS)
        assert found is not None and (found.reason, found.at) == ("erased", NOW + DAY)
        person = tx.execute(select(tables.recipients).where(tables.recipients.c.id == own)).one()
        assert (person.address, person.name, person.suppressed) == (f"{own}@erased.invalid", "", "erased")
        assert list(of_address(tx, office, HERS)) == ["address", "suppressed"]
        told = tx.execute(select(tables.notices.c.data).where(tables.notices.c.kind == PASSED_ON)).scalars().all()
    assert [each["text"] for each in told] == ["Pište i …!"], "another person's words stay hers"
    assert [row.state for row in rows(office)] == ["suppressed", "queued", "queued"], "each delivery keeps its state"


def test_others_keep_what_is_theirs(office: Office) -> None:
    a_life(office)
    with office.database.read() as tx:
        before = of_address(tx, office, address(3))
    erase(office, HERS, NOW)
    with office.database.read() as tx:
        assert of_address(tx, office, address(3)) == before
        assert sizes(tx, office, ["obcane"], NOW) == {"obcane": 2}


def test_an_erased_person_gets_nothing_of_a_mailing_under_way(office: Office, relay: ScriptedRelay) -> None:
    a_life(office)
    begin(office, 0, "press-release", PRESS, ["obcane"])
    erase(office, HERS, NOW)
    deliver(office)
    assert {each.recipient for each in relay.received} == {address(2), address(3)}
    assert all("erased.invalid" not in line for line in relay.heard)
    assert states(office).count("suppressed") == 1


def test_one_whose_slice_is_being_sent_is_stopped_before_her_final_dot(office: Office, relay: ScriptedRelay) -> None:
    """The sender's own rows are its to write."""
    a_life(office)
    with office.database.write() as tx:
        tx.execute(update(tables.slices).values(owner="somebody"))
    assert erase(office, HERS, NOW) == Erased(True, 1)
    assert states(office) == ["queued"] * 3
    with office.database.write() as tx:
        tx.execute(update(tables.slices).values(owner=""))
    deliver(office)
    assert states(office) == ["suppressed", "sent", "sent"]
    assert len(relay.received) == 2


def test_an_erased_address_stays_away_when_it_is_put_on_a_list_again(office: Office) -> None:
    a_life(office)
    erase(office, HERS, NOW)
    with office.database.write() as tx:
        add_people(tx, "obcane", [1])
        found = suppression_of(tx, office, HERS)
    assert found is not None and found.reason == "erased"


def test_erasing_again_cleans_again_and_a_stranger_is_a_sentence(office: Office) -> None:
    a_life(office)
    erase(office, HERS, NOW)
    assert erase(office, HERS, NOW + DAY) == Erased(False)
    with pytest.raises(HlasatelError, match=r"nikdo@noviny\.cz"):
        erase(office, "nikdo@noviny.cz", NOW)


# What follows is about the bytes of an SQLite file.


@pytest.fixture
def file(migrated_file: Path, tmp_path: Path) -> Path:
    (tmp_path / "hlasatel.sqlite3").write_bytes(migrated_file.read_bytes())
    return tmp_path / "hlasatel.sqlite3"


@pytest.mark.parametrize("mode", ["persist", "wal"])
def test_nothing_of_her_is_left_in_the_bytes_of_the_files(file: Path, relay: ScriptedRelay, mode: str) -> None:
    database = hasty(file)
    office = open_office(database, relay, file.parent)
    a_life(office)
    database.close()
    _littered(file, mode)
    database = hasty(file)
    office = open_office(database, relay, file.parent)
    own = database.engine.raw_connection()
    own.cursor().execute(f"PRAGMA journal_mode={mode}")
    own.close()
    with database.write() as tx:
        tx.execute(update(tables.recipients).values(language="en"))
    found = _bytes(file)
    assert found.count(HERS.encode()) > 100 and found.count(NAME.encode()) > 100
    erase(office, HERS, NOW)
    left = {each.name: each.read_bytes() for each in file.parent.glob(f"{file.name}*")}
    database.close()
    for name, content in left.items():
        for gone in (HERS, "clovek-001", NAME, "Tajná"):
            assert gone.encode() not in content, f"{gone} in {name}"
    assert address(2).encode() in left[file.name]


def _littered(file: Path, mode: str) -> None:
    """Free pages, slack space and a journal full of her, as years of use leave them."""
    with sqlite3.connect(file, isolation_level=None) as own:
        own.execute("PRAGMA secure_delete=OFF")
        own.execute(f"PRAGMA journal_mode={mode}")
        for number in range(200):
            values = (1000 + number, f"{number}.{HERS}", NAME, "x" * 300, "2026-12-08 09:00:00")
            own.execute(
                "INSERT INTO recipients (id, address, name, greeting, created_at) VALUES (?, ?, ?, ?, ?)", values
            )
        own.execute("DELETE FROM recipients WHERE id >= 1000")
    own.close()


def _bytes(file: Path) -> bytes:
    return b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))


def test_a_file_that_somebody_reads_is_told_and_the_command_repeated(
    file: Path, relay: ScriptedRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.store.database.BUSY_SECONDS", 0.1)
    database = hasty(file)
    office = open_office(database, relay, file.parent)
    a_life(office)
    database.close()
    with sqlite3.connect(file, isolation_level=None) as reader:
        with pytest.raises(HlasatelError, match="Zopakujte prosím tentýž příkaz"):
            reader.execute("BEGIN")
            erasing.clean(database)
            reader.execute("SELECT count(*) FROM recipients").fetchall()
            erasing.clean(database)
        reader.execute("COMMIT")
    reader.close()
    assert erase(office, HERS, NOW).found
    database.close()


def test_a_journal_is_emptied_although_somebody_writes_all_the_time(file: Path, relay: ScriptedRelay) -> None:
    database = hasty(file)
    office = open_office(database, relay, file.parent)
    a_life(office)
    stopping = threading.Event()

    def write() -> None:
        other = hasty(file)
        while not stopping.is_set():
            with other.write() as tx:
                tx.execute(update(tables.recipients).where(tables.recipients.c.id == 2).values(language="en"))
        other.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(3):
            erase(office, HERS, NOW)
    finally:
        stopping.set()
        writer.join()
    found = _bytes(file)
    database.close()
    assert HERS.encode() not in found and NAME.encode() not in found
