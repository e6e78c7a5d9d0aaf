"""The coordinator's page of what the public may read of an occurrence: photos, its themes, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO

from sqlalchemy import select
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from worker.approval.cases import Unfinished
from worker.archive import items, kit, marks
from worker.archive.kit import Given, UnfitPhoto
from worker.contributions.photo import MOST_BYTES, Photo, prepared
from worker.drafting.public_page import public_address
from worker.errors import HlasatelError
from worker.messages import say
from worker.record import consents
from worker.store.tables import occurrences
from worker.times import local_day
from worker.topics import TOPICS, topic_name
from worker.web.forms import form_with_file
from worker.web.pages import Desk, desk, page_version, show
from worker.web.signed_in import NotSignedIn, Visitor, coordinator, proven

PATH = "/koordinator/podklady/"
MEGABYTE = 1024 * 1024


def routes() -> list[BaseRoute]:
    path = PATH + "{occurrence:path}"
    return [Route(path, _page, methods=["GET"]), Route(path, _change, methods=["POST"])]


def _page(request: Request) -> Response:
    return _show(request, 200, "", "", {})


def _show(request: Request, status: int, problem: str, field: str, typed: Mapping[str, str]) -> Response:
    visitor, here, occurrence = coordinator(request), desk(request), request.path_params["occurrence"]
    now = here.now()
    with here.office.database.read() as tx:
        row = tx.execute(select(occurrences).where(occurrences.c.id == occurrence)).first()
        if row is None:
            message = say("coordinator.no_such", id=occurrence)
            return show(request, "message.html", 404, title=say("web.sorry"), message=message)
        noted = {each.id: each for each in consents.of_occurrence(tx, occurrence)}
        photos = kit.of_occurrence(tx, occurrence)
        item = items.item(tx, occurrence)
    return show(
        request, "press_kit.html", status, visitor=visitor, occurrence=row, item=item, problem=problem, field=field,
        typed=typed, photos=[(photo, kit.counts(photo, noted, now)) for photo in photos],
        consents=[each for each in noted.values() if each.counts_on(local_day(now))],
        address=public_address(here.office.settings.base_url, occurrence), limits=kit.LONGEST,
        themes=items.themes_of(row), topics=[(each, topic_name(each)) for each in TOPICS],
        longest_reason=marks.LONGEST_REASON, megabytes=MOST_BYTES // MEGABYTE,
    )  # fmt: skip


async def _change(request: Request) -> Response:
    """Who it is comes first: no stranger's file is even read."""
    visitor = await run_in_threadpool(coordinator, request)
    async with form_with_file(request) as form:
        return await run_in_threadpool(_changed, request, visitor, form)


def _changed(request: Request, visitor: Visitor, form: FormData) -> Response:
    here, occurrence = desk(request), request.path_params["occurrence"]
    typed = {name: value for name, value in form.items() if isinstance(value, str)}
    if not proven(visitor, typed):
        raise NotSignedIn
    try:
        _act(here, occurrence, visitor, form, typed)
    except UnfitPhoto as error:
        return _show(request, 400, str(error), error.field, typed)
    except Unfinished as error:
        return _show(request, 400, str(error), error.field, typed)
    except HlasatelError as error:
        return _show(request, 400, str(error), "", typed)
    return RedirectResponse(f"{here.office.settings.base_url}{PATH}{occurrence}", 303)


def _act(here: Desk, occurrence: str, visitor: Visitor, form: FormData, typed: Mapping[str, str]) -> None:
    office, now, order, person = here.office, here.now(), typed.get("order", ""), visitor.person
    if order == "add":
        given = _given(form, typed)
        with office.database.write() as tx:
            kit.add(tx, occurrence, given, now, person=person)
    elif order == "remove" and (number := page_version(typed.get("number", ""))) is not None:
        with office.database.write() as tx:
            kit.remove(tx, occurrence, number, now, person=person)
    elif order == "themes":
        chosen = [each for each in form.getlist("themes") if isinstance(each, str)]
        with office.database.write() as tx:
            marks.choose_themes(tx, occurrence, chosen, now, person=person)
    elif order == "withdraw":
        with office.database.write() as tx:
            reason = typed.get("reason", "")
            marks.withdraw(tx, office, occurrence, now, reason=reason, person=person, whence=visitor.whence)
    else:
        raise HlasatelError(say("web.form_incomplete"))


def _given(form: FormData, typed: Mapping[str, str]) -> Given:
    """The photo of the form; Unfitness is told before the file is decoded where it can be."""
    if typed.get("people") not in ("nobody", "consent"):
        raise UnfitPhoto(say("archive.people_missing"), "people")
    sent = form.get("photo")
    if not isinstance(sent, UploadFile) or not sent.filename:
        raise UnfitPhoto(say("archive.photo_missing"), "photo")
    numbers = [page_version(each) for each in form.getlist("consents") if isinstance(each, str)]
    chosen = tuple(each for each in numbers if each is not None)
    shows_people = typed["people"] == "consent"
    return Given(
        _photo(sent).content, sent.filename, typed.get("description", ""), typed.get("author", ""), shows_people,
        chosen if shows_people else (),
    )  # fmt: skip


def _photo(file: UploadFile) -> Photo:
    if file.size is None or file.size > MOST_BYTES:
        raise UnfitPhoto(say("contributions.photo_too_large", limit=MOST_BYTES // MEGABYTE), "photo")
    opened: BinaryIO = file.file
    opened.seek(0)
    return prepared(opened)
