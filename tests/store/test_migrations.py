"""The migrations make exactly the tables that the code knows, once, on both databases; a newer schema is refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select, text, update

from tests.store.sample import NOW, python
from worker.audience.privacy.erase import clean
from worker.delivery.slices import take
from worker.errors import HlasatelError
from worker.store import before
from worker.store.columns import metadata
from worker.store.database import SCHEMA, Database, wal_is_safe
from worker.store.migrate import SCRIPTS, upgrade
from worker.store.tables import deliveries, installation, links, occurrences, plan_versions, recipients, slices


@pytest.fixture
def fresh(database_url: str) -> Iterator[Database]:
    """A database of the test's own, migrated for it."""
    own = Database(database_url)
    own.bring_up_to_date()
    yield own
    own.close()


def _is_the_queues(name: str) -> bool:
    """Whether a table is Procrastinate's own."""
    return name.startswith("procrastinate_")


def _differences(tx: Connection) -> list[Any]:
    def ours(_: Any, name: str | None, sort: str, *_more: Any) -> bool:
        return sort != "table" or name is None or not _is_the_queues(name)

    options = {"compare_type": True, "include_object": ours}
    found: list[Any] = compare_metadata(MigrationContext.configure(tx, opts=options), metadata)
    return found


def test_the_schema_of_the_code_is_the_newest_migration() -> None:
    scripts = ScriptDirectory(str(SCRIPTS))
    assert scripts.get_heads() == [SCHEMA]
    assert len(list(scripts.walk_revisions())) == len(list((SCRIPTS / "versions").glob("[0-9]*.py")))


def test_the_migrations_make_exactly_the_tables_of_the_code(fresh: Database) -> None:
    with fresh.read() as tx:
        assert _differences(tx) == []
        found = inspect(tx)
        assert {name for name in found.get_table_names() if not _is_the_queues(name)} == {
            *metadata.tables, "alembic_version",
        }  # fmt: skip
        checks = found.get_check_constraints("installation")  # the one thing that Alembic does not compare
        assert [each["name"] for each in checks] == ["ck_installation_one_row"]


def test_a_new_database_has_one_installation_not_yet_started(fresh: Database) -> None:
    with fresh.read() as tx:
        row = tx.execute(installation.select()).one()
    assert (row.id, row.first_start_at, row.epoch) == (1, None, 0)
    assert fresh.schema() == SCHEMA


def test_a_current_database_is_left_alone(database: Database) -> None:
    with database.write() as tx:
        tx.execute(installation.update().values(epoch=5))
    database.bring_up_to_date()
    with database.read() as tx:
        assert tx.execute(installation.select()).one().epoch == 5


def test_an_older_database_keeps_its_rows(database_url: str) -> None:
    """What 0001 held is there after 0002, with the defaults of the columns it did not know."""
    old = Database(database_url)
    upgrade(old, None, to="0001")
    instant = "2026-11-21 11:00:00.000000" if old.is_sqlite else "2026-11-21T11:00:00Z"
    empty = "'[]'" if old.is_sqlite else "'[]'::json"
    with old.write() as tx:
        tx.execute(text(f"UPDATE installation SET first_start_at = '{instant}', epoch = 3"))
        tx.execute(text(f"INSERT INTO plan_versions (digest, text, taken_up_at) VALUES ('d', 'plan: x', '{instant}')"))
        tx.execute(
            text(
                "INSERT INTO occurrences (id, activity, period, title, window_from, window_to, assumed, kinds, lists,"
                " approvers, in_charge, about, stages, state, state_at) VALUES ('letak/2026', 'letak', '2026', 'Leták',"
                f" '2026-01-01', '2026-12-31', {'1' if old.is_sqlite else 'true'}, {empty}, {empty}, {empty},"
                f" 'koordinator', '', {empty.replace('[]', '{}')}, 'planned', '{instant}')"
            )
        )
        tx.execute(
            text(
                "INSERT INTO links (hash, purpose, person, occurrence_id, created_at, expires_at) VALUES"
                f" (:hash, 'task', 'koordinator', 'letak/2026', '{instant}', '{instant}')"
            ),
            {"hash": b"h" * 32},
        )
    assert old.schema() == "0001"
    old.bring_up_to_date()
    with old.read() as tx:
        row = tx.execute(occurrences.select()).one()
        version = tx.execute(plan_versions.select()).one()
        assert (row.id, row.title, row.state) == ("letak/2026", "Leták", "planned")
        assert (row.optional, row.crisis, row.origin, row.anchored_to) == (False, False, "plan", None)
        assert row.dropped_by is None
        assert (version.text, version.diff, version.accepted_by) == ("plan: x", "", None)
        assert tx.execute(installation.select()).one().epoch == 3
        assert tx.execute(links.select()).one().occurrence_id == "letak/2026"
        assert _differences(tx) == []
    old.close()


def test_recipients_of_an_older_version_are_written_to_as_before(database_url: str) -> None:
    old = Database(database_url)
    upgrade(old, None, to="0005")
    instant = "2026-11-21 11:00:00.000000" if old.is_sqlite else "2026-11-21T11:00:00Z"
    with old.write() as tx:
        tx.execute(
            text(
                "INSERT INTO recipients (id, address, name, greeting, created_at) VALUES"
                f" (1, 'jana@example.org', 'Jana Nováková', 'Vážená paní Nováková', '{instant}')"
            )
        )
    old.bring_up_to_date()
    with old.read() as tx:
        row = tx.execute(recipients.select()).one()
        assert (row.address, row.greeting) == ("jana@example.org", "Vážená paní Nováková")
        assert (row.kind, row.language, row.suppressed, row.paused_until, row.soft_bounces) == (
            "person", "cs", "", None, 0,
        )  # fmt: skip
        assert tx.execute(installation.select()).one().suppression_key is None
    old.close()


def test_mailings_of_an_older_version_are_cut_into_one_slice_each(database_url: str) -> None:
    """What was claimed goes back, what was in `sending` is found in doubt, and old unsubscribe hashes are kept."""
    old = Database(database_url)
    upgrade(old, None, to="0003")
    rows = [(1, "sent"), (2, "claimed"), (3, "claimed"), (4, "sending"), (5, "retry"), (6, "queued")]
    with old.write() as tx:
        _an_older_office(tx, {7: rows, 8: [(9, "sent")], 9: []})
        tx.execute(text("UPDATE deliveries SET attempts = 2 WHERE recipient_id IN (3, 5)"))
    old.bring_up_to_date()
    with old.write() as tx:
        found = tx.execute(select(slices).order_by(slices.c.mailing_id)).all()
        assert [(row.mailing_id, row.number, row.first, row.last) for row in found] == [(7, 0, 1, 6), (8, 0, 9, 9)]
        assert found[0].tallies == {"sent": 1, "queued": 2, "retry": 2, "sending": 1}
        assert (found[0].owner != "", found[1].owner) == (True, "")
        assert (found[0].due_at is not None, found[1].due_at) == (True, None)
        hold = take(tx, "the first worker of the new version", NOW)
        assert hold is not None and (hold.mailing_id, hold.lists) == (7, ("media",))
        states = tx.execute(select(deliveries.c.state).order_by(deliveries.c.recipient_id)).scalars().all()
        assert states == ["sent", "queued", "retry", "unknown", "retry", "queued", "sent"]
        hashes = tx.execute(select(deliveries.c.unsubscribe_hash)).scalars().all()
        assert len(set(hashes)) == 7 and None not in hashes
        tx.execute(update(deliveries).values(unsubscribe_hash=None))
        assert _differences(tx) == []
    old.close()


def _an_older_office(tx: Connection, mailed: dict[int, list[tuple[int, str]]]) -> None:
    """Mailings as version 0003 kept them: their id → recipients with the states of their deliveries."""
    mark = {"at": NOW.replace(tzinfo=None) if tx.dialect.name == "sqlite" else NOW, "yes": True, "no": False}
    json = "'[\"media\"]'"
    tx.execute(
        text(
            "INSERT INTO occurrences (id, activity, period, title, window_from, window_to, assumed, kinds, lists,"
            " approvers, in_charge, about, stages, state, state_at) VALUES ('letak/2026', 'letak', '2026', 'Leták',"
            f" '2026-01-01', '2026-12-31', :yes, '[]', {json}, '[]', 'koordinator', '', '{{}}', 'sending', :at)"
        ),
        mark,
    )
    tx.execute(
        text(
            "INSERT INTO packages (id, occurrence_id, version, digest, send_at, lists, approvers, reason, created_at)"
            " VALUES (1, 'letak/2026', 1, 'd', :at, '{}', '[]', '', :at)"
        ),
        mark,
    )
    for mailing, rows in mailed.items():
        tx.execute(
            text(
                "INSERT INTO drafts (id, package_id, position, kind, channel, digest, subject, html, text, fields,"
                f" material, findings) VALUES ({mailing}, 1, 0, 'k{mailing}', 'email', '', '', '', '', '{{}}', '{{}}',"
                " '[]')"
            )
        )
        tx.execute(
            text(
                "INSERT INTO mailings (id, occurrence_id, draft_id, lists, state, key_id, domain, audience,"
                f" resend_after_crash, frozen_at, pauses, reason) VALUES ({mailing}, 'letak/2026', {mailing}, {json},"
                f" 'sending', 'k', 'example.org', {len(rows)}, :no, :at, 0, '')"
            ),
            mark,
        )
        for recipient, state in rows:
            tx.execute(
                text(
                    "INSERT INTO recipients (id, address, name, greeting, created_at)"
                    f" VALUES ({recipient}, 'a{recipient}@example.org', '', '', :at)"
                ),
                mark,
            )
            tx.execute(
                text(
                    "INSERT INTO deliveries (mailing_id, recipient_id, address, greeting, state, epoch, attempts,"
                    f" copies, reply, unsubscribe_hash) VALUES ({mailing}, {recipient}, 'a{recipient}@example.org', '',"
                    f" '{state}', 3, 0, 0, '', :hash)"
                ),
                {"hash": bytes([recipient]) * 32},
            )


def test_a_newer_database_is_refused_with_a_sentence_and_without_its_password(fresh: Database) -> None:
    with fresh.write() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(HlasatelError, match=r"novější schéma \(9999\).*\.$") as raised:
        fresh.bring_up_to_date()
    assert fresh.url.password is None or fresh.url.password not in str(raised.value)
    with fresh.read() as tx:
        assert tx.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "9999"


def test_an_unreachable_database_is_a_sentence_without_its_password(postgres_url: str) -> None:
    gone = Database(postgres_url.replace("/t_", "/gone_"))
    with pytest.raises(HlasatelError, match="není dostupná") as raised:
        gone.bring_up_to_date()
    assert str(gone.url.password) not in str(raised.value)
    gone.close()


def test_a_file_that_is_no_database_is_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "hlasatel.db"
    file.write_text("tohle databáze není" * 100, encoding="utf-8")
    database = Database(f"sqlite:///{file}")
    with pytest.raises(HlasatelError, match="není dostupná"):
        database.bring_up_to_date()
    database.close()


START_AT_ONCE = """
import sys
from worker.store.database import Database
from worker.store import migrate
database = Database(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
database.bring_up_to_date()
print(database.schema())
"""


def test_programs_that_start_at_once_on_an_empty_database_all_start(database_url: str) -> None:
    programs = [python(START_AT_ONCE, database_url) for _ in range(3)]
    for program in programs:
        assert program.stdout is not None and program.stdout.readline() == "ready\n"
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("go\n")
        program.stdin.flush()
    told = [program.communicate(timeout=60) for program in programs]
    assert [out.strip() for out, _ in told] == [SCHEMA] * 3, told
    database = Database(database_url)
    with database.read() as tx:
        assert len(tx.execute(installation.select()).all()) == 1
    database.close()


def test_a_short_postgres_url_gets_the_driver_we_ship() -> None:
    for scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        assert Database(f"{scheme}://jan:heslo@db/hlasatel").url.drivername == "postgresql+psycopg"


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as tx:
        tx.execute(installation.update().values(epoch=5))
        raise ZeroDivisionError
    with database.read() as tx:
        assert tx.execute(installation.select()).one().epoch == 0


def test_sqlite_keeps_its_promises(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.read() as tx:
        assert tx.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
        journal = tx.execute(text("PRAGMA journal_mode")).scalar_one()
        synchronous = tx.execute(text("PRAGMA synchronous")).scalar_one()
    assert (journal, synchronous) in {("wal", 2), ("persist", 2)}
    database.close()


def test_write_ahead_logging_only_where_it_cannot_corrupt() -> None:
    safe = ((3, 44, 6), (3, 44, 9), (3, 50, 7), (3, 51, 3), (3, 52, 0))
    unsafe = ((3, 40, 1), (3, 44, 5), (3, 45, 9), (3, 49, 0), (3, 50, 6), (3, 51, 2))
    assert all(wal_is_safe(version) for version in safe)
    assert not any(wal_is_safe(version) for version in unsafe)


def test_a_file_is_copied_before_it_is_migrated_and_the_copy_goes_with_an_erasure_or_a_month(tmp_path: Path) -> None:
    file = tmp_path / "hlasatel.db"
    old = Database(f"sqlite:///{file}")
    upgrade(old, None, to="0005")
    old.bring_up_to_date()
    kept = tmp_path / f"hlasatel.db.before-{SCHEMA}"
    copy = Database(f"sqlite:///{kept}")
    assert (copy.schema(), old.schema(), kept.stat().st_mode & 0o777) == ("0005", SCHEMA, 0o600)
    copy.close()
    before.forget(old, datetime.now(UTC))
    assert kept.exists()
    before.forget(old, datetime.now(UTC) + timedelta(days=31))
    assert not kept.exists()
    kept.write_bytes(b"")
    clean(old)
    assert not kept.exists()
    old.close()
