"""How a posted form is read: as UTF-8 alone, with a stated number of fields and files, and no zero character.

A multipart form may name its own charset, and Python knows some that decode into halves of characters or fail in ways
of their own (`unicode_escape`, `undefined`); no browser sends one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

MOST_FIELDS = 100
LONGEST_NAME = 255
"""Characters of a field's or a file's name."""
_CHARSETS = (b"utf-8", b"utf8")


async def read_form(request: Request, fields: int = MOST_FIELDS) -> FormData:
    """The form without files; HTTPException 400 for one that is not fit to be read."""
    _refuse_other_charsets(request)
    return _fit(await request.form(max_files=0, max_fields=fields))


@asynccontextmanager
async def form_with_file(request: Request, fields: int = MOST_FIELDS) -> AsyncIterator[FormData]:
    """The same with at most one file, which is gone afterwards."""
    _refuse_other_charsets(request)
    async with request.form(max_files=1, max_fields=fields) as form:
        yield _fit(form)


def texts(form: FormData) -> dict[str, str]:
    """The text fields of a form."""
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _refuse_other_charsets(request: Request) -> None:
    _, options = parse_options_header(request.headers.get("content-type"))
    if options.get(b"charset", b"utf-8").lower() not in _CHARSETS:
        raise HTTPException(400)


def _fit(form: FormData) -> FormData:
    """No database takes a zero character, and no page of ours asks for a field whose name is a story."""
    for name, value in form.multi_items():
        words = value.filename or "" if isinstance(value, UploadFile) else value
        long = len(name) > LONGEST_NAME or (isinstance(value, UploadFile) and len(words) > LONGEST_NAME)
        if long or "\0" in name or "\0" in words:
            raise HTTPException(400)
    return form
