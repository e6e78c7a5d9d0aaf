"""The report as a workbook (Office Open XML) that the coordinator sorts, filters and adds up herself."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, ClassVar

from worker.forms.characters import printable
from worker.messages import say
from worker.office import Office
from worker.reporting.forms import told
from worker.reporting.forms.base import Form
from worker.reporting.forms.told import COUNTED_BY, summary
from worker.reporting.model import Report
from worker.times import local_day

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook

CREATED = datetime(2024, 1, 1, tzinfo=UTC)
"""Always the same, so that the same report gives the same bytes."""
A4 = 9
LONGEST = 32_767
"""Characters that a cell may hold; the rest of a longer text is left out."""
FORMULA_STARTS = ("=", "+", "-", "@")

Value = str | int | date | None


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name's key, its columns (keys and widths in characters) and its rows."""

    key: str
    columns: Sequence[tuple[str, float]]
    rows: Iterable[Sequence[Value]]


class Xlsx(Form):
    """Six sheets with headings that stay, filters, real dates and numbers, and no formula from any text."""

    id: ClassVar[str] = "xlsx"
    label_key: ClassVar[str] = "report_forms.form_xlsx"
    suffix: ClassVar[str] = ".xlsx"
    media_type: ClassVar[str] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    binary: ClassVar[bool] = True
    rank: ClassVar[int] = 3

    def render(self, report: Report, office: Office) -> bytes:
        import xlsxwriter

        file = io.BytesIO()
        # No text becomes a formula, a link or a number; `in_memory` keeps it out of the machine's temporary folder.
        options = {
            "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        }  # fmt: skip
        title = say("report_forms.title", period=told.period(report.span))
        with xlsxwriter.Workbook(file, options) as workbook:
            workbook.set_properties({"title": title, "author": report.organisation[:255], "created": CREATED})
            for sheet in _sheets(report):
                _write(workbook, sheet, f"{report.organisation}: {title}")
        return file.getvalue()


def _sheets(report: Report) -> Iterator[Sheet]:
    yield Sheet("sheet_summary", (("what", 60), ("number", 12)), _summary(report))
    yield Sheet(
        "sheet_activities",
        (
            ("row", 26), ("activity", 44), ("written_when", 24), ("written_periodicity", 30), ("written_target", 20),
            ("written_topic", 30), ("written_resources", 30), ("written_place", 26), ("goals", 30), ("at_least", 30),
            ("turns", 44), ("promised_number", 11), ("group_done", 11), ("group_late", 11), ("group_not_done", 11),
            ("group_not_known", 11), ("group_dropped", 11), ("group_open", 11), ("extra", 11),
        ),
        _activities(report),
    )  # fmt: skip
    yield Sheet(
        "sheet_occurrences",
        (
            ("id", 28), ("occurrence", 40), ("row", 24), ("window_from", 12), ("window_to", 12), ("promised_day", 12),
            ("outcome", 26), ("beyond", 12), ("done_day", 12), ("in_time", 12), ("by_hand", 12), ("noted_day", 12),
            ("person", 22), ("addresses", 50), ("proofs", 50), ("failures", 40), ("reason", 50),
        ),
        _occurrences(report),
    )  # fmt: skip
    columns = (("counted_by", 44), ("what", 50), ("done", 13), ("promised_number", 13), ("ids", 80))
    yield Sheet("sheet_counts", columns, _counts(report))
    yield Sheet(
        "sheet_indicators",
        (
            ("indicator", 12), ("what", 40), ("indicator_number", 12), ("part", 18), ("proof", 50), ("day", 12),
            ("who", 26), ("addresses", 50), ("where_from", 30), ("remark", 60),
        ),
        _indicators(report),
    )  # fmt: skip
    yield Sheet(
        "sheet_articles",
        (
            ("what", 50), ("address", 50), ("day", 12), ("publisher", 18), ("who", 26), ("entered", 12),
            ("entered_by", 22), ("entered_how", 12), ("remark", 40),
        ),
        _articles(report),
    )  # fmt: skip


def _summary(report: Report) -> Iterator[list[Value]]:
    found = summary(report)
    yield [say("report_forms.promised_all"), found.promised]
    for group, accounts in found.groups.items():
        yield [say(f"report_forms.group_{group}"), len(accounts)]
    yield [say("report_forms.extra_done"), len(found.extra)]
    yield [say("report_forms.turns_met"), len(found.kept)]
    yield [say("report_forms.turns_unmet"), len(found.broken)]
    yield [say("report_forms.turns_doubtful"), len(found.doubtful)]
    yield [say("report_forms.as_of", day=told.day(local_day(report.made_at))), None]
    for sentence in report.not_known:
        yield [sentence, None]


def _activities(report: Report) -> Iterator[list[Value]]:
    for each in report.activities:
        written = each.written
        words = [written.when, written.periodicity, written.target, written.topic] if written else [""] * 4
        groups = {group: 0 for group in told.Group}
        for account in each.occurrences:
            if not told.beyond(account):
                groups[told.GROUP_OF[account.outcome]] += 1
        yield [
            each.id,
            written.activity if written else say("report_forms.not_in_plan"),
            *words,
            written.resources if written else "",
            written.place if written else "",
            "; ".join(each.goals),
            each.at_least,
            "\n".join(map(told.turn, each.turns)),
            each.promised,
            *groups.values(),
            sum(told.beyond(account) and account.is_done for account in each.occurrences),
        ]


def _occurrences(report: Report) -> Iterator[list[Value]]:
    for activity in report.activities:
        for each in activity.occurrences:
            promise = each.promise
            yield [
                each.id,
                each.title,
                activity.id,
                promise.window.start,
                promise.window.end,
                told.due_on(each) if promise.at and not promise.assumed else None,
                say(f"report_forms.outcome_{each.outcome}"),
                _yes(told.beyond(each)),
                each.done_on,
                "" if each.in_time is None else _yes(each.in_time),
                _yes(each.by_hand),
                each.noted_on,
                each.person,
                "\n".join(each.addresses),
                "\n".join(map(told.proof, each.proofs)),
                "\n".join(map(told.proof, each.failures)),
                each.reason,
            ]


def _counts(report: Report) -> Iterator[list[Value]]:
    for by in COUNTED_BY:
        for each in report.counts_by(by):
            wanted = None if each.promised is None else len(each.promised)
            yield [told.counted_by(by), each.name, each.number, wanted, ", ".join(each.done)]


def _indicators(report: Report) -> Iterator[list[Value]]:
    """A line with the number of each, then one for everything that proves it."""
    for each in report.indicators:
        number: Value = each.number if each.number is not None else say("report_forms.number_unknown")
        remark = " ".join((each.counted, *each.not_known))
        yield [each.id, each.name, number, "", "", None, "", "", each.place, remark]
        for item in each.items:
            source = f"{told.item(item)} {item.id}"
            addresses = "\n".join(item.addresses)
            yield [each.id, each.name, None, item.part, item.title, item.day, item.who, addresses, source, ""]


def _articles(report: Report) -> Iterator[list[Value]]:
    for each in report.articles:
        yield [
            each.title,
            each.address,
            each.day,
            say(f"report_forms.publisher_{each.publisher}"),
            each.who,
            each.entered_on,
            each.entered_by,
            say(f"report_forms.entered_{each.source}"),
            each.note,
        ]


def _yes(true: bool) -> str:
    return say("report_forms.yes" if true else "report_forms.no")


def _write(workbook: Workbook, sheet: Sheet, header: str) -> None:
    text = {"text_wrap": True, "valign": "top"}
    head = workbook.add_format({**text, "bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF"})
    plain = workbook.add_format(text)
    # Marked as text, so that opening the cell and leaving it makes no formula of it either.
    quoted = workbook.add_format({**text, "quote_prefix": True})
    day = workbook.add_format({"num_format": "d. m. yyyy", "valign": "top", "align": "left"})
    page = workbook.add_worksheet(say(f"report_forms.{sheet.key}"))
    for position, (key, width) in enumerate(sheet.columns):
        page.set_column(position, position, width)
        page.write_string(0, position, say(f"report_forms.{key}"), head)
    last = 0
    for last, row in enumerate(sheet.rows, start=1):
        for position, value in enumerate(row):
            if isinstance(value, date):
                page.write_datetime(last, position, value, day)
            elif isinstance(value, int):
                page.write_number(last, position, value, plain)
            elif value:
                shown = printable(value)[:LONGEST]
                page.write_string(last, position, shown, quoted if shown.startswith(FORMULA_STARTS) else plain)
    page.freeze_panes(1, 1)
    page.autofilter(0, 0, last, len(sheet.columns) - 1)
    page.set_paper(A4)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    page.set_header(f"&L{header.replace('&', '&&')[:200]}")
    page.set_footer("&C&P / &N")
