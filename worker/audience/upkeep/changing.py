"""What the coordinator changes about one recipient by hand. Each change is recorded with who made it.

Nobody is brought back against her will: whoever left a list, or whose address is suppressed, is not put on it again by
hand, as an import would not either.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from worker.audience.importing.rows import LONGEST_NAME, Kind
from worker.audience.salutation import suggested
from worker.audience.suppression import Reason, resume, suppress, suppression_of
from worker.errors import HlasatelError
from worker.messages import say
from worker.office import Office
from worker.plan.reading.read_back import plain_day
from worker.record import events
from worker.settings import parse_address
from worker.store.tables import departures, memberships, recipients
from worker.times import local_day


@dataclass(frozen=True)
class Hand:
    """Whose hand it is: the office, the id of the person who acts, and when (aware)."""

    office: Office
    person: str
    now: datetime


def add(tx: Connection, hand: Hand, address: str, name: str, kind: Kind, list_id: str) -> int:
    """Put somebody on a list, who is known already or new; her id. HlasatelError when she must not or cannot be.

    A known recipient keeps her name; a new one is greeted as her name suggests.
    """
    spelt = parse_address(address.strip(), international=True).lower()
    shown = " ".join(name.split())
    if len(shown) > LONGEST_NAME or not shown.isprintable():
        raise HlasatelError(say("recipients.bad_name", most=LONGEST_NAME))
    _refuse_suppressed(tx, hand.office, spelt)
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    greeting = suggested(shown) if kind is Kind.PERSON else ""
    values = {"address": spelt, "name": shown, "greeting": greeting, "kind": kind, "created_at": hand.now}
    tx.execute(insert(recipients).values(values).on_conflict_do_nothing(index_elements=["address"]))
    recipient_id: int = tx.execute(select(recipients.c.id).where(recipients.c.address == spelt)).scalar_one()
    _join(tx, hand, recipient_id, list_id)
    events.append(tx, "recipient.added", hand.now, person=hand.person, recipient=recipient_id, list=list_id)
    return recipient_id


def put_on(tx: Connection, hand: Hand, recipient_id: int, list_id: str) -> None:
    """Put a known recipient on one more list; HlasatelError as for `add`."""
    _refuse_suppressed(tx, hand.office, _address(tx, recipient_id))
    _join(tx, hand, recipient_id, list_id)
    events.append(tx, "recipient.added", hand.now, person=hand.person, recipient=recipient_id, list=list_id)


def move(tx: Connection, hand: Hand, recipient_id: int, old: str, new: str) -> None:
    """From one list to another in one step; HlasatelError when she is not on `old` or must not be on `new`."""
    _address(tx, recipient_id)
    _leave(tx, recipient_id, old, hand.office)
    _join(tx, hand, recipient_id, new)
    events.append(tx, "recipient.moved", hand.now, person=hand.person, recipient=recipient_id, list=new, old=old)


def take_off(tx: Connection, hand: Hand, recipient_id: int, list_id: str) -> None:
    """She is on the list no longer; an import may put her there again. HlasatelError when she is not on it."""
    _address(tx, recipient_id)
    _leave(tx, recipient_id, list_id, hand.office)
    events.append(tx, "recipient.taken_off", hand.now, person=hand.person, recipient=recipient_id, list=list_id)


def stop(tx: Connection, hand: Hand, recipient_id: int) -> None:
    """Never write to her again, whatever list she is on; HlasatelError when that is so already."""
    if not suppress(tx, hand.office, _address(tx, recipient_id), Reason.COORDINATOR, hand.now):
        raise HlasatelError(say("recipients.stopped_already"))
    events.append(tx, "recipient.stopped", hand.now, person=hand.person, recipient=recipient_id)


def start(tx: Connection, hand: Hand, recipient_id: int) -> None:
    """Write to her again; HlasatelError when it is she herself who wanted an end, or nothing was stopped."""
    if not resume(tx, hand.office, _address(tx, recipient_id), hand.now):
        raise HlasatelError(say("recipients.not_yours_to_start"))
    events.append(tx, "recipient.started", hand.now, person=hand.person, recipient=recipient_id)


def _address(tx: Connection, recipient_id: int) -> str:
    held = select(recipients.c.address).where(recipients.c.id == recipient_id).with_for_update()
    found: str | None = tx.execute(held).scalar()
    if found is None:
        raise HlasatelError(say("recipients.gone"))
    return found


def _refuse_suppressed(tx: Connection, office: Office, address: str) -> None:
    if (found := suppression_of(tx, office, address)) is not None:
        since = plain_day(local_day(found.at))
        raise HlasatelError(say("recipients.is_suppressed", why=say(f"recipients.why_{found.reason}"), since=since))


def _join(tx: Connection, hand: Hand, recipient_id: int, list_id: str) -> None:
    if list_id not in hand.office.lists:
        raise HlasatelError(say("recipients.no_such_list"))
    left = departures.c.recipient_id == recipient_id, departures.c.list_id == list_id
    at = tx.execute(select(departures.c.left_at).where(*left)).scalar()
    if at is not None:
        since = plain_day(local_day(at))
        raise HlasatelError(say("recipients.has_left", list=hand.office.list_name(list_id), since=since))
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    values = {"list_id": list_id, "recipient_id": recipient_id, "since": hand.now}
    new = insert(memberships).values(values).on_conflict_do_nothing().returning(memberships.c.list_id)
    if tx.execute(new).first() is None:
        raise HlasatelError(say("recipients.on_it_already", list=hand.office.list_name(list_id)))


def _leave(tx: Connection, recipient_id: int, list_id: str, office: Office) -> None:
    own = memberships.c.recipient_id == recipient_id, memberships.c.list_id == list_id
    if not tx.execute(delete(memberships).where(*own)).rowcount:
        raise HlasatelError(say("recipients.not_on_it", list=office.list_name(list_id)))
