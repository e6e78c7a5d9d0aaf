"""The coordinator's pages of the plan: the last good one, what lies on the disk, and every version there was."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from worker.approval.cases import clean
from worker.errors import Fault, HlasatelError, InvalidFiles
from worker.planning import edit as edits
from worker.planning import told, versions
from worker.planning.current import PlanFile, last_version, plan_file
from worker.planning.edit import Edit
from worker.positions import decode, hide_secrets
from worker.web.pages import desk, form_of, page_version, show
from worker.web.signed_in import NotSignedIn, coordinator, proven

PATH = "/koordinator/plan"
SHOWN, MOST_CHANGES = 20, 60
"""Versions on the page, and occurrences that an edit changes; the commands list all."""


@dataclass(frozen=True)
class Mistake:
    """A fault of the file with the line it is on, as it stands there."""

    fault: Fault
    line: str


def routes() -> list[BaseRoute]:
    return [
        Route(PATH, _page, methods=["GET"]),
        Route(PATH, _accept, methods=["POST"]),
        Route(PATH + "/{number:int}", _version),
        Route(PATH + "/{number:int}.yaml", _text),
    ]


def _page(request: Request) -> Response:
    return _show(request, 200, "", "")


def _show(request: Request, status: int, problem: str, reason: str) -> Response:
    visitor, here = coordinator(request), desk(request)
    office, now, file = here.office, here.now(), plan_file(here.office)
    edit: Edit | None = None
    mistakes: list[Mistake] = []
    with office.database.read() as tx:
        version = last_version(tx)
        if version is None or version.digest != file.digest:
            try:
                edit = edits.edit(tx, office, file, now)
            except InvalidFiles as error:
                mistakes = _mistakes(file, error)
        found, number = versions.versions(tx, SHOWN), versions.count(tx)
    changed = edit.shown if edit is not None else []
    return show(
        request, "plan.html", status, visitor=visitor, file=file, edit=edit, mistakes=mistakes, versions=found,
        number=number, problem=problem, reason=reason, diff=edits.diff(file, version) if version is not None else "",
        changes=[(each, told.sentence(office, each, now)) for each in changed[:MOST_CHANGES]],
        more=max(len(changed) - MOST_CHANGES, 0), counts=told.counts(changed), plan=office.settings.plan.name,
    )  # fmt: skip


def _mistakes(file: PlanFile, error: InvalidFiles) -> list[Mistake]:
    try:
        lines = hide_secrets(decode(file.data or b"", ""), "")[0].splitlines()
    except InvalidFiles:
        lines = []
    return [
        Mistake(fault, lines[fault.line - 1].strip() if 0 < fault.line <= len(lines) else "") for fault in error.faults
    ]  # fmt: skip


async def _accept(request: Request) -> Response:
    form = await form_of(request)
    return await run_in_threadpool(_accepted, request, form)


def _accepted(request: Request, form: dict[str, str]) -> Response:
    visitor, here = coordinator(request), desk(request)
    if not proven(visitor, form):
        raise NotSignedIn
    reason = form.get("reason", "")
    try:
        reason = clean(reason)
        edits.accept(here.office, here.now(), reason=reason, person=visitor.person, digest=form.get("digest", ""))
    except HlasatelError as error:
        return _show(request, 409 if reason else 400, str(error), reason)
    return RedirectResponse(here.office.settings.base_url + PATH, 303)


def _version(request: Request) -> Response:
    visitor, here = coordinator(request), desk(request)
    number = page_version(str(request.path_params["number"]))
    with here.office.database.read() as tx:
        found = versions.version(tx, number) if number is not None else None
    if found is None:
        raise HTTPException(404)
    return show(request, "plan_version.html", visitor=visitor, version=found)


def _text(request: Request) -> Response:
    """The very bytes that were taken up."""
    coordinator(request)
    number = page_version(str(request.path_params["number"]))
    with desk(request).office.database.read() as tx:
        found = versions.version(tx, number) if number is not None else None
    if found is None:
        raise HTTPException(404)
    name = f"schedules-{found.id}-{found.digest[:12]}.yaml"
    return PlainTextResponse(found.text, headers={"Content-Disposition": f'attachment; filename="{name}"'})
