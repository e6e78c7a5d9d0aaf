"""The timetable as a table for a terminal or a pipe (rich), with what needs a word of its own beneath it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from worker.messages import say
from worker.plan.floors import Verdict
from worker.planning.timetable import Entry
from worker.planning.titles import spelt_out
from worker.store.states import CLOSED_OCCURRENCES, OccurrenceState
from worker.times import local_day
from worker.timetables.content import Timetable, local, short_day, turn_in_words

COLUMNS = (
    ("id", "what", "window", "when", "lists", "state"),
    ("id", "what", "when", "lists", "state"),
    ("id", "when", "lists", "state"),
    ("id", "when", "state"),
    ("id", "day", "state"),
)
"""From the widest table to the narrowest: the id says the period, so its window and its name are the first to go."""
WIDEST = {"what": 70, "lists": 30}
ASSUMED = "*"


def print_table(timetable: Timetable, console: Console, widest: int) -> None:
    """Print with as many columns as the console is wide; `widest` is the number of characters never exceeded."""
    for columns in COLUMNS:
        table = _table(timetable.entries, columns)
        if console.measure(table, options=console.options.update_width(widest)).maximum <= console.width:
            break
    console.print(table)
    for line in _notes(timetable):
        console.print(Text(line), soft_wrap=not console.is_terminal)
    if any(row.unmet for row in timetable.rows()):
        console.print(_unmet(timetable))


def _table(entries: Sequence[Entry], columns: Sequence[str]) -> Table:
    rows = [_cells(entry) for entry in entries]
    table = Table(title=say("cli.timetable_title"), box=SIMPLE_HEAD, pad_edge=False)
    for key in columns:
        # What is typed into another command, and when it happens, is never broken.
        whole = max((len(row[key]) for row in rows), default=0) if key in ("id", "when", "day") else None
        table.add_column(
            say(f"cli.column_{'when' if key == 'day' else key}"),
            overflow="fold",
            no_wrap=whole is not None,
            min_width=whole,
            max_width=WIDEST.get(key),
        )
    for row in rows:
        table.add_row(*(Text(row[key]) for key in columns))
    return table


def _cells(entry: Entry) -> dict[str, str]:
    when, day = (local(entry.send_at), short_day(local_day(entry.send_at))) if entry.send_at else ("", "")
    mark = ASSUMED if _is_assumed(entry) else ""
    state = say(f"states.{entry.state}")
    return {
        "id": entry.id,
        "what": entry.title,
        "window": f"{short_day(entry.window.start)} – {short_day(entry.window.end)}",
        "when": when + mark,
        "day": day + mark,
        "lists": ", ".join(entry.lists),
        "state": f"{state} ({say('timetables.optional')})" if entry.optional else state,
    }


def _is_assumed(entry: Entry) -> bool:
    """Whether the day shown is ours and may still turn out another."""
    return entry.assumed and entry.send_at is not None and entry.state not in CLOSED_OCCURRENCES


def _notes(timetable: Timetable) -> Iterator[str]:
    """What an asterisk means, and why each occurrence was dropped or is otherwise not as the plan has it."""
    if any(map(_is_assumed, timetable.entries)):
        yield say("timetables.asterisk", mark=ASSUMED)
    for entry in timetable.entries:
        if entry.note and entry.state == OccurrenceState.DROPPED:
            yield say("timetables.dropped_because", occurrence=entry.id, reason=entry.note)
        elif entry.note:
            yield say("timetables.noted", occurrence=entry.id, note=entry.note)
    unrecorded = Counter(turn.activity_id for turn in timetable.turns if turn.verdict is Verdict.UNRECORDED)
    if unrecorded:
        yield say("timetables.unrecorded_rows", rows=", ".join(f"{row} ({count})" for row, count in unrecorded.items()))


def _unmet(timetable: Timetable) -> Table:
    """Each turn in which a row's "at least" is not kept."""
    table = Table(title=say("timetables.unmet_rows"), box=SIMPLE_HEAD, pad_edge=False)
    for key in ("row", "wanted", "turn", "there"):
        table.add_column(say(f"timetables.column_{key}"), overflow="fold", no_wrap=key == "row")
    for row in timetable.rows():
        for turn in row.unmet:
            words = turn_in_words(turn)
            there = say("timetables.there_of_wanted", **words)
            table.add_row(Text(row.id), Text(row.rhythm), Text(spelt_out(turn.period)), Text(there))
    return table
