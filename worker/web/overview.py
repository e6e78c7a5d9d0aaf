"""The coordinator's first page: what needs a person now, what is coming, the four years, and the last good plan."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from worker.errors import InvalidFiles
from worker.messages import say
from worker.planning.current import last_version, plan_file
from worker.planning.versions import Version, versions
from worker.record import holds
from worker.record.progress import wanting_attention
from worker.record.status import status, titles
from worker.store import copies
from worker.store.states import MailingState
from worker.timetables.content import local
from worker.upkeep.copies import why_held
from worker.web.pages import Desk, desk, show
from worker.web.signed_in import coordinator
from worker.web.strip import HEIGHT, WIDTH, strip
from worker.web.wanted import wanted


def routes() -> list[BaseRoute]:
    return [Route("/koordinator", _page)]


def _page(request: Request) -> Response:
    visitor, here = coordinator(request), desk(request)
    now = here.now()
    with here.office.database.read() as tx:
        found, hold = status(tx, now), holds.live(tx)
        wants = wanted(tx, here.office, now)
        sending = [each for each in wanting_attention(tx) if each.mailing.state == MailingState.SENDING]
        names = titles(tx, {each.mailing.occurrence_id for each in sending})
        years = strip(tx, now)
        why = why_held(here.office.database, tx)
        good, file, faults = _plan(tx, here)
    sections = [key for key in ("held", "coming") if found[key] or key != "held"]
    return show(
        request, "overview.html", visitor=visitor, wants=wants, under_way=sending, names=names, now=now,
        rows={key: [_row(here, each) for each in found[key]] for key in sections},
        held=holds.told(here.office, hold, now) if hold is not None else "",
        copy_held=str(copies.refusal(why)) if why is not None else "",
        started=found["first_start_at"] is not None, years=years, width=WIDTH, height=HEIGHT, good=good, file=file,
        faults=faults,
    )  # fmt: skip


def _plan(tx: Connection, here: Desk) -> tuple[Version | None, str, list[str]]:
    """The last good plan, how the file on the disk stands to it (`same`, `differs`, `faulty`), and its faults."""
    file, last = plan_file(here.office), last_version(tx)
    good = next(iter(versions(tx, 1)), None)
    if last is not None and last.digest == file.digest:
        return good, "same", []
    try:
        file.plan(here.office)
    except InvalidFiles as error:
        return good, "faulty", [str(fault) for fault in error.faults]
    return good, "differs", []


def _row(here: Desk, row: dict[str, Any]) -> dict[str, Any]:
    at = datetime.fromisoformat(row["send_at"]) if row["send_at"] else None
    waits_for = ", ".join(here.office.person_name(each) for each in row["waits_for"])
    return {
        "id": row["id"],
        "title": row["title"],
        "when": local(at) if at else "",
        "who": waits_for,
        "state_id": row["state"],
        "state": say(f"states.{row['state']}"),
    }
