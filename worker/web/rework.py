"""The page of whoever reworks a returned package: its texts as fields, and one button to submit them."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from worker.approval import rework
from worker.approval.cases import Case, LinkExpired, NoSuchLink, NotNow, case
from worker.errors import HlasatelError
from worker.kinds import all_kinds
from worker.messages import say
from worker.notices.links import PATHS, Purpose, address
from worker.record import holds
from worker.web.approval import refusal
from worker.web.pages import desk, form_of, page_version, show


def routes() -> list[BaseRoute]:
    path = f"/{PATHS[Purpose.EDIT]}" + "/{token}"
    return [Route(path, _page, methods=["GET"]), Route(path, _submit, methods=["POST"])]


def _page(request: Request) -> Response:
    return _show(request, 200, "", {})


def _show(request: Request, status: int, problem: str, typed: dict[str, str]) -> Response:
    here = desk(request)
    try:
        with here.office.database.read() as tx:
            current = case(tx, here.office, Purpose.EDIT, request.path_params["token"], here.now())
            held = holds.told_of(tx, here.office, current.occurrence, here.now())
    except (NoSuchLink, LinkExpired) as error:
        return refusal(request, error)
    return show(
        request,
        "rework.html",
        status,
        current=current,
        drafts=_fields(current, typed),
        state=say(f"states.{current.occurrence.state}"),
        problem=problem,
        held=held,
    )


def _fields(current: Case, typed: dict[str, str]) -> list[dict[str, Any]]:
    """Each draft's fields with what was typed, so that a refused form loses nothing."""
    kinds = all_kinds()
    return [
        {
            "name": say(kinds[draft.kind].label_key),
            "fields": [
                {
                    "id": f"{draft.kind}.{field.id}",
                    "label": say(field.label_key),
                    "value": typed.get(f"{draft.kind}.{field.id}", draft.fields.get(field.id, "")),
                    "multiline": field.multiline,
                    "markdown": field.markdown,
                    "required": field.required,
                    "rows": _rows(typed.get(f"{draft.kind}.{field.id}", draft.fields.get(field.id, ""))),
                }
                for field in kinds[draft.kind].fields
            ],
        }
        for draft in current.drafts
    ]


def _rows(text: str) -> int:
    """Lines a text area needs so that its text can be read without scrolling, within reason."""
    return min(3 + sum(1 + len(line) // 70 for line in text.splitlines()), 30)


async def _submit(request: Request) -> Response:
    form = await form_of(request)
    return await run_in_threadpool(_submitted, request, form)


def _submitted(request: Request, form: dict[str, str]) -> Response:
    here, token = desk(request), request.path_params["token"]
    fields: dict[str, dict[str, str]] = {}
    for name, value in form.items():
        kind, dot, field = name.partition(".")
        if dot:
            fields.setdefault(kind, {})[field] = value
    version = form.get("version", "")
    try:
        shown = page_version(version)
        if shown is None:
            return _show(request, 400, say("web.form_incomplete"), form)
        rework.resubmit(here.office, token, fields, here.now(), version=shown)
    except (NoSuchLink, LinkExpired) as error:
        return refusal(request, error)
    except NotNow as error:
        return _show(request, 409, str(error), form)
    except rework.Incomplete as error:
        details = "; ".join(finding.message for findings in error.findings.values() for finding in findings)
        return _show(request, 400, f"{error} {details}", form)
    except HlasatelError as error:
        return _show(request, 400, str(error), form)
    return RedirectResponse(address(here.office.settings.base_url, Purpose.EDIT, token), 303)
