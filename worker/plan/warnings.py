"""What a sound plan holds that was probably not meant: told by `check`, refused by nobody."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta

from worker.messages import say
from worker.plan.doubts import doubts, listed
from worker.plan.model import Activity, Occurrence, OffHolidays, Period, Plan
from worker.plan.names import Names, named
from worker.plan.occurrences import by_activity, is_entered, rule_of
from worker.plan.quiet import is_eve, quiet
from worker.plan.send_days import named_day
from worker.settings import Election, elections_near
from worker.times import PRAGUE, clock_change, format_day, local_day

LONGEST_BEFORE = timedelta(days=183)
"""An uzávěrka this long before its issue's window, or after it, is likely a slip in the year or the period."""


def warnings(
    plan: Plan,
    today: date,
    mailed: Collection[str],
    names: Names,
    elections: Iterable[Election] = (),
    reworker: str | None = None,
) -> list[tuple[str, str]]:
    """(activity id, sentence) of what is allowed but deserves a second look, in the plan's order.

    `mailed` are the kinds that go out by e-mail, `reworker` the id of whoever revises what was returned, unless she has
    a deputy. Days before `today` are history: only an hour that the clocks skip or
    repeat is told of them too, for it stands in the file and comes again.
    """
    empty = {activity.id: years for activity, years in missing_dates(plan, today)}
    found = by_activity(plan)
    known = tuple(elections)
    said: list[tuple[str, str]] = []
    for activity in plan.activities:
        sent = [each for each in found[activity.id] if each.send_at]
        said += [(activity.id, sentence) for sentence in _of_row(activity, empty.get(activity.id), mailed, names)]
        if activity.kinds and reworker is not None and set(activity.approvers) == {reworker}:
            said.append(
                (activity.id, say("warnings.own_approver", id=activity.id, person=named([reworker], names.people)))
            )
        said += [(activity.id, sentence) for sentence in doubts(activity, sent, today, names)]
        said += [(activity.id, sentence) for sentence in _of_days(activity, sent, today, known)]
        said += [(activity.id, sentence) for sentence in _of_deadlines(activity, found[activity.id], today)]
        beyond = [each for each in found[activity.id] if _is_beyond(each, plan, today)]
        if beyond:
            places = [say("warnings.place", id=each.id, day=format_day(each.window.start)) for each in beyond]
            said.append((activity.id, say("warnings.outside_plan", id=activity.id, places=listed(places))))
    return said


def missing_dates(plan: Plan, today: date) -> list[tuple[Activity, tuple[int, ...]]]:
    """Activities that go by entered dates, with the plan's years from today's on for which none is entered.

    What is on call has no dates until there is something to say, so it misses none.
    """
    years = range(max(plan.window.start.year, today.year), plan.window.end.year + 1)
    found = []
    for activity in plan.activities:
        empty = tuple(year for year in years if all(day.year != year for day in activity.dates))
        if activity.by_dates and not activity.on_call and empty:
            found.append((activity, empty))
    return found


def _of_row(activity: Activity, empty: Sequence[int] | None, mailed: Collection[str], names: Names) -> Iterator[str]:
    yield from activity.remarks
    if empty:
        yield say("plan.year_without_dates", id=activity.id, years=", ".join(map(str, empty)))
    if not activity.lists and (unsent := [kind for kind in activity.kinds if kind in mailed]):
        yield say("plan.kinds_without_lists", id=activity.id, kinds=named(unsent, names.kinds))


def _of_deadlines(activity: Activity, found: Iterable[Occurrence], today: date) -> Iterator[str]:
    places = []
    for each in found:
        day, window = activity.deadlines.get(each.period), each.window
        if day and window.end >= today and not window.start - LONGEST_BEFORE <= day <= window.end:
            places.append(say("warnings.place", id=each.id, day=format_day(day)))
    if places:
        yield say("warnings.deadline_elsewhere", id=activity.id, places=listed(places))


def _of_days(
    activity: Activity, sent: Iterable[Occurrence], today: date, elections: Collection[Election]
) -> Iterator[str]:
    """One sentence for each sort of trouble, however many occurrences it is about."""
    found: dict[str, list[str]] = {}
    for occurrence in sent:
        for key, place in _troubles(activity, occurrence, today, elections):
            found.setdefault(key, []).append(place)
    for key, places in found.items():
        yield say(f"warnings.{key}", id=activity.id, places=listed(places))


def _troubles(
    activity: Activity, occurrence: Occurrence, today: date, elections: Collection[Election]
) -> Iterator[tuple[str, str]]:
    """(message, the occurrence as it is listed there)."""
    assert occurrence.send_at is not None
    day, at = local_day(occurrence.send_at), rule_of(activity, occurrence.period).at
    where = {"id": occurrence.id, "day": format_day(day)}
    plain = say("warnings.place", **where)
    if change := clock_change(day, at):
        yield f"clock_{change.value}", plain
    if day < today:
        return
    if day not in occurrence.window:
        yield "outside_window", plain
    if _is_elsewhere(activity, occurrence):
        yield "named_elsewhere", plain
    reason = quiet(day, occurrence.send_at.astimezone(PRAGUE).time())
    if reason and activity.send.off_holidays is not OffHolidays.KEEP:
        why = say(f"warnings.quiet_{reason.value}")
        key = "kept_day" if _is_chosen(activity, occurrence) else "no_other_day"
        yield key, say("warnings.place_because", why=why, **where)
    elif reason is None and activity.kinds and is_eve(day):
        yield "eve", plain
    for election in elections_near(elections, day):
        why = say("warnings.election", name=election.name, days=election.days())
        yield "near_election", say("warnings.place_because", why=why, **where)


def _is_beyond(occurrence: Occurrence, plan: Plan, today: date) -> bool:
    """Whether its day was counted out of the plan's own time."""
    window = occurrence.window
    return occurrence.dropped is None and window.end >= today and window.start not in plan.window


def _is_elsewhere(activity: Activity, occurrence: Occurrence) -> bool:
    """Whether the row's own rule named a day outside the window, so that another one was taken."""
    if activity.send_assumed or occurrence.anchored_to is not None or _is_chosen(activity, occurrence):
        return False
    return named_day(occurrence.window, activity.send) not in occurrence.window


def _is_chosen(activity: Activity, occurrence: Occurrence) -> bool:
    """Whether a person chose the very day: an exception that moves it, or an entered date."""
    if (exemption := activity.exemptions.get(occurrence.period)) and exemption.day:
        return True
    return occurrence.anchored_to is None and is_entered(Period(occurrence.period, occurrence.window))
