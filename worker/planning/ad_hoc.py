"""What nobody planned: an occurrence that a person makes for one kind, with the people and lists of a row of the plan.

It is drafted, asked for, approved and sent like any other. Only its lead times are short: where the row's own would
have begun already, drafting and asking begin at once, and the reminders divide what time is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects import postgresql, sqlite

from worker.errors import HlasatelError
from worker.kinds import all_kinds, kind_name
from worker.messages import say
from worker.plan.model import Activity, Occurrence, Plan, Window
from worker.plan.stages import WORK_BEGINS, WORK_ENDS
from worker.plan.words.nearest import suggestion
from worker.planning.described import Origin, described, stage_times
from worker.planning.titles import title
from worker.record import events
from worker.store.states import OccurrenceState
from worker.store.tables import installation, occurrences
from worker.times import PRAGUE, format_day, format_instant, is_working_day, local_day, local_instant, next_working_day

SOONEST = timedelta(hours=2)
"""How soon it goes out when nobody says when: time enough for somebody to read it."""
QUARTER = timedelta(minutes=15)
LONGEST_TITLE = 120
MOST_A_DAY = 99


def rows_for(plan: Plan, kind: str) -> list[Activity]:
    """The rows whose people and lists a text of this kind may go by, the likeliest first.

    What bypasses a hold comes last, so that nobody takes it without naming it.
    """
    email = all_kinds()[kind].channel == "email"
    fit = [each for each in plan.activities if each.approvers and (each.lists or not email)]
    return sorted(fit, key=lambda each: (kind not in each.kinds, each.crisis, not each.on_call))


def row_for(plan: Plan, kind: str, activity_id: str) -> Activity:
    """The row named, or without a name the likeliest that has the kind; HlasatelError with those that would do."""
    if kind not in all_kinds():
        raise HlasatelError(say("ad_hoc.unknown_kind", kind=kind, hint=suggestion(kind, all_kinds())))
    fit = rows_for(plan, kind)
    if activity_id:
        found = next((each for each in fit if each.id == activity_id), None)
    else:
        found = next((each for each in fit if kind in each.kinds and not each.crisis), None)
    if found is None:
        key = "ad_hoc.unfit_row" if activity_id else "ad_hoc.name_a_row"
        names = ", ".join(each.id for each in fit) or "–"
        raise HlasatelError(say(key, activity=activity_id, kind=kind_name(kind), rows=names))
    return found


def usual_time(activity: Activity, now: datetime) -> datetime:
    """When it goes out if nobody says so: in two hours, or at the row's hour on the next working day."""
    soon = now + SOONEST
    soon += -(soon - datetime.min.replace(tzinfo=soon.tzinfo)) % QUARTER
    local = soon.astimezone(PRAGUE)
    if is_working_day(local.date()) and WORK_BEGINS <= local.time() <= WORK_ENDS:
        return soon
    day = local.date() if local.time() < WORK_BEGINS else local.date() + timedelta(days=1)
    return local_instant(next_working_day(day), activity.send.at)


def new(
    tx: Connection, plan: Plan, kind: str, now: datetime, *, activity_id: str, send_at: datetime | None, called: str,
    reason: str, person: str, whence: str,
) -> str:  # fmt: skip
    """Make the occurrence; its id, `<row>/<day>`, with `.2` and so on for more of a day.

    `called` is what people call it, '' for the kind and the day. HlasatelError for what no row of the plan can carry,
    a time that is over or outside the plan, a missing reason, and before the first start.
    """
    if not on_one_line(reason):
        raise HlasatelError(say("ad_hoc.reason_missing"))
    activity = row_for(plan, kind, activity_id)
    at = send_at or usual_time(activity, now)
    made = make(tx, plan, activity, kind, now, send_at=at, called=called)
    events.append(
        tx, "choice.new", now, occurrence=made, person=person, reason=on_one_line(reason), send_at=at.isoformat(),
        kinds=[kind], whence=whence,
    )  # fmt: skip
    return made


def make(
    tx: Connection, plan: Plan, activity: Activity, kind: str, now: datetime, *, send_at: datetime, called: str
) -> str:
    """The same without a word in the record, which is the caller's."""
    _refuse(tx, plan, send_at, now, called)
    day = local_day(send_at)
    for number in range(1, MOST_A_DAY + 1):
        period = f"{day}" if number == 1 else f"{day}.{number}"
        if made := _insert(tx, activity, _occurrence(activity, kind, period, send_at), called, now):
            return made
    raise HlasatelError(say("ad_hoc.too_many", day=format_day(day)))


def on_one_line(text: str) -> str:
    """What a person typed, without what no header of a mail may hold."""
    return " ".join("".join(char for char in text if char.isprintable() or char.isspace()).split())


def as_planned(row: Row[Any]) -> Occurrence:
    """An occurrence that a person made, as drafting wants it; it is in no plan."""
    return Occurrence(
        id=row.id, activity_id=row.activity, period=row.period, window=Window(row.window_from, row.window_to),
        send_at=row.send_at, assumed=False, kinds=tuple(row.kinds), lists=tuple(row.lists),
        corrects=row.corrects,
    )  # fmt: skip


def _refuse(tx: Connection, plan: Plan, at: datetime, now: datetime, called: str) -> None:
    if tx.execute(select(installation.c.first_start_at)).scalar() is None:
        raise HlasatelError(say("ad_hoc.not_started"))
    if len(called) > LONGEST_TITLE:
        raise HlasatelError(say("ad_hoc.long_title", limit=LONGEST_TITLE))
    if at <= now:
        raise HlasatelError(say("ad_hoc.over"))
    if local_day(at) not in plan.window:
        start, end = format_day(plan.window.start), format_day(plan.window.end)
        raise HlasatelError(say("choices.outside_the_plan", day=format_day(local_day(at)), start=start, end=end))


def _occurrence(activity: Activity, kind: str, period: str, at: datetime) -> Occurrence:
    day = local_day(at)
    return Occurrence(
        id=f"{activity.id}/{period}", activity_id=activity.id, period=period, window=Window(day, day), send_at=at,
        assumed=False, kinds=(kind,), lists=activity.lists,
    )  # fmt: skip


def _insert(tx: Connection, activity: Activity, occurrence: Occurrence, called: str, now: datetime) -> str | None:
    """Its id; None when there is one of that id."""
    assert occurrence.send_at is not None
    row = replace(activity, kinds=occurrence.kinds)
    values = described(row, occurrence, occurrence.send_at)
    values |= {"title": on_one_line(called) or title(row, occurrence), "planned_send_at": None}
    if datetime.fromisoformat(values["stages"]["ask"]) < now:
        values |= {"stages": short_stages(row, occurrence.send_at, now), "contributors": []}
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    statement = insert(occurrences).values(
        id=occurrence.id, activity=activity.id, period=occurrence.period, state=OccurrenceState.PLANNED, state_at=now,
        origin=Origin.PERSON, **values,
    )  # fmt: skip
    made: str | None = tx.execute(
        statement.on_conflict_do_nothing(index_elements=["id"]).returning(occurrences.c.id)
    ).scalar()
    return made


def short_stages(activity: Activity, send_at: datetime, now: datetime) -> dict[str, str]:
    """Drafted and asked for at once; reminded at half the time left, the deputy at three quarters, then the alarm."""
    left = send_at - now
    shares = {"remind": 4, "deputy": 6, "escalate": 7}
    return {
        name: at if name in ("send", "deadline") else (now + left * shares.get(name, 0) / 8).isoformat()
        for name, at in stage_times(activity, send_at).items()
    }


def told(tx: Connection, occurrence_id: str) -> str:
    """What was made and what comes next, as a sentence."""
    row = tx.execute(select(occurrences).where(occurrences.c.id == occurrence_id)).one()
    return say("ad_hoc.made", occurrence=row.id, title=row.title, at=format_instant(row.send_at, form="at"))


def kinds_offered(plan: Plan) -> Sequence[str]:
    """Every kind that some row of the plan could carry, by name."""
    return sorted((kind for kind in all_kinds() if rows_for(plan, kind)), key=kind_name)
