"""Taking a file in: chunk by chunk, so that an import that was killed goes on where it stopped, or all at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, bindparam, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from worker.audience.importing.fates import Fate, Judged, judge
from worker.audience.importing.reading import Progress, Read, read
from worker.audience.importing.spool import Told, What
from worker.errors import HlasatelError
from worker.messages import say
from worker.office import Office
from worker.plan.reading.read_back import plain_day
from worker.record import events
from worker.store.tables import imports, memberships, recipients
from worker.times import local_day

CHUNK = 5000
"""Rows of one transaction: nobody waits longer for the database than these take."""


@dataclass
class Account:
    """How many rows had each fate, or would have; `addressed` got a greeting from their name.

    `before` were taken in by an import of the same file that was interrupted, and have no fate here.
    """

    fates: Counter[Fate] = field(default_factory=Counter)
    repeated: int = 0
    refused: int = 0
    addressed: int = 0
    before: int = 0

    @property
    def added(self) -> int:
        """New to the list."""
        return self.fates[Fate.NEW] + self.fates[Fate.JOINS]

    @property
    def present(self) -> int:
        """On it already."""
        return self.fates[Fate.SAME] + self.fates[Fate.CHANGED]

    @property
    def rows(self) -> int:
        """All rows of the file that are not empty."""
        return self.fates.total() + self.repeated + self.refused + self.before


class RefusedWhole(HlasatelError):
    """Nothing was taken in, because not every row could be."""


def import_file(office: Office, list_id: str, file: Path, now: datetime) -> Account:
    """Take the usable rows of `file` onto the list; HlasatelError for an unknown list or what is no such table."""
    with read(office, list_id, file) as found:
        return take_in(office, found, now)


def look(office: Office, found: Read, *, progress: Progress | None = None, each: bool = False) -> Account:
    """What taking the file in would do now; the spool is told the same as by that, and with `each` also who would be
    added or changed. Nothing is written.
    """
    account = _account(found)
    at, total = 0, found.spool.size()
    while (chunk := found.spool.after(at, CHUNK))[0]:
        rows, at = chunk
        with office.database.read() as tx:
            judged = judge(tx, office, found.list_id, rows)
        _count(found, judged, account, each=each)
        if progress:
            progress(account.fates.total(), total)
    return account


def take_in(
    office: Office, found: Read, now: datetime, *, all_or_nothing: bool = False, person: str | None = None,
    progress: Progress | None = None,
) -> Account:  # fmt: skip
    """Take every usable row in; each chunk is kept as soon as it is done, and the same file goes on behind it.

    With `all_or_nothing` RefusedWhole, when a row cannot be used; otherwise all rows in one transaction. The record
    says how many there were, and `person`.
    """
    account = _account(found)
    if all_or_nothing and account.refused:
        raise RefusedWhole(say("importing.refused_whole", refused=account.refused))
    if all_or_nothing:
        with office.database.write() as tx:
            _through(office, found, now, account, progress, nullcontext(tx))
            _record(tx, found, account, now, person)
        return account
    with office.database.write() as tx:
        number, at = _begun(tx, found, now)
    account.before = found.spool.up_to(at)
    _through(office, found, now, account, progress, None, at, number)
    with office.database.write() as tx:
        tx.execute(update(imports).where(imports.c.id == number).values(ended_at=now))
        _record(tx, found, account, now, person)
    return account


def _through(
    office: Office, found: Read, now: datetime, account: Account, progress: Progress | None,
    whole: AbstractContextManager[Connection] | None, at: int = 0, number: int = 0,
) -> None:  # fmt: skip
    """Every chunk behind the position `at`: in the transaction `whole`, or each in its own that notes how far it is."""
    total = found.spool.size()
    while (chunk := found.spool.after(at, CHUNK))[0]:
        rows, done = chunk
        with whole or office.database.write() as tx:
            judged = judge(tx, office, found.list_id, rows)
            _store(tx, found.list_id, judged, now)
            if whole is None:
                _advance(tx, number, at, done)
        _count(found, judged, account)
        at = done
        if progress:
            progress(account.before + account.fates.total(), total)


def _account(found: Read) -> Account:
    return Account(repeated=found.spool.count(What.REPEATED), refused=found.spool.count(What.REFUSED))


def _begun(tx: Connection, found: Read, now: datetime) -> tuple[int, int]:
    """The import of this very file that is not over, or a new one; its id and how far it is."""
    same = (imports.c.list_id == found.list_id) & (imports.c.digest == _identity(found))
    open_ = tx.execute(select(imports).where(same, imports.c.ended_at.is_(None)).order_by(imports.c.id)).first()
    if open_ is not None:
        return open_.id, open_.done
    values = {"list_id": found.list_id, "digest": _identity(found), "done": 0, "begun_at": now}
    made: int = tx.execute(insert(imports).values(values).returning(imports.c.id)).scalar_one()
    return made, 0


def _identity(found: Read) -> str:
    return f"{found.digest}/{found.sheet}" if found.sheet else found.digest


def _advance(tx: Connection, number: int, at: int, done: int) -> None:
    """Note how far it is; HlasatelError when another process takes the same file in at this moment."""
    moved = tx.execute(update(imports).where(imports.c.id == number, imports.c.done == at).values(done=done))
    if moved.rowcount != 1:
        raise HlasatelError(say("importing.two_at_once"))


def _store(tx: Connection, list_id: str, judged: Sequence[Judged], now: datetime) -> None:
    add = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    new = [each for each in judged if each.fate is Fate.NEW]
    if new:
        people = [
            {
                "address": each.row.address, "name": each.values.name, "greeting": each.values.greeting,
                "kind": each.values.kind, "created_at": now,
            }
            for each in new if each.values
        ]  # fmt: skip
        # Somebody may have made the same recipient since the chunk was judged; then the list is all that is new.
        tx.execute(add(recipients).on_conflict_do_nothing(), people)
    changed = [
        {"of": each.id, "name": each.values.name, "greeting": each.values.greeting, "kind": each.values.kind}
        for each in judged
        if each.values and each.before and each.values != each.before
    ]
    if changed:
        tx.execute(_CHANGE, changed)
    joins = [each.row.address for each in judged if each.fate in (Fate.NEW, Fate.JOINS)]
    if joins:
        who = select(literal(list_id), recipients.c.id, bindparam("since", now, memberships.c.since.type))
        chosen = who.where(recipients.c.address.in_(joins))
        tx.execute(add(memberships).from_select(["list_id", "recipient_id", "since"], chosen).on_conflict_do_nothing())


_CHANGE = (
    update(recipients)
    .where(recipients.c.id == bindparam("of"))
    .values(name=bindparam("name"), greeting=bindparam("greeting"), kind=bindparam("kind"))
)


def _count(found: Read, judged: Sequence[Judged], account: Account, *, each: bool = False) -> None:
    account.fates.update(one.fate for one in judged)
    account.addressed += sum(one.addressed for one in judged)
    told = (_told(one, each=each) for one in judged if one.fate is not Fate.SAME)
    found.spool.tell(*(one for one in told if one is not None))


def _told(one: Judged, *, each: bool) -> Told | None:
    number, address = one.row.number, one.row.address
    since = plain_day(local_day(one.since)) if one.since else ""
    if one.fate is Fate.SUPPRESSED:
        reason = say(f"importing.because_{one.reason}")
        why = say("importing.suppressed" if since else "importing.suppressed_always", since=since, reason=reason)
        return Told(number, 0, What.SUPPRESSED, address, why)
    if one.fate is Fate.LEFT:
        return Told(number, 0, What.LEFT, address, say("importing.left", since=since))
    if not each:
        return None
    if one.fate is Fate.CHANGED and one.before and one.values:
        return Told(number, 0, What.CHANGED, address, _difference(one))
    assert one.values is not None
    greeting = one.values.greeting or say("importing.neutral_greeting")
    why = say("importing.new", name=one.values.name or say("importing.no_name"), greeting=greeting)
    elsewhere = "" if one.fate is Fate.NEW else f" {say('importing.known_elsewhere')}"
    return Told(number, 0, What.ADDED, address, why + elsewhere)


def _difference(one: Judged) -> str:
    assert one.before is not None and one.values is not None
    parts = []
    if one.before.name != one.values.name:
        parts.append(say("importing.change_name", before=one.before.name or "–", after=one.values.name))
    if one.before.greeting != one.values.greeting:
        neutral = say("importing.neutral_greeting")
        before, after = one.before.greeting or neutral, one.values.greeting or neutral
        parts.append(say("importing.change_greeting", before=before, after=after))
    if one.before.kind != one.values.kind:
        before, after = (say(f"importing.kind_{kind}") for kind in (one.before.kind, one.values.kind))
        parts.append(say("importing.change_kind", before=before, after=after))
    return " ".join(parts)


def _record(tx: Connection, found: Read, account: Account, now: datetime, person: str | None) -> None:
    events.append(
        tx, "list.imported", now, person=person, list=found.list_id, added=account.added, present=account.present,
        repeated=account.repeated, refused=account.refused, suppressed=account.fates[Fate.SUPPRESSED],
        left=account.fates[Fate.LEFT], before=account.before,
    )  # fmt: skip
