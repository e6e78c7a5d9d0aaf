"""The account of a span of the plan in force, gathered at once: no form of it asks the database or the clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from worker.drafting.typography import keep_together
from worker.messages import say
from worker.office import Office
from worker.plan.floors import Verdict
from worker.plan.model import Activity, Plan, Window
from worker.plan.reading.read_back import describe_watch, plain_day
from worker.planning.current import plan_in_force
from worker.planning.described import Origin
from worker.planning.titles import shortened
from worker.reporting import articles, indicators
from worker.reporting.accounts import Accountant, promised_day
from worker.reporting.counts import Counted, counts
from worker.reporting.known import Known, everything, started_at
from worker.reporting.model import Account, ActivityAccount, Article, Outcome, Report, Turn
from worker.reporting.turns import turns_of
from worker.reporting.ways import Way, ways
from worker.store.states import OccurrenceState
from worker.times import local_day
from worker.topics import topic_name

Line = tuple[Known, Account, tuple[Way, ...]]


def gather(tx: Connection, office: Office, now: datetime, span: Window) -> Report:
    """The report of `span` (days, both included) as of `now` (aware).

    An occurrence belongs to the span that its promised day lies in, wherever it was moved; so the years of a plan add
    up to the plan.
    """
    plan = plan_in_force(tx, office)
    first_start = started_at(tx)
    started_on = local_day(first_start) if first_start is not None else None
    lines = list(_lines(tx, office, plan, now))
    told = [line for line in lines if promised_day(line[0]) in span]
    turns = turns_of(plan, ((known, account) for known, account, _ in lines), span, local_day(now), started_on)
    activities = tuple(_activities(plan, told, turns))
    by_id = {each.id: each for each in activities}
    counted = [Counted(by_id[known.activity], account, found, known.themes) for known, account, found in told]
    published = articles.published(tx, office)
    in_span = tuple(each for each in published if each.day is not None and each.day in span)
    return Report(
        span=span,
        made_at=now,
        organisation=office.settings.organisation.name,
        plan_title=plan.title,
        plan_place=plan.place,
        plan_window=plan.window,
        plan_digest=plan.digest,
        started_on=started_on,
        activities=activities,
        counts=counts(office, counted),
        indicators=indicators.all_of(tx, office, plan, [_dated(*line) for line in lines], published, span),
        articles=in_span,
        not_known=tuple(_not_known(plan, activities, published, told)),
    )


def _dated(known: Known, account: Account, _ways: tuple[Way, ...]) -> indicators.Dated:
    return indicators.Dated(known.activity, account, account.done_on or promised_day(known))


def _lines(tx: Connection, office: Office, plan: Plan, now: datetime) -> Iterator[Line]:
    """Every occurrence that is accounted for: all but the questions about a rhythm that brought nothing."""
    accountant = Accountant(tx, office, now)
    activities = {activity.id: activity for activity in plan.activities}
    for known in everything(tx, office, plan, now):
        if known.origin is Origin.WATCH and known.state is not OccurrenceState.DONE:
            continue
        found = tuple(ways(office, known))
        yield known, accountant.account(known, activities.get(known.activity), list(found)), found


def _activities(plan: Plan, told: Sequence[Line], turns: Mapping[str, tuple[Turn, ...]]) -> Iterator[ActivityAccount]:
    """Every row in the plan's order, then those that the plan held once."""
    found: dict[str, list[Line]] = {}
    for line in told:
        found.setdefault(line[0].activity, []).append(line)
    for activity in plan.activities:
        yield _activity(activity, found.pop(activity.id, []), turns.get(activity.id, ()))
    for gone, lines in sorted(found.items()):
        yield ActivityAccount(gone, gone, None, tuple(account for _, account, _ in lines))


def _activity(activity: Activity, lines: Sequence[Line], turns: tuple[Turn, ...]) -> ActivityAccount:
    words = shortened(activity.as_written.activity)
    watch = activity.rhythm or activity.floor
    return ActivityAccount(
        id=activity.id,
        name=keep_together(words[:1].upper() + words[1:]),
        written=activity.as_written,
        occurrences=tuple(account for _, account, _ in lines),
        at_least=describe_watch(watch) if watch else "",
        turns=turns,
        goals=activity.goals,
        themes=tuple(map(topic_name, activity.topics)),
        without_dates=(activity.by_dates or activity.on_call) and not lines,
        assumptions=activity.assumptions,
    )


def _not_known(
    plan: Plan, activities: Sequence[ActivityAccount], published: Sequence[Article], told: Sequence[Line]
) -> Iterator[str]:
    """What a reader must not take for nothing."""
    accounts = [account for _, account, _ in told]
    unrecorded = [each for each in accounts if each.outcome is Outcome.UNRECORDED]
    if unrecorded:
        yield say("reporting.unrecorded", number=len(unrecorded))
    for each in accounts:
        if each.outcome is Outcome.UNCERTAIN:
            yield say("reporting.uncertain", title=each.title, id=each.id)
        elif each.is_done and each.in_time is None:
            noted_on = plain_day(each.noted_on) if each.noted_on is not None else ""
            yield say("reporting.day_unknown", title=each.title, id=each.id, noted_on=noted_on)
    on_call = {activity.id for activity in plan.activities if activity.on_call}
    if rows := [each.name for each in activities if each.without_dates and each.id not in on_call]:
        yield say("reporting.no_dates", rows="; ".join(dict.fromkeys(rows))).replace("….", "…")
    if silent := [each.name for each in activities if any(turn.verdict is Verdict.UNRECORDED for turn in each.turns)]:
        yield say("reporting.turns_unrecorded", rows="; ".join(dict.fromkeys(silent))).replace("….", "…")
    if undated := sum(each.day is None for each in published):
        yield say("reporting.undated_articles", number=undated)
