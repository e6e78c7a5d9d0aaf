"""The coordinator's page of the lists: how many are on each, how it grew, whether its owner has confirmed it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from worker.audience.upkeep import growth, reviews
from worker.audience.upkeep.growth import Growth, Month
from worker.messages import say
from worker.planning.titles import spelt_out
from worker.settings import MailingList
from worker.web.pages import desk, form_of, show
from worker.web.signed_in import NotSignedIn, coordinator, proven

PATH = "/koordinator/seznamy"
WIDTH, HEIGHT = 132, 32
"""Of the small line, in its own units."""


@dataclass(frozen=True)
class Shown:
    """One list with its growth; `line` are the points of its small line, empty with fewer than two months."""

    known: MailingList
    growth: Growth
    line: str
    included: tuple[str, ...]
    waits: bool
    """Whether whoever keeps it was asked to confirm it, and has not answered."""
    may_confirm: bool
    names: Mapping[str, str]
    """Of months, in words; one for all lists, which have the same."""

    @property
    def this_month(self) -> Month:
        return self.growth.months[-1]

    @property
    def months(self) -> list[tuple[str, Month]]:
        """Those that were counted, newest first, each with its name; what nothing happened in is one line."""
        found = []
        for _, run in groupby(reversed(self.growth.months), key=_told_together):
            newest, *older = run
            if newest.members is not None:
                began = f"{self.names[older[-1].month]} – " if older else ""
                found.append((began + self.names[newest.month], newest))
        return found


def _told_together(month: Month) -> object:
    """The same for months that follow each other and in which nothing happened."""
    moved = month.members is None or month.joined or month.left or month.bounced
    return month.month if moved else month.members


def routes() -> list[BaseRoute]:
    return [Route(PATH, _page, methods=["GET"]), Route(PATH, _confirm, methods=["POST"])]


def _page(request: Request) -> Response:
    return _show(request, 200)


def _show(request: Request, status: int, problem: str = "") -> Response:
    visitor, here = coordinator(request), desk(request)
    office, now = here.office, here.now()
    with here.office.database.read() as tx:
        found = growth.growth(tx, list(office.lists), now)
        waits = {each.list_id for each in reviews.unanswered(tx, now)}
        hers = reviews.to_confirm(tx, office, visitor.person, now)
    names = {month.month: spelt_out(month.month) for each in found[:1] for month in each.months}
    shown = [
        Shown(
            office.lists[each.list_id], each, _line([month.members for month in each.months]),
            tuple(office.list_name(other) for other in office.closure(each.list_id) if other != each.list_id),
            each.list_id in waits, each.list_id in hers, names,
        )
        for each in found
    ]  # fmt: skip
    done = request.query_params.get("potvrzeno", "")
    return show(
        request, "lists.html", status, visitor=visitor, lists=shown, problem=problem, width=WIDTH, height=HEIGHT,
        done=office.list_name(done) if done in office.lists and status == 200 else "",
        counted=max((each.counted_at for each in found if each.counted_at is not None), default=None),
        waiting=[each for each in shown if each.waits],
    )  # fmt: skip


def _line(numbers: list[int | None]) -> str:
    """`0,30 12,18 …`, from nobody at the bottom to the most there were at the top; months nobody counted left out."""
    known = [(place, each) for place, each in enumerate(numbers) if each is not None]
    if len(known) < 2:
        return ""
    top = max(max(each for _, each in known), 1)
    step = WIDTH / (len(numbers) - 1)
    return " ".join(f"{place * step:.0f},{HEIGHT - 2 - (HEIGHT - 4) * each / top:.1f}" for place, each in known)


async def _confirm(request: Request) -> Response:
    form = await form_of(request)
    return await run_in_threadpool(_confirmed, request, form)


def _confirmed(request: Request, form: dict[str, str]) -> Response:
    visitor, here = coordinator(request), desk(request)
    if not proven(visitor, form):
        raise NotSignedIn
    list_id, now = form.get("list", ""), here.now()
    with here.office.database.write() as tx:
        hers: Any = reviews.to_confirm(tx, here.office, visitor.person, now)
        confirmed = list_id in hers and reviews.confirm(tx, list_id, visitor.person, now)
    if not confirmed:
        return _show(request, 409, say("lists_page.nothing_to_confirm"))
    return RedirectResponse(f"{here.office.settings.base_url}{PATH}?potvrzeno={list_id}", 303)
