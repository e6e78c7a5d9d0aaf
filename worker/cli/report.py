"""`hlasatel report`: the account of the plan for a year or any other days, in the form asked for."""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from worker.cli.wiring import NowOption, day_given, make_clock, open_office
from worker.errors import HlasatelError
from worker.messages import say
from worker.plan.model import Window
from worker.positions import reason_of
from worker.reporting.content import gather
from worker.reporting.forms import FORMS, file_name
from worker.times import FIRST_YEAR, LAST_YEAR, local_day

app = typer.Typer(add_completion=False)
_KNOWN = ", ".join(FORMS)


@app.command("report", help=say("reporting.help"))
def report(
    year: Annotated[int | None, typer.Option("--year", metavar="YEAR", help=say("reporting.year_help"))] = None,
    start: Annotated[str, typer.Option("--from", metavar="DATE", help=say("reporting.from_help"))] = "",
    end: Annotated[str, typer.Option("--to", metavar="DATE", help=say("reporting.to_help"))] = "",
    format: Annotated[
        str, typer.Option("--format", metavar="FORM", help=say("reporting.form_help", forms=_KNOWN))
    ] = "json",
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help=say("reporting.out_help"))] = None,
    now: NowOption = None,
) -> None:
    form = FORMS.get(format)
    if form is None:
        raise typer.BadParameter(say("reporting.no_form", value=format, forms=_KNOWN), param_hint="--format")
    moment = make_clock(now).now()
    span = _span(year, start, end, local_day(moment))
    office = open_office()
    with closing(office.database), office.database.read() as tx:
        found = gather(tx, office, moment, span)
    if out is None and form.binary and sys.stdout.isatty():
        raise HlasatelError(say("reporting.not_on_a_terminal", form=format, name=file_name(found, form)))
    content = form.render(found, office)
    if out is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        out.write_bytes(content)
    except OSError as error:
        raise HlasatelError(say("reporting.not_written", file=out, why=reason_of(error))) from None
    print(say("reporting.written", file=out))


def _span(year: int | None, start: str, end: str, today: date) -> Window:
    """The days asked for; this year when nothing is."""
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        raise typer.BadParameter(say("reporting.bad_year", first=FIRST_YEAR, last=LAST_YEAR), param_hint="--year")
    if bool(start) != bool(end) or (year is not None and start):
        raise typer.BadParameter(say("reporting.year_or_days"), param_hint="--year, --from, --to")
    if start:
        span = Window(day_given(start, "--from"), day_given(end, "--to"))
        if span.start > span.end:
            raise HlasatelError(say("reporting.wrong_way_round"))
        return span
    chosen = year or today.year
    return Window(date(chosen, 1, 1), date(chosen, 12, 31))
