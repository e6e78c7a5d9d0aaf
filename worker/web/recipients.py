"""The coordinator's pages about recipients: find, add, move and stop one, and take a list along as a table.

What is sought for is posted, so that no address stands in an address bar, a history or a proxy's log.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from typing import IO, Any

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from worker.audience.importing.rows import LONGEST_NAME, Kind
from worker.audience.upkeep import changing, finding, growth, spreadsheet
from worker.audience.upkeep.changing import Hand
from worker.errors import HlasatelError
from worker.messages import say
from worker.topics import topic_name
from worker.web.pages import desk, form_of, page_version, show
from worker.web.signed_in import NotSignedIn, coordinator, proven

PATH = "/koordinator/prijemci"
_IN_MEMORY, _PIECE = 1_000_000, 64_000
"""Bytes of a table that are kept in memory, and that are sent at once."""


def routes() -> list[BaseRoute]:
    return [
        Route(PATH, _entry, methods=["GET"]),
        Route(PATH, _found_or_added, methods=["POST"]),
        Route(PATH + "/seznam/{list}.csv", _table),
        Route(PATH + "/{id:int}", _card, methods=["GET"]),
        Route(PATH + "/{id:int}", _changed, methods=["POST"]),
    ]


def _entry(request: Request) -> Response:
    return _show_entry(request, 200, {})


def _show_entry(
    request: Request, status: int, typed: dict[str, str], *, problem: str = "", found: finding.Found | None = None
) -> Response:
    visitor, here = coordinator(request), desk(request)
    with here.office.database.read() as tx:
        sizes = growth.members(tx, list(here.office.lists), here.now())
    return show(
        request, "recipients.html", status, visitor=visitor, typed=typed, problem=problem, found=found, sizes=sizes,
        lists=here.office.lists, letters=finding.FEWEST_LETTERS, longest=LONGEST_NAME,
    )  # fmt: skip


async def _found_or_added(request: Request) -> Response:
    form = await form_of(request)
    return await run_in_threadpool(_add if form.get("order") == "add" else _search, request, form)


def _search(request: Request, form: dict[str, str]) -> Response:
    here = _of(request, form)
    try:
        with here.office.database.read() as tx:
            page = page_version(form.get("page", "")) or 1
            found = finding.search(tx, here.office, form.get("sought", ""), page)
    except HlasatelError as error:
        return _show_entry(request, 400, form, problem=str(error))
    return _show_entry(request, 200, form, found=found)


def _add(request: Request, form: dict[str, str]) -> Response:
    hand = _of(request, form)
    kind = Kind.INSTITUTION if form.get("kind") == Kind.INSTITUTION else Kind.PERSON
    try:
        with hand.office.database.write() as tx:
            number = changing.add(tx, hand, form.get("address", ""), form.get("name", ""), kind, form.get("list", ""))
    except HlasatelError as error:
        return _show_entry(request, 400, form, problem=str(error))
    return _show_card(request, number, 200, done=say("recipients.done_add"))


def _of(request: Request, form: dict[str, str]) -> Hand:
    """The hand of the coordinator whose own form this is; NotSignedIn for everybody else's."""
    visitor, here = coordinator(request), desk(request)
    if not proven(visitor, form):
        raise NotSignedIn
    return Hand(here.office, visitor.person, here.now())


def _card(request: Request) -> Response:
    return _show_card(request, request.path_params["id"], 200)


def _show_card(request: Request, number: int, status: int, *, done: str = "", problem: str = "") -> Response:
    visitor, here = coordinator(request), desk(request)
    with here.office.database.read() as tx:
        found = finding.card(tx, here.office, number) if number < 2**63 else None
    if found is None:
        return show(request, "message.html", 404, title=say("web.sorry"), message=say("recipients.gone"))
    others = {key: each for key, each in here.office.lists.items() if key not in found.lists and key not in found.left}
    known = here.office.list_name
    return show(
        request, "recipient.html", status, visitor=visitor, card=found, done=done, problem=problem, others=others,
        list_name=known, names=lambda ids: ", ".join(map(known, ids)), topics=", ".join(map(topic_name, found.topics)),
        now=here.now(), path=f"{PATH}/{number}",
    )  # fmt: skip


_ORDERS: dict[str, Callable[[Connection, Hand, int, str, str], None]] = {
    "put": lambda tx, hand, number, _old, new: changing.put_on(tx, hand, number, new),
    "move": lambda tx, hand, number, old, new: changing.move(tx, hand, number, old, new),
    "take_off": lambda tx, hand, number, old, _new: changing.take_off(tx, hand, number, old),
    "stop": lambda tx, hand, number, _old, _new: changing.stop(tx, hand, number),
    "start": lambda tx, hand, number, _old, _new: changing.start(tx, hand, number),
}


async def _changed(request: Request) -> Response:
    form = await form_of(request)
    return await run_in_threadpool(_change, request, form)


def _change(request: Request, form: dict[str, str]) -> Response:
    hand, number = _of(request, form), request.path_params["id"]
    order = form.get("order", "")
    if order not in _ORDERS:
        return _show_card(request, number, 400, problem=say("web.form_incomplete"))
    try:
        with hand.office.database.write() as tx:
            _ORDERS[order](tx, hand, number, form.get("old", ""), form.get("new", ""))
    except HlasatelError as error:
        return _show_card(request, number, 409, problem=str(error))
    return _show_card(request, number, 200, done=say(f"recipients.done_{order}"))


def _table(request: Request) -> Response:
    """The list as a table. It is made before it is sent: a slow reader holds no transaction open."""
    coordinator(request)
    here, list_id = desk(request), request.path_params["list"]
    made: IO[Any] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed once it is sent
    try:
        with here.office.database.read() as tx:
            for piece in spreadsheet.export(tx, here.office, list_id, here.now()):
                made.write(piece.encode())
    except HlasatelError as error:
        made.close()
        return show(request, "message.html", 404, title=say("web.sorry"), message=str(error))
    made.seek(0)
    headers = {"Content-Disposition": f'attachment; filename="{list_id}.csv"'}
    return StreamingResponse(_pieces(made), media_type="text/csv; charset=utf-8", headers=headers)


def _pieces(made: IO[Any]) -> Iterator[bytes]:
    with made:
        while piece := made.read(_PIECE):
            yield piece
