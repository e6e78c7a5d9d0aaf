"""What leads to the public texts: everything page by page, by year, theme and kind, the search, and the feeds.

All of them are made of what is public at this very second, so none gives away what is under embargo.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from worker.archive import items, search, views
from worker.archive.feed import atom
from worker.archive.items import Item
from worker.archive.json_feed import MEDIA_TYPE, json_feed
from worker.archive.views import View
from worker.drafting.public_page import PATH
from worker.messages import office_language, speaking
from worker.web.archive import FOUND_BY_ALL, item_address
from worker.web.pages import Desk, desk, show, too_often
from worker.web.whence import visitor

SEARCH = "hledani"


def routes() -> list[BaseRoute]:
    return [
        Route(f"/{PATH}", _list),
        Route(f"/{PATH}/atom.xml", _atom),
        Route(f"/{PATH}/feed.json", _json),
        Route(f"/{PATH}/{SEARCH}", _search),
        Route(f"/{PATH}/" + "{view}", _list),
    ]


def _list(request: Request) -> Response:
    here = desk(request)
    view = views.named(request.path_params.get("view", "")) if request.path_params else View()
    found = _published(here) if view is not None else []
    shown = views.shown(found, view) if view is not None else None
    if shown is None:
        raise HTTPException(404)
    some = any(each.is_open for each in here.office.lists.values())
    answer = show(
        request, "archive.html", shown=shown, parts=views.parts(found), address=item_address(here), open=some,
        place=_place(here), found=None, query="", longest=search.LONGEST_QUERY,
    )  # fmt: skip
    answer.headers.update(FOUND_BY_ALL)
    return answer


def _search(request: Request) -> Response:
    """What holds every word of `q`. No search engine is to keep it: it keeps the pages themselves."""
    here, query = desk(request), request.query_params.get("q", "")
    words = search.words_of(query)
    if words and request.app.state.searches.too_many(visitor(request)):
        return too_often(request)
    with here.office.database.read() as tx:
        public = items.published(tx, here.now())
        index: search.Index = request.app.state.archive_index
        found = index.find(tx, public, words)
    return show(
        request, "archive.html", shown=None, parts=views.parts(public), address=item_address(here), open=False,
        place=_place(here), found=found, query=query[: search.LONGEST_QUERY], longest=search.LONGEST_QUERY,
        words=words, most=search.MOST_FOUND,
    )  # fmt: skip


def _atom(request: Request) -> Response:
    here = desk(request)
    found = _published(here)
    with speaking(office_language()):  # a program asks, and its reader wants one language
        made = atom(found, here.office.settings, _at(here))
    return Response(made, media_type="application/atom+xml")


def _json(request: Request) -> Response:
    here = desk(request)
    found = _published(here)
    with speaking(office_language()):
        made = json_feed(found, here.office.settings, _at(here))
    return Response(made, media_type=MEDIA_TYPE)


def _published(here: Desk) -> Sequence[Item]:
    with here.office.database.read() as tx:
        return items.published(tx, here.now())


def _at(here: Desk) -> str:
    return here.copy_at or here.office.settings.base_url


def _place(here: Desk) -> _Place:
    return _Place(f"{here.office.settings.base_url}/{PATH}")


class _Place:
    """Where a view of the archive is."""

    def __init__(self, base: str) -> None:
        self._base = base

    def __call__(self, view: View) -> str:
        return f"{self._base}/{view.name}" if view.name else self._base
