"""Puts the parts together for a command: settings, configuration, database, clock."""

from __future__ import annotations

import json
import os
import sys
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from worker.approval.cases import clean
from worker.delivery import trial
from worker.drafting.places import refuse_unusable
from worker.errors import HlasatelError, InvalidFiles
from worker.messages import say
from worker.office import TEMPLATES, Office
from worker.office_on_file import OfficeOnFile
from worker.planning.current import plan_in_force
from worker.record import acting
from worker.settings import (
    Settings,
    check_config,
    load_elections,
    load_feeds,
    load_lists,
    load_media,
    load_people,
    load_projects,
    load_settings,
    refuse_sample_addresses,
)
from worker.settings.days import day_of
from worker.store.database import Database, Use
from worker.store.server_clock import server_clock
from worker.template_folder import OWN, TemplateFolder
from worker.times import Clock, parse_instant

LONGEST_WHY = 2000
"""Characters of a reason."""
NowOption = Annotated[str | None, typer.Option("--now", metavar="T", help=say("cli.now_help"))]
ForceOption = Annotated[bool, typer.Option("--force", help=say("cli.force_help"))]


class TextFormat(StrEnum):
    """The forms of a command that prints sentences; any other word is wrong usage (exit 2)."""

    TEXT = "text"
    JSON = "json"


class TableFormat(StrEnum):
    """The forms of a command that prints a table."""

    TABLE = "table"
    JSON = "json"


OccurrenceArgument = Annotated[str, typer.Argument(metavar="OCCURRENCE", help=say("cli.occurrence_help"))]
ByOption = Annotated[str | None, typer.Option("--by", metavar="PERSON", help=say("cli.by_help"))]
WhyOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help=say("cli.why_said_help"))]
"""The reason of what explains itself to most; it is kept in the record."""
TextFormatOption = Annotated[TextFormat, typer.Option("--format", help=say("cli.format_help"))]
TableFormatOption = Annotated[TableFormat, typer.Option("--format", help=say("cli.format_help"))]


def settings(plan: Path | None = None) -> Settings:
    """The settings of this process's environment."""
    return load_settings(os.environ, plan=plan)


def open_office(plan: Path | None = None) -> Office:
    """Everything a command works with; brings the database to the current schema. Raises HlasatelError."""
    found = settings(plan)
    database = Database(found.database_url)
    database.bring_up_to_date()
    return _office(found, database)


def office_to_look_at(plan: Path | None = None) -> Office:
    """The same for a command that only looks: its database is neither made, migrated nor written."""
    found = settings(plan)
    database = Database(found.database_url, Use.LOOK)
    return _office(found, database)


def on_file(office: Office) -> OfficeOnFile:
    """The office as its files have it, for a command that runs on while they are edited."""
    return OfficeOnFile(office, read_again)


def read_again(office: Office) -> Office:
    """The office that an edit of the files makes of this one. HlasatelError when it cannot be used while running."""
    found = load_settings(os.environ, plan=office.settings.plan, config=office.settings.config)
    faults = check_config(found)
    if faults:
        raise InvalidFiles(faults)
    following = _office(found, office.database)
    refuse_sample_addresses(found, following.people)
    if found.delivery.machines != office.settings.delivery.machines:
        raise HlasatelError(say("edits.machines_need_a_restart"))
    with office.database.read() as tx:
        plan_in_force(tx, following)
    return following


def _office(found: Settings, database: Database) -> Office:
    people, lists = load_people(found.config), load_lists(found.config)
    elections, projects = load_elections(found.config), load_projects(found.config)
    feeds, media = load_feeds(found.config), load_media(found.config)
    refuse_unusable(media, found.config)
    templates = TemplateFolder(TEMPLATES, found.config / OWN)
    return Office(found, people, lists, found.relay, database, elections, projects, templates, feeds=feeds, media=media)


def make_clock(now: str | None) -> Clock:
    """The real clock, or one that starts at `--now` and goes on, said loudly."""
    if now is None:
        return Clock.real()
    clock = Clock.starting_at(instant_given(now, "--now"))
    print(say("cli.simulated", "en", now=clock.now().isoformat(timespec="seconds")), file=sys.stderr)
    return clock


def working_clock(office: Office, now: str | None) -> Clock:
    """The clock of what runs for long: with several machines the database server's, so that they agree.

    Raises HlasatelError when several machines are meant and their settings cannot carry them.
    """
    settings = office.settings
    if not settings.delivery.machines:
        return make_clock(now)
    if office.database.is_sqlite:
        raise HlasatelError(say("machines.postgresql_only"))
    if not settings.given_keys:
        raise HlasatelError(say("machines.key_needed"))
    return server_clock(office.database) if now is None else make_clock(now)


def refuse_one_machine(office: Office, command: str) -> None:
    """Refuse a command that does a part of the work where the settings know of no machine that does the rest."""
    if not office.settings.delivery.machines:
        raise HlasatelError(say("machines.one_machine", command=command))


def instant_given(text: str, option: str) -> datetime:
    """The time written in an option; one that cannot be read is wrong usage (exit code 2)."""
    try:
        return parse_instant(text)
    except HlasatelError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None


def day_given(text: str, option: str) -> date:
    """The day written in an option, as configuration files write it; what is none is wrong usage (exit code 2)."""
    try:
        return day_of(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None


def may_send(office: Office, clock: Clock, *, force: bool) -> None:
    """Refuse what would mail real people by mistake: sample addresses, or a simulated clock, with a real relay.

    Refuse as well to send with a message builder that lets a known header forgery through.
    """
    trial.refuse_to_run()
    faults = check_config(office.settings)
    if faults:
        raise InvalidFiles(faults)
    refuse_sample_addresses(office.settings, office.people)
    refuse_simulated(office, clock, force=force)


def refuse_simulated(office: Office, clock: Clock, *, force: bool) -> None:
    """Refuse a simulated clock with a real relay."""
    if clock.simulated and not office.relay.on_loopback and not force:
        raise HlasatelError(say("cli.simulated_refused", relay=str(office.relay)))


def reason_given(text: str) -> str:
    """A reason as it is kept; HlasatelError when it is too long."""
    words = clean(text)
    if len(words) > LONGEST_WHY:
        raise HlasatelError(say("approval.comment_too_long", limit=LONGEST_WHY))
    return words


def person_acting(office: Office, by: str | None) -> str:
    """Who is acting, for the record: `--by`, the coordinator otherwise; what she does she does by a command."""
    person = by or office.settings.coordinator
    if person not in office.people:
        raise HlasatelError(say("cli.unknown_person", person=person, known=", ".join(office.people)))
    acting.comes_from("command")
    return person


def print_json(found: object) -> None:
    """What `--format json` prints: UTF-8 as it is, each value on a line of its own."""
    print(json.dumps(found, ensure_ascii=False, indent=1))
