"""Saying back how the plan was understood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from worker.messages import say
from worker.plan.first_start import first_ahead, is_overtaken
from worker.plan.floors import FloorTurn, Verdict, floors, planned
from worker.plan.model import Activity, Anchor, DayRule, Occurrence, Plan
from worker.plan.names import Names, named
from worker.plan.occurrences import by_activity
from worker.plan.reading.read_back import describe_watch, plain_day, spell_send_day
from worker.plan.stages import comments_end
from worker.plan.words.rules import describe_lead
from worker.times import format_day, format_instant, local_day
from worker.topics import topic_name

DATES_SHOWN = 3
PERIODS_SHOWN = 12


@dataclass(frozen=True)
class Explanation:
    """How one row was read: sentences, its assumptions, and dates as `id: day and hour`.

    `next_dates` are those ahead, or a sentence where there are none; `last_dates` stand in their place once the plan
    has ended, when all of its occurrences are history.
    """

    activity_id: str
    sentences: tuple[str, ...]
    assumptions: tuple[str, ...]
    next_dates: tuple[str, ...]
    last_dates: tuple[str, ...] = ()
    floors: tuple[FloorTurn, ...] = ()
    """Every turn of its "at least", counted by the plan's dates alone."""


def explain_plan(plan: Plan, now: datetime, names: Names) -> tuple[Explanation, ...]:
    """What `check` says of every activity, in the plan's order; `now` (aware) decides which dates are next."""
    found = by_activity(plan)
    ended = has_ended(plan, local_day(now))
    turns: dict[str, list[FloorTurn]] = {}
    for turn in floors(plan, planned(each for of_one in found.values() for each in of_one)):
        turns.setdefault(turn.activity_id, []).append(turn)
    return tuple(
        replace(
            _explain(activity, found[activity.id], turns.get(activity.id, ()), names),
            next_dates=() if ended else _next_dates(activity, found[activity.id], now),
            last_dates=_last_dates(activity, found[activity.id]) if ended else (),
        )
        for activity in plan.activities
    )


def has_ended(plan: Plan, today: date) -> bool:
    """Whether the plan lies wholly in the past."""
    return plan.window.end < today


def _explain(activity: Activity, found: Sequence[Occurrence], turns: Sequence[FloorTurn], names: Names) -> Explanation:
    """All but the dates."""
    sentences = (
        *activity.understood,
        *_when_sentences(activity),
        *(_exempted(activity, each) for each in found if each.period in activity.exemptions),
        *_promises(activity, turns),
        _who_sentence(activity, names),
        *((say("topics.row", topics=", ".join(map(topic_name, activity.topics))),) if activity.topics else ()),
        *((say("plan.goals", goals="; ".join(activity.goals)),) if activity.goals else ()),
        *_spread(activity, names),
        *_approval(activity, found, names),
        *((say("plan.is_crisis"),) if activity.crisis else ()),
        *((say("plan.uses_template", name=activity.template),) if activity.template else ()),
    )
    return Explanation(activity.id, sentences, activity.assumptions, next_dates=(), floors=tuple(turns))


def _next_dates(activity: Activity, found: Sequence[Occurrence], now: datetime) -> tuple[str, ...]:
    if activity.rhythm is not None:
        return (say("plan.no_dates_watched"),)
    sent = [(each, each.send_at) for each in found if each.send_at is not None]
    dates = [_overtaken(each, send_at, now) for each, send_at in sent if _is_awaited(each, now)]
    dates += [_date(each, send_at) for each, send_at in sent if send_at >= now]
    if not dates:
        dates = [
            say("plan.next_open", id=each.id, at=format_instant(send_at), until=plain_day(each.window.end))
            for each, send_at in sent
            if each.window.start < each.window.end and local_day(now) in each.window
        ]
    nothing = "plan.no_date_yet" if activity.on_call else "plan.no_next"
    return tuple(dates[:DATES_SHOWN]) or (say(nothing),)


def _is_awaited(occurrence: Occurrence, now: datetime) -> bool:
    """Whether its counted day is over and its uzávěrka is not."""
    return occurrence.due_by is not None and occurrence.due_by >= local_day(now) and is_overtaken(occurrence, now)


def _overtaken(occurrence: Occurrence, send_at: datetime, now: datetime) -> str:
    """Where it goes unless it was sent: of that `check` knows nothing."""
    assert occurrence.due_by is not None
    values = {"id": occurrence.id, "at": format_instant(send_at), "until": plain_day(occurrence.due_by)}
    ahead = first_ahead(occurrence, now)
    if ahead is None:
        return say("plan.next_overtaken_none", **values)
    return say("plan.next_overtaken", ahead=format_instant(ahead), **values)


def _last_dates(activity: Activity, found: Iterable[Occurrence]) -> tuple[str, ...]:
    if activity.rhythm is not None:
        return (say("plan.no_dates_watched"),)
    dates = tuple(_date(each, each.send_at) for each in found if each.send_at is not None)
    return dates[-DATES_SHOWN:] or (say("plan.no_last"),)


def _date(occurrence: Occurrence, send_at: datetime) -> str:
    marks = (
        say("plan.mark_assumed") if occurrence.assumed else None,
        say("plan.mark_optional") if occurrence.optional else None,
        say("plan.mark_anchored", id=occurrence.anchored_to) if occurrence.anchored_to else None,
    )
    return ", ".join((say("plan.next", id=occurrence.id, at=format_instant(send_at)), *filter(None, marks)))


def _when_sentences(activity: Activity) -> tuple[str, ...]:
    """The day and hour: counted from another day, entered, named or assumed. What goes on all the time has none."""
    if activity.rhythm is not None:
        return ()
    deadlines: tuple[str, ...] = ()
    if activity.deadlines:
        known = ", ".join(f"{label}: {format_day(day)}" for label, day in activity.deadlines.items())
        deadlines = (say("plan.deadlines_known", known=known),)
    rule = activity.send
    hour = f"{rule.at.hour}:{rule.at.minute:02}"
    moved = say(f"plan.moved_{rule.off_holidays.value}")
    if activity.anchor is not None:
        counted = say("plan.counted", counted=_counted(activity.anchor), time=hour, moved=moved)
        if not activity.anchor.deadline:
            return (*deadlines, counted)
        key = "plan.counted_or_else_weekly" if rule.day is DayRule.WEEKDAY else "plan.counted_or_else"
        return (*deadlines, counted, say(key, day=spell_send_day(rule)))
    if activity.by_dates:
        key = "plan.send_on_date" if activity.send_assumed else "plan.send_on_date_named"
        return (*deadlines, say(key, time=hour))
    key = "plan.send_assumed" if activity.send_assumed else "plan.send_named"
    if activity.send_assumed and rule.day is DayRule.WEEKDAY:
        key = "plan.send_assumed_weekly"
    later = any(rule.day is DayRule.WEEKDAY and "." in period.label for period in activity.periods)
    more = (say("plan.second_in_a_week"),) if later else ()
    return (*deadlines, say(key, day=spell_send_day(rule), time=hour, moved=moved), *more)


def _counted(anchor: Anchor) -> str:
    """`7 dní po výskytu aktivity „pk-rada“`, in the reader's language."""
    side = "same" if anchor.lead.amount == 0 else "after" if anchor.later else "before"
    lead = describe_lead(anchor.lead)
    if anchor.day is not None:
        return say(f"plan.counted_{side}_day", lead=lead, day=plain_day(anchor.day))
    base = "deadline" if anchor.deadline else "activity"
    return say(f"plan.counted_{side}_{base}", lead=lead, id=anchor.activity_id)


def _promises(activity: Activity, turns: Sequence[FloorTurn]) -> tuple[str, ...]:
    """What its "at least" comes to, and whose it helps to keep."""
    said = []
    if activity.floor is not None and activity.floor_span is not None:
        span = activity.floor_span
        how = describe_watch(activity.floor)
        said.append(say("plan.floor_watched", how=how, start=plain_day(span.start), end=plain_day(span.end)))
    short: dict[tuple[Verdict, tuple[str, ...]], list[str]] = {}
    for turn in turns:
        if turn.own < turn.needed:
            short.setdefault((turn.verdict, turn.by), []).append(turn.period)
    said += [_short(verdict, by, periods) for (verdict, by), periods in short.items()]
    if activity.counts_for is not None:
        said.append(say("plan.helps", id=activity.counts_for))
    return tuple(said)


def _short(verdict: Verdict, by: Sequence[str], periods: Sequence[str]) -> str:
    """The turns that the row's own dates do not reach, and what makes up for them, if anything does."""
    key = "floor_by_others"
    if verdict is Verdict.UNMET:
        key = "floor_unmet_despite" if by else "floor_unmet"
    shown = ", ".join(periods[:PERIODS_SHOWN])
    if len(periods) > PERIODS_SHOWN:
        shown = say("plan.and_more", shown=shown, count=len(periods) - PERIODS_SHOWN)
    return say(f"plan.{key}", periods=shown, by=", ".join(by))


def _exempted(activity: Activity, occurrence: Occurrence) -> str:
    exemption = activity.exemptions[occurrence.period]
    if exemption.dropped or occurrence.send_at is None:
        return say("plan.exempted_dropped", id=occurrence.id, reason=exemption.reason)
    at = format_instant(occurrence.send_at)
    return say("plan.exempted_moved", id=occurrence.id, at=at, reason=exemption.reason)


def _approval(activity: Activity, found: Sequence[Occurrence], names: Names) -> Iterator[str]:
    """What an approval takes beside the approvers, who were told of; of a task only whose funder it has to name."""
    if activity.project is not None:
        key = "approving.project_of_task" if activity.is_task else "approving.project"
        yield say(key, project=named([activity.project], names.projects))
    if activity.is_task:
        return
    if activity.commenters:
        sent = next((each.send_at for each in found if each.send_at is not None), None)
        ends = activity.lead.comment if sent is None else comments_end(sent, activity.lead)
        yield say("approving.comments", people=named(activity.commenters, names.people), until=describe_lead(ends))
    if len(activity.approvers) > 1:
        yield say(f"approving.takes_{activity.approval.name.lower()}")
    if activity.code:
        yield say("approving.code")
    if activity.stories:
        yield say("approving.stories")


def _spread(activity: Activity, names: Names) -> Iterator[str]:
    """Where its texts go beside the lists, where the row says it."""
    if activity.stezejni:
        yield say("spread.stezejni")
    if activity.channels:
        yield say("spread.row", channels=named(activity.channels, names.media))
    for channel, why in activity.channels_left_out.items():
        yield say("spread.left_out", channel=named([channel], names.media), why=why)


def _who_sentence(activity: Activity, names: Names) -> str:
    person = named([activity.in_charge], names.people)
    if activity.is_task:
        return say("plan.is_task" if activity.rhythm is None else "plan.is_watched", person=person)
    watched = "" if activity.rhythm is None else f"{say('plan.is_watched', person=person)} {say('plan.on_request')} "
    return watched + say(
        "plan.is_package" if activity.lists else "plan.is_package_without_lists",
        kinds=named(activity.kinds, names.kinds),
        lists=named(activity.lists, names.lists),
        approvers=named(activity.approvers, names.people),
    )
