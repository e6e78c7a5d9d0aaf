"""A watch over the states of deliveries (I8), set into the database itself: it notes every move that is not legal."""

from __future__ import annotations

from sqlalchemy import text

from worker.store.database import Database
from worker.store.states import MOVES

_LEGAL = ", ".join(f"'{old}>{new}'" for old, ways in MOVES["deliveries"].items() for new in sorted(ways))
_WHEN = f"(old.state <> new.state AND old.state || '>' || new.state NOT IN ({_LEGAL}))"
_NOTE = "INSERT INTO strange_moves VALUES (old.state || '>' || new.state)"
_ON_SQLITE = (f"CREATE TRIGGER watch_moves AFTER UPDATE OF state ON deliveries WHEN {_WHEN} BEGIN {_NOTE}; END",)
_ON_POSTGRESQL = (
    f"CREATE FUNCTION note_move() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {_NOTE}; RETURN NULL; END $$",
    f"CREATE TRIGGER watch_moves AFTER UPDATE ON deliveries FOR EACH ROW WHEN {_WHEN} EXECUTE FUNCTION note_move()",
)


def watch_moves(url: str) -> None:
    """Set the watch; everybody who is connected must be gone again before the database is copied, so we are too."""
    database = Database(url)
    with database.write() as tx:
        tx.execute(text("CREATE TABLE strange_moves (move TEXT)"))
        for statement in _ON_SQLITE if database.is_sqlite else _ON_POSTGRESQL:
            tx.exec_driver_sql(statement)
    database.close()


def strange_moves(url: str) -> list[str]:
    """The illegal moves noted, as `old>new`."""
    database = Database(url)
    with database.read() as tx:
        found = list(tx.execute(text("SELECT DISTINCT move FROM strange_moves")).scalars())
    database.close()
    return found
