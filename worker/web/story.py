"""The coordinator's page of one occurrence: its mailings, its story, its dossier, and the emergency release."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from sqlalchemy import Connection, Row, select
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from worker.approval import seats, tidings
from worker.approval.cases import Unfinished, deadline
from worker.approval.release import RELEASABLE, release
from worker.dossier.page import dossier, file_name
from worker.drafting import checks, packages
from worker.drafting.publishers import length, name_of
from worker.errors import HlasatelError
from worker.messages import say
from worker.planning.corrections import mailed_to
from worker.planning.current import plan_in_force
from worker.planning.timetable import timetable
from worker.record import comments, reach
from worker.record.why import happened
from worker.store.tables import occurrences
from worker.times import local_day
from worker.web import choosing, files, places
from worker.web.approval import PREVIEW_POLICY
from worker.web.mailings import give_order, section
from worker.web.pages import Desk, desk, form_of, page_version, show
from worker.web.shown import draft_text, draft_view, lists
from worker.web.signed_in import NotSignedIn, Visitor, coordinator, proven
from worker.web.whence import whence

RELEASE = "uvolnit"
"""In the address of the page when it is to show the form of the emergency release."""
FILE_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""The dossier carries its own style; whoever opens it from here instead of keeping it runs nothing either."""


def routes() -> list[BaseRoute]:
    return [
        Route("/koordinator/termin/{occurrence:path}", _page, methods=["GET"]),
        Route("/koordinator/termin/{occurrence:path}", _form(_release), methods=["POST"]),
        Route("/koordinator/rozesilka/{occurrence:path}", _form(_order, "#rozesilka"), methods=["POST"]),
        Route("/koordinator/volba/{occurrence:path}", _form(choosing.choose, "#volba"), methods=["POST"]),
        Route("/koordinator/misto/{occurrence:path}", _form(_settle, "#mista"), methods=["POST"]),
        Route("/koordinator/spis/{occurrence:path}", _dossier, methods=["GET"]),
        Route("/koordinator/nahled/{kind}/{occurrence:path}", _preview, methods=["GET"]),
        Route("/koordinator/soubor/{kind}/{name}/{occurrence:path}", _file, methods=["GET"]),
    ]


def _page(request: Request) -> Response:
    return _show(request, 200, "", {})


def _show(request: Request, status: int, problem: str, typed: dict[str, str]) -> Response:
    visitor, here, occurrence = coordinator(request), desk(request), request.path_params["occurrence"]
    asked_for = RELEASE in request.query_params or "version" in typed
    with here.office.database.read() as tx:
        row = _row(tx, occurrence)
        told = happened(tx, here.office, occurrence)
        choice = choosing.section(tx, here.office, row, here.now()) if row is not None else None
        unreached = reach.unreached(tx, here.office, occurrence)
        releasable = _releasable(tx, here, row, asked_for) if row is not None else None
        released = _released(tx, here, row) if row is not None else ""
        mailings = section(tx, here.office, occurrence, here.now())
        shown = places.section(tx, here.office, occurrence, here.now())
        correctable, texts = bool(mailed_to(tx, occurrence)), _texts(tx, here, occurrence)
        title = row.title if row is not None else _planned(tx, here, occurrence)
    if not title:
        return _unknown(request)
    return show(
        request, "story.html", status, visitor=visitor, title=title, row=row, happened=told, id=occurrence,
        choice=choice, unreached=unreached, today=local_day(here.now()),
        has_dossier=row is not None, has_contributions=row is not None and bool(row.contributors),
        correctable=correctable, texts=texts,
        release=releasable, ask_release=RELEASE, released=released, problem=problem, typed=typed, mailings=mailings,
        places=shown, office=here.office,
    )  # fmt: skip


def _texts(tx: Connection, here: Desk, occurrence: str) -> dict[str, Any]:
    """The newest version's `version` and `kinds`, as pairs of id and name; empty while there is none."""
    package = packages.latest(tx, occurrence)
    if package is None:
        return {}
    kinds = [(each, name_of(here.office, each)) for each in packages.kinds_of(tx, package.id)]
    return {"version": package.version, "kinds": kinds}


def _planned(tx: Connection, here: Desk, occurrence: str) -> str:
    """The title of one that is in the plan before the first start; empty for any other."""
    entries = timetable(tx, plan_in_force(tx, here.office), here.now())
    return next((each.title for each in entries if each.id == occurrence), "")


def _row(tx: Connection, occurrence: str) -> Row[Any] | None:
    return tx.execute(select(occurrences).where(occurrences.c.id == occurrence)).first()


def _unknown(request: Request) -> Response:
    message = say("coordinator.no_such", id=request.path_params["occurrence"])
    return show(request, "message.html", 404, title=say("web.sorry"), message=message)


def _releasable(tx: Connection, here: Desk, row: Row[Any], whole: bool) -> dict[str, Any] | None:
    """What the form of the emergency release shows; None when there is nothing to release now.

    Unless it is asked for the `whole`, that it may be asked for: the sizes of large lists take long to count.
    """
    office, now = here.office, here.now()
    package = packages.latest(tx, row.id)
    if package is None or row.state not in RELEASABLE or now >= deadline(row):
        return None
    if not whole:
        return {}
    drafts = packages.drafts_of(tx, package.id)
    found = checks.found(tx, office, row, drafts, now)
    return {
        "occurrence": row,
        "package": package,
        "lists": lists(tx, office, row, now),
        "waiting": [office.person_name(each) for each in seats.waiting(package, seats.live(tx, package.id))],
        "drafts": [draft_view(office, draft, row) for draft in drafts],
        "checks": checks.merged(found),
        "faulty": any(each.level == "error" for each in found),
        "comments": comments.of_occurrence(tx, office, row.id),
        "late": row.send_at <= now,
    }


def _released(tx: Connection, here: Desk, row: Row[Any]) -> str:
    """That the newest version was released, and what comes next; empty when it was not."""
    package = packages.latest(tx, row.id)
    last = seats.closing(package, seats.live(tx, package.id)) if package is not None else None
    if package is None or last is None or not last.emergency:
        return ""
    following = tidings.goes_out(row, here.now()) if row.state == "approved" else ""
    return say("seats.released", version=package.version, occurrence=row.id, following=following).strip()


Act = Callable[[Request, Visitor, str, dict[str, str]], None]
"""Does what a form of the page asks for: the request, who it is, which occurrence, the form. Raises HlasatelError."""


def _form(act: Act, part: str = "") -> Callable[[Request], Coroutine[None, None, Response]]:
    """What answers a form of the page: the page as it then stands, at its `part`, or why nothing was done."""

    async def answer(request: Request) -> Response:
        return await run_in_threadpool(_acted, request, await form_of(request), act, part)

    return answer


def _acted(request: Request, form: dict[str, str], act: Act, part: str) -> Response:
    visitor, here, occurrence = coordinator(request), desk(request), request.path_params["occurrence"]
    if not proven(visitor, form):
        raise NotSignedIn
    with here.office.database.read() as tx:
        if _row(tx, occurrence) is None:
            return _unknown(request)
    try:
        act(request, visitor, occurrence, form)
    except HlasatelError as error:
        return _show(request, 400 if isinstance(error, Unfinished) else 409, str(error), form)
    return RedirectResponse(f"{here.office.settings.base_url}/koordinator/termin/{occurrence}{part}", 303)


def _release(request: Request, visitor: Visitor, occurrence: str, form: dict[str, str]) -> None:
    version, here = page_version(form.get("version", "")), desk(request)
    if version is None:
        raise Unfinished(say("web.form_incomplete"))
    release(
        here.office, occurrence, here.now(), reason=form.get("reason", ""), person=visitor.person,
        whence=whence(request), version=version,
    )  # fmt: skip


def _order(request: Request, visitor: Visitor, occurrence: str, form: dict[str, str]) -> None:
    give_order(desk(request).office, occurrence, form, desk(request).now(), visitor.person)


def _settle(request: Request, visitor: Visitor, occurrence: str, form: dict[str, str]) -> None:
    places.settle(desk(request).office, occurrence, form, desk(request).now(), visitor.person, whence(request))


def _dossier(request: Request) -> Response:
    coordinator(request)
    here, occurrence = desk(request), request.path_params["occurrence"]
    with here.office.database.read() as tx:
        made = dossier(tx, here.office, occurrence, here.now())
    if made is None:
        return _unknown(request)
    headers = {
        "Content-Disposition": f'attachment; filename="{file_name(occurrence)}"',
        "Content-Security-Policy": FILE_POLICY,
    }
    return HTMLResponse(made, headers=headers)


def _preview(request: Request) -> Response:
    """One draft of the newest version as it will look, for the sandboxed frame or a page of its own."""
    coordinator(request)
    kind = request.path_params["kind"]
    with desk(request).office.database.read() as tx:
        package = packages.latest(tx, request.path_params["occurrence"])
        drafts = packages.drafts_of(tx, package.id) if package is not None else ()
        draft = next((each for each in drafts if each.kind == kind), None)
        if draft is None:
            raise HTTPException(404)
        answer = HTMLResponse(files.look(tx, draft)) if draft.html else _plain(request, draft)
    answer.headers["Content-Security-Policy"] = PREVIEW_POLICY
    return answer


def _plain(request: Request, draft: Row[Any]) -> Response:
    text = draft_text(draft)
    return show(request, "preview.html", problem="", text=text, length=length(draft.kind, draft.fields), findings=())


def _file(request: Request) -> Response:
    """One file of the newest version."""
    coordinator(request)
    with desk(request).office.database.read() as tx:
        package = packages.latest(tx, request.path_params["occurrence"])
        drafts = packages.drafts_of(tx, package.id) if package is not None else ()
        return files.answer(request, tx, drafts)
