"""The page of somebody asked for comments: the texts as they will look, and one field. Nothing on it decides."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from worker.approval import comments as rounds
from worker.approval.cases import LinkExpired, NoSuchLink, Refused, Unfinished, case
from worker.messages import say
from worker.notices.links import PATHS, Purpose, address
from worker.record import comments
from worker.web.approval import downloaded, framed, refusal
from worker.web.pages import desk, form_of, page_version, show
from worker.web.shown import draft_view
from worker.web.whence import whence


def routes() -> list[BaseRoute]:
    path = f"/{PATHS[Purpose.COMMENT]}"
    return [
        Route(path + "/nahled/{kind}/{token}", _preview, methods=["GET"]),
        Route(path + "/soubor/{kind}/{name}/{token}", _file, methods=["GET"]),
        Route(path + "/{token}", _page, methods=["GET"]),
        Route(path + "/{token}", _comment, methods=["POST"]),
    ]


def _page(request: Request) -> Response:
    return _show(request, 200, "", "")


def _preview(request: Request) -> Response:
    return framed(request, Purpose.COMMENT)


def _file(request: Request) -> Response:
    return downloaded(request, Purpose.COMMENT)


def _show(request: Request, status: int, problem: str, typed: str) -> Response:
    """The page as it is now, with a problem on top and what was typed kept in its field."""
    here, token = desk(request), request.path_params["token"]
    try:
        with here.office.database.read() as tx:
            current = case(tx, here.office, Purpose.COMMENT, token, here.now())
            said = comments.of_occurrence(tx, here.office, current.occurrence.id)
    except (NoSuchLink, LinkExpired) as error:
        return refusal(request, error)
    return show(
        request,
        "comments.html",
        status,
        case=current,
        token=token,
        drafts=[draft_view(here.office, draft, current.occurrence) for draft in current.drafts],
        preview=f"{PATHS[Purpose.COMMENT]}/nahled",
        downloads=f"{PATHS[Purpose.COMMENT]}/soubor",
        comments=said,
        open=current.open and current.link.person in current.occurrence.commenters,
        ends_at=rounds.ends_at(current.occurrence),
        longest=rounds.LONGEST,
        state=say(f"states.{current.occurrence.state}"),
        kept="ulozeno" in request.query_params and status == 200,
        problem=problem,
        typed=typed,
    )


async def _comment(request: Request) -> Response:
    form = await form_of(request)
    return await run_in_threadpool(_commented, request, form)


def _commented(request: Request, form: dict[str, str]) -> Response:
    here, token, text = desk(request), request.path_params["token"], form.get("comment", "")
    try:
        version = page_version(form.get("version", ""))
        if version is None:
            raise Unfinished(say("web.form_incomplete"))
        rounds.give(here.office, token, text, here.now(), version=version, whence=whence(request))
    except (NoSuchLink, LinkExpired) as error:
        return refusal(request, error)
    except Refused as error:
        return _show(request, 400 if isinstance(error, Unfinished) else 409, str(error), text)
    return RedirectResponse(address(here.office.settings.base_url, Purpose.COMMENT, token) + "?ulozeno", 303)
