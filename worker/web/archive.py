"""The public pages: everything that went out to everybody, each with its files and photos. Nobody signs in for them.

What is under embargo is shown by none of them until its very second, what was withdrawn by none of them ever.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from worker.archive import items, kit, reading
from worker.archive.items import Item
from worker.drafting import packages
from worker.drafting.files import offered
from worker.drafting.letter import unsubscribe_address
from worker.drafting.public_page import PATH, PUBLIC_TOKEN, public_address
from worker.drafting.wrapping import unwrapped
from worker.errors import HlasatelError
from worker.kinds import kind_name, main_id
from worker.kinds.photos import photo_number
from worker.messages import say
from worker.record import contributions
from worker.record.embargoes import UNREADABLE
from worker.times import format_instant, local_day
from worker.web.pages import Desk, desk, page_version, show
from worker.web.shown import TALLEST_FRAME

FOUND_BY_ALL = {"X-Robots-Tag": "all"}


def routes() -> list[BaseRoute]:
    path = f"/{PATH}/" + "{activity}/{period}"
    return [
        Route(f"/{PATH}/foto/" + "{number}/{name}", _photo),
        Route(path, _item),
        Route(path + "/{kind}", _text),
        Route(path + "/{kind}/{name}", _file),
    ]


def _item(request: Request) -> Response:
    here = desk(request)
    with here.office.database.read() as tx:
        found = _public(tx, request, here.now())
        if isinstance(found, Response):
            return found
        shown = [] if found.withdrawn else [_shown(tx, here, found, draft) for draft in found.drafts]
        photos = [] if found.withdrawn else kit.open_to_all(tx, found.occurrence_id, here.now())
    answer = show(
        request, "archive_item.html", 410 if found.withdrawn else 200,
        item=found, drafts=shown, photos=photos, address=item_address(here), mark=_mark(found),
    )  # fmt: skip
    if not found.withdrawn:
        answer.headers.update(FOUND_BY_ALL)
    return answer


def _shown(tx: Connection, here: Desk, found: Item, draft: Row[Any]) -> dict[str, Any]:
    """What the page says of one text; a mail stands in a frame, what has no HTML on the page itself."""
    texts, leave = items.texts(tx, draft.id), unsubscribe_address(here.office, PUBLIC_TOKEN)
    place = f"{public_address(here.office.settings.base_url, found.occurrence_id)}/{draft.kind}"
    files = offered(draft.files)  # the others are pictures in the HTML, each about as tall as a thousand characters
    return {
        "kind": draft.kind,
        "name": kind_name(main_id(draft.kind)),
        "subject": draft.subject,
        "address": place,
        "framed": bool(texts.html),
        "text": unwrapped(reading.plain(texts.text, leave=leave)),
        "thousands": min(1 + draft.characters // 1000 + len(draft.files) - len(files), TALLEST_FRAME),
        "files": [{**entry, "address": f"{place}/{entry['name']}"} for entry in files],
    }


def _text(request: Request) -> Response:
    """One mail as it went out, as a page of its own: what the frame shows, and what "open in a browser" leads to."""
    here, kind = desk(request), request.path_params["kind"]
    with here.office.database.read() as tx:
        found = _open(tx, request, here.now())
        if isinstance(found, Response):
            return found
        draft = _draft(found, kind)
        html = items.texts(tx, draft.id).html
    if not html:
        raise HTTPException(404)
    base = here.office.settings.base_url
    files = f"{public_address(base, found.occurrence_id)}/{kind}/"
    leave = unsubscribe_address(here.office, PUBLIC_TOKEN)
    return HTMLResponse(
        reading.page(html, files=files, leave=leave, mark=_mark(found)),
        headers={"Content-Security-Policy": _policy(base)},
    )


def _policy(base: str) -> str:
    """It may load its own pictures, run nothing, and lead its reader on only by a click."""
    return (
        "sandbox allow-popups allow-top-navigation-by-user-activation; default-src 'none';"
        f" style-src 'unsafe-inline'; img-src {base}/ data:; frame-ancestors 'self'"
    )


def _file(request: Request) -> Response:
    here = desk(request)
    with here.office.database.read() as tx:
        found = _open(tx, request, here.now())
        if isinstance(found, Response):
            return found
        draft = _draft(found, request.path_params["kind"])
        name = request.path_params["name"]
        entry = next((each for each in draft.files if each["name"] == name), None)
        if entry is None:
            raise HTTPException(404)
        number = photo_number(entry["form"])
        if number is not None and not contributions.may_be_shown(tx, number, local_day(here.now())):
            return _gone(request, say("archive.photo_gone"))
        try:
            file = packages.load_file(tx, draft, name)
        except HlasatelError as damaged:
            return show(request, "message.html", 409, title=say("web.sorry"), message=str(damaged))
    return _download(file.content, file.media_type, file.name)


def _photo(request: Request) -> Response:
    """A photo at its address for ever: 410 once it was taken out, withdrawn, or a consent for it ended."""
    here, number = desk(request), page_version(request.path_params["number"])
    with here.office.database.read() as tx:
        photo = kit.photo(tx, number) if number is not None else None
        if photo is None or photo.name != request.path_params["name"]:
            raise HTTPException(404)
        found = items.item(tx, photo.occurrence_id)
        if found is None:
            raise HTTPException(404)
        if found.is_under_embargo(here.now()):
            return _under_embargo(request, found, here.now())
        if found.withdrawn is not None or not kit.is_open(tx, photo, here.now()):
            return _gone(request, say("archive.photo_gone"))
    return _download(photo.content, photo.media_type, photo.name)


def _download(content: bytes, media_type: str, name: str) -> Response:
    """A picture is shown, everything else kept under its own name: no browser opens it as a page of ours."""
    how = "inline" if media_type.startswith("image/") else "attachment"
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'{how}; filename="{name}"'})


def _public(tx: Connection, request: Request, now: datetime) -> Item | Response:
    """The item of the address, or the answer that it is under embargo or that nothing of it is public.

    That is the same for what is still to come and for what never will: a draft's reader learns when to come back, and
    nobody learns what is being prepared.
    """
    found = items.item(tx, "{activity}/{period}".format(**request.path_params))
    if found is None:
        return show(request, "message.html", 404, title=say("archive.not_yet_title"), message=say("archive.not_yet"))
    return _under_embargo(request, found, now) if found.is_under_embargo(now) else found


def _open(tx: Connection, request: Request, now: datetime) -> Item | Response:
    """The same for what is within it: of what was withdrawn there is nothing any more."""
    found = _public(tx, request, now)
    if isinstance(found, Item) and found.withdrawn is not None:
        return _gone(request, say("archive.withdrawn_gone"))
    return found


def _draft(found: Item, kind: str) -> Row[Any]:
    draft = next((each for each in found.drafts if each.kind == kind), None)
    if draft is None:
        raise HTTPException(404)
    return draft


def _under_embargo(request: Request, found: Item, now: datetime) -> Response:
    """Nothing of it but the hour, which whoever has its address has from the mail itself."""
    assert found.embargo is not None
    if found.embargo == UNREADABLE:
        return show(
            request, "message.html", 403, title=say("archive.embargo"), message=say("archive.embargo_unreadable")
        )
    message = say("archive.embargo_until", until=format_instant(found.embargo, form="by"))
    answer = show(request, "message.html", 403, title=say("archive.embargo"), message=message)
    answer.headers["Retry-After"] = str(int((found.embargo - now).total_seconds()) + 1)
    return answer


def _gone(request: Request, message: str) -> Response:
    return show(request, "message.html", 410, title=say("archive.gone"), message=message)


def _mark(found: Item) -> str:
    return say("archive.corrected") if found.corrected_by else ""


def item_address(here: Desk) -> Any:
    """Occurrence id → where its page is."""
    base = here.office.settings.base_url
    return lambda occurrence_id: public_address(base, occurrence_id)
