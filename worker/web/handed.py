"""The page of whoever was handed a text: to copy it, take its files, and say where it is or why it is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from worker.approval import handed
from worker.approval.cases import AlreadyDecided, NoSuchLink, Unfinished
from worker.approval.handed import Handed, Report
from worker.archive import kit
from worker.archive.reading import plain
from worker.drafting import brought
from worker.drafting.czech import capital
from worker.drafting.files import File
from worker.drafting.publishers import purpose
from worker.errors import HlasatelError
from worker.messages import say
from worker.notices.links import PATHS, Purpose, address
from worker.publishing import boards, settling, withdrawn
from worker.record import holds
from worker.store.states import PublicationState
from worker.store.tables import packages
from worker.times import local_day
from worker.web import files
from worker.web.approval import PREVIEW_POLICY, refusal
from worker.web.pages import desk, form_of, page_version, show
from worker.web.shown import draft_view
from worker.web.whence import whence

_PATH = PATHS[Purpose.PUBLISH]
_FILES, _LOOK, _PHOTO = f"{_PATH}/soubor", f"{_PATH}/nahled", f"{_PATH}/foto"


def routes() -> list[BaseRoute]:
    return [
        Route(f"/{_FILES}" + "/{kind}/{name}/{token}", _file, methods=["GET"]),
        Route(f"/{_PHOTO}" + "/{number:int}/{token}", _photo, methods=["GET"]),
        Route(f"/{_LOOK}" + "/{kind}/{token}", _look, methods=["GET"]),
        Route(f"/{_PATH}" + "/{token}", _page, methods=["GET"]),
        Route(f"/{_PATH}" + "/{token}", _report, methods=["POST"]),
    ]


def _page(request: Request) -> Response:
    return _show(request, 200, "", {})


def _show(request: Request, status: int, problem: str, typed: dict[str, str]) -> Response:
    here, token = desk(request), request.path_params["token"]
    try:
        with here.office.database.read() as tx:
            current = handed.handed(tx, here.office, token)
            places = _places(tx, current)
            asked = brought.asked_for(places, current.draft.kind, current.link.person)
            hints = brought.instructions(places, current.draft.kind, current.link.person, current.draft.subject)
            held = _held(tx, current)
            withdrawn_ones = {row.id for row in current.places if withdrawn.to_come_down(tx, row)}
            hangs = {row.id: boards.days(tx, row) for row in current.places}
            postings = boards.of(tx, list(hangs))
            photos = kit.open_to_all(tx, current.occurrence.id, here.now()) if current.intact else []
    except NoSuchLink as error:
        return refusal(request, error)
    office = here.office
    media = [office.media.get(row.medium) for row in current.places]
    return show(
        request,
        "handed.html",
        status,
        current=current,
        held=held,
        places=[
            {
                "row": row,
                "name": medium.name if medium is not None else "",
                "open": settling.tellable(row),
                "comes_down": row.id in withdrawn_ones,
                "hangs": hangs[row.id],
                "hint": capital(hints.get(row.medium, "")),
                "out": say(f"handed.out_{'hang' if hangs[row.id] else purpose(current.draft.kind)}"),
                "posting": postings.get(row.id),
            }
            for row, medium in zip(current.places, media, strict=True)
        ],
        today=local_day(here.now()),
        draft=draft_view(office, current.draft, current.occurrence) | {"files": brought.names(current.draft, asked)},
        text=plain(current.draft.text, leave=""),
        description=current.draft.fields.get("description", ""),
        watches=any(medium is not None and medium.options.get("comments") for medium in media),
        downloads=_FILES,
        photos=photos,
        photo=_PHOTO,
        preview=_LOOK,
        token=token,
        problem=problem,
        typed=typed,
    )


def _places(tx: Connection, current: Handed) -> Mapping[str, Any]:
    """Where the texts of the package go, as they were approved."""
    places: Mapping[str, Any] = tx.execute(
        select(packages.c.places).where(packages.c.id == current.draft.package_id)
    ).scalar_one()
    return places


def _held(tx: Connection, current: Handed) -> str:
    """That everything is held, for a text that waits with her; empty otherwise."""
    hold = holds.live(tx)
    waits = any(row.state == PublicationState.ASKED for row in current.places)
    covered = hold is not None and waits and holds.covers(tx, current.occurrence)
    return say("handed.held", until=holds.until(hold)) if hold is not None and covered else ""


def _file(request: Request) -> Response:
    here, path = desk(request), request.path_params
    try:
        with here.office.database.read() as tx:
            current = handed.handed(tx, here.office, path["token"])
            if not current.intact or current.draft.kind != path["kind"]:
                return files.none_such(request)
            asked = brought.asked_for(_places(tx, current), current.draft.kind, current.link.person)
            if all(each.name != path["name"] for each in brought.names(current.draft, asked)):
                return files.none_such(request)
            file = brought.load_one(tx, here.office.templates, current.draft, asked, path["name"])
    except NoSuchLink as error:
        return refusal(request, error)
    except HlasatelError as error:
        return show(request, "message.html", 409, title=say("web.sorry"), message=str(error))
    return files.download(file)


def _photo(request: Request) -> Response:
    """One photo of the occurrence's press kit, for as long as every consent for it counts."""
    here, path = desk(request), request.path_params
    try:
        with here.office.database.read() as tx:
            current = handed.handed(tx, here.office, path["token"])
            photo = kit.photo(tx, path["number"])
            hers = photo is not None and photo.occurrence_id == current.occurrence.id
            if photo is None or not hers or not kit.is_open(tx, photo, here.now()):
                return files.none_such(request)
    except NoSuchLink as error:
        return refusal(request, error)
    return files.download(File(photo.name, "photo", photo.media_type, "offered", photo.content))


def _look(request: Request) -> Response:
    here = desk(request)
    try:
        with here.office.database.read() as tx:
            current = handed.handed(tx, here.office, request.path_params["token"])
            if not current.intact or not current.draft.html:
                return files.none_such(request)
            html = files.look(tx, current.draft)
    except NoSuchLink as error:
        return refusal(request, error)
    return HTMLResponse(html, headers={"Content-Security-Policy": PREVIEW_POLICY})


async def _report(request: Request) -> Response:
    form = await form_of(request)
    return await run_in_threadpool(_reported, request, form)


def _reported(request: Request, form: dict[str, str]) -> Response:
    here, token = desk(request), request.path_params["token"]
    try:
        if form.get("how") not in list(Report):
            raise Unfinished(say("handed.choose"))
        handed.report(
            here.office, token, Report(form["how"]), here.now(), address=form.get("address", ""),
            note=form.get("note", ""), place=page_version(form.get("place", "")),
            day=handed.day_said(form.get("day", "")), whence=whence(request),
        )  # fmt: skip
    except NoSuchLink as error:
        return refusal(request, error)
    except AlreadyDecided as error:
        return _show(request, 409, str(error), form)
    except Unfinished as error:
        return _show(request, 400, str(error), form)
    return RedirectResponse(address(here.office.settings.base_url, Purpose.PUBLISH, token), 303)
