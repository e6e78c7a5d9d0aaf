"""What rows say of each other: anchors, labels of occurrences, floors that others help to keep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from worker.messages import say
from worker.plan.model import Activity
from worker.plan.reading.fields import Fields
from worker.plan.turns import MOST
from worker.plan.words.nearest import suggestion

_MOST_SHOWN = 60
"""Labels that a fault may offer."""
_MOST_OF_A_CIRCLE = 8


@dataclass(frozen=True)
class Row:
    """An activity and where it was read; `sound` when its periods are what its author meant."""

    activity: Activity
    fields: Fields
    sound: bool


def check_links(rows: Sequence[Row]) -> list[Activity]:
    """The activities, with remarks added; every fault between them is recorded in their fields."""
    times = Counter(row.activity.id for row in rows)
    known = {row.activity.id: row for row in rows if row.activity.id}
    for row in rows:
        _check_anchor(row, known)
        _check_counts_for(row, known)
    _refuse_circles(rows, known)
    labels = _labels(rows, known)
    for row in rows:
        # Of rows with one id nobody can say whose periods are meant.
        if times[row.activity.id] == 1:
            _check_labels(row, labels.get(row.activity.id))
    return [_remarked(row.activity, known) for row in rows]


def _check_anchor(row: Row, known: Mapping[str, Row]) -> None:
    anchor = row.activity.anchor
    if anchor is None or anchor.activity_id is None:
        return
    base = known.get(anchor.activity_id)
    if base is None:
        hint = suggestion(anchor.activity_id, known)
        row.fields.reject("anchor", say("plan.unknown_anchor", value=anchor.activity_id, hint=hint))
    elif anchor.deadline and not base.fields.has("deadlines"):
        row.fields.reject("anchor", say("plan.no_deadlines", value=anchor.activity_id))


def _check_counts_for(row: Row, known: Mapping[str, Row]) -> None:
    helped = row.activity.counts_for
    if helped is None:
        return
    if helped not in known:
        row.fields.reject("counts_for", say("plan.unknown_activity", value=helped, hint=suggestion(helped, known)))
    elif helped == row.activity.id:
        row.fields.reject("counts_for", say("plan.counts_for_itself", value=helped))


def _refuse_circles(rows: Sequence[Row], known: Mapping[str, Row]) -> None:
    """Every activity hangs on one other at most, so a circle is met by going on until one comes again."""
    settled: set[str] = set()
    for row in rows:
        way: dict[str, None] = {}
        at: Row | None = row
        while at is not None and at.activity.id not in settled and at.activity.id not in way:
            way[at.activity.id] = None
            at = known.get(_base_id(at.activity) or "")
        if at is not None and at.activity.id in way:
            circle = list(way)[list(way).index(at.activity.id) :]
            shown = circle if len(circle) <= _MOST_OF_A_CIRCLE else [*circle[:_MOST_OF_A_CIRCLE], "…"]
            at.fields.reject("anchor", say("plan.anchor_circle", way=" → ".join([*shown, at.activity.id])))
        settled.update(way)


def _base_id(activity: Activity) -> str | None:
    return activity.anchor.activity_id if activity.anchor else None


Labels = Sequence[str] | None
"""The period labels of an activity, in order; None where a fault hides them."""


def _labels(rows: Sequence[Row], known: Mapping[str, Row]) -> dict[str, Labels]:
    """The labels by activity. An anchored one has those of the one it hangs on, or the day itself.

    Too many in all are a fault of the row at which they become so.
    """
    labels: dict[str, Labels] = {}
    total = 0
    for row in rows:
        way: dict[str, Row] = {}
        at: Row | None = row
        found: Labels = None
        while at is not None and at.activity.id not in way:
            if at.activity.id in labels:
                found = labels[at.activity.id]
                break
            way[at.activity.id] = at
            if _hangs_on(at.activity) is None:
                found = _own_labels(at)
                break
            at = known.get(_hangs_on(at.activity) or "")
        labels.update(dict.fromkeys(way, found))
        total += len(labels[row.activity.id] or ())
        if total > MOST:
            row.fields.reject("when" if row.fields.has("when") else "id", say("plan.too_many", most=MOST))
            return {}
    return labels


def _hangs_on(activity: Activity) -> str | None:
    """The activity that gives it its periods."""
    return activity.anchor.activity_id if activity.anchor and not activity.anchor.deadline else None


def _own_labels(row: Row) -> Labels:
    if not row.sound:
        return None
    anchor = row.activity.anchor
    if anchor is not None and anchor.day is not None:
        return [anchor.day.isoformat()]
    return [period.label for period in row.activity.periods]


def _check_labels(row: Row, labels: Labels) -> None:
    if labels is None:
        return
    held = frozenset(labels)
    for key, given in (("deadlines", row.activity.deadlines), ("exceptions", row.activity.exemptions)):
        if not given:
            continue
        nodes = {label.value: label for label, _ in row.fields.entries(key, "")}
        for label in given:
            if label not in held:
                values = {"value": label, "id": row.activity.id, "hint": _near_label(label, labels)}
                row.fields.reject_at(nodes[label], say("plan.unknown_label", **values))


def _near_label(label: str, labels: Sequence[str]) -> str:
    """The label probably meant: one of the same year, where there is any."""
    if not labels:
        return say("plan.no_labels")
    near = [each for each in labels if each[:4] == label[:4]] or labels
    return suggestion(label, near[:_MOST_SHOWN])


def _remarked(activity: Activity, known: Mapping[str, Row]) -> Activity:
    remarks = activity.remarks
    helped = known.get(activity.counts_for or "")
    if helped is not None and helped.activity.floor is None:
        remarks = (*remarks, say("plan.counts_for_nothing", id=activity.id, value=helped.activity.id))
    base = known.get(_base_id(activity) or "")
    if base is not None and base.activity.rhythm is not None:
        remarks = (*remarks, say("plan.anchored_to_rhythm", id=activity.id, value=base.activity.id))
    return replace(activity, remarks=remarks) if remarks != activity.remarks else activity
