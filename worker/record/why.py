"""The story of one occurrence, told from its events in order, with where it stands now at the end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.kinds import kind_name
from worker.messages import say
from worker.office import Office
from worker.plan.reading.read_back import plain_day
from worker.record import places, progress, reach, signed
from worker.record.events import Event, of_occurrence
from worker.store.tables import occurrences
from worker.times import format_day, format_instant, parse_instant, to_the_second
from worker.topics import topic_name

_PEOPLE = ("asked", "on_behalf_of")
_WHENCE = ("page", "command")
_BESIDE = (
    "comment", "on_behalf_of", "authorisation", "by_code", "waiting", "done_on", "whence", "left_out", "excluded",
)  # fmt: skip
"""What is said after any event that knows it, each in a sentence of its own."""
_BY_SOMEBODY = ("mailing.resumed", "mailing.settled")
"""What a person may have ordered although its words do not name her."""


def story(tx: Connection, office: Office, occurrence_id: str, now: datetime) -> list[str] | None:
    """The lines of the story as it stands at `now` (aware); None for an occurrence that the database does not know."""
    row = tx.execute(select(occurrences).where(occurrences.c.id == occurrence_id)).first()
    if row is None:
        return None
    lines = [
        f"{row.title} ({row.id})",
        say("why.window", start=format_day(row.window_from), end=format_day(row.window_to)),
    ]
    if row.send_at is not None:
        lines.append(say("why.send_at_assumed" if row.assumed else "why.send_at", at=format_instant(row.send_at)))
    lines.append("")
    made = signed.decided(tx, occurrence_id)
    lines += [_line(office, event, made) for event in of_occurrence(tx, occurrence_id)]
    lines += ["", say("why.now", state=say(f"states.{row.state}"))]
    return lines + _deliveries(tx, occurrence_id, now) + _places(tx, office, occurrence_id, now)


def happened(tx: Connection, office: Office, occurrence_id: str) -> list[tuple[str, str]]:
    """What was recorded about an occurrence, oldest first: when, to the second, and what, for a page of its own."""
    made = signed.decided(tx, occurrence_id)
    return [(to_the_second(each.at), told(office, each, made)) for each in of_occurrence(tx, occurrence_id)]


def _line(office: Office, event: Event, made: Sequence[Row[Any]]) -> str:
    return f"{to_the_second(event.at)}  {told(office, event, made)}"


def told(office: Office, event: Event, made: Sequence[Row[Any]] = ()) -> str:
    """One event in words: what happened, and where it is known with which comment, for whom, by what right, whence.

    Whoever decided has the name she had then, if her decision is among those `made`.
    """
    values = {name: _shown(office, name, value) for name, value in event.data.items()}
    person, own = office.person_name(event.person), signed.of_event(office, made, event)
    if own is not None:
        person, values["on_behalf_of"] = own.name, own.approver
    sentences = [say(f"why.{event.kind}", **values, person=person)]
    if event.kind in _BY_SOMEBODY and event.person is not None:
        sentences.append(say("why.by", person=person))
    if event.kind == "occurrence.planned" and event.data.get("moved"):
        sentences.append(say("why.planned_late"))
    sentences += [say(f"why.{name}", **{name: values[name]}) for name in _BESIDE if event.data.get(name)]
    return " ".join(sentences)


def from_where(whence: str) -> str:
    """Where a person acted from, in words: a page and the address that asked for it, or a command."""
    kind, _, peer = whence.partition(" ")
    return say(f"why.whence_{kind}", peer=peer) if kind in _WHENCE else whence


def _shown(office: Office, name: str, value: Any) -> Any:
    """An event's value in words: people by name, lists by name, kinds by name, instants in Prague time."""
    if name in _PEOPLE:
        return office.person_name(value)
    if name in ("approvers", "waiting"):
        return ", ".join(office.person_name(each) for each in value)
    if name == "lists":
        return ", ".join(office.list_name(each) for each in value)
    if name == "excluded":
        return progress.left_out(value)
    if name == "kinds":
        return ", ".join(kind_name(each) for each in value)
    if name == "themes":
        return ", ".join(topic_name(each) for each in value) or say("why.no_theme")
    if name == "draft":
        return kind_name(value)
    if name == "medium":
        return office.medium_name(value)
    if name == "send_at" and value:
        return format_instant(parse_instant(value))
    if name == "until":
        return format_instant(parse_instant(value), form="by")
    if name in ("day", "down", "done_on") and value:
        return plain_day(date.fromisoformat(value))
    if name == "digest":
        return value[:12]
    if name == "whence":
        return from_where(value)
    if name == "given_by":
        return say(f"why.given_by_{value}")
    if name == "was":
        return say(f"states.{value}")
    if name == "notice":
        return say(f"why.notice_{value}")
    if name == "outcome":
        return say(f"states.delivery_{value}")
    return value


def _places(tx: Connection, office: Office, occurrence_id: str, now: datetime) -> list[str]:
    """Each place beside the lists, with its address and time, or how it stands there; and whom none of them reaches."""
    lines = places.in_words(office, places.of_occurrence(tx, office, occurrence_id, now))
    shown = [say("publishing.heading"), *(f"  {line}" for line in lines)] if lines else []
    if groups := reach.unreached(tx, office, occurrence_id):
        shown.append(say("spread.unreached", groups=", ".join(groups)))
    return shown


def _deliveries(tx: Connection, occurrence_id: str, now: datetime) -> list[str]:
    lines: list[str] = []
    found = progress.of_occurrence(tx, occurrence_id)
    for each in found:
        lines += [f"  {kind_name(each.kind)}: {name} {number}" for name, number in each.in_words()]
        if next_step := each.told(now):
            lines.append(f"  {kind_name(each.kind)}: {say(each.state_key)}. {next_step}")
    if any(each.unknown for each in found):
        lines.append(f"  {say('cli.settle_hint')}")
    return lines
