"""The account of an occurrence's mailings, for the coordinator alone: its numbers, and the table of who got it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO, Any

from sqlalchemy import Connection, select
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from worker.delivery.who_got_it import who_got_it
from worker.messages import say
from worker.record import mailing_account, words_of_account
from worker.store.tables import occurrences
from worker.web.pages import desk, show
from worker.web.signed_in import coordinator

_IN_MEMORY, _PIECE = 1_000_000, 64_000


def routes() -> list[BaseRoute]:
    return [
        Route("/koordinator/vyuctovani/{occurrence:path}", _page, methods=["GET"]),
        Route("/koordinator/kdo-dostal/{occurrence:path}", _table, methods=["GET"]),
    ]


def _page(request: Request) -> Response:
    visitor, here, occurrence = coordinator(request), desk(request), request.path_params["occurrence"]
    with here.office.database.read() as tx:
        title = _title(tx, occurrence)
        if title is None:
            return _unknown(request)
        accounts = mailing_account.of_occurrence(tx, occurrence, here.now(), thoroughly=False)
    return show(
        request, "mailing_account.html", visitor=visitor, title=title, id=occurrence, accounts=accounts,
        words=words_of_account,
        list_names=lambda lists: ", ".join(here.office.list_name(each) for each in lists),
    )  # fmt: skip


def _table(request: Request) -> Response:
    """The table is made before it is sent: a slow reader holds no transaction open."""
    coordinator(request)
    here, occurrence = desk(request), request.path_params["occurrence"]
    with here.office.database.read() as tx:
        if _title(tx, occurrence) is None:
            return _unknown(request)
        made: IO[Any] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed once it is sent
        for piece in who_got_it(tx, occurrence):
            made.write(piece.encode())
    made.seek(0)
    name = f"rozesilka-{occurrence.replace('/', '-')}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(_pieces(made), media_type="text/csv; charset=utf-8", headers=headers)


def _pieces(made: IO[Any]) -> Iterator[bytes]:
    with made:
        while piece := made.read(_PIECE):
            yield piece


def _title(tx: Connection, occurrence: str) -> str | None:
    title: str | None = tx.execute(select(occurrences.c.title).where(occurrences.c.id == occurrence)).scalar()
    return title


def _unknown(request: Request) -> Response:
    message = say("coordinator.no_such", id=request.path_params["occurrence"])
    return show(request, "message.html", 404, title=say("web.sorry"), message=message)
