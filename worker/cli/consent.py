"""`hlasatel consent`: consents of the people that a text tells of, noted, withdrawn and listed."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import typer

from worker.approval import consents as choices
from worker.cli.wiring import (
    ByOption,
    NowOption,
    OccurrenceArgument,
    TextFormat,
    TextFormatOption,
    day_given,
    make_clock,
    open_office,
    person_acting,
    print_json,
)
from worker.messages import say
from worker.office import Office
from worker.plan.reading.read_back import plain_day
from worker.record import consents
from worker.record.consents import Consent, GivenBy
from worker.times import format_instant, local_day, rfc3339

app = typer.Typer(add_completion=False, help=say("consents.help"), no_args_is_help=True)


@app.command("note", help=say("consents.note_help"))
def note(
    occurrence: OccurrenceArgument,
    subject: Annotated[str, typer.Option("--subject", metavar="TEXT", help=say("consents.subject_help"))],
    given_by: Annotated[GivenBy, typer.Option("--given-by", help=say("consents.given_by_help"))] = GivenBy.PERSON,
    until: Annotated[str | None, typer.Option("--until", metavar="D", help=say("consents.until_help"))] = None,
    by: ByOption = None,
    now: NowOption = None,
) -> None:
    office, clock = open_office(), make_clock(now)
    person = person_acting(office, by)
    last_day = day_given(until, "--until") if until else None
    with office.database.write() as tx:
        number = choices.note(
            tx, occurrence, clock.now(), subject=subject, given_by=given_by, until=last_day, person=person
        )
        doubt = choices.doubt_of(tx, occurrence, last_day)
    print(" ".join(filter(None, (say("consents.noted", number=number, occurrence=occurrence), doubt))))


@app.command("withdraw", help=say("consents.withdraw_help"))
def withdraw(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help=say("consents.number_help"))],
    by: ByOption = None,
    now: NowOption = None,
) -> None:
    office, clock = open_office(), make_clock(now)
    person = person_acting(office, by)
    with office.database.write() as tx:
        comes_of_it = choices.withdraw(tx, office, number, clock.now(), person=person)
    print(comes_of_it)


@app.command("list", help=say("consents.list_help"))
def show(
    occurrence: Annotated[str | None, typer.Argument(metavar="[OCCURRENCE]", help=say("cli.occurrence_help"))] = None,
    format: TextFormatOption = TextFormat.TEXT,
    now: NowOption = None,
) -> None:
    office, clock = open_office(), make_clock(now)
    with office.database.read() as tx:
        found = consents.of_occurrence(tx, occurrence) if occurrence else consents.noted(tx)
    if format is TextFormat.JSON:
        print_json([_as_json(consent, clock.now()) for consent in found])
        return
    for consent in found:
        print(_line(office, consent, clock.now()))
    if not found:
        print(say("consents.none"))


def _line(office: Office, consent: Consent, now: datetime) -> str:
    return say(
        "consents.line",
        number=consent.id,
        occurrence=consent.occurrence_id,
        subject=consent.subject,
        given_by=say(f"why.given_by_{consent.given_by}"),
        validity=_validity(consent, now),
        person=office.person_name(consent.noted_by),
        at=format_instant(consent.noted_at),
    )


def _validity(consent: Consent, now: datetime) -> str:
    if consent.withdrawn_at is not None:
        return say("consents.withdrawn", at=format_instant(consent.withdrawn_at, form="at"))
    if consent.until is None:
        return say("consents.endless")
    holds = consent.counts_on(local_day(now))
    return say("consents.until" if holds else "consents.ended", day=plain_day(consent.until))


def _as_json(consent: Consent, now: datetime) -> dict[str, Any]:
    """`holds`: whether it counts today; times are RFC 3339, days ISO 8601."""
    shown = {**asdict(consent), "noted_at": rfc3339(consent.noted_at), "holds": consent.counts_on(local_day(now))}
    shown["until"] = consent.until.isoformat() if consent.until else None
    shown["withdrawn_at"] = rfc3339(consent.withdrawn_at) if consent.withdrawn_at else None
    return shown
