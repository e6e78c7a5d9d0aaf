"""The timetable as a workbook (Office Open XML) that the coordinator sorts, filters and prints."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

from worker.forms.characters import printable
from worker.messages import say
from worker.planning.timetable import Entry
from worker.planning.titles import spelt_out
from worker.times import PRAGUE
from worker.timetables.content import Timetable, names_of_kinds, state_in_words

CREATED = datetime(2024, 1, 1, tzinfo=UTC)
"""Always the same, so that the same state of things gives the same bytes."""
A4 = 9
LONGEST = 32_767
"""Characters that a cell may hold; the rest of a longer text is left out."""
FORMULA_STARTS = ("=", "+", "-", "@")


@dataclass(frozen=True)
class Column:
    """A column's heading (a message key) and its width in characters."""

    key: str
    width: float


TIMETABLE = (
    Column("id", 27), Column("what", 38), Column("window_from", 11), Column("window_to", 11), Column("send_at", 16),
    Column("lists", 22), Column("state", 20), Column("kinds", 20), Column("in_charge", 22), Column("approvers", 18),
    Column("note", 28),
)  # fmt: skip
ROWS = (
    Column("row", 24), Column("activity", 40), Column("when", 22), Column("periodicity", 26), Column("target", 22),
    Column("topic", 30), Column("resources", 34), Column("place", 20), Column("assumptions", 60),
)  # fmt: skip
RHYTHMS = (
    Column("row", 24), Column("activity", 40), Column("wanted", 30), Column("turn", 18), Column("window_from", 11),
    Column("window_to", 11), Column("needed", 11), Column("done", 11), Column("open", 11), Column("unrecorded", 13),
    Column("helped_by", 24), Column("verdict", 22),
)  # fmt: skip

Value = str | int | date


class Sheets:
    """A workbook in the making, with the few formats it needs."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        text = {"text_wrap": True, "valign": "top"}
        self._head = workbook.add_format({**text, "bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF"})
        self._text = workbook.add_format(text)
        # Marked as text, so that opening the cell and leaving it makes no formula of it either.
        self._quoted = workbook.add_format({**text, "quote_prefix": True})
        self._day = workbook.add_format({"num_format": "d. m. yyyy", "valign": "top", "align": "left"})
        self._instant = workbook.add_format({"num_format": "d. m. yyyy hh:mm", "valign": "top", "align": "left"})

    def add(self, name: str, columns: Sequence[Column], rows: Iterable[Sequence[Value]], header: str) -> None:
        """A sheet with a heading that stays, a filter, and A4 pages that repeat the heading.

        Instants are naive Prague time, for a cell has no zone.
        """
        sheet = self._workbook.add_worksheet(name)
        for position, column in enumerate(columns):
            sheet.set_column(position, position, column.width)
            sheet.write_string(0, position, say(f"timetables.{column.key}"), self._head)
        last = 0
        for last, row in enumerate(rows, start=1):
            for position, value in enumerate(row):
                if isinstance(value, date):
                    is_instant = isinstance(value, datetime)
                    sheet.write_datetime(last, position, value, self._instant if is_instant else self._day)
                elif isinstance(value, int):
                    sheet.write_number(last, position, value, self._text)
                else:
                    text = printable(value)[:LONGEST]
                    sheet.write_string(last, position, text, self._format_of(text))
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, last, len(columns) - 1)
        sheet.set_paper(A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        sheet.set_header(f"&L{_in_header(header)}&R{_in_header(name)}")
        sheet.set_footer("&C&P / &N")

    def _format_of(self, text: str) -> Format:
        return self._quoted if text.startswith(FORMULA_STARTS) else self._text


def xlsx(timetable: Timetable) -> bytes:
    """The workbook. The same state of things gives the same bytes."""
    file = io.BytesIO()
    # No text becomes a formula, a link or a number; `in_memory` keeps it out of the machine's temporary folder.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as workbook:
        title = timetable.plan.title
        workbook.set_properties({"title": title[:255], "author": "Hlasatel", "created": CREATED})
        sheets = Sheets(workbook)
        entries = (_entry(timetable, entry) for entry in timetable.entries)
        sheets.add(say("timetables.sheet_timetable"), TIMETABLE, entries, title)
        sheets.add(say("timetables.sheet_rows"), ROWS, _rows(timetable), title)
        sheets.add(say("timetables.sheet_rhythms"), RHYTHMS, _rhythms(timetable), title)
    return file.getvalue()


def _entry(timetable: Timetable, entry: Entry) -> list[Value]:
    return [
        entry.id,
        entry.title,
        entry.window.start,
        entry.window.end,
        entry.send_at.astimezone(PRAGUE).replace(tzinfo=None, microsecond=0) if entry.send_at else "",
        timetable.names_of_lists(entry),
        state_in_words(entry),
        names_of_kinds(entry),
        timetable.person(entry.in_charge),
        timetable.names_of_people(entry),
        entry.note,
    ]


def _rows(timetable: Timetable) -> Iterator[list[Value]]:
    """The rows in the plan's words."""
    for activity in timetable.plan.activities:
        written = activity.as_written
        yield [
            activity.id,
            written.activity,
            written.when,
            written.periodicity,
            written.target,
            written.topic,
            written.resources,
            written.place,
            "\n".join(activity.assumptions),
        ]


def _rhythms(timetable: Timetable) -> Iterator[list[Value]]:
    """Every turn of every "at least", then one line for each row that goes on all the time."""
    for row in timetable.rows():
        for turn in row.turns:
            verdict = say(f"timetables.verdict_{turn.verdict}")
            helped_by = ", ".join(turn.by)
            yield [
                row.id, row.name, row.rhythm, spelt_out(turn.period), turn.window.start, turn.window.end, turn.needed,
                turn.done, turn.open, turn.unrecorded, helped_by, verdict,
            ]  # fmt: skip
        if row.activity is not None and row.activity.rhythm is not None:
            always = say("timetables.all_the_time")
            yield [row.id, row.name, row.rhythm, always, "", "", row.activity.rhythm.count, "", "", "", "", ""]


def _in_header(text: str) -> str:
    """As printed above a page: `&` begins a code there, and 255 characters are all there is room for."""
    return text.replace("&", "&&")[:100]
