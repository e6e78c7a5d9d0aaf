"""What the coordinator may choose about an occurrence, behind her link or on its page: ask anew, move it, or drop it.

The link outlives the send deadline, for that is when it is needed; it ends a month after its mail. Looking changes
nothing; a choice is made for what the page showed, so that of two made at once one is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row

from worker.approval import choose, seats
from worker.approval.cases import LinkExpired, NoSuchLink, NotNow, Unfinished, clean, occurrence_of
from worker.drafting import packages
from worker.errors import HlasatelError, InvalidFiles
from worker.messages import say
from worker.notices import links
from worker.notices.links import Link, Purpose
from worker.office import Office
from worker.plan.model import Activity
from worker.planning.current import plan_in_force
from worker.planning.described import Origin, stage_times
from worker.record import events, holds
from worker.record.events import Event
from worker.store.states import OccurrenceState
from worker.times import parse_instant

LASTS = timedelta(days=31)
LONGEST_REASON = 2000


class Option(StrEnum):
    """What may be chosen."""

    ASK = "ask"
    """Its approvers are asked anew, and it goes out as soon as they approve."""
    MOVE = "move"
    DROP = "drop"


_POSSIBLE = {
    OccurrenceState.PLANNED: (Option.MOVE, Option.DROP),
    OccurrenceState.PREPARING: (Option.MOVE, Option.DROP),
    OccurrenceState.ASKED: (Option.ASK, Option.MOVE, Option.DROP),
    OccurrenceState.RETURNED: (Option.MOVE, Option.DROP),
    OccurrenceState.APPROVED: (Option.MOVE, Option.DROP),
    OccurrenceState.HELD: (Option.MOVE, Option.DROP),
    OccurrenceState.MISSED: (Option.ASK, Option.MOVE, Option.DROP),
}
"""What makes sense in each state; in those left out there is nothing to choose any more."""


@dataclass(frozen=True)
class Offer:
    """What may be chosen about one. `caution` says why something is not possible; empty when nothing is to be said.

    `seen` names exactly what is shown: a choice made for something else is refused. `last` is the newest choice that
    anybody made about the occurrence.
    """

    occurrence: Row[Any]
    package: Row[Any] | None
    activity: Activity | None
    possible: tuple[Option, ...]
    caution: str
    last: Event | None

    @property
    def seen(self) -> str:
        """State, version and send time, as the form carries them."""
        version = self.package.version if self.package is not None else 0
        at = self.occurrence.send_at.isoformat() if self.occurrence.send_at else ""
        return f"{self.occurrence.state} {version} {at}"

    def deadline_if_asked(self, now: datetime) -> datetime | None:
        """Until when it could be approved if it were asked for at `now`; None when that is not possible."""
        if Option.ASK not in self.possible or self.activity is None:
            return None
        return datetime.fromisoformat(stage_times(self.activity, now)["deadline"])


@dataclass(frozen=True)
class Choices(Offer):
    """What a link leads to."""

    link: Link


def choices(tx: Connection, office: Office, token: str, now: datetime, *, lock: bool = False) -> Choices:
    """What may be chosen by the bearer of `token` at `now` (aware). `lock` holds the occurrence until the end.

    Raises NoSuchLink, also for the link of somebody who is no coordinator any more, or LinkExpired.
    """
    link = links.find(tx, office, Purpose.CHOOSE, token)
    if link is None or link.person != office.settings.coordinator:
        raise NoSuchLink(say("approval.no_such_link"))
    if now >= link.created_at + LASTS:
        raise LinkExpired(say("approval.no_such_link"))
    found = offer(tx, office, occurrence_of(tx, link, lock=lock), now)
    return Choices(**vars(found), link=link)


def offer(tx: Connection, office: Office, occurrence: Row[Any], now: datetime) -> Offer:
    """What may be chosen about `occurrence`, a row of its table, at `now` (aware)."""
    package = packages.latest(tx, occurrence.id)
    activity = _activity(tx, office, occurrence)
    possible, caution = _possible(tx, office, occurrence, package, activity, now)
    made = [each for each in events.of_occurrence(tx, occurrence.id) if each.kind.startswith("choice.")]
    return Offer(occurrence, package, activity, possible, caution, made[-1] if made else None)


def choose_by_link(
    office: Office, token: str, option: Option, now: datetime,
    *, seen: str, reason: str, day: str = "", hour: str = "", whence: str = "",
) -> None:  # fmt: skip
    """Make the choice of the link's owner. `day` (YYYY-MM-DD) and `hour` (HH:MM, Prague) are for a move alone.

    Raises Unfinished for what she can add, NotNow when something else is so than `seen` says or the option is not
    possible, NoSuchLink or LinkExpired; then nothing has changed.
    """
    with office.database.write() as tx:
        current = choices(tx, office, token, now, lock=True)
        make(
            tx, office, current, option, now, seen=seen, reason=reason, day=day, hour=hour, person=current.link.person,
            whence=whence,
        )  # fmt: skip


def make(
    tx: Connection, office: Office, current: Offer, option: Option, now: datetime,
    *, seen: str, reason: str, day: str, hour: str, person: str, whence: str,
) -> None:  # fmt: skip
    """Make a choice of what is offered, the occurrence held; raises as `choose_by_link`, and then changes nothing."""
    if current.seen != seen:
        raise NotNow(say("choices.changed_meanwhile"))
    if option not in current.possible:
        raise NotNow(current.caution or say("choices.not_possible"))
    reason = checked_reason(reason)
    if option is Option.DROP:
        choose.drop(tx, office, current.occurrence.id, now, reason=reason, person=person, whence=whence)
        return
    assert current.activity is not None, "possible without its activity"
    send_at = now if option is Option.ASK else _send_at(day, hour, now)
    choose.move(
        tx, office, current.activity, current.occurrence.id, send_at, now, reason=reason, person=person, whence=whence
    )


def checked_reason(text: str) -> str:
    """A reason as it is kept; Unfinished when it is missing or too long."""
    reason = clean(text)
    if not reason:
        raise Unfinished(say("choices.reason_missing"))
    if len(reason) > LONGEST_REASON:
        raise Unfinished(say("approval.comment_too_long", limit=LONGEST_REASON))
    return reason


def _send_at(day: str, hour: str, now: datetime) -> datetime:
    """The instant the form names; Unfinished for one that is missing, cannot be read or is over."""
    if not day.strip() or not hour.strip():
        raise Unfinished(say("choices.day_missing"))
    try:
        send_at = parse_instant(f"{day.strip()}T{hour.strip()}")
    except HlasatelError:
        raise Unfinished(say("choices.bad_day", day=day, hour=hour)) from None
    if send_at <= now:
        raise Unfinished(say("approval.move_into_past"))
    return send_at


def _activity(tx: Connection, office: Office, occurrence: Row[Any]) -> Activity | None:
    """None once the plan holds it no more, or while no plan can be read."""
    try:
        return plan_in_force(tx, office).activity(occurrence.activity)
    except (KeyError, InvalidFiles):
        return None


def _possible(
    tx: Connection, office: Office, occurrence: Row[Any], package: Row[Any] | None, activity: Activity | None,
    now: datetime,
) -> tuple[tuple[Option, ...], str]:  # fmt: skip
    """What is possible, and a sentence about what is not."""
    options = _POSSIBLE.get(OccurrenceState(occurrence.state), ())
    if not options:
        return (), ""
    if activity is None or occurrence.origin == Origin.WATCH:
        return (Option.DROP,), say("choices.only_drop")
    later = tuple(option for option in options if option is not Option.ASK)
    hold = holds.live(tx)
    if hold is not None and holds.is_held_back(occurrence):
        return later, holds.told(office, hold, now)
    if package is not None and seats.returned(tx, package.id):
        return later, say("choices.returned_needs_version")
    return options, ""
