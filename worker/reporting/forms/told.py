"""A report in words and in the parts that people ask for: pure functions of it, which every form for people shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from worker.messages import say
from worker.plan.floors import Verdict
from worker.plan.model import Window
from worker.planning.titles import spelt_out
from worker.reporting.model import Account, ActivityAccount, By, Item, Outcome, Proof, ProofKind, Report, Turn
from worker.times import NBSP, local_day


class Group(StrEnum):
    """What became of an occurrence, as coarse as a summary has it; in the order in which they are told."""

    DONE = "done"
    LATE = "late"
    NOT_DONE = "not_done"
    NOT_KNOWN = "not_known"
    DROPPED = "dropped"
    OPEN = "open"


GROUP_OF = {
    Outcome.DONE: Group.DONE,
    Outcome.LATE: Group.LATE,
    Outcome.MISSED: Group.NOT_DONE,
    Outcome.NOTHING_OUT: Group.NOT_DONE,
    Outcome.OVERDUE: Group.NOT_KNOWN,
    Outcome.UNCERTAIN: Group.NOT_KNOWN,
    Outcome.UNRECORDED: Group.NOT_KNOWN,
    Outcome.DROPPED: Group.DROPPED,
    Outcome.HELD: Group.OPEN,
    Outcome.OPEN: Group.OPEN,
}

COUNTED_BY = (By.CHANNEL, By.TOPIC, By.THEME, By.TARGET, By.REACHED, By.GOAL)
"""In the order in which they are shown."""


@dataclass(frozen=True)
class Summary:
    """What the plan promised and what became of it. `extra` are those done that the plan is kept without."""

    groups: dict[Group, tuple[Account, ...]]
    extra: tuple[Account, ...]
    kept: tuple[tuple[ActivityAccount, Turn], ...]
    """Turns of an "at least" that are met."""
    broken: tuple[tuple[ActivityAccount, Turn], ...]
    """And those that are not, their time over."""
    doubtful: tuple[tuple[ActivityAccount, Turn], ...]
    """Those that are met only if what nobody noted was done."""

    @property
    def promised(self) -> int:
        return sum(map(len, self.groups.values()))

    @property
    def done(self) -> int:
        return self.number(Group.DONE) + self.number(Group.LATE)

    def number(self, group: Group) -> int:
        return len(self.groups[group])


def summary(report: Report) -> Summary:
    """Over what the plan promises; what it is kept without counts beside it, where it was done."""
    groups: dict[Group, list[Account]] = {group: [] for group in Group}
    for each in report.occurrences():
        if not beyond(each):
            groups[GROUP_OF[each.outcome]].append(each)
    turns = [(activity, turn) for activity in report.activities for turn in activity.turns]
    return Summary(
        groups={group: tuple(found) for group, found in groups.items()},
        extra=tuple(each for each in report.occurrences() if beyond(each) and each.is_done),
        kept=tuple((activity, turn) for activity, turn in turns if turn.verdict is Verdict.MET),
        broken=tuple((activity, turn) for activity, turn in turns if turn.verdict is Verdict.UNMET),
        doubtful=tuple((activity, turn) for activity, turn in turns if turn.verdict is Verdict.UNRECORDED),
    )


def beyond(account: Account) -> bool:
    """Whether the plan is kept without it: an optional one, or one that a person added."""
    return account.optional or account.added


def quarters(report: Report) -> list[tuple[str, dict[Group, int]]]:
    """Each quarter of the span with how many of what was promised for it came to what: by the day it was due."""
    found: dict[tuple[int, int], dict[Group, int]] = {}
    for year in range(report.span.start.year, report.span.end.year + 1):
        for number in range(1, 5):
            first = date(year, 3 * number - 2, 1)
            if first <= report.span.end and (year, number) >= _quarter(report.span.start):
                found[year, number] = dict.fromkeys(Group, 0)
    for each in report.occurrences():
        if not beyond(each):
            day = min(max(due_on(each), report.span.start), report.span.end)
            found[_quarter(day)][GROUP_OF[each.outcome]] += 1
    return [(spelt_out(f"{year}-Q{number}"), numbers) for (year, number), numbers in found.items()]


def due_on(account: Account) -> date:
    """The day that the plan names or that is assumed for it; the last of its window where there is none."""
    return local_day(account.promise.at) if account.promise.at is not None else account.promise.window.end


def _quarter(day: date) -> tuple[int, int]:
    return day.year, (day.month + 2) // 3


def period(span: Window) -> str:
    """The span as it stands after "za": `rok 2026`, `1. pololetí 2026`, `roky 2024–2027`, or its days."""
    first, last = span.start, span.end
    whole_years = (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)
    if whole_years and first.year == last.year:
        return say("report_forms.year", year=first.year)
    if whole_years:
        return say("report_forms.years", first=first.year, last=last.year)
    for number, half in ((1, ((1, 1), (6, 30))), (2, ((7, 1), (12, 31)))):
        if first.year == last.year and ((first.month, first.day), (last.month, last.day)) == half:
            return say("report_forms.half", number=number, year=first.year)
    return say("report_forms.days", span=days(span))


def days(window: Window) -> str:
    """`1. 12. – 31. 12. 2026`, one day as itself, a whole month by its name."""
    first, last = window.start, window.end
    if first == last:
        return day(first)
    beginning = f"{first.day}.{NBSP}{first.month}." + (f"{NBSP}{first.year}" if first.year != last.year else "")
    return f"{beginning} – {day(last)}"


def day(when: date | None) -> str:
    """`8. 12. 2026`, a dash where nobody knows."""
    return f"{when.day}.{NBSP}{when.month}.{NBSP}{when.year}" if when else "–"


def promised(account: Account) -> str:
    """When it was to be done: the plan's day, or the window that it leaves."""
    named = account.promise.at is not None and not account.promise.assumed
    return day(due_on(account)) if named else days(account.promise.window)


def outcome(account: Account) -> str:
    """What became of it in a word or two, with what sets it apart."""
    parts = [say(f"report_forms.outcome_{account.outcome}")]
    if beyond(account):
        parts.append(say("report_forms.optional"))
    return ", ".join(parts)


def done_on(account: Account) -> str:
    """The day it was done, and who noted it by hand; that the day is not known where it is not."""
    if not account.is_done:
        return ""
    when = day(account.done_on) if account.done_on else say("report_forms.day_unknown")
    if account.by_hand and account.noted_on and account.person:
        return say("report_forms.noted", when=when, person=account.person, day=day(account.noted_on))
    return when


def proof(each: Proof) -> str:
    """One thing that got out, without its address: what, where, when, to how many."""
    parts = [each.where if each.kind is ProofKind.NOTED or not each.what else f"{each.what}: {each.where}"]
    if each.day is not None:
        parts.append(day(each.day))
    if each.accepted is not None:
        parts.append(say("report_forms.accepted", number=each.accepted))
    if each.unknown:
        parts.append(say("report_forms.unknown", number=each.unknown))
    if each.note:
        parts.append(each.note)
    return ", ".join(parts)


def turn(each: Turn) -> str:
    """One turn of an "at least": which, how many were wanted, how many are there, and what that comes to."""
    verdict = say(f"report_forms.verdict_{each.verdict}")
    return say(
        "report_forms.turn", turn=spelt_out(each.period), needed=each.needed, done=len(each.done), verdict=verdict
    )


def reasons(accounts: Sequence[Account]) -> list[tuple[Account, str]]:
    """What was not done with why, in the reason's words; that nobody gave one where there is none."""
    return [(each, each.reason or say("report_forms.no_reason")) for each in accounts]


def counted_by(by: By) -> str:
    """What a table of numbers is about."""
    return say(f"report_forms.by_{by}")


def number(found: int | None) -> str:
    """An indicator's number; in words where it is not known, for that is no zero."""
    return say("report_forms.number_unknown") if found is None else str(found)


def item(each: Item) -> str:
    """Where the line of a proof comes from."""
    return say(f"report_forms.source_{each.source}")


def sentences(report: Report) -> list[str]:
    """The summary in sentences: what was promised, done, late, missed, and what nobody knows."""
    found = summary(report)
    counted = {group.value: found.number(group) for group in Group}
    size = "one" if found.promised == 1 else "few" if 1 < found.promised < 5 else "many"
    told = [
        say(f"report_forms.summary_promised_{size}", number=found.promised),
        say("report_forms.summary_done", done=found.done, late=found.number(Group.LATE)),
        say("report_forms.summary_not_done", **counted),
        say("report_forms.summary_not_known", **counted),
    ]
    lines = [" ".join(told)]
    if found.extra:
        lines.append(say("report_forms.summary_extra", number=len(found.extra)))
    return lines
