"""The page of somebody called for contributions: one form with a text and a photo, saved without a script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from worker.approval.cases import LinkExpired, NoSuchLink, Refused, Unfinished
from worker.contributions import giving, translating
from worker.contributions.photo import MOST_BYTES, Photo, prepared
from worker.messages import say
from worker.notices.links import PATHS, Purpose, address
from worker.web import translating as of_translator
from worker.web.approval import refusal
from worker.web.forms import form_with_file
from worker.web.pages import desk, form_of, show
from worker.web.whence import whence

MEGABYTE = 1024 * 1024
MOST_FIELDS = 20


def routes() -> list[BaseRoute]:
    path = f"/{PATHS[Purpose.CONTRIBUTE]}" + "/{token}"
    return [Route(path, _page, methods=["GET"]), Route(path, _give, methods=["POST"])]


def _page(request: Request) -> Response:
    return _show(request, 200, "", "", {})


def _show(request: Request, status: int, problem: str, field: str, typed: Mapping[str, str]) -> Response:
    """The page as it is now; what was typed stays in its fields, and `field` is the one that the problem is about."""
    here = desk(request)
    try:
        with here.office.database.read() as tx:
            call = giving.call(tx, here.office, request.path_params["token"], here.now())
    except (NoSuchLink, LinkExpired) as error:
        return refusal(request, error)
    if translating.translates(here.office, call.link.person):
        return of_translator.page(request)
    return show(
        request,
        "contribute.html",
        status,
        call=call,
        token=request.path_params["token"],
        coordinator=here.office.person(here.office.settings.coordinator),
        lists=[here.office.list_name(each) for each in call.occurrence.lists],
        longest=giving.LONGEST,
        megabytes=MOST_BYTES // MEGABYTE,
        kept="ulozeno" in request.query_params and status == 200,
        problem=problem,
        field=field,
        typed=typed,
    )


async def _give(request: Request) -> Response:
    """Whose link it is comes first: nobody else's file is even read."""
    try:
        translates = await run_in_threadpool(_is_translators, request)
    except (NoSuchLink, LinkExpired) as error:
        return await run_in_threadpool(refusal, request, error)
    if translates:
        return await run_in_threadpool(of_translator.given, request, await form_of(request))
    async with form_with_file(request, MOST_FIELDS) as form:
        return await run_in_threadpool(_given, request, form)


def _is_translators(request: Request) -> bool:
    here = desk(request)
    with here.office.database.read() as tx:
        call = giving.call(tx, here.office, request.path_params["token"], here.now())
    return translating.translates(here.office, call.link.person)


def _given(request: Request, form: FormData) -> Response:
    here, token = desk(request), request.path_params["token"]
    typed = {name: value for name, value in form.items() if isinstance(value, str)}
    sent = form.get("photo")
    file = sent if isinstance(sent, UploadFile) and sent.filename else None
    try:
        words = giving.words_of(typed, here.now(), with_photo=file is not None)
        photo = _photo(file) if file is not None else None
        giving.give(here.office, token, words, photo, here.now(), whence=whence(request))
    except (NoSuchLink, LinkExpired) as error:
        return refusal(request, error)
    except Refused as error:
        said = str(error) if file is None else f"{error} {say('contributions.photo_again')}"
        field = error.field if isinstance(error, Unfinished) else ""
        return _show(request, 400 if isinstance(error, Unfinished) else 409, said, field, typed)
    return RedirectResponse(address(here.office.settings.base_url, Purpose.CONTRIBUTE, token) + "?ulozeno", 303)


def _photo(file: UploadFile) -> Photo:
    if file.size is None or file.size > MOST_BYTES:
        raise Unfinished(say("contributions.photo_too_large", limit=MOST_BYTES // MEGABYTE), "photo")
    opened: BinaryIO = file.file
    opened.seek(0)
    return prepared(opened)
