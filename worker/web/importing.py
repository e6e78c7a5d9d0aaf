"""The coordinator's page that takes a table onto a list: choose both, look at what would come of it, confirm."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from worker.audience.importing.reading import Limits, Read, read
from worker.audience.importing.said import sentence, summary, understood
from worker.audience.importing.spool import Told, What
from worker.audience.importing.taking import Account, look, take_in
from worker.errors import HlasatelError
from worker.messages import say
from worker.times import NBSP
from worker.web.forms import form_with_file
from worker.web.pages import Desk, desk, show
from worker.web.signed_in import NotSignedIn, Visitor, coordinator, proven
from worker.web.uploads import Upload, Uploads

PATH = "/koordinator/vlozeni"
MOST_MEGABYTES = 5
MOST_BYTES = MOST_MEGABYTES * 1024 * 1024
LIMITS = Limits(rows=50_000, unpacked=16 * 1024 * 1024)
"""What is larger is imported by the command, which nobody waits for with a page open."""
SHOWN = 100
"""Rows of each sort; of more their number is told."""
ORDER = (
    What.REFUSED, What.SUPPRESSED, What.LEFT, What.CHANGED, What.REPEATED, What.OWN, What.ROLE, What.ADDED,
)  # fmt: skip
_SHEET_NAME, _FILE_NAME = 31, 60
"""Characters of the name of a sheet, by Excel, and of a file's."""


def routes() -> list[BaseRoute]:
    return [Route(PATH, _page, methods=["GET"]), Route(PATH, _post, methods=["POST"])]


def _page(request: Request) -> Response:
    return _form(request, 200, "", {})


def _form(request: Request, status: int, problem: str, typed: Mapping[str, str]) -> Response:
    visitor, here = coordinator(request), desk(request)
    return show(
        request, "importing.html", status, visitor=visitor, problem=problem, typed=typed, lists=here.office.lists,
        megabytes=MOST_MEGABYTES, rows=f"{LIMITS.rows:,}".replace(",", NBSP), longest=_SHEET_NAME,
    )  # fmt: skip


async def _post(request: Request) -> Response:
    """Who it is comes first: no stranger's file is even read."""
    visitor = await run_in_threadpool(coordinator, request)
    async with form_with_file(request, 20) as form:
        return await run_in_threadpool(_posted, request, visitor, form)


def _posted(request: Request, visitor: Visitor, form: FormData) -> Response:
    typed = {name: value for name, value in form.items() if isinstance(value, str)}
    if not proven(visitor, typed):
        raise NotSignedIn
    try:
        if typed.get("order") in ("take", "drop"):
            return _decided(request, visitor, typed)
        return _previewed(request, visitor, _upload(desk(request), form, typed))
    except HlasatelError as error:
        return _form(request, 400, str(error), typed)


def _upload(here: Desk, form: FormData, typed: Mapping[str, str]) -> Upload:
    if typed.get("list") not in here.office.lists:
        raise HlasatelError(say("import_page.list_missing"))
    sent = form.get("file")
    if not isinstance(sent, UploadFile) or not sent.filename:
        raise HlasatelError(say("import_page.file_missing"))
    if sent.size is None or sent.size > MOST_BYTES:
        raise HlasatelError(say("import_page.too_large", limit=MOST_MEGABYTES))
    sent.file.seek(0)
    return Upload(
        sent.file.read(),
        _shown_name(sent.filename),
        typed["list"],
        typed.get("sheet", "")[:_SHEET_NAME].strip(),
        here.now(),
    )


def _shown_name(given: str) -> str:
    """What a file was called where it came from, to be shown; it never becomes part of a path."""
    return "".join(letter for letter in re.split(r"[/\\]", given)[-1] if letter.isprintable())[-_FILE_NAME:]


@contextmanager
def _opened(here: Desk, upload: Upload) -> Iterator[Read]:
    with tempfile.TemporaryDirectory(prefix="hlasatel-") as folder:
        file = Path(folder) / say("import_page.file")
        file.write_bytes(upload.content)
        with read(here.office, upload.list_id, file, sheet=upload.sheet, limits=LIMITS) as found:
            yield found


def _previewed(request: Request, visitor: Visitor, upload: Upload) -> Response:
    here, uploads = desk(request), _uploads(request)
    with _opened(here, upload) as found:
        account = look(here.office, found, each=True)
        takes = account.added + account.present > 0
        number = uploads.keep(upload) if takes else ""
        return _shown(request, visitor, upload, found, account, number=number, done=False)


def _decided(request: Request, visitor: Visitor, typed: Mapping[str, str]) -> Response:
    """Take in what was looked at, once; or drop it."""
    here = desk(request)
    upload = _uploads(request).take(typed.get("upload", ""), here.now())
    if typed["order"] == "drop":
        return RedirectResponse(here.office.settings.base_url + PATH, 303)
    if upload is None:
        return _form(request, 409, say("import_page.gone"), {})
    with _opened(here, upload) as found:
        account = take_in(here.office, found, here.now(), person=visitor.person)
        return _shown(request, visitor, upload, found, account, number="", done=True)


def _shown(
    request: Request, visitor: Visitor, upload: Upload, found: Read, account: Account, *, number: str, done: bool
) -> Response:
    shown: list[tuple[str, int, list[dict[str, Any]]]] = []
    for what in ORDER:
        if count := found.spool.count(what):
            rows = [_row(found, told) for told in found.spool.told(what, SHOWN)]
            shown.append((what, count, rows))
    return show(
        request, "importing_preview.html", 200, visitor=visitor, upload=upload, number=number, done=done,
        account=account, understood=understood(found), summary=summary(found, account), shown=shown,
        list_name=desk(request).office.list_name(upload.list_id),
    )  # fmt: skip


def _row(found: Read, told: Told) -> dict[str, Any]:
    return {"number": told.number, "column": found.column(told), "sentence": sentence(told)}


def _uploads(request: Request) -> Uploads:
    found: Uploads = request.app.state.uploads
    return found
