"""Timetables to draw: every state, rhythms and gaps, as many rows as wanted, and texts that try to break out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from worker.plan.floors import FloorTurn, Verdict
from worker.plan.model import Activity, AsWritten, LeadTimes, Per, Plan, SendRule, Watch, Window
from worker.planning.timetable import Entry
from worker.store.states import OccurrenceState
from worker.times import local_instant
from worker.timetables.content import Timetable

NOW = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
SPAN = Window(date(2024, 1, 1), date(2027, 12, 31))
NASTY = "=HYPERLINK(\"x\") <script>alert('&')</script>; a, b\\n\x07\r\nkonec – „čtvrtletí“ \U0001f600"
NAMES = (
    "Tiskové zprávy", "Aktuality na webové stránce kraje", "Články v krajském periodiku (magazín)", "Veřejné setkání",
    "Pravidelný bod o sociálním začleňování na jednání zastupitelstva kraje", "Pravidelná informace (newsletter)",
    "Zpravodaj Rodinám", "Leták",
)  # fmt: skip


def activity(activity_id: str, name: str = "Tiskové zprávy", **changes: Any) -> Activity:
    """A row of the plan."""
    written = AsWritten(
        when="září, prosinec 2024–2027", activity=name, target="média", topic="Implementace strategie",
        periodicity="Alespoň 1x za ½ roku informace o novinkách či změnách v sociálním začleňování",
        resources="garant SPSZ, ASZ", place="2. řádek",
    )  # fmt: skip
    found = Activity(
        id=activity_id, as_written=written, understood=(), periods=(), kinds=("press-release",), lists=("media",),
        approvers=("mluvci",), in_charge="koordinator", contributors=(), send=SendRule(), send_assumed=True,
        lead=LeadTimes(), max_lateness=None, by_dates=False, dates=(), assumptions=("Den je předpoklad.",), line=1,
        column=1,
    )  # fmt: skip
    return replace(found, **changes)


def entry(activity_id: str, year: int, month: int, state: str = "planned", **changes: Any) -> Entry:
    """An occurrence in a month, sent on its eighth day at ten."""
    start = date(year, month, 1)
    end = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    send_at = local_instant(date(year, month, 8), time(10, 0))
    stages = {"call": send_at - timedelta(days=21), "ask": send_at - timedelta(days=7, hours=1)}
    found = Entry(
        id=f"{activity_id}/{year}-{month:02}", activity=activity_id, title=f"Tisková zpráva, {month}/{year}",
        period=f"{year}-{month:02}", window=Window(start, end), send_at=send_at, kinds=("press-release",),
        lists=("media",), state=OccurrenceState(state), assumed=True, approvers=("mluvci",), in_charge="koordinator",
        stages={**stages, "remind": send_at - timedelta(days=2)},
    )  # fmt: skip
    return replace(found, **changes)


def unmet(activity_id: str, year: int) -> FloorTurn:
    """A first half-year with nothing in it."""
    window = Window(date(year, 1, 1), date(year, 6, 30))
    return FloorTurn(activity_id, f"{year}-H1", window, 1, 0, 0, 0, 0, (), Verdict.UNMET)


def timetable(activities: list[Activity], entries: list[Entry], **changes: Any) -> Timetable:
    """A timetable of these rows, entries in the order of their times."""
    plan = Plan("Komunikační plán kraje", "", SPAN, tuple(activities), "schedules.yaml", "", "")
    ordered = sorted(entries, key=lambda each: (each.send_at is None, each.send_at or NOW, each.id))
    found = Timetable(
        plan=plan, span=SPAN, entries=tuple(ordered), now=NOW, domain="kraj.example.org",
        people={"koordinator": "Koordinátor", "mluvci": "Tisková mluvčí"}, lists={"media": "Média"},
    )  # fmt: skip
    return replace(found, **changes)


def busy(rows: int) -> Timetable:
    """`rows` rows that differ: a few months, every month, half-years, a rhythm, nothing yet; every state is there."""
    states = list(OccurrenceState)
    activities, entries, turns = [], [], []
    for number in range(rows):
        name = NAMES[number % len(NAMES)]
        found = activity(f"radek-{number}", name)
        match number % 5:
            case 0:
                entries += [
                    entry(found.id, year, month, states[(year + month + number) % 11])
                    for year in range(2024, 2028)
                    for month in (9, 12)
                ]
                turns += [unmet(found.id, year) for year in range(2024, 2028)]
            case 1:
                entries += [
                    entry(found.id, year, month, states[(year + month) % 11], assumed=month % 2 == 0)
                    for year in range(2024, 2028)
                    for month in range(1, 13)
                ]
            case 2:
                found = replace(found, rhythm=Watch(2, Per.WEEK), kinds=())
            case 3:
                found = replace(found, by_dates=True, on_call=number % 2 == 0)
            case _:
                for year in range(2024, 2028):
                    for first, month in ((1, 6), (7, 12)):
                        one = entry(found.id, year, month, "planned" if year > 2025 else "done")
                        window = Window(date(year, first, 1), one.window.end)
                        entries.append(replace(one, window=window, optional=month == 12))
        activities.append(found)
    return timetable(activities, entries, turns=tuple(turns))


def weekly(years: int = 2) -> Timetable:
    """Twice a week, as the city of Liberec writes: as close together as marks ever come."""
    start = date(2024, 1, 1)
    entries = []
    for number in range(52 * years * 2):
        monday = start + timedelta(weeks=number // 2)
        window = Window(monday, monday + timedelta(days=6))
        send_at = local_instant(monday + timedelta(days=1 + number % 2 * 2), time(10, 0))
        label = f"{monday.isocalendar().year}-W{monday.isocalendar().week:02}" + (".2" if number % 2 else "")
        one = entry("prispevky", 2024, 1, window=window, send_at=send_at, id=f"prispevky/{label}", period=label)
        entries.append(replace(one, optional=bool(number % 2)))
    return timetable([activity("prispevky", "Příspěvky na Facebook"), activity("dalsi")], entries)
