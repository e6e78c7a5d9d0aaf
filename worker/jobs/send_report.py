"""Twice a year the coordinator gets the account of the plan: in July of the first half-year, in January of the year.

On the first working day after it, with the PDF and the workbook; the numbers of that moment, kept with the mail.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from worker.drafting.files import File
from worker.errors import HlasatelError, InvalidFiles
from worker.forms import files_wanted
from worker.jobs.base import Job, Shift
from worker.messages import office_language, say, speaking
from worker.notices import queue
from worker.office import Office
from worker.plan.model import Window
from worker.plan.stages import WORK_BEGINS
from worker.record import events
from worker.reporting.model import Account, Report
from worker.store.tables import installation
from worker.times import local_day, local_instant, next_working_day

JULY, HALF_A_YEAR = 7, 6
ENCLOSED = ("pdf", "xlsx")
"""The forms that go with the mail."""
MOST_BYTES = 5_000_000
"""Of one file: a larger one is fetched from the page."""
MOST_NAMED = 10
"""Occurrences that the mail names of each sort."""
TOLD_FOR = timedelta(days=92)
"""After that a half-year is no news any more, for a worker that stood still."""


class SendReport(Job):
    """Changes no occurrence. Some seconds of work, twice a year."""

    def do_one(self, shift: Shift, now: datetime) -> bool:
        if shift.plan is None or shift.config_refused is not None:  # its indicators could be what is faulty
            return False
        span = _due(shift.plan.window, now)
        if span is None:
            return False
        office, key = shift.office, f"report/{span.end.isoformat()}"
        with office.database.read() as tx:
            if queue.told(tx, key) or not _was_there(tx, span):
                return False
        try:
            report = _of(office, span, now)
        except InvalidFiles:  # edited this very moment; whoever looks at edits tells of it
            return False
        return _told(office, key, report, now)

    def next_at(self, shift: Shift, now: datetime) -> datetime | None:
        beginning = _half_year(local_day(now))
        at = _told_at(beginning)
        return at if at > now else _told_at(_half_year(beginning + timedelta(days=190)))


def _half_year(day: date) -> date:
    """The first day of the half-year that `day` lies in."""
    return date(day.year, JULY if day.month >= JULY else 1, 1)


def _told_at(beginning: date) -> datetime:
    return local_instant(next_working_day(beginning), WORK_BEGINS)


def _due(window: Window, now: datetime) -> Window | None:
    """The days to account for now: from New Year to the end of the half-year before; None when nothing is due."""
    beginning = _half_year(local_day(now))
    if not _told_at(beginning) <= now < _told_at(beginning) + TOLD_FOR:
        return None
    end = beginning - timedelta(days=1)
    if end < window.start or _half_year(end) > window.end:  # the plan had not begun, or was over before
        return None
    return Window(max(date(end.year, 1, 1), window.start), min(end, window.end))


def _was_there(tx: Connection, span: Window) -> bool:
    """Whether the worker had begun by then; else it has nothing to tell of that time by itself."""
    started = tx.execute(select(installation.c.first_start_at)).scalar()
    return started is not None and local_day(started) <= span.end


def _of(office: Office, span: Window, now: datetime) -> Report:
    from worker.reporting.content import gather

    with office.database.read() as tx, speaking(office_language()):
        return gather(tx, office, now, span)


def _told(office: Office, key: str, report: Report, now: datetime) -> bool:
    from worker.notices import enclosures
    from worker.reporting.forms import FORMS, told

    with speaking(office_language()):
        files = _files(office, report) if files_wanted() else []
        labels = ", ".join(say(FORMS[file.form].label_key) for file in files)
        found = told.summary(report)
        undone = [*found.groups[told.Group.NOT_DONE], *found.groups[told.Group.DROPPED]]
        words: dict[str, Any] = {
            "period": told.period(report.span),
            "summary": "\n\n".join(told.sentences(report)),
            "undone": _named("report_forms.mail_undone", undone, "report_forms.mail_all_done"),
            "unknown": _named(
                "report_forms.mail_unknown", found.groups[told.Group.NOT_KNOWN], "report_forms.mail_all_known"
            ),
            "enclosed": say("report_forms.mail_enclosed", forms=labels)
            if files
            else say("report_forms.mail_not_enclosed"),
        }
    with office.database.write() as tx:
        told_now = queue.put(tx, key, "report", office.settings.coordinator, now, **words)
        if told_now:
            enclosures.add(tx, key, files)
            events.append(tx, "report.told", now, start=report.span.start.isoformat(), end=report.span.end.isoformat())
    return told_now


def _files(office: Office, report: Report) -> list[File]:
    """Those forms that can be made on this machine and are small enough for a mail."""
    from worker.reporting.forms import FORMS, file_name

    files = []
    for form in (FORMS[each] for each in ENCLOSED):
        try:
            content = form.render(report, office)
        except HlasatelError:
            continue  # the page says what is missing, to whoever asks for that form
        if len(content) <= MOST_BYTES:
            files.append(File(file_name(report, form), form.id, form.media_type, "attached", content))
    return files


def _named(key: str, accounts: Sequence[Account], nothing: str) -> str:
    """The first of them with the reasons, in a sentence."""
    if not accounts:
        return say(nothing)
    named = [f"{each.title} ({each.reason.rstrip('.')})" if each.reason else each.title for each in accounts]
    if len(named) > MOST_NAMED:
        named = [*named[:MOST_NAMED], say("report_forms.mail_more", number=len(named) - MOST_NAMED)]
    return say(key, told="; ".join(named))
