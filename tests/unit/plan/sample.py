"""Activities and plans put together without a file, for tests of what they come to on the calendar."""

from __future__ import annotations

from datetime import date

from worker.plan.model import Activity, Anchor, AsWritten, Lead, LeadTimes, Period, Plan, SendRule, Unit, Window

SEPTEMBER = Period("2026-09", Window(date(2026, 9, 1), date(2026, 9, 30)))
DECEMBER = Period("2026-12", Window(date(2026, 12, 1), date(2026, 12, 31)))


def entered(*days: str) -> tuple[Period, ...]:
    return tuple(Period(day, Window(date.fromisoformat(day), date.fromisoformat(day))) for day in days)


ROW = Activity(
    id="a",
    as_written=AsWritten("", "Zpráva", "", "", "", "", "řádek 1"),
    understood=(),
    periods=(SEPTEMBER, DECEMBER),
    kinds=("press-release",),
    lists=("media",),
    approvers=("tiskovy-mluvci",),
    in_charge="koordinator",
    contributors=(),
    send=SendRule(),
    send_assumed=True,
    lead=LeadTimes(),
    max_lateness=None,
    by_dates=False,
    dates=(),
    assumptions=(),
    line=1,
    column=1,
)


def plan(*activities: Activity) -> Plan:
    return Plan("Zkouška", "", Window(date(2024, 1, 1), date(2027, 12, 31)), activities, "schedules.yaml", "", "")


def after(days: int, base: str | date, unit: Unit = Unit.DAYS) -> Anchor:
    lead = Lead(abs(days), unit)
    if isinstance(base, date):
        return Anchor(lead, days >= 0, day=base)
    return Anchor(lead, days >= 0, activity_id=base)
