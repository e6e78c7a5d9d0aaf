"""`hlasatel plan`: what an edit of schedules.yaml changes, and the confirmation of one that drops much."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import typer
from sqlalchemy import Connection, Row

from worker.cli.wiring import (
    ByOption,
    NowOption,
    TextFormat,
    TextFormatOption,
    make_clock,
    open_office,
    person_acting,
)
from worker.errors import HlasatelError, InvalidFiles
from worker.messages import say
from worker.office import Office
from worker.planning import guard, told
from worker.planning.changes import Change, changes
from worker.planning.current import PlanFile, last_version, plan_file, text_diff
from worker.positions import decode
from worker.times import format_instant

app = typer.Typer(add_completion=False, help=say("edits.group_help"), no_args_is_help=True)


@app.command("diff", help=say("edits.diff_help"))
def diff(format: TextFormatOption = TextFormat.TEXT, now: NowOption = None) -> None:
    office, clock = open_office(), make_clock(now)
    file = plan_file(office)
    with office.database.read() as tx:
        at, version = clock.now(), last_version(tx)
        text = _text_diff(file, version)
        try:
            found = changes(tx, file.plan(office), at)
        except InvalidFiles as error:
            _refuse(error, file, version, text, format)
            raise typer.Exit(1) from None
        edit = _Edit(
            office, version, told.shown(found), guard.loss(tx, found, at), guard.accepted(tx, file.digest), text
        )
    if format is TextFormat.JSON:
        print(json.dumps(_as_json(edit, file), ensure_ascii=False, indent=1))
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
    file = plan_file(office)
    plan = file.plan(office)
    with office.database.write() as tx:
        at, version = clock.now(), last_version(tx)
        if version is None or version.digest == file.digest:
            raise HlasatelError(say("edits.nothing_to_accept"))
        answer = _accept(tx, office, file.digest, changes(tx, plan, at), person, reason, at)
    print(answer)


def _accept(
    tx: Connection, office: Office, digest: str, found: list[Change], person: str, reason: str, now: datetime
) -> str:
    if not guard.waits(office, guard.loss(tx, found, now)):
        return say("edits.no_need")
    if guard.accept(tx, digest, person, reason, now):
        return say("edits.accepted")
    return say("edits.accepted_before", person=office.person_name(guard.accepted(tx, digest)))


@dataclass(frozen=True)
class _Edit:
    """What the file on disk changes against the plan in force (`version`; None before the first start)."""

    office: Office
    version: Row[Any] | None
    shown: list[Change]
    loss: guard.Loss
    confirmed_by: str | None
    text: str

    @property
    def waits(self) -> bool:
        """Whether it is one that somebody must confirm, or has confirmed."""
        return self.version is not None and guard.waits(self.office, self.loss)


def _text_diff(file: PlanFile, version: Row[Any] | None) -> str:
    """How the texts differ; nothing when the file is no text."""
    if file.data is None:
        return ""
    try:
        return text_diff(version, decode(file.data, ""), file.digest)
    except InvalidFiles:
        return ""


def _refuse(error: InvalidFiles, file: PlanFile, version: Row[Any] | None, text: str, format: TextFormat) -> None:
    if format is TextFormat.JSON:
        found = {**_head(file, version), "faults": [vars(fault) for fault in error.faults], "changes": [], "diff": text}
        print(json.dumps(found, ensure_ascii=False, indent=1))
        return
    print(error)
    print(say("edits.faulty", count=len(error.faults)))
    if text:
        print(f"\n{text}")


def _print(edit: _Edit, now: datetime) -> None:
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


def _as_json(edit: _Edit, file: PlanFile) -> dict[str, Any]:
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
