"""The "at least" of a row, and what is watched of one without dates, against what was really done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from worker.plan.floors import FloorTurn, Seen, Standing, Verdict, floors, rhythms
from worker.plan.model import Plan, Window
from worker.reporting.accounts import promised_day, within
from worker.reporting.known import Known
from worker.reporting.model import Account, Outcome, Turn

_STANDINGS = {
    Outcome.DONE: Standing.DONE,
    Outcome.LATE: Standing.DONE,
    Outcome.UNRECORDED: Standing.UNRECORDED,
    Outcome.OPEN: Standing.OPEN,
    Outcome.HELD: Standing.OPEN,
    Outcome.OVERDUE: Standing.OPEN,
}
"""What an outcome comes to for an "at least"; any other is gone."""


def turns_of(
    plan: Plan, accounts: Iterable[tuple[Known, Account]], span: Window, today: date, started_on: date | None
) -> Mapping[str, tuple[Turn, ...]]:
    """Activity → the turns that touch `span`, each with the occurrences of the whole plan that count for it."""
    seen = [
        Seen(
            activity_id=known.activity,
            window=known.window,
            day=account.done_on or promised_day(known),
            standing=_STANDINGS.get(account.outcome, Standing.GONE),
            id=known.id,
        )
        for known, account in accounts
    ]
    found: dict[str, list[Turn]] = {}
    for each in floors(plan, seen):
        found.setdefault(each.activity_id, []).append(_turn(each, each.verdict))
    for each in rhythms(plan, seen):
        found.setdefault(each.activity_id, []).append(_turn(each, _of_rhythm(each, today, started_on)))
    return {activity: tuple(turn for turn in turns if within(turn.window, span)) for activity, turns in found.items()}


def _of_rhythm(turn: FloorTurn, today: date, started_on: date | None) -> Verdict:
    """Nothing of a rhythm is planned: until its end a turn may be kept; of one before the first start nobody knows."""
    if turn.verdict is Verdict.MET:
        return turn.verdict
    if turn.window.end >= today:
        return Verdict.PLANNED
    return Verdict.UNRECORDED if started_on is None or turn.window.start < started_on else Verdict.UNMET


def _turn(turn: FloorTurn, verdict: Verdict) -> Turn:
    return Turn(
        period=turn.period,
        window=turn.window,
        needed=turn.needed,
        done=turn.ids[Standing.DONE],
        open=turn.ids[Standing.OPEN],
        unrecorded=turn.ids[Standing.UNRECORDED],
        verdict=verdict,
    )
