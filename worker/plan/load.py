"""`schedules.yaml` → `Plan`, with every fault of the file at once."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

from worker.errors import Fault, InvalidFiles
from worker.messages import say
from worker.plan.fields import Fields
from worker.plan.model import (
    Activity,
    AsWritten,
    LeadTimes,
    OffHolidays,
    Plan,
    SendRule,
    Vocabulary,
    Window,
)
from worker.plan.nearest import suggestion
from worker.plan.periods import Reading, read_dates, read_row
from worker.plan.phrases import PhraseError, RhythmKind, parse_day, parse_rhythm, parse_when
from worker.plan.rules import parse_clock, parse_lateness, parse_lead, parse_send_day
from worker.positions import Faults, Mapping, Node, Sequence, decode, parse_yaml, read_bytes

TOP_KEYS = ("plan", "defaults", "activities")
PLAN_KEYS = ("title", "place", "from", "to")
DEFAULT_KEYS = ("in_charge", "lead", "max_lateness", "send")
LEAD_KEYS = ("call", "draft", "ask", "remind", "deputy", "escalate")
SEND_KEYS = ("day", "time", "holidays")
EXAMPLES = {
    "plan": "plan: {title: Komunikační plán, from: 2024-01-01, to: 2027-12-31}",
    "defaults": "defaults: {in_charge: koordinator}",
    "lead": "lead: {ask: 5 pracovních dní, remind: 2 pracovní dny}",
    "send": 'send: {day: 3. úterý, time: "9:00", holidays: next}',
}
ACTIVITY_KEYS = (
    "id", "when", "periodicity", "activity", "target", "topic", "resources", "place", "kinds", "lists", "approvers",
    "in_charge", "contributors", "send", "lead", "max_lateness", "dates", "assumptions",
)  # fmt: skip

FIRST_YEAR, LAST_YEAR, MOST_YEARS = 2000, 2150, 50
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_ID = 60


def load_plan(path: Path, vocabulary: Vocabulary) -> Plan:
    """Read and validate the plan at `path`; InvalidFiles with every fault, also when it cannot be opened."""
    return parse_plan(read_bytes(path), str(path), vocabulary)


def parse_plan(data: bytes, file: str, vocabulary: Vocabulary) -> Plan:
    """The plan held by `data`, the bytes of `file` (a name for messages alone); InvalidFiles with every fault."""
    text = decode(data, file)
    root = parse_yaml(text, file)
    if not isinstance(root, Mapping):
        raise InvalidFiles([Fault(file, 1, 1, say("plan.no_plan"))])
    return _Loader(file, vocabulary).plan(root, text, hashlib.sha256(data).hexdigest())


class _Loader:
    """One reading of one file: its faults, and what holds for all of its activities."""

    def __init__(self, file: str, vocabulary: Vocabulary) -> None:
        self.file = file
        self.vocabulary = vocabulary
        self.faults = Faults()
        self.window = Window(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31))
        self.lead = LeadTimes()
        self.in_charge = ""
        self.send: tuple[SendRule, bool] = (SendRule(), True)
        self.first_line: dict[str, int] = {}

    def plan(self, root: Mapping, text: str, digest: str) -> Plan:
        top = Fields(root, self.file, self.faults, TOP_KEYS)
        head = top.map("plan", PLAN_KEYS, EXAMPLES["plan"])
        if head is None and top.is_empty("plan"):
            top.reject("plan", say("plan.missing", key="plan"))
        elif head is not None:
            self.window = self._window(head)
        lateness = None
        if (defaults := top.map("defaults", DEFAULT_KEYS, EXAMPLES["defaults"])) is not None:
            self.lead = self._lead(defaults)
            self.in_charge = self._person(defaults)
            self.send = self._send(defaults)
            lateness = defaults.read("max_lateness", parse_lateness)
        rows = self._rows(top)
        activities = [self._activity(Fields(row, self.file, self.faults, ACTIVITY_KEYS)) for row in rows]
        self.faults.refuse()
        return Plan(
            title=head.text("title") if head else "",
            place=head.text("place") if head else "",
            window=self.window,
            activities=tuple(
                replace(each, max_lateness=lateness) if each.max_lateness is None else each for each in activities
            ),
            path=self.file,
            text=text,
            digest=digest,
        )

    def _window(self, head: Fields) -> Window:
        head.text("title", required=True)
        start = head.read("from", parse_day, required=True)
        end = head.read("to", parse_day, required=True)
        if start is None or end is None:
            return self.window
        if not FIRST_YEAR <= start.year <= end.year <= LAST_YEAR or end.year - start.year >= MOST_YEARS or end < start:
            head.reject("to", say("plan.bad_span", start=start, end=end, most=MOST_YEARS))
            return self.window
        return Window(start, end)

    def _rows(self, top: Fields) -> list[Mapping]:
        node: Node | None = top.node_of("activities")
        if not isinstance(node, Sequence) or not node.items:
            top.reject("activities", say("plan.no_activities"))
            return []
        rows = []
        for item in node.items:
            if isinstance(item, Mapping):
                rows.append(item)
            else:
                self.faults.add(Fault(self.file, item.line, item.column, say("plan.not_an_activity")))
        return rows

    def _activity(self, row: Fields) -> Activity:
        written = AsWritten(
            when=row.text("when"),
            activity=row.text("activity", required=True),
            target=row.text("target"),
            topic=row.text("topic"),
            periodicity=row.text("periodicity"),
            resources=row.text("resources"),
            place=row.text("place", required=True),
        )
        dates = row.parsed("dates", parse_day)
        by_dates, reading = self._reading(row, written, dates)
        send, assumed = self._send(row) if row.node_of("send") else self.send
        kinds = row.ids("kinds", self.vocabulary.kinds)
        approvers = row.ids("approvers", self.vocabulary.people)
        if kinds and row.is_empty("approvers"):
            row.reject("approvers", say("plan.no_approver"))
        return Activity(
            id=self._id(row),
            as_written=written,
            understood=reading.sentences,
            periods=reading.periods,
            kinds=kinds,
            lists=row.ids("lists", self.vocabulary.lists),
            approvers=approvers,
            in_charge=self._person(row, required=not self.in_charge) or self.in_charge,
            contributors=row.ids("contributors", self.vocabulary.people),
            send=send,
            send_assumed=assumed,
            lead=self._lead(row),
            max_lateness=row.read("max_lateness", parse_lateness),
            by_dates=by_dates,
            dates=tuple(sorted(dates)),
            assumptions=row.texts("assumptions"),
            line=row.node.line,
            column=row.node.column,
        )

    def _reading(self, row: Fields, written: AsWritten, dates: tuple[date, ...]) -> tuple[bool, Reading]:
        """Whether the row goes by entered dates alone, and its periods; faults leave it without any."""
        nothing = Reading((), ())
        rhythm = row.read("periodicity", parse_rhythm)
        if rhythm is None and written.periodicity:
            row.read("when", parse_when)
            return False, nothing
        if (rhythm is not None and rhythm.kind is RhythmKind.MEETINGS) or (rhythm is None and row.node_of("dates")):
            return True, self._read_dates(row, written, dates)
        if dates:
            row.reject("dates", say("plan.dates_beside_rhythm", value=written.periodicity))
        when = row.read("when", parse_when, required=True)
        if when is None:
            return False, nothing
        try:
            return False, read_row(written.when, when, written.periodicity, rhythm, self.window)
        except PhraseError as error:
            row.reject("when", str(error))
            return False, nothing

    def _read_dates(self, row: Fields, written: AsWritten, dates: tuple[date, ...]) -> Reading:
        row.read("when", parse_when)
        for day in dates:
            if day not in self.window:
                row.reject("dates", say("plan.date_outside", value=day, start=self.window.start, end=self.window.end))
        if len(set(dates)) != len(dates):
            row.reject("dates", say("plan.date_twice"))
        return read_dates(dates, written.when, written.periodicity or say("plan.entered_dates"))

    def _id(self, row: Fields) -> str:
        found = row.text("id", required=True)
        if found and (len(found) > _LONGEST_ID or not _ID.fullmatch(found)):
            row.reject("id", say("plan.bad_id", value=found))
        elif found in self.first_line:
            row.reject("id", say("plan.activity_twice", value=found, first=self.first_line[found]))
        elif found:
            self.first_line[found] = row.place("id").line
        return found

    def _person(self, fields: Fields, *, required: bool = False) -> str:
        found = fields.text("in_charge", required=required)
        known = self.vocabulary.people
        if found and known is not None and found not in known:
            hint = suggestion(found, known)
            fields.reject("in_charge", say("plan.unknown_in_charge", value=found, hint=hint))
        return found

    def _lead(self, fields: Fields) -> LeadTimes:
        lead = self.lead
        if (given := fields.map("lead", LEAD_KEYS, EXAMPLES["lead"])) is not None:
            for key in LEAD_KEYS:
                if (value := given.read(key, parse_lead)) is not None:
                    lead = replace(lead, **{key: value})
        return lead

    def _send(self, fields: Fields) -> tuple[SendRule, bool]:
        """The send rule and whether its day is assumed."""
        given = fields.map("send", SEND_KEYS, EXAMPLES["send"])
        if given is None:
            return self.send
        rule, assumed = self.send
        if (day := given.read("day", parse_send_day)) is not None:
            rule, assumed = replace(day, at=rule.at, off_holidays=rule.off_holidays), False
        if (at := given.read("time", parse_clock)) is not None:
            rule = replace(rule, at=at)
        if (word := given.text("holidays")) and word not in (choices := {choice.value for choice in OffHolidays}):
            given.reject("holidays", say("plan.bad_holidays", value=word, hint=suggestion(word, choices)))
        elif word:
            rule = replace(rule, off_holidays=OffHolidays(word))
        return rule, assumed
