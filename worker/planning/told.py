"""What an edit changes, in words for the coordinator and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from worker.kinds import kind_name
from worker.messages import say
from worker.office import Office
from worker.plan.model import ApprovalRule
from worker.planning.changes import Change, What
from worker.store.states import OccurrenceState
from worker.times import format_day, format_instant, rfc3339
from worker.topics import topic_name

_FLAGS = ("optional", "crisis", "code", "stories", "stezejni")
_SEEN = (
    "send_at", "window_from", "window_to", "kinds", "lists", "topics", "channels", "channels_left_out", "commenters",
    "contributors", "approvers", "approval", "project", "in_charge", *_FLAGS,
)  # fmt: skip
_WORDS = ("title", "about")


def shown(found: Iterable[Change]) -> list[Change]:
    """The changes that somebody would notice: not what is only written down, save where a person must do more."""
    return [
        change
        for change in found
        if (change.what is not What.NOTED or (change.row is not None and change.row.state == OccurrenceState.MISSED))
        and (
            change.what is not What.CHANGED or change.already_due or {*_SEEN, *_WORDS, "stages"} & change.values.keys()
        )
    ]


def counts(found: Iterable[Change]) -> dict[str, int]:
    """How many of each: `added`, `historical`, `dropped`, `gone`, `moved`, `changed` otherwise, `asked_anew`."""
    numbers = dict.fromkeys(("added", "historical", "dropped", "gone", "moved", "changed", "asked_anew"), 0)
    for change in found:
        numbers["asked_anew"] += change.asked_anew
        if change.what is What.ADDED:
            numbers["historical" if change.state is OccurrenceState.HISTORICAL else "added"] += 1
        elif change.what is What.REVIVED:
            numbers["added"] += 1
        elif change.what in (What.DROPPED, What.GONE):
            numbers[change.what.value] += 1
        elif change.what is What.CHANGED:
            numbers["moved" if change.moved else "changed"] += 1
    return numbers


def sentence(office: Office, change: Change, now: datetime) -> str:
    """What happens to the occurrence, without its id."""
    if change.what is What.ADDED:
        return _added(change, now)
    assert change.row is not None
    state = say(f"states.{change.row.state}")
    if change.what is What.DROPPED:
        if not change.reason:
            return say("edits.dropped")
        under_way = change.row.state not in (OccurrenceState.PLANNED, OccurrenceState.MISSED)
        return say("edits.left_out_under_way" if under_way else "edits.left_out", reason=change.reason, state=state)
    if change.what is What.GONE:
        return f"{say('edits.gone', state=state)} {change.reason}".strip()
    if change.what is What.REVIVED:
        return say("edits.revived", at=_at(change.values.get("send_at", change.row.send_at)))
    if change.what is What.CHANGED:
        anew = [say("edits.asked_anew", state=state)] if change.asked_anew else []
        return "; ".join([*_pieces(office, change, now), *anew])
    return say(f"edits.{change.what.value}", state=state, occurrence=change.id)


def as_json(change: Change) -> dict[str, Any]:
    """`from` and `to` are its send times (RFC 3339 or null), `changed` the names of what else differs."""
    row = change.row
    before, after = row.send_at if row is not None else None, change.values.get("send_at")
    if not change.moved and change.what in (What.REVIVED, What.CHANGED, What.BACK, What.NOTED):
        after = before
    return {
        "id": change.id,
        "activity": change.activity,
        "what": change.what.value,
        "state": row.state if row is not None else None,
        "from": rfc3339(before) if before else None,
        "to": rfc3339(after) if after else None,
        "reason": change.reason,
        "changed": [name for name in (*_SEEN, *_WORDS, "stages") if row is not None and name in change.values],
        "asked_anew": change.asked_anew,
    }


def _added(change: Change, now: datetime) -> str:
    if change.state is OccurrenceState.HISTORICAL:
        return say("edits.added_historical")
    if change.state is OccurrenceState.DROPPED:
        return say("edits.added_dropped", reason=change.reason)
    send_at = change.values["send_at"]
    if send_at is not None and send_at < now:
        return say("edits.added_over", at=_at(send_at))
    return say("edits.added_already_due" if change.already_due else "edits.added", at=_at(send_at))


def _pieces(office: Office, change: Change, now: datetime) -> Iterator[str]:
    row, values = change.row, change.values
    assert row is not None
    if change.moved:
        planned = _at(values.get("planned_send_at", row.planned_send_at))
        yield say(f"edits.{_moved(change, now)}", old=_at(row.send_at), new=_at(values["send_at"]), planned=planned)
    elif change.already_due:
        yield say("edits.stays_ahead", new=_at(row.send_at), planned=_at(values["planned_send_at"]))
    if "window_from" in values or "window_to" in values:
        start, end = values.get("window_from", row.window_from), values.get("window_to", row.window_to)
        yield say("edits.window", old=_span(row.window_from, row.window_to), new=_span(start, end))
    for name in ("lists", "topics", "commenters", "contributors", "approvers", "kinds"):
        if name in values:
            yield say(
                f"edits.{name}", old=_names(office, name, getattr(row, name)), new=_names(office, name, values[name])
            )
    if "channels" in values or "channels_left_out" in values:
        old = _spread(office, row.channels, row.channels_left_out)
        new = _spread(
            office, values.get("channels", row.channels), values.get("channels_left_out", row.channels_left_out)
        )
        yield say("edits.channels", old=old, new=new)
    if "approval" in values:
        yield say("edits.approval", old=_rule(row.approval), new=_rule(values["approval"]))
    if "project" in values:
        yield say("edits.project", old=_project(office, row.project), new=_project(office, values["project"]))
    if "in_charge" in values:
        new = office.person_name(values["in_charge"])
        yield say("edits.in_charge", old=office.person_name(row.in_charge), new=new)
    for name in _FLAGS:
        if name in values:
            yield say(f"edits.{name}_{'on' if values[name] else 'off'}")
    if "stages" in values and not change.moved:
        yield say("edits.stages")
    if any(name in values for name in _WORDS):
        yield say("edits.words")


def _moved(change: Change, now: datetime) -> str:
    """The key of the sentence about its new time."""
    send_at = change.values["send_at"]
    if send_at is None or send_at > now:
        return "moved_ahead" if change.already_due else "moved"
    assert change.row is not None
    undrafted = change.row.kinds and change.row.state == OccurrenceState.PLANNED
    over = undrafted or datetime.fromisoformat(change.values["stages"]["deadline"]) < now
    return "moved_into_past" if over else "moved_due_now"


def _names(office: Office, name: str, ids: Iterable[str]) -> str:
    named = {
        "lists": office.list_name,
        "topics": topic_name,
        "commenters": office.person_name,
        "contributors": office.person_name,
        "approvers": office.person_name,
        "kinds": kind_name,
    }[name]
    return ", ".join(map(named, ids)) or say("topics.any" if name == "topics" else "edits.nobody")


def _spread(office: Office, channels: Sequence[str] | None, left_out: Iterable[str]) -> str:
    """Where texts go beside the lists, in words."""
    if channels is not None:
        named = [each for each in channels if each not in left_out]
        return ", ".join(map(office.medium_name, named)) or say("spread.none")
    without = ", ".join(map(office.medium_name, left_out))
    return say("spread.all_but", channels=without) if without else say("spread.all")


def _rule(approval: str) -> str:
    return say(f"edits.rule_{ApprovalRule(approval).name.lower()}")


def _project(office: Office, project: str | None) -> str:
    if project is None:
        return say("edits.no_project")
    found = office.projects.get(project)
    return found.name if found else project


def _at(instant: datetime | None) -> str:
    return format_instant(instant) if instant is not None else say("edits.no_time")


def _span(start: date, end: date) -> str:
    return f"{format_day(start)} – {format_day(end)}"
