"""`schedules.yaml` → `Plan`, with every fault of the file at once."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from worker.errors import Fault, InvalidFiles
from worker.messages import language, say
from worker.plan.model import (
    Activity,
    Anchor,
    AsWritten,
    DayRule,
    LeadTimes,
    OffHolidays,
    Plan,
    SendRule,
    Vocabulary,
    Window,
)
from worker.plan.reading.approval import read_approval
from worker.plan.reading.fields import Fields
from worker.plan.reading.file import Defaults, PlanFile, PlanHead, keys
from worker.plan.reading.file import Lead as LeadForm
from worker.plan.reading.file import Row as RowForm
from worker.plan.reading.file import Send as SendForm
from worker.plan.reading.links import Row, check_links
from worker.plan.reading.periods import Reading
from worker.plan.reading.rows import read_deadlines, read_exemptions, read_times
from worker.plan.reading.spread import read_spread
from worker.plan.turns import MOST, is_weekly
from worker.plan.words.anchors import parse_anchor
from worker.plan.words.nearest import suggestion
from worker.plan.words.phrases import parse_day
from worker.plan.words.rules import parse_clock, parse_lateness, parse_lead, parse_send_day, weekday_name
from worker.positions import Faults, Mapping, Node, Sequence, decode, parse_yaml, read_bytes
from worker.topics import TOPICS

TOP_KEYS, PLAN_KEYS, DEFAULT_KEYS = keys(PlanFile), keys(PlanHead), keys(Defaults)
LEAD_KEYS, SEND_KEYS, ACTIVITY_KEYS = keys(LeadForm), keys(SendForm), keys(RowForm)
EXAMPLES = {
    "plan": "plan: {title: Komunikační plán, from: 2024-01-01, to: 2027-12-31}",
    "defaults": "defaults: {in_charge: koordinator}",
    "lead": "lead: {ask: 5 pracovních dní, remind: 2 pracovní dny}",
    "send": 'send: {day: 3. úterý, time: "9:00", holidays: next}',
}

FIRST_YEAR, LAST_YEAR, MOST_YEARS = 2000, 2099, 50
"""Years a plan may have: those whose public holidays are known, and one more for what is counted beyond them."""
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_ID = 60
_KEPT = 4
"""Plans kept as read, so that of two in force and on file each has its place in both languages."""
_NAMELESS = ""
_WEEKLY = SendRule(DayRule.WEEKDAY, number=0, weekday=1)
"""Where a row that comes weekly names no day: Tuesday, our assumption."""


def load_plan(path: Path, vocabulary: Vocabulary) -> Plan:
    """Read and validate the plan at `path`; InvalidFiles with every fault, also when it cannot be opened."""
    return parse_plan(read_bytes(path), str(path), vocabulary)


def parse_plan(data: bytes, file: str, vocabulary: Vocabulary) -> Plan:
    """The plan held by `data`, the bytes of `file` (a name for messages alone); InvalidFiles with every fault.

    Its sentences are in the language spoken here. The plans last read are kept: the pages ask for the one in force at
    every visit, and reading it takes longer than showing them.
    """
    return _read(data, file, vocabulary, language())


@lru_cache(maxsize=_KEPT)
def _read(data: bytes, file: str, vocabulary: Vocabulary, spoken: str) -> Plan:
    try:
        return replace(_understood(data, vocabulary, spoken), path=file)
    except InvalidFiles as error:
        raise InvalidFiles([replace(fault, file=file) for fault in error.faults]) from None


@lru_cache(maxsize=_KEPT)
def _understood(data: bytes, vocabulary: Vocabulary, _spoken: str) -> Plan:
    """The plan and its faults as those of a file without a name: the same words are read once, wherever they stand."""
    text, faults = decode(data, _NAMELESS), Faults()
    root = parse_yaml(text, _NAMELESS, faults)
    if not isinstance(root, Mapping):
        faults.add(Fault(_NAMELESS, 1, 1, say("plan.no_plan" if text.strip() else "files.empty")))
        raise InvalidFiles(faults.found)
    return _Loader(_NAMELESS, vocabulary, faults).plan(root, text, hashlib.sha256(data).hexdigest())


class _Loader:
    """One reading of one file: its faults, and what holds for all of its activities."""

    def __init__(self, file: str, vocabulary: Vocabulary, faults: Faults) -> None:
        self.file = file
        self.vocabulary = vocabulary
        self.faults = faults
        self.window = Window(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31))
        self.lead = LeadTimes()
        self.in_charge = ""
        self.send: tuple[SendRule, bool] = (SendRule(), True)
        self.first_line: dict[str, int] = {}
        self.periods = 0

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
            if self.send[0].day is DayRule.WEEKDAY:  # not every row comes weekly
                defaults.reject("send", say("plan.weekday_not_weekly", value=weekday_name(self.send[0].weekday)))
                self.send = (SendRule(), True)
            lateness = defaults.read("max_lateness", parse_lateness)
        rows = self._rows(top)
        activities = check_links([self._row(Fields(row, self.file, self.faults, ACTIVITY_KEYS)) for row in rows])
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

    def _row(self, row: Fields) -> Row:
        written = AsWritten(
            when=row.text("when"),
            activity=row.text("activity", required=True),
            target=row.text("target"),
            topic=row.text("topic"),
            periodicity=row.text("periodicity"),
            resources=row.text("resources"),
            place=row.text("place", required=True),
        )
        anchor = row.read("anchor", parse_anchor)
        # Of an anchor that is not understood it is not known whether the columns say when; beyond the cap, which
        # `check_links` tells of, there is no need to count on.
        misread = anchor is None and row.node_of("anchor") is not None
        beyond = self.periods > MOST
        reading = None if misread or beyond else read_times(row, written, anchor, self.window)
        self.periods += len(reading.periods) if reading else 0
        activity = self._activity(row, written, reading or Reading(), anchor)
        activity = replace(activity, **vars(read_approval(row, self.vocabulary)))
        activity = replace(activity, **vars(read_spread(row, self.vocabulary, activity.kinds)))
        return Row(activity, row, sound=reading is not None)

    def _activity(self, row: Fields, written: AsWritten, reading: Reading, anchor: Anchor | None) -> Activity:
        send, assumed = self._send(row) if row.node_of("send") else self.send
        if anchor is not None and not anchor.deadline and row.holds("send", "day"):
            row.reject("send", say("plan.beside_anchor", key="send: day"))
        elif is_weekly(reading.periods) and not row.holds("send", "day"):  # a day of the month would say nothing
            send, assumed = replace(_WEEKLY, at=send.at, off_holidays=send.off_holidays), True
        elif send.day is DayRule.WEEKDAY and not is_weekly(reading.periods) and reading != Reading():
            row.reject("send", say("plan.weekday_not_weekly", value=weekday_name(send.weekday)))
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
            topics=row.ids("topics", frozenset(TOPICS)),
            goals=tuple(dict.fromkeys(" ".join(each.split()).rstrip(" .") for each in row.texts("goals"))),
            approvers=approvers,
            in_charge=self._person(row, required=not self.in_charge) or self.in_charge,
            contributors=row.ids("contributors", self.vocabulary.people),
            send=send,
            send_assumed=assumed,
            lead=self._lead(row),
            max_lateness=row.read("max_lateness", parse_lateness),
            by_dates=reading.by_dates,
            dates=tuple(period.window.start for period in reading.periods) if reading.by_dates else (),
            assumptions=(*row.texts("assumptions"), *reading.assumptions),
            line=row.node.line,
            column=row.node.column,
            floor=reading.floor,
            floor_span=reading.floor_span,
            counts_for=row.text("counts_for") or None,
            rhythm=reading.rhythm,
            on_call=reading.on_call,
            anchor=anchor,
            deadlines=read_deadlines(row),
            exemptions=read_exemptions(row, self.window),
            crisis=row.flag("crisis"),
            template=self._template(row, kinds),
            remarks=reading.remarks,
        )

    def _template(self, row: Fields, kinds: tuple[str, ...]) -> str | None:
        """A name alone: a plan never says where files lie."""
        name, known = row.text("template"), self.vocabulary.templates
        if not name:
            return None
        if not _ID.fullmatch(name):
            row.reject("template", say("plan.template_path", value=name))
        elif known is not None and name not in known:
            row.reject("template", say("plan.unknown_template", value=name, hint=suggestion(name, known)))
        elif known is not None and not known[name] & frozenset(kinds):
            hint = say("plan.known_are", known=", ".join(sorted(known[name])))
            row.reject("template", say("plan.template_of_others", value=name, hint=hint))
        return name

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
        if (at := given.quoted("time", parse_clock)) is not None:
            rule = replace(rule, at=at)
        if (word := given.text("holidays")) and word not in (choices := {choice.value for choice in OffHolidays}):
            given.reject("holidays", say("plan.bad_holidays", value=word, hint=suggestion(word, choices)))
        elif word:
            rule = replace(rule, off_holidays=OffHolidays(word))
        return rule, assumed
