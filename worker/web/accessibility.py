"""The accessibility statement of the pages (§ 8 of zákon č. 99/2019 Sb.), from what the office says in its settings.

Its parts are those of the model statement: Commission Implementing Decision (EU) 2018/1523, annex.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from worker.web.archive import FOUND_BY_ALL
from worker.web.pages import desk, show

PATH = "pristupnost"


def routes() -> list[BaseRoute]:
    return [Route(f"/{PATH}", _statement)]


def _statement(request: Request) -> Response:
    here = desk(request)
    answer = show(request, "accessibility.html", statement=here.office.settings.accessibility)
    answer.headers.update(FOUND_BY_ALL)
    return answer
