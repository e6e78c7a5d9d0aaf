"""Where an occurrence's texts are beside the lists: each place with its address and time; what waits for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select

from worker.channels import all_channels
from worker.kinds import kind_name
from worker.messages import say
from worker.office import Office
from worker.plan.reading.read_back import plain_day
from worker.record import holds
from worker.store.states import PublicationState
from worker.store.tables import drafts, postings, publications, stops, withdrawals
from worker.times import format_instant, rfc3339, to_the_second

SILENCE = timedelta(days=14)
"""After its deadline: a text that nobody has told of until then is left as it is, so that nothing hangs for ever."""
_P = PublicationState
_SETTLED_BY = {
    _P.FAILED: ("again", "out", "not"),
    _P.EXPIRED: ("again", "out", "not"),
    _P.UNKNOWN: ("out", "again", "not"),
    _P.ASKED: ("out", "not"),
    _P.PAUSED: ("resume",),
}
"""What a person may do about a place that waits for her, most likely first."""


@dataclass(frozen=True)
class Place:
    """One text in one medium as it stands at `now`; `kind` is the text's."""

    row: Row[Any]
    kind: str
    medium: str
    """What people call the medium; for the person in charge, what she was handed."""
    now: datetime
    comes_down: bool = False
    """Whether it was withdrawn, is out where we cannot take it back, and nobody has said that it is down."""

    @property
    def name(self) -> str:
        """The medium and, of a serial, which part."""
        part = say("places.part", number=self.row.part) if self.row.part else ""
        return f"{self.medium} {part}".strip()

    @property
    def silent(self) -> bool:
        """Whether it should be out by now and nobody has said what became of it."""
        return bool(self.row.state == _P.ASKED and self.row.deadline is not None and self.row.deadline <= self.now)

    @property
    def settled_by(self) -> tuple[str, ...]:
        """What may be done about it (`out`, `again`, `not`, `resume`); nothing where nobody is waited for."""
        if self.row.state == _P.UNKNOWN and self.row.due_at is not None:
            return ()  # it is looked for
        if self.comes_down:
            return ("down",)
        ways = _SETTLED_BY.get(PublicationState(self.row.state), ())
        return tuple(way for way in ways if way != "again" or self.row.called_off_at is None)

    def told(self, office: Office) -> str:
        """How it stands there, in words: `zveřejněno 8. 12. 2026 10:00:03 SEČ – https://…`."""
        beside = " ".join(filter(None, (self.row.address, self.in_feeds, self.row.reason, self.hangs)))
        return self.state_words(office) + (f" – {beside}" if beside else "")

    def state_words(self, office: Office) -> str:
        """The same without its address and reason."""
        state = "silent" if self.silent else "comes_down" if self.comes_down else str(self.row.state)
        if self.row.down_at is not None:
            return say("places.down_since", at=to_the_second(self.row.down_at))
        values = {
            "at": to_the_second(self.row.settled_at) if self.row.settled_at is not None else "",
            "person": office.person_name(self.row.person) if self.row.person else "",
            "until": format_instant(self.row.deadline, form="by") if self.row.deadline is not None else "",
            "due": format_instant(self.row.due_at, form="at") if self.row.due_at is not None else "",
        }
        key = f"places.{state}_due" if state == _P.QUEUED and values["due"] else f"places.{state}"
        return say(key, **values)

    @property
    def feeds(self) -> tuple[str, ...]:
        """The feeds that it is in since it is out."""
        channel = all_channels().get(self.row.channel)
        out = channel is not None and self.row.state == _P.PUBLISHED and self.row.address
        return channel.feeds(self.row.address) if channel is not None and out else ()

    @property
    def in_feeds(self) -> str:
        """The same in words; empty without any."""
        return say("places.in_feeds", feeds=", ".join(self.feeds)) if self.feeds else ""

    @property
    def hangs(self) -> str:
        """Since when it hangs on a notice board, and until when it has to or did; empty for any other medium."""
        if self.row.posted_on is None:
            return ""
        down, key = self.row.comes_down_on, "boards.hangs"
        if self.row.removed_on is not None:
            down, key = self.row.removed_on, "boards.hung"
        return say(key, posted=plain_day(self.row.posted_on), down=plain_day(down))

    def commands(self) -> list[str]:
        """The commands that settle it, as they are typed."""
        option = f" --medium {self.row.medium}" if self.row.medium else ""
        option += f" --part {self.row.part}" if self.row.part else ""
        return [
            say(f"places.by_{way}", occurrence=self.row.occurrence_id, option=option) for way in self.settled_by
        ]  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """The same for a program; times as RFC 3339, null where there is none."""
        return {
            "kind": self.kind,
            "medium": self.row.medium,
            "name": self.medium,
            "part": self.row.part,
            "channel": self.row.channel,
            "state": str(self.row.state),
            "silent": self.silent,
            "person": self.row.person,
            "address": self.row.address,
            "feeds": list(self.feeds),
            "reason": self.row.reason,
            "deadline": _instant(self.row.deadline),
            "settled_at": _instant(self.row.settled_at),
            "posted_on": _day(self.row.posted_on),
            "removed_on": _day(self.row.removed_on),
            "settle": self.commands(),
        }


@dataclass(frozen=True)
class Stopped:
    """A medium to which nothing is sent; `until` is when it goes on by itself, None where a person is waited for."""

    id: str
    name: str
    reason: str
    since: datetime
    until: datetime | None
    waiting: int

    def told(self) -> str:
        """Since when it stands still and why, in a sentence."""
        since = format_instant(self.since, form="at")
        if self.until is not None:
            until = format_instant(self.until, form="at")
            return say("places.rests", name=self.name, since=since, reason=self.reason, until=until)
        return say("places.stands_still", name=self.name, since=since, reason=self.reason, waiting=self.waiting)

    def as_json(self) -> dict[str, Any]:
        """The same for a program."""
        return {
            "medium": self.id, "name": self.name, "reason": self.reason, "since": rfc3339(self.since),
            "until": _instant(self.until), "waiting": self.waiting, "settle": [self.command],
        }  # fmt: skip

    @property
    def command(self) -> str:
        """What lets it go on."""
        return f"hlasatel publication resume {self.id}"


def of_occurrence(tx: Connection, office: Office, occurrence_id: str, now: datetime) -> list[Place]:
    """Every place of an occurrence's texts, in the order they began."""
    return _found(tx, office, now, publications.c.occurrence_id == occurrence_id)


def every(tx: Connection, office: Office, now: datetime) -> list[Place]:
    """Every place that any text was ever meant for, in the order they began."""
    return _found(tx, office, now)


def wanting_attention(tx: Connection, office: Office, now: datetime) -> list[Place]:
    """Places that wait for a person: what failed or is in doubt, what nobody has told of, what stands paused.

    While everything is held nobody is waited for to let it go on.
    """
    row = publications.c
    waits = [
        row.state.in_([_P.FAILED, _P.EXPIRED]),
        and_(row.state == _P.UNKNOWN, row.due_at.is_(None)),
        and_(row.state == _P.ASKED, row.deadline <= now, row.deadline > now - SILENCE),
        and_(row.state == _P.PUBLISHED, withdrawals.c.at > now - SILENCE, row.down_at.is_(None)),
    ]
    if holds.live(tx) is None:
        waits.append(row.state == _P.PAUSED)
    return [each for each in _found(tx, office, now, or_(*waits)) if each.row.state != _P.PUBLISHED or each.comes_down]


def stopped(tx: Connection, office: Office) -> list[Stopped]:
    """The media to which nothing is sent now, each with how many texts wait for it."""
    waiting = select(publications.c.medium, func.count()).where(publications.c.state == _P.QUEUED)
    numbers = {medium: number for medium, number in tx.execute(waiting.group_by(publications.c.medium))}
    found = tx.execute(select(stops).order_by(stops.c.since, stops.c.medium))
    return [
        Stopped(
            row.medium, office.medium_name(row.medium), row.reason, row.since, row.until, numbers.get(row.medium, 0)
        )
        for row in found
    ]  # fmt: skip


def in_words(office: Office, places: Sequence[Place]) -> list[str]:
    """A line for each of them: the medium, and how its text stands there."""
    return [f"{place.name}: {place.told(office)}" for place in places]


def _found(tx: Connection, office: Office, now: datetime, *where: ColumnElement[bool]) -> list[Place]:
    rows = (
        select(
            publications,
            drafts.c.kind,
            postings.c.posted_on,
            postings.c.comes_down_on,
            postings.c.removed_on,
            withdrawals.c.at.label("withdrawn_at"),
        )
        .outerjoin(withdrawals, withdrawals.c.occurrence_id == publications.c.occurrence_id)
        .join(drafts, drafts.c.id == publications.c.draft_id)
        .outerjoin(postings, postings.c.publication_id == publications.c.id)
        .where(*where)
        .order_by(publications.c.id)
    )
    return [
        Place(
            row, row.kind, office.medium_name(row.medium) if row.medium else kind_name(row.kind), now, _comes_down(row)
        )
        for row in tx.execute(rows)
    ]


def _comes_down(row: Row[Any]) -> bool:
    channel = all_channels().get(row.channel)
    out = row.state == _P.PUBLISHED and row.withdrawn_at is not None and row.down_at is None
    return out and row.posted_on is None and channel is not None and not channel.takes_back


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _instant(at: datetime | None) -> str | None:
    return rfc3339(at) if at is not None else None
