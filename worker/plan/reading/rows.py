"""The parts of a row that say when: its columns, its anchor, its exceptions and the uzávěrky of its issues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time

from worker.messages import say
from worker.plan.model import Anchor, AsWritten, Exemption, Per, Watch, Window
from worker.plan.reading.fields import Fields
from worker.plan.reading.file import Exemption as ExemptionKeys
from worker.plan.reading.file import keys
from worker.plan.reading.periods import Reading, lasts_throughout, read_dates, read_row
from worker.plan.reading.read_back import describe_watch
from worker.plan.words import rhythms, whens
from worker.plan.words.leftovers import times_in
from worker.plan.words.nearest import nearest_first
from worker.plan.words.phrases import PhraseError, UnknownPhrase, normalise, parse_day
from worker.plan.words.rhythms import Rhythm, RhythmKind, parse_rhythm, parse_watch
from worker.plan.words.rules import parse_clock
from worker.plan.words.whens import THROUGHOUT, When, parse_when

EXAMPLES = {
    "deadlines": "deadlines: {2026-Q4: 5. 11. 2026}",
    "exceptions": "exceptions: {2026-12: {move: 17. 12. 2026, why: zasedá zastupitelstvo}}",
}
_EXEMPTION = "2026-12: {move: 17. 12. 2026, why: zasedá zastupitelstvo}"
_MOST_SHOWN = 12
_YES_OR_NO = ("ano", "ne", "true", "false", "yes", "no", "on", "off")
_ENTERED = (RhythmKind.MEETINGS, RhythmKind.ON_CALL)
_COUNTED = (RhythmKind.ONCE, RhythmKind.EVERY, RhythmKind.WATCHED)
_WATCHED_ANYWAY = Watch(1, Per.QUARTER)
"""What is watched for where the plan says `průběžně` and no more."""


def read_times(row: Fields, written: AsWritten, anchor: Anchor | None, plan: Window) -> Reading | None:
    """The row's periods or rhythm; None beside recorded faults."""
    dates = _dates(row, plan)
    if anchor is not None and not anchor.deadline:
        return _anchored(row, written)
    columns = _columns(row, written)
    if columns is None:
        return None
    when, rhythm, phrase = columns
    kind = rhythm.kind if rhythm else None
    entered = kind in _ENTERED or (kind is None and row.node_of("dates") is not None)
    if kind is not RhythmKind.WATCHED and row.node_of("watch"):
        row.reject("watch", say("plan.watch_beside_turns", value=phrase))
    if dates and not entered:
        row.reject("dates", say("plan.dates_beside_rhythm", value=phrase))
    shown = written.when if when else ""
    if entered:
        reading = read_dates(dates, shown, phrase, on_call=kind is RhythmKind.ON_CALL)
    elif rhythm is not None and kind is RhythmKind.WATCHED:
        reading = _watched(row, phrase, rhythm, when, plan)
    else:
        return _turns(row, written, when, rhythm, phrase, plan)
    return _with_words(reading, row.text("id"), phrase, rhythm, shown)


def _dates(row: Fields, plan: Window) -> tuple[date, ...]:
    found: list[date] = []
    for day, node in row.parsed("dates", parse_day):
        if day not in plan:
            row.reject_at(node, say("plan.date_outside", value=day, start=plan.start, end=plan.end))
        elif day in found:
            row.reject_at(node, say("plan.date_twice"))
        found.append(day)
    return tuple(found)


def _columns(row: Fields, written: AsWritten) -> tuple[When | None, Rhythm | None, str] | None:
    """Both columns as read, and the words of the rhythm; None beside recorded faults.

    A rhythm may stand in the first column, as in some plans; beside another one only what makes no turns of its own.
    """
    rhythm = row.read("periodicity", parse_rhythm)
    failed = rhythm is None and bool(written.periodicity)
    if not written.when:
        return None if failed else (None, rhythm, written.periodicity)
    try:
        when = parse_when(written.when)
    except PhraseError as error:
        in_when = _rhythm_in(written.when)
        if in_when is None or (rhythm is not None and in_when.kind is RhythmKind.EVERY):
            row.reject("when", _not_read(written, error))
            return None
        both = ", ".join(filter(None, (written.when, written.periodicity)))
        if rhythm is not None and rhythm.kind is RhythmKind.EVERY:
            in_when = replace(rhythm, kind=in_when.kind)
        return None if failed else (None, in_when, both)
    return None if failed else (when, rhythm, written.periodicity)


def _not_read(written: AsWritten, error: PhraseError) -> str:
    """What is said of the first column; where the second is empty, either might have been meant."""
    if written.periodicity or not isinstance(error, UnknownPhrase):
        return str(error)
    known = nearest_first(written.when, (*whens.KNOWN, *rhythms.KNOWN))
    return say("plan.when_unknown", value=written.when, known=known)


def _rhythm_in(text: str) -> Rhythm | None:
    """The rhythm that stands where months do; `1x` alone is none."""
    try:
        rhythm = parse_rhythm(text)
    except PhraseError:
        return None
    return None if rhythm.kind is RhythmKind.ONCE else rhythm


def _turns(
    row: Fields, written: AsWritten, when: When | None, rhythm: Rhythm | None, phrase: str, plan: Window
) -> Reading | None:
    shown, behind = written.when if when else "", False
    if when is None and rhythm is not None and rhythm.remark:
        when, shown, behind = _when_in(rhythm.remark), rhythm.remark, True
    if when is None:
        shown, behind = "", False
        if rhythm is None or rhythm.kind is RhythmKind.ONCE:
            row.reject("when", say("plan.missing_when"))
            return None
    try:
        reading = read_row(shown, when or THROUGHOUT, phrase, rhythm, plan)
    except PhraseError as error:
        row.reject("when" if written.when else "periodicity", str(error))
        return None
    rest = replace(rhythm, remark="") if rhythm and behind else rhythm
    return _with_words(reading, row.text("id"), phrase, rest, shown)


def _when_in(remark: str) -> When | None:
    """The months that stand behind a rhythm: `cca 4x ročně, od 01/2024`."""
    try:
        return parse_when(remark)
    except PhraseError:
        return None


def _anchored(row: Fields, written: AsWritten) -> Reading:
    for key in ("dates", "watch"):
        if not row.is_empty(key):
            row.reject(key, say("plan.beside_anchor", key=key))
    words = ", ".join(say("plan.quoted", value=each) for each in (written.when, written.periodicity) if each)
    return Reading(sentences=(say("plan.words_beside_anchor", words=words),) if words else ())


def _watched(row: Fields, phrase: str, rhythm: Rhythm, when: When | None, plan: Window) -> Reading:
    given = row.read("watch", parse_watch)
    watched = given or rhythm
    known = given is not None or rhythm.told
    watch = watched.watch() if known else _WATCHED_ANYWAY
    how = describe_watch(watch)
    assumed = () if known else (say("plan.watch_assumed", periodicity=phrase, how=how),)
    if watched.several:
        assumed = (say("plan.several_assumed", value=row.text("watch") or phrase, how=how),)
    said = say("plan.read_watched", periodicity=phrase, how=how)
    remarks: tuple[str, ...] = ()
    try:
        if when is not None and not lasts_throughout(row.text("when"), when, plan):
            remarks = (say("plan.watched_throughout", id=row.text("id"), value=row.text("when")),)
    except PhraseError as error:
        row.reject("when", str(error))
    return Reading(sentences=(said,), rhythm=watch, assumptions=assumed, remarks=remarks)


def _with_words(reading: Reading, activity_id: str, phrase: str, rhythm: Rhythm | None, when: str) -> Reading:
    """`reading` with what is to be said of the words behind the rhythm, and of a number that is ours.

    `when` is the first column as far as months were read from it.
    """
    if rhythm is None:
        return reading
    sentences, remarks, assumptions = reading.sentences, reading.remarks, reading.assumptions
    if reading.short:
        shown = ", ".join(reading.short[:_MOST_SHOWN]) + ("…" if len(reading.short) > _MOST_SHOWN else "")
        remarks = (*remarks, say("plan.promise_short", id=activity_id, value=phrase, periods=shown))
    if rhythm.second:
        remarks = (*remarks, say("plan.second_rhythm", id=activity_id, value=phrase, words=rhythm.remark))
    elif rhythm.kind in _COUNTED and times_in(rhythm.remark) - times_in(when):
        unread = "watched_throughout" if rhythm.kind is RhythmKind.WATCHED else "times_unread"
        remarks = (*remarks, say(f"plan.{unread}", id=activity_id, value=rhythm.remark))
    elif rhythm.remark and rhythm.kind is not RhythmKind.ON_CALL:
        sentences = (*sentences, say("plan.words_kept", words=rhythm.remark))
    if rhythm.several and rhythm.kind is RhythmKind.EVERY:
        assumptions = (*assumptions, say("plan.several_assumed", value=phrase, how=describe_watch(rhythm.watch())))
    return replace(reading, sentences=sentences, remarks=remarks, assumptions=assumptions)


def read_deadlines(row: Fields) -> Mapping[str, date]:
    """Uzávěrky by period label."""
    found = {}
    for label, node in row.entries("deadlines", EXAMPLES["deadlines"]):
        if (day := row.parse_node(node, "deadlines", parse_day)) is not None:
            found[label.value] = day
    return found


def read_exemptions(row: Fields, plan: Window) -> Mapping[str, Exemption]:
    """Exceptions by period label."""
    found = {}
    for label, node in row.entries("exceptions", EXAMPLES["exceptions"]):
        given = row.below(node, label.value, keys(ExemptionKeys), _EXEMPTION)
        if given is not None and (exemption := _exemption(given, label.value, plan)) is not None:
            found[label.value] = exemption
    return found


def _exemption(given: Fields, label: str, plan: Window) -> Exemption | None:
    dropped, moved = given.text("drop"), given.node_of("move") is not None
    if bool(dropped) == moved and given.is_strange():
        return None
    if bool(dropped) == moved:
        given.reject("move", say("plan.move_or_drop", label=label, example=_EXEMPTION))
        return None
    if dropped:
        if not _is_reason(dropped):
            given.reject("drop", say("plan.drop_without_reason", value=dropped))
        for key in ("time", "why"):
            if given.node_of(key):
                given.reject(key, say("plan.beside_drop", key=key))
        return Exemption(dropped, dropped=True)
    day = given.read("move", parse_day)
    at: time | None = given.quoted("time", parse_clock)
    why = given.text("why", required=True)
    if day is not None and day not in plan:
        given.reject("move", say("plan.date_outside", value=day, start=plan.start, end=plan.end))
    return Exemption(why, day=day, at=at)


def _is_reason(words: str) -> bool:
    """Whether they say why: `false` and `ne` may mean the opposite, and a day would be one to move to."""
    try:
        parse_day(words)
    except PhraseError:
        return normalise(words) not in _YES_OR_NO and any(character.isalpha() for character in words)
    return False
