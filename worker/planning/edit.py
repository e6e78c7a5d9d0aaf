"""The edit that waits in `schedules.yaml`: what it changes against the plan in force, and a person's word that it may.

The command and the coordinator's page show the same and write the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from worker.errors import HlasatelError, InvalidFiles
from worker.messages import say
from worker.office import Office
from worker.planning import guard, told
from worker.planning.changes import Change, changes
from worker.planning.current import PlanFile, last_version, plan_file, text_diff
from worker.positions import decode, hide_secrets


@dataclass(frozen=True)
class Edit:
    """What the file on disk changes against the plan in force (`version`; None before the first start).

    `text` is the unified diff of the two.
    """

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


def edit(tx: Connection, office: Office, file: PlanFile, now: datetime) -> Edit:
    """What `file` changes at `now` (aware); InvalidFiles with every fault of it."""
    version = last_version(tx)
    found = changes(tx, file.plan(office), now)
    return Edit(
        office, version, told.shown(found), guard.loss(tx, found, now), guard.accepted(tx, file.digest),
        diff(file, version),
    )  # fmt: skip


def diff(file: PlanFile, version: Row[Any] | None) -> str:
    """How the texts differ, any secret hidden; nothing when the file is no text."""
    if file.data is None:
        return ""
    try:
        text, _ = hide_secrets(decode(file.data, ""), "")
        return text_diff(version, text, file.digest)
    except InvalidFiles:
        return ""


def accept(office: Office, now: datetime, *, reason: str, person: str, digest: str | None = None) -> str:
    """Confirm the edit as it is saved, and say what comes of it; `digest` is that of the file somebody was shown.

    HlasatelError without a reason, when there is nothing to confirm, and when the file is another one by now.
    """
    if not reason:
        raise HlasatelError(say("edits.reason_missing"))
    file = plan_file(office)
    if digest is not None and digest != file.digest:
        raise HlasatelError(say("edits.another_file"))
    plan = file.plan(office)
    with office.database.write() as tx:
        version = last_version(tx)
        if version is None or version.digest == file.digest:
            raise HlasatelError(say("edits.nothing_to_accept"))
        if not guard.waits(office, guard.loss(tx, changes(tx, plan, now), now)):
            return say("edits.no_need")
        if guard.accept(tx, file.digest, person, reason, now):
            return say("edits.accepted")
        return say("edits.accepted_before", person=office.person_name(guard.accepted(tx, file.digest)))
