"""What the database keeps of an occurrence: the plan's words, people and lists, and when each stage comes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from worker.kinds import find
from worker.messages import say
from worker.plan.model import Activity, AsWritten, Occurrence
from worker.plan.stages import stages
from worker.planning.titles import title

TASK_LATENESS = timedelta(days=7)
"""How long after its day a task may still be confirmed without counting as missed: our assumption."""


class Origin(StrEnum):
    """Who made an occurrence; edits of the plan touch the plan's own alone."""

    PLAN = "plan"
    WATCH = "watch"
    PERSON = "person"


def lateness(activity: Activity) -> timedelta:
    """The activity's maximum lateness: its own, its main kind's, or a task's. The first kind named is the main one."""
    if activity.max_lateness is not None:
        return activity.max_lateness
    main = find(activity.kinds[0]) if activity.kinds else None
    return main.max_lateness if main is not None else TASK_LATENESS


def stage_times(activity: Activity, send_at: datetime | None) -> dict[str, str]:
    """Stage name → RFC 3339 in UTC, as kept with the occurrence; empty without a send time."""
    if send_at is None:
        return {}
    found = stages(send_at, activity.lead, lateness(activity))
    times = {name.removesuffix("_at"): at.astimezone(UTC).isoformat() for name, at in vars(found).items()}
    if not activity.commenters:
        del times["comment"]
    return times


def about(written: AsWritten) -> str:
    """The row as sentences for whoever is handed its task; empty columns are left out."""
    columns = {name: getattr(written, name).rstrip(" .,;") for name in ("activity", "target", "topic", "resources")}
    sentences = " ".join(say(f"planning.about_{name}", value=words) for name, words in columns.items() if words)
    return sentences.replace("….", "…")


def described(activity: Activity, occurrence: Occurrence, send_at: datetime | None) -> dict[str, Any]:
    """Column → value for everything that follows the plan; `send_at` is when it goes out, whoever chose that."""
    written = activity.as_written
    return {
        "title": title(activity, occurrence),
        "window_from": occurrence.window.start,
        "window_to": occurrence.window.end,
        "send_at": send_at,
        "planned_send_at": occurrence.send_at,
        "assumed": occurrence.assumed,
        "kinds": list(activity.kinds),
        "lists": list(activity.lists),
        "approvers": list(activity.approvers),
        "in_charge": activity.in_charge,
        "about": about(written),
        "stages": stage_times(activity, send_at),
        "optional": occurrence.optional,
        "crisis": activity.crisis,
        "anchored_to": occurrence.anchored_to,
        "approval": activity.approval.value,
        "commenters": list(activity.commenters),
        "contributors": list(activity.contributors),
        "code": activity.code,
        "stories": activity.stories,
        "project": activity.project,
        "topics": list(activity.topics),
        "channels": None if activity.channels is None else list(activity.channels),
        "channels_left_out": dict(activity.channels_left_out),
        "stezejni": activity.stezejni,
    }
