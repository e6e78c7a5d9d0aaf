"""An office backed up while it works comes back elsewhere, on either database, and sends nothing before it may."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.fixtures.postgres import PostgresServer
from tests.fixtures.smtp_server import Received, ScriptedRelay, Then
from tests.store.desk import SEND, approve, asked, begin, deliver, read, recorded, state, states, told, work_at
from tests.store.sample import NEWSLETTER, NOW, PRESS, address
from tests.store.test_reconcile import SENT, log
from worker.audience.privacy.erase import erase
from worker.audience.suppression import Reason, suppress, suppression_of
from worker.delivery import doubtful
from worker.errors import HlasatelError
from worker.office import Office
from worker.record import events
from worker.record.backups import last
from worker.settings.places import Places
from worker.store import copies, tables
from worker.store.columns import metadata
from worker.store.copies import CopyHeld
from worker.store.database import Database
from worker.upkeep.backup.make import Made, make
from worker.upkeep.backup.restore import restore
from worker.upkeep.copies import doubts, release

LATER = NOW + timedelta(minutes=30)


def places(office: Office, url: str | None = None, data: Path | None = None) -> Places:
    """Where the office is, or a place of its own that has its plan and configuration already."""
    own = office.settings
    folder = data or own.data
    return Places(
        own.plan, own.config, folder, folder / "erasures.log", url or own.database_url, own.given_keys,
        own.given_suppression_key,
    )  # fmt: skip


def elsewhere(office: Office, backup: Path, url: str, data: Path, journal: Path | None = None) -> Office:
    """The office as restored there, at `LATER`."""
    given = [journal] if journal else []
    restore(backup, places(office, url, data), LATER, journals=given, keep_config=True)
    settings = replace(office.settings, database_url=url, data=data, journal=data / "erasures.log")
    return replace(office, settings=settings, database=Database(url))


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> str:
    """A place that nothing was ever in: of the same sort as the office's, or with `param` of the other."""
    if database.is_sqlite is not hasattr(request, "param"):
        return f"sqlite:///{tmp_path / 'new' / 'hlasatel.db'}"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name, url = server.create_database()
    request.addfinalizer(lambda: server.drop_database(name))
    return url


OTHER_SORT = pytest.mark.parametrize("empty_url", ["of the other sort"], indirect=True)


@OTHER_SORT
def test_everything_comes_back_as_it_was_on_either_database(
    office: Office, relay: ScriptedRelay, empty_url: str, tmp_path: Path
) -> None:
    begin(office, 4)
    deliver(office)
    made = make(places(office), tmp_path / "backups", NOW, settings=("HLASATEL_DATA",))
    restored = elsewhere(office, made.place, empty_url, tmp_path / "new")
    with office.database.read() as one, restored.database.read() as two:
        for table in metadata.sorted_tables:
            if table.name in ("events", "this_copy"):
                continue
            ordered = select(table).order_by(*table.primary_key.columns)
            assert two.execute(ordered).all() == one.execute(ordered).all(), table.name
        assert events.first_broken(two) is None
        assert last(one) == NOW
    assert recorded(restored)[-1] == "copy.restored" and recorded(office)[-1] == "backup.made"
    assert (made.place.stat().st_mode & 0o777, (made.place / "hlasatel.db").stat().st_mode & 0o777) == (0o700, 0o600)
    shown = json.loads((made.place / "manifest.json").read_text("utf-8"))
    assert (shown["schema"], shown["settings"], shown["keys_kept"]) == ("0008", ["HLASATEL_DATA"], ["suppression"])
    with restored.database.write() as tx:  # numbers go on behind those that came
        added = tables.recipients.insert().values(address="nova@example.org", name="", greeting="", created_at=NOW)
        assert tx.execute(added.returning(tables.recipients.c.id)).scalar_one() == 5
    restored.database.close()


@pytest.mark.usefixtures("already_asked")
def test_a_restored_copy_sends_nothing_until_told_to(
    office: Office, relay: ScriptedRelay, empty_url: str, tmp_path: Path
) -> None:
    approve(office, asked(office))
    made = make(places(office), tmp_path / "backups", SEND - timedelta(hours=1))
    restored = elsewhere(office, made.place, empty_url, tmp_path / "new")
    before = len(relay.received)
    for _ in range(2):
        with pytest.raises(CopyHeld, match="obnovená ze zálohy"):
            work_at(restored, SEND)
    assert len(relay.received) == before
    with restored.database.read() as tx:
        found = doubts(tx, SEND)
        assert [each.id for each in found.missed] == [NEWSLETTER, PRESS] and copies.is_held(tx)
    work_at(office, SEND)  # the original goes on
    assert len(relay.received) > before
    release(restored, SEND, person="koordinator", reason="server shořel", nothing_since=False)
    sent = len(relay.received)
    assert state(restored) == "missed"
    work_at(restored, SEND)
    assert state(restored) == "missed" and "missed" in told(restored)
    assert {"occurrence.missed", "occurrence.in_doubt"} <= set(recorded(restored))
    assert not [each for each in relay.received[sent:] if b"List-Unsubscribe" in each.data]
    restored.database.close()


def test_what_was_stopped_before_goes_on_exactly_where_it_was(
    office: Office, relay: ScriptedRelay, empty_url: str, tmp_path: Path
) -> None:
    begin(office, 3)
    made = make(places(office), tmp_path / "backups", NOW)
    restored = elsewhere(office, made.place, empty_url, tmp_path / "new")
    release(restored, LATER, person="koordinator", reason="nový server", nothing_since=True)
    deliver(restored, LATER)
    assert states(restored) == ["sent"] * 3
    assert sorted(each.recipient for each in relay.received) == [address(1), address(2), address(3)]
    restored.database.close()


def test_a_backup_during_a_send_loses_and_repeats_nothing(
    office: Office, relay: ScriptedRelay, empty_url: str, tmp_path: Path
) -> None:
    """The original sends on after the backup, until it is lost; the relay's log then tells what it took."""
    begin(office, 6)
    made = []
    relay.answer("DOT", "250 ok", "250 ok", Then("250 ok", act=lambda: made.append(_taken(office, tmp_path))))
    relay.answer_to(address(6), "451 later")
    deliver(office)
    assert [each.recipient for each in relay.received] == [address(number) for number in range(1, 6)]
    taken = [line for n, each in enumerate(relay.received) for line in log(_message_id(each), f"QUEUE{n}", SENT)]
    restored = elsewhere(office, made[0].place, empty_url, tmp_path / "new")
    assert states(restored) == ["sent", "sent", "sending", "queued", "queued", "queued"]
    assert release(restored, LATER, person="koordinator", reason="disk", nothing_since=False).deliveries == 4
    relay.accept_everything()
    deliver(restored, LATER)
    assert states(restored) == ["sent", "sent", "unknown", "unknown", "unknown", "unknown"]
    with pytest.raises(HlasatelError, match="nesahá až k záloze"):
        doubtful.reconcile(restored, [], LATER, "koordinator", complete=True)
    settled = doubtful.reconcile(restored, taken, LATER, "koordinator", complete=True)
    assert (settled.sent, settled.again, settled.not_found) == (3, 1, 0)
    deliver(restored, LATER)
    assert states(restored) == ["sent"] * 6
    assert sorted(each.recipient for each in relay.received) == [address(number) for number in range(1, 7)]
    assert len({_message_id(each) for each in relay.received}) == 6
    restored.database.close()


def _taken(office: Office, folder: Path) -> Made:
    return make(places(office), folder / "backups", NOW)


def _message_id(received: Received) -> str:
    return str(read(received)["Message-ID"])


@pytest.mark.parametrize("ahead", [timedelta(), timedelta(days=1)], ids=["", "by a clock that was ahead"])
def test_who_left_or_was_erased_since_the_backup_is_not_written_to(
    office: Office, relay: ScriptedRelay, empty_url: str, tmp_path: Path, ahead: timedelta
) -> None:
    begin(office, 3)
    made = make(places(office), tmp_path / "backups", NOW + ahead)
    erase(office, address(1), NOW + timedelta(minutes=5))
    with office.database.write() as tx:
        suppress(tx, office, address(2), Reason.COMPLAINT, NOW + timedelta(minutes=6))
    told_of = office.settings.journal.read_text("ascii")
    assert "@" not in told_of and told_of.count("\n") == 2
    restored = elsewhere(office, made.place, empty_url, tmp_path / "new", office.settings.journal)
    assert (tmp_path / "new" / "erasures.log").read_text("ascii") == told_of, "a backup of this copy tells of it, too"
    release(restored, LATER, person="koordinator", reason="disk", nothing_since=True)
    deliver(restored, LATER)
    assert states(restored) == ["suppressed", "suppressed", "sent"]
    assert [each.recipient for each in relay.received] == [address(3)]
    with restored.database.read() as tx:
        assert address(1) not in tx.execute(select(tables.recipients.c.address)).scalars().all()
        found = suppression_of(tx, restored, address(1))
        assert found is not None and found.reason == "erased"
        assert tx.execute(select(func.count()).select_from(tables.suppressions)).scalar_one() == 2
        assert events.first_broken(tx) is None
    restored.database.close()
