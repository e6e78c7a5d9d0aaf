"""The approver's page: exactly what will go out, and two ways to decide. Looking changes nothing."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from worker.approval import decide
from worker.approval.cases import Case, LinkExpired, NoSuchLink, Refused, Unfinished, case, deadline
from worker.approval.decide import Choice
from worker.audience.members import sizes
from worker.drafting import packages
from worker.drafting.slots import NEUTRAL_GREETING, fill
from worker.drafting.wrapping import unwrapped
from worker.errors import HlasatelError
from worker.kinds import all_kinds
from worker.messages import say
from worker.notices.links import PATHS, Purpose, address
from worker.record import holds
from worker.web.pages import Desk, desk, form_of, page_version, show

TALLEST_FRAME = 12
"""Thousands of characters a preview's frame grows with; a longer mail scrolls inside it."""
PREVIEW_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"


@dataclass(frozen=True)
class Change:
    """One place where two versions differ: the lines that stood there and those that stand there now."""

    before: tuple[str, ...]
    now: tuple[str, ...]


def routes() -> list[BaseRoute]:
    path = f"/{PATHS[Purpose.APPROVE]}"
    return [
        Route(path + "/nahled/{kind}/{token}", _preview, methods=["GET"]),
        Route(path + "/zpet/{token}", _take_back, methods=["POST"]),
        Route(path + "/{token}", _page, methods=["GET"]),
        Route(path + "/{token}", _decide, methods=["POST"]),
    ]


def refusal(request: Request, error: HlasatelError) -> Response:
    """The neutral answer to a link that leads nowhere: the same for wrong, foreign and expired ones."""
    status = 410 if isinstance(error, LinkExpired) else 404
    return show(request, "message.html", status, title=say("web.sorry"), message=str(error))


def _page(request: Request) -> Response:
    here, token = desk(request), request.path_params["token"]
    try:
        with here.office.database.read() as tx:
            shown = _shown(tx, here, token)
    except (NoSuchLink, LinkExpired) as error:
        return refusal(request, error)
    return show(request, "approval.html", **shown)


async def _decide(request: Request) -> Response:
    form = await form_of(request)
    return await run_in_threadpool(_decided, request, form)


def _decided(request: Request, form: dict[str, str]) -> Response:
    here, token = desk(request), request.path_params["token"]
    version = form.get("version", "")

    def act() -> Case:
        if form.get("decision") not in list(Choice):
            raise Unfinished(say("approval.choose"))
        if request.headers.get("origin") == "null" and not version:
            raise Unfinished(say("web.form_incomplete"))
        return decide.decide(
            here.office,
            token,
            Choice(form["decision"]),
            form.get("comment", ""),
            here.now(),
            version=page_version(version),
        )

    return _act(request, act, comment=form.get("comment", ""))


async def _take_back(request: Request) -> Response:
    here, token = desk(request), request.path_params["token"]
    return await run_in_threadpool(_act, request, lambda: decide.take_back(here.office, token, here.now()))


def _act(request: Request, action: Callable[[], Case], comment: str = "") -> Response:
    """Do it and show the page anew; a refusal shows the page as it is now with the reason on top."""
    here, token = desk(request), request.path_params["token"]
    try:
        action()
    except (NoSuchLink, LinkExpired) as error:
        return refusal(request, error)
    except Refused as error:
        with here.office.database.read() as tx:
            shown = _shown(tx, here, token)
        status = 400 if isinstance(error, Unfinished) else 409
        return show(request, "approval.html", status, **shown | {"problem": str(error), "comment": comment})
    return RedirectResponse(address(here.office.settings.base_url, Purpose.APPROVE, token), 303)


def _preview(request: Request) -> Response:
    """The HTML of one draft, for the sandboxed frame: no scripts, no forms, nothing from outside."""
    here = desk(request)
    try:
        with here.office.database.read() as tx:
            shown = case(tx, Purpose.APPROVE, request.path_params["token"], here.now())
    except (NoSuchLink, LinkExpired) as error:
        return refusal(request, error)
    html = next((draft.html for draft in shown.drafts if draft.kind == request.path_params["kind"]), "")
    filled = fill(html, greeting=NEUTRAL_GREETING, unsubscribe="about:blank", html=True)
    return HTMLResponse(filled, headers={"Content-Security-Policy": PREVIEW_POLICY})


def _shown(tx: Connection, here: Desk, token: str) -> dict[str, Any]:
    office, now = here.office, here.now()
    current = case(tx, Purpose.APPROVE, token, now)
    occurrence, package = current.occurrence, current.package
    before = packages.version_before(tx, package)
    decision = current.decision
    return {
        "case": current,
        "token": token,
        "lists": [
            (office.list_name(each), number)
            for each, number in sizes(tx, office, [each for each in occurrence.lists if each in office.lists]).items()
        ],
        "deadline": deadline(occurrence),
        "sends_at_once": occurrence.send_at <= now,
        "election_warnings": office.election_warnings(max(occurrence.send_at, now)),
        "drafts": [_draft(draft) for draft in current.drafts],
        "publisher": office.person_name(office.settings.facebook),
        "changes": _changes(tx, before.id, package.id) if before is not None else [],
        "can_take_back": decision is not None
        and decision.person == current.link.person
        and occurrence.state in decide.STATE_AFTER.values(),
        "state": say(f"states.{occurrence.state}"),
        "held": holds.told_of(tx, office, occurrence, now),
        "problem": "",
        "comment": "",
    }


def _draft(draft: Any) -> dict[str, Any]:
    return {
        "kind": draft.kind,
        "name": say(all_kinds()[draft.kind].label_key),
        "channel": draft.channel,
        "subject": draft.subject,
        "html": bool(draft.html),
        "text": _read(draft),
        "thousands": min(1 + len(draft.text) // 1000, TALLEST_FRAME),
        "characters": len(draft.text.strip()),
        "findings": draft.findings,
    }


def _read(draft: Any) -> str:
    """The text as a page shows it: a mail's filled lines flow again, a text for publishing keeps its own."""
    text = fill(draft.text, greeting=NEUTRAL_GREETING, unsubscribe=say("notices.unsubscribe_place"), html=False)
    return (unwrapped(text) if draft.html else text).strip()


def _changes(tx: Connection, before: int, after: int) -> list[tuple[str, list[Change]]]:
    """What differs from the version before, per draft: its name and the places where words changed."""
    old = {draft.kind: draft for draft in packages.drafts_of(tx, before)}
    found = [
        (say(all_kinds()[draft.kind].label_key), list(_places(_lines(old[draft.kind]), _lines(draft))))
        for draft in packages.drafts_of(tx, after)
        if draft.kind in old
    ]
    return [(name, places) for name, places in found if places]


def _lines(draft: Any) -> list[str]:
    """A draft line by line for comparing, its subject first; empty lines are left out, their number says nothing."""
    subject = [f"{say('web.subject')}: {draft.subject}"] if draft.html else []
    return subject + [line for line in _read(draft).split("\n") if line.strip()]


def _places(before: list[str], after: list[str]) -> Iterator[Change]:
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            yield Change(tuple(before[i1:i2]), tuple(after[j1:j2]))
