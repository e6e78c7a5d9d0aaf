"""An office ready to send: people on five overlapping lists, and an approved newsletter that waits for them."""

from __future__ import annotations

import shutil
from dataclasses import astuple
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, bindparam, select, text

from bench.newsletter import newsletter
from tests.store.sample import CONFIG, KEY, NEWSLETTER, NOW, ROOT, approved_draft
from worker.audience.members import Addressed
from worker.delivery.freeze import freeze
from worker.office import Office
from worker.settings import load_lists, load_people, load_settings
from worker.store.columns import Instant
from worker.store.database import Database
from worker.store.tables import drafts

LISTS = tuple(f"seznam-{number}" for number in range(5))
_LIST = """
{name}:
  name: Seznam {name}
  description: Pro měření.
  ours: pro měření
  owner: koordinator
  legal_basis: souhlas
"""
_ALL = "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < :people)"
# Everybody is on two of the five lists; one in a hundred has left one of them and gets the newsletter by the other.
_PEOPLE = f"""
INSERT INTO recipients (id, address, name, greeting, created_at)
{_ALL} SELECT n, 'ctenar-' || substr(CAST(10000000 + n AS TEXT), 2) || '@posta.example.org', 'Jana Nováková',
    CASE WHEN n % 10 = 0 THEN '' ELSE 'Vážená paní Nováková ' || n END, :at FROM series
"""
_MEMBERS = f"""
INSERT INTO memberships (list_id, recipient_id, since)
{_ALL} SELECT 'seznam-' || ((n + k) % 5), n, :at FROM series CROSS JOIN (SELECT 0 AS k UNION ALL SELECT 2) AS places
"""
_LEFT = f"""
INSERT INTO departures (recipient_id, list_id, left_at)
{_ALL} SELECT n, 'seznam-' || (n % 5), :at FROM series WHERE n % 100 = 0
"""


def configuration(folder: Path, *, connections: int, machines: bool = False) -> Path:
    """The shipped configuration in `folder`, with the five lists, as many connections to the relay, and machines."""
    config = folder / f"config-{connections}{'-machines' if machines else ''}"
    shutil.copytree(CONFIG, config, dirs_exist_ok=True)
    settings = (CONFIG / "settings.toml").read_text("utf-8")
    settings = settings.replace("\n[delivery]\n", f"\n[delivery]\nmachines = {str(machines).lower()}\n")
    (config / "settings.toml").write_text(f"{settings}\n[relay]\nconnections = {connections}\n", encoding="utf-8")
    lists = (CONFIG / "lists.yaml").read_text("utf-8")
    (config / "lists.yaml").write_text(lists + "".join(_LIST.format(name=each) for each in LISTS), encoding="utf-8")
    return config


def office_at(url: str, config: Path, port: int) -> Office:
    """An office on the database at `url`, sending to `port` of loopback."""
    settings = load_settings(environ_for(url, config, port), plan=ROOT / "schedules.yaml", config=config)
    return Office(settings, load_people(config), load_lists(config), settings.relay, Database(url))


def environ_for(url: str, config: Path, port: int) -> dict[str, str]:
    """The variables that lead any command of Hlasatel there."""
    return {
        "HLASATEL_DATABASE_URL": url,
        "HLASATEL_SMTP_URL": f"smtp://127.0.0.1:{port}",
        "HLASATEL_SECRET_KEY": KEY,
        "HLASATEL_BASE_URL": "https://kraj.example.org",
        "HLASATEL_CONFIG": str(config),
        "HLASATEL_PLAN": str(ROOT / "schedules.yaml"),
        "HLASATEL_DATA": str(config.parent / "data"),
    }


def migrate(url: str) -> None:
    """Give an empty database the current schema."""
    database = Database(url)
    database.bring_up_to_date()
    database.close()


def prepare(url: str, people: int) -> None:
    """Bring a migrated database to where the newsletter for `people` is approved and nothing is frozen yet."""
    database = Database(url)
    try:
        with database.write() as tx:
            people_on_lists(tx, people)
            approved_draft(tx, "newsletter", NEWSLETTER, astuple(newsletter()))
        with database.write() as tx:  # as any office's database is after a night
            for table in ("recipients", "memberships", "departures"):
                tx.execute(text(f"ANALYZE {table}"))
    finally:
        database.close()


def people_on_lists(tx: Connection, people: int) -> None:
    """So many recipients with the ids from 1 on, on two of the five lists each."""
    for statement in (_PEOPLE, _MEMBERS, _LEFT):
        in_utc = text(statement).bindparams(bindparam("at", type_=Instant()))
        tx.execute(in_utc, {"people": people, "at": NOW})


def begin(tx: Connection, office: Office) -> int:
    """Freeze the newsletter's audience, as the job `start_sending` does; the mailing's id."""
    draft = tx.execute(select(drafts)).one()
    return freeze(tx, office, NEWSLETTER, draft, Addressed(tuple(LISTS)), datetime.now(UTC))
