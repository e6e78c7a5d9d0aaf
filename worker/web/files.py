"""The files of a draft as downloads, and its HTML with the pictures in it, for a frame that may load nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row
from starlette.requests import Request
from starlette.responses import Response

from worker.drafting.files import File, self_contained
from worker.drafting.packages import load_file, load_files
from worker.drafting.slots import NEUTRAL_GREETING, fill
from worker.errors import HlasatelError
from worker.messages import say
from worker.web.pages import show

_POLICY = "sandbox; default-src 'none'"
"""A file is kept, not opened here; whatever opens it all the same may run nothing."""


def look(tx: Connection, draft: Row[Any]) -> str:
    """The HTML as a recipient sees it, its pictures within. HlasatelError when the bytes of one are damaged."""
    html = self_contained(draft.html, load_files(tx, draft, "inline"))
    return fill(html, greeting=NEUTRAL_GREETING, unsubscribe="about:blank", html=True)


def answer(request: Request, tx: Connection, drafts: Sequence[Row[Any]]) -> Response:
    """One file of one of `drafts`, by the `kind` and the `name` in the address."""
    kind, name = request.path_params["kind"], request.path_params["name"]
    draft = next((each for each in drafts if each.kind == kind), None)
    if draft is None or all(entry["name"] != name for entry in draft.files):
        return none_such(request)
    try:
        file = load_file(tx, draft, name)
    except HlasatelError as error:
        return show(request, "message.html", 409, title=say("web.sorry"), message=str(error))
    return download(file)


def none_such(request: Request) -> Response:
    """The page for an address that names no file of the draft."""
    return show(request, "message.html", 404, title=say("web.sorry"), message=say("forms.no_such_file"))


def download(file: File) -> Response:
    """A file to be kept."""
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"', "Content-Security-Policy": _POLICY}
    return Response(file.content, media_type=file.media_type, headers=headers)
