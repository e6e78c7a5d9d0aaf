"""`hlasatel plan`: what an edit of schedules.yaml changes, its confirmation where it drops much, and the versions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer
from sqlalchemy import Row

from worker.approval.cases import clean
from worker.cli.wiring import (
    ByOption,
    NowOption,
    TextFormat,
    TextFormatOption,
    make_clock,
    open_office,
    person_acting,
    print_json,
)
from worker.errors import HlasatelError, InvalidFiles
from worker.messages import say
from worker.planning import edit as edits
from worker.planning import told, versions
from worker.planning.current import PlanFile, last_version, plan_file
from worker.planning.edit import Edit
from worker.times import format_instant

app = typer.Typer(add_completion=False, help=say("edits.group_help"), no_args_is_help=True)
MOST = 100
"""Versions that are listed."""


@app.command("diff", help=say("edits.diff_help"))
def diff(format: TextFormatOption = TextFormat.TEXT, now: NowOption = None) -> None:
    office, clock = open_office(), make_clock(now)
    file = plan_file(office)
    with office.database.read() as tx:
        at, version = clock.now(), last_version(tx)
        try:
            edit = edits.edit(tx, office, file, at)
        except InvalidFiles as error:
            _refuse(error, file, version, edits.diff(file, version), format)
            raise typer.Exit(1) from None
    if format is TextFormat.JSON:
        print_json(_as_json(edit, file))
    elif version is not None and version.digest == file.digest:
        print(say("edits.same"))
    else:
        _print(edit, at)


@app.command("accept", help=say("edits.accept_help"))
def accept(
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=say("cli.reason_help"))],
    by: ByOption = None,
    now: NowOption = None,
) -> None:
    office, clock = open_office(), make_clock(now)
    person = person_acting(office, by)
    print(edits.accept(office, clock.now(), reason=clean(reason), person=person))


@app.command("versions", help=say("edits.versions_help"))
def list_versions(format: TextFormatOption = TextFormat.TEXT) -> None:
    office = open_office()
    with office.database.read() as tx:
        found = versions.versions(tx, MOST)
    if format is TextFormat.JSON:
        print_json([each.as_json() for each in found])
        return
    for each in found:
        words = {"number": each.number, "digest": each.digest[:12], "at": format_instant(each.taken_up_at)}
        line = say("edits.version_line", **words, added=each.added, removed=each.removed)
        person = office.person_name(each.accepted_by)
        print(line, say("edits.version_accepted", person=person, reason=each.reason) if each.accepted_by else "")
    if not found:
        print(say("edits.no_versions"))


@app.command("show", help=say("edits.show_help"))
def show(
    number: Annotated[int | None, typer.Argument(metavar="[VERSION]", help=say("edits.number_help"), min=1)] = None,
    diff: Annotated[bool, typer.Option("--diff", help=say("edits.only_diff_help"))] = False,
) -> None:
    office = open_office()
    with office.database.read() as tx:
        found = last_version(tx) if number is None else versions.version(tx, number)
    if found is None:
        raise HlasatelError(say("edits.no_such_version") if number is not None else say("edits.no_versions"))
    print(found.diff if diff else found.text, end="" if not diff else "\n")


def _refuse(error: InvalidFiles, file: PlanFile, version: Row[Any] | None, text: str, format: TextFormat) -> None:
    if format is TextFormat.JSON:
        found = {**_head(file, version), "faults": [vars(fault) for fault in error.faults], "changes": [], "diff": text}
        print_json(found)
        return
    print(error)
    print(say("edits.faulty", count=len(error.faults)))
    if text:
        print(f"\n{text}")


def _print(edit: Edit, now: datetime) -> None:
    counts = told.counts(edit.shown)
    if edit.version is None:
        print(say("edits.first", added=counts["added"], historical=counts["historical"]))
        return
    print(say("edits.heading", at=format_instant(edit.version.taken_up_at, form="at")))
    for change in edit.shown:
        print(f"  {change.id:<28} {told.sentence(edit.office, change, now)}")
    if not edit.shown:
        print(f"  {say('edits.no_occurrence_changes')}")
    print(f"\n{say('edits.counts', **counts)}")
    if edit.waits:
        numbers = {"lost": edit.loss.lost, "open": edit.loss.open}
        if edit.confirmed_by is None:
            print(say("edits.waits", activities=edit.loss.named(), **numbers))
        else:
            print(say("edits.confirmed", person=edit.office.person_name(edit.confirmed_by), **numbers))
    print(f"\n{edit.text}")


def _as_json(edit: Edit, file: PlanFile) -> dict[str, Any]:
    loss = edit.loss
    return {
        **_head(file, edit.version),
        "faults": [],
        "counts": told.counts(edit.shown),
        "dropped_ahead": {"lost": loss.lost, "open": loss.open, "activities": dict(loss.activities)},
        "waits": edit.waits and edit.confirmed_by is None,
        "accepted_by": edit.confirmed_by,
        "changes": [told.as_json(change) for change in edit.shown],
        "diff": edit.text,
    }


def _head(file: PlanFile, version: Row[Any] | None) -> dict[str, Any]:
    return {"digest": file.digest, "in_force": version.digest if version is not None else None}
