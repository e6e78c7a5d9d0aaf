"""What the catalogue's words of a notice are filled with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.drafting.publishers import handing_words
from worker.messages import say
from worker.notices import codes
from worker.notices.asked import addressed
from worker.notices.kinds import KINDS
from worker.notices.links import Purpose
from worker.office import Office
from worker.store.tables import decisions, occurrences, packages, recipients
from worker.times import PRAGUE, format_instant


def values_of(tx: Connection, office: Office, notice: Row[Any], now: datetime) -> dict[str, Any]:
    """The notice's own data with what is so now; a one-time code is made here, for a kind that brings one."""
    values: dict[str, Any] = dict(notice.data)
    for name in {"by", "who"} & set(values):
        values[name] = office.person_name(values[name])
    if "what" in values and values["what"] in KINDS:
        values["what"] = say(f"why.notice_{values['what']}")
    if "recipient" in values:  # looked up now: an address does not wait in the queue
        found = select(recipients.c.address).where(recipients.c.id == values["recipient"])
        values["recipient"] = tx.execute(found).scalar_one()
    if notice.occurrence_id is None:
        return values
    row = tx.execute(select(occurrences).where(occurrences.c.id == notice.occurrence_id)).one()
    values |= _times(row, KINDS[notice.kind].link, now)
    values |= {
        "occurrence": row.id,
        "title": row.title,
        "lists": addressed(tx, office, row, now),
        "coordinator": office.person_name(office.settings.coordinator),
        "in_charge": office.person_name(row.in_charge),
        "approvers": ", ".join(office.person_name(each) for each in row.approvers),
    }
    # What a notice lacks that an earlier version queued.
    values = {
        "why": "",
        "basis": "",
        "length": "",
        "where": "",
        "waiting": values["approvers"],
        "who": values.get("by", ""),
    } | values
    if "only" in values:
        values |= handing_words(values["only"])
    if notice.package_id is not None:
        package = tx.execute(select(packages).where(packages.c.id == notice.package_id)).one()
        values |= {"version": package.version, "audience": package.audience or 0}
        values["before"] = f"{say('notices.decided_before')} " if _was_decided(tx, package) else ""
        values["below"] = say("notices.first_below" if package.version == 1 else "notices.changes_below")
    if KINDS[notice.kind].code:
        values["code"] = codes.mint(tx, office.settings.secret_keys[0], notice.person, notice.package_id, now)
    return values


def _was_decided(tx: Connection, package: Row[Any]) -> bool:
    """Whether anybody ever decided about a version before this one."""
    found = select(decisions.c.id).join(packages, packages.c.id == decisions.c.package_id)
    earlier = packages.c.occurrence_id == package.occurrence_id, packages.c.version < package.version
    return tx.execute(found.where(*earlier).limit(1)).first() is not None


def _times(row: Row[Any], link: Purpose | None, now: datetime) -> dict[str, str]:
    """When it goes out, and `by_when` (short, for a subject) whoever is asked must act so that it does in time."""
    deadline = datetime.fromisoformat(row.stages["deadline"]) if "deadline" in row.stages else None
    # A link to choose what becomes of it asks for nothing in time: then it reads when it was to go out.
    late = row.send_at and row.send_at <= now and link not in (None, Purpose.CHOOSE)
    by_when = deadline if late else row.send_at
    if link is Purpose.CONTRIBUTE:
        by_when = datetime.fromisoformat(row.stages["draft"])
    if link is Purpose.COMMENT:
        by_when = datetime.fromisoformat(row.stages.get("comment", row.stages["deadline"]))
    last = format_instant(deadline, form="by") if deadline else ""
    return {
        "send_at": format_instant(row.send_at) if row.send_at else "",
        "when": _at_once(link, last) if late else format_instant(row.send_at, form="at") if row.send_at else "",
        "by_when": f"{by_when.astimezone(PRAGUE):%-d. %-m. %-H:%M}" if by_when else "",
        "deadline": last,
    }


def _at_once(link: Purpose | None, deadline: str) -> str:
    """When it is wanted once its time is over, as it stands after a verb."""
    return say("notices.task_at_once", deadline=deadline) if link is Purpose.TASK else say("notices.at_once")
