"""The material for the council as a Word document: the office's words, tables and charts in their places."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from worker.drafting.pictures import pictures_of
from worker.drafting.typography import keep_together
from worker.forms.base import FormSource
from worker.forms.characters import printable
from worker.forms.fragment import Node, read
from worker.messages import say, speaking
from worker.office import Office
from worker.reporting.forms import told
from worker.reporting.forms.base import Form
from worker.reporting.forms.told import GROUP_OF, Group
from worker.reporting.model import Account, Report
from worker.times import local_day

WIDTH = 160
"""Millimetres between the margins."""


class Council(Form):
    """Důvodová zpráva, návrh usnesení and the table that belongs to them; always in Czech, as the council reads it."""

    id: ClassVar[str] = "docx"
    label_key: ClassVar[str] = "report_forms.form_docx"
    suffix: ClassVar[str] = "-rada.docx"
    media_type: ClassVar[str] = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    binary: ClassVar[bool] = True
    rank: ClassVar[int] = 2

    def render(self, report: Report, office: Office) -> bytes:
        from worker.forms.writing import begun, block, finished
        from worker.reporting.forms.council import part_of, worded

        with speaking("cs"):
            source = _source(report, office)
            document = begun(source)
            writer = _Writer(document, report)
            for node in read(worded(report, office)).elements():
                part = part_of(_text(node)) if node.tag == "p" else None
                if part is not None:
                    writer.write(part)
                else:
                    block(document, node)
            return finished(document, source)


def _source(report: Report, office: Office) -> FormSource:
    organisation = office.settings.organisation
    return FormSource(
        title=say("report_forms.council_title", period=told.period(report.span)),
        laid_out="",
        page="",
        office=(organisation.name, ", ".join(filter(None, (organisation.office, organisation.department)))),
        contact=organisation.contact_lines,
        colour=organisation.colour,
        day=local_day(report.made_at),
        uid="",
        logo=pictures_of(office.templates, None).logo,
    )


def _text(node: Node) -> str:
    return "".join(child if isinstance(child, str) else _text(child) for child in node.children)


class _Writer:
    """Writes the parts of the report that are no running text at the end of a document."""

    def __init__(self, document: Any, report: Report) -> None:
        self._document, self._report, self._summary = document, report, told.summary(report)
        self._parts: dict[str, Callable[[], None]] = {
            "totals": self._totals, "quarters": self._quarters, "not_done": self._not_done,
            "not_known": self._not_known, "indicators": self._indicators, "channels": self._channels,
            "counts": self._counts, "activities": self._activities, "occurrences": self._occurrences,
            "proofs": self._proofs, "new_page": document.add_page_break,
        }  # fmt: skip
        self._tables = 0

    def write(self, part: str) -> None:
        """The part named so; nothing for a name that a template made up."""
        self._parts.get(part, lambda: None)()

    def _totals(self) -> None:
        rows = [(say(f"report_forms.group_{group}"), str(len(found))) for group, found in self._summary.groups.items()]
        rows.append((say("report_forms.promised_all"), str(self._summary.promised)))
        self._table("report_forms.table_totals", ("outcome", "number"), rows, (60, 25))

    def _quarters(self) -> None:
        self._chart("quarters")
        head = ("quarter", *(f"group_{group}" for group in Group))
        rows = [(name, *map(str, numbers.values())) for name, numbers in told.quarters(self._report)]
        self._table("report_forms.chart_quarters", head, rows, (34, 21, 21, 21, 21, 21, 21))

    def _not_done(self) -> None:
        found = told.reasons((*self._summary.groups[Group.NOT_DONE], *self._summary.groups[Group.DROPPED]))
        rows = [(each.title, told.promised(each), told.outcome(each), reason) for each, reason in found]
        self._table("report_forms.table_not_done", ("output", "promised", "outcome", "reason"), rows, (45, 32, 33, 50))

    def _not_known(self) -> None:
        found = self._summary.groups[Group.NOT_KNOWN]
        rows = [(each.title, told.promised(each), told.outcome(each)) for each in found]
        self._table("report_forms.table_not_known", ("output", "promised", "outcome"), rows, (60, 40, 60))

    def _indicators(self) -> None:
        rows = []
        for each in self._report.indicators:
            parts = ", ".join(f"{part}: {number}" for part, number in each.parts.items())
            told_of = " ".join(filter(None, (f"{parts}." if parts else "", each.counted, *each.not_known)))
            rows.append((f"{each.id} {each.name}", told.number(each.number), told_of))
        self._table("report_forms.part_indikatory", ("indicator", "indicator_number", "remark"), rows, (50, 25, 85))

    def _channels(self) -> None:
        self._chart("channels")

    def _counts(self) -> None:
        rows = [
            (
                told.counted_by(each.by),
                each.name,
                str(each.number),
                "–" if each.promised is None else str(len(each.promised)),
            )
            for by in told.COUNTED_BY
            for each in self._report.counts_by(by)
        ]  # fmt: skip
        columns = ("counted_by", "what", "done", "promised_number")
        self._table("report_forms.table_counts", columns, rows, (52, 62, 24, 22))

    def _activities(self) -> None:
        rows = []
        for each in self._report.activities:
            numbers = dict.fromkeys(Group, 0)
            for account in each.occurrences:
                if not told.beyond(account):
                    numbers[GROUP_OF[account.outcome]] += 1
            words = (each.written.when, each.written.periodicity) if each.written else ()
            turns = map(told.turn, each.turns)
            text = "\n".join(filter(None, (each.name, " · ".join(filter(None, words)), *turns)))
            became = [f"{say(f'report_forms.group_{group}')}: {number}" for group, number in numbers.items() if number]
            rows.append((text, str(each.promised), "\n".join(became) or "–"))
        self._table("report_forms.table_activities", ("activity", "promised_number", "outcome"), rows, (92, 18, 50))

    def _occurrences(self) -> None:
        rows = [_occurrence(each) for activity in self._report.activities for each in activity.occurrences]
        columns = ("output", "promised", "outcome", "done_on")
        self._table("report_forms.table_occurrences", columns, rows, (42, 30, 34, 54))

    def _proofs(self) -> None:
        rows = [
            (indicator.id, "\n".join((each.title, *each.addresses)), _whose(each.part, each.who), told.day(each.day))
            for indicator in self._report.indicators
            for each in indicator.items
        ]
        self._table("report_forms.table_proofs", ("indicator", "what", "part", "day"), rows, (20, 76, 40, 24))

    def _chart(self, chart_id: str) -> None:
        from docx.shared import Mm

        from worker.reporting.forms.charts import charts

        for each in charts(self._report):
            if each.id == chart_id:
                shape = self._document.add_paragraph().add_run().add_picture(
                    io.BytesIO(each.drawn("png")), width=Mm(WIDTH)
                )  # fmt: skip
                shape._inline.docPr.set("descr", printable(each.alt))

    def _table(self, title_key: str, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> None:
        """A table with its number and title above it; without rows a sentence that there is nothing."""
        from worker.reporting.forms.docx_table import add_table

        if not rows:
            self._document.add_paragraph(say("report_forms.nothing_counted"))
            return
        self._tables += 1
        title = say("report_forms.table_title", number=self._tables, title=say(title_key))
        names = [say(f"report_forms.{key}") for key in head]
        cells = [[keep_together(printable(cell)) for cell in row] for row in rows]
        add_table(self._document, keep_together(title), names, cells, widths)


def _whose(part: str, who: str) -> str:
    return ", ".join(filter(None, (part, who)))


def _occurrence(each: Account) -> tuple[str, str, str, str]:
    became = told.outcome(each) + (f": {each.reason}" if each.reason else "")
    proofs = [told.proof(proof) + (f"\n{proof.address}" if proof.address else "") for proof in each.proofs]
    return each.title, told.promised(each), became, "\n".join(filter(None, (told.done_on(each), *proofs))) or "–"
