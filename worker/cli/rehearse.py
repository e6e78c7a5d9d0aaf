"""`hlasatel rehearse`: plays a plan on a clock that jumps and prints what would happen. Nothing is sent or kept."""

from __future__ import annotations

import itertools
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Annotated

import typer
from babel.dates import format_date, get_month_names
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from worker.cli.stopping import stop_on_signals
from worker.cli.wiring import TableFormat, TableFormatOption, instant_given, office_to_look_at, print_json, settings
from worker.errors import HlasatelError
from worker.kinds import kind_name
from worker.messages import language, say
from worker.office import Office
from worker.planning.on_file import read_on_file
from worker.rehearsal.account import Step, summary
from worker.rehearsal.people import Manner
from worker.rehearsal.play import Played, play
from worker.times import PRAGUE, Clock, local_day, local_instant

MIDNIGHT = clock_time()
PIPE_WIDTH = 250
QUIET = 1.0
"""Seconds after which a person at a terminal is told how far it is."""
FAULTS = ("draft_failed", "mail_failed", "paused", "refused")
COUNTED = (
    "drafted", "asked", "reminded", "escalated", "sent", "missed", "task_given", "confirmed", "recalled", *FAULTS
)  # fmt: skip
NOTED = ("drafted", "asked", "deputy_asked")
"""The steps whose note stands behind their sentence; the sentences of the others have a place for it."""
WIDE = ("when", "occurrence", "event", "whom", "count")
NARROW = ("when", "occurrence", "all")
WIDE_ENOUGH = 120
"""Columns of a terminal from which the wide table is readable."""

app = typer.Typer(add_completion=False, help=say("rehearsal.help"))


@app.command(help=say("rehearsal.help"))
def rehearse(
    plan: Annotated[Path | None, typer.Argument(metavar="PLAN", help=say("rehearsal.plan_help"))] = None,
    start: Annotated[str | None, typer.Option("--from", metavar="D", help=say("rehearsal.from_help"))] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="D", help=say("rehearsal.to_help"))] = None,
    approve: Annotated[Manner, typer.Option("--approve", help=say("rehearsal.approve_help"))] = Manner.ALWAYS,
    format: TableFormatOption = TableFormat.TABLE,
) -> None:
    begins = instant_given(start, "--from") if start else Clock.real().now()
    ends = _end_of_day(instant_given(end, "--to")) if end else None
    if ends is not None and ends <= begins:
        raise typer.BadParameter(say("rehearsal.to_before_from", start=local_day(begins), end=end), param_hint="--to")
    found = settings(plan)
    script = read_on_file(found.plan, found.config)
    office = office_to_look_at(plan)
    window, after = script.plan.window, local_instant(script.plan.window.end + timedelta(days=1), MIDNIGHT)
    if begins >= after:
        first, last = window.start, window.end
        raise HlasatelError(say("rehearsal.after_the_plan", end=last, start=local_day(begins), first=first))
    ends = ends or after
    with stop_on_signals() as stopping, _progress() as progress:
        played = play(office, script, begins, ends, approve, stopping=stopping, progress=progress)
    if format is TableFormat.JSON:
        print_json([step.as_json() for step in played.steps])
        if not played.counted:
            print(say("rehearsal.not_counted"), file=sys.stderr)
    else:
        _print(office, played, begins, ends, approve)


def _end_of_day(instant: datetime) -> datetime:
    """The midnight that ends the day of `instant`: the last day is played to its end."""
    return local_instant(local_day(instant) + timedelta(days=1), MIDNIGHT)


@contextmanager
def _progress() -> Iterator[Callable[[datetime], None]]:
    """Tells a person at a terminal, on stderr, which month is played, once that takes long."""
    began, console = time.monotonic(), Console(stderr=True)
    status = console.status("")

    def tell(instant: datetime) -> None:
        if console.is_terminal and time.monotonic() - began > QUIET:
            status.update(say("rehearsal.progress", month=_month(instant)))
            status.start()

    try:
        yield tell
    finally:
        status.stop()


def _print(office: Office, played: Played, start: datetime, end: datetime, manner: Manner) -> None:
    """The account month by month, as wide as the terminal, and wide in a pipe."""
    first, last = start.astimezone(PRAGUE), (end - timedelta(seconds=1)).astimezone(PRAGUE)
    span = f"{first:%-d. %-m. %Y %-H:%M} – {last:%-d. %-m. %Y}"
    print(say("rehearsal.heading", plan=office.settings.plan, span=span))
    print(say(f"rehearsal.manner_{manner}"))
    print(say("rehearsal.counted" if played.counted else "rehearsal.not_counted"))
    console = Console()
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPE_WIDTH
    rows = [(_month(step.at), _cells(office, step)) for step in played.steps]
    console.print(_table(rows, WIDE if console.width >= WIDE_ENOUGH else NARROW))
    counts = summary(played.steps)
    mailings = [step.count or 0 for step in played.steps if step.event == "sent"]
    numbers = {name: counts[name] for name in COUNTED}
    print(say("rehearsal.summary", **numbers, mails=sum(mailings), empty=mailings.count(0)))
    if any(counts[name] for name in FAULTS):
        print(say("rehearsal.summary_faults", **numbers))


def _table(rows: list[tuple[str, dict[str, str]]], columns: Sequence[str]) -> Table:
    """One section for each month."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for key in columns:
        # What is typed into another command, and when it happens, is never broken.
        whole = max((len(cells[key]) for _, cells in rows), default=0) if key in ("when", "occurrence") else None
        table.add_column(say(f"rehearsal.column_{key}"), overflow="fold", no_wrap=whole is not None, min_width=whole)
    for month, steps in itertools.groupby(rows, lambda row: row[0]):
        table.add_section()
        table.add_row(f"[bold]{month}[/]")
        for _, cells in steps:
            table.add_row(*(escape(cells[key]) for key in columns))
    return table


def _cells(office: Office, step: Step) -> dict[str, str]:
    names = ", ".join(map(kind_name, step.kinds))
    people = ", ".join(office.person_name(each) for each in step.people)
    lists = ", ".join(map(office.list_name, step.lists))
    event = say(f"rehearsal.event_{step.event}", kinds=names, note=step.note, count=step.count)
    if step.note and step.event in NOTED:
        event = f"{event}. {step.note}"
    whom = " → ".join(filter(None, (people, lists)))
    count = "" if not step.lists else str(step.count) if step.count else say("rehearsal.nobody")
    return {
        "when": _when(step.at),
        "occurrence": step.occurrence or "",
        "event": event,
        "whom": whom,
        "count": count,
        "all": "; ".join(filter(None, (event, whom, count))),
    }


def _when(instant: datetime) -> str:
    """`út 8. 12. 10:00`: the year stands above it."""
    local = instant.astimezone(PRAGUE)
    day = format_date(local, "EEE d. M." if language() == "cs" else "EEE d MMM", locale=language())
    return f"{day} {local.hour}:{local.minute:02}"


def _month(instant: datetime) -> str:
    local = instant.astimezone(PRAGUE)
    return f"{get_month_names('wide', 'stand-alone', language())[local.month]} {local.year}"
