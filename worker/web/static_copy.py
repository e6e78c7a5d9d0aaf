"""The public pages as files: what they answer at one moment, with links that lead from file to file.

Nothing is rendered a second way: the pages themselves are asked, so what holds for them (embargoes, withdrawals, ended
consents) holds for the copy.
"""

from __future__ import annotations

import asyncio
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import escape, unescape
from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.types import Message

from worker.archive.static_folder import Changed, StaticFolder
from worker.drafting.public_page import PATH
from worker.office import Office
from worker.office_on_file import OneOffice
from worker.times import Clock
from worker.web.accessibility import PATH as STATEMENT
from worker.web.app import make_app
from worker.web.archive_lists import SEARCH

_BEGIN = (f"/{PATH}", f"/{PATH}/atom.xml", f"/{PATH}/feed.json", f"/{STATEMENT}")
_COPIED = re.compile(rf"/(?:{PATH}(?:/(?!{SEARCH}$)[A-Za-z0-9][A-Za-z0-9._-]*)*|{STATEMENT}|hlasatel\.css)")
_LINK = re.compile(r"""(?P<before>\s(?:href|src)=)(?P<quote>["'])(?P<address>[^"'>]*)(?P=quote)""", re.IGNORECASE)
_GONE = 410
# Answers 410 to everything below its folder, with the note beside it (docs/public-pages.md, "A static copy").
_APACHE = """\
RewriteEngine On
RewriteCond %{{ENV:REDIRECT_STATUS}} ^$
RewriteRule ^ - [G]
ErrorDocument 410 {page}
"""
GONE_MARK = ".htaccess"
"""Stands beside the page of what was withdrawn: Apache heeds it, any other server may look whether it is there."""


@dataclass(frozen=True)
class Answer:
    """What the pages answer to one address."""

    status: int
    media_type: str
    content: bytes

    @property
    def is_page(self) -> bool:
        return self.media_type.startswith("text/html")


def export(office: Office, folder: Path, now: datetime, at: str) -> Changed:
    """Bring `folder` up to date with what is public at `now`; it will be read at the address `at`.

    HlasatelError for a folder that holds other files, or that cannot be written.
    """
    kept = StaticFolder(folder)
    asyncio.run(_Copy(office, now, at).write(kept))
    return kept.finish()


class _Copy:
    def __init__(self, office: Office, now: datetime, at: str) -> None:
        self._app: Starlette = make_app(OneOffice(office), Clock(lambda: now, simulated=True), copy_at=at)
        self._base, self._at = office.settings.base_url, at
        self._files: dict[str, str] = {}
        """Path of an address → its file; what is not public, or is not copied, is not in it."""

    async def write(self, kept: StaticFolder) -> None:
        """Ask for everything twice: links are known once all is known, and not everything fits into memory."""
        await self._look()
        for path, file in self._files.items():
            answer = await self._ask(path)
            if answer.is_page:
                kept.put(file, self._linked(answer.content.decode("utf-8"), file).encode())
            else:
                kept.put(file, answer.content)
            if answer.status == _GONE:
                page = f"{urlsplit(self._at).path.rstrip('/')}/{file}"
                kept.put(f"{posixpath.dirname(file)}/{GONE_MARK}", _APACHE.format(page=page).encode())

    async def _look(self) -> None:
        waiting, seen = list(_BEGIN), set(_BEGIN)
        while waiting:
            path = waiting.pop(0)
            answer = await self._ask(path)
            if answer.status != 200 and not (answer.status == _GONE and answer.is_page):
                continue
            self._files[path] = (f"{path}/index.html" if answer.is_page else path).lstrip("/")
            if answer.is_page:
                new = [each for each in self._paths(answer.content.decode("utf-8")) if each not in seen]
                waiting += new
                seen.update(new)

    def _paths(self, html: str) -> Iterator[str]:
        for link in _LINK.finditer(html):
            path = self._path_of(unescape(link["address"]))
            if path is not None:
                yield path

    def _path_of(self, address: str) -> str | None:
        """The path below our base address that a link leads to and the copy holds; None for any other link."""
        bare = address.partition("#")[0]
        if not bare.startswith(f"{self._base}/"):
            return None
        path = bare.removeprefix(self._base)
        return path if _COPIED.fullmatch(path) else None

    def _linked(self, html: str, file: str) -> str:
        """The page with links from file to file. One to what is not copied leads to us, as it did."""

        def relative(link: re.Match[str]) -> str:
            address = unescape(link["address"])
            target = self._files.get(self._path_of(address) or "")
            if target is None:
                return link[0]
            there = posixpath.relpath(target.removesuffix("index.html") or ".", posixpath.dirname(file))
            there += "/" if target.endswith("/index.html") else ""
            fragment = address.partition("#")[2]
            return f'{link["before"]}"{escape(there + (f"#{fragment}" if fragment else ""))}"'

        return _LINK.sub(relative, html)

    async def _ask(self, path: str) -> Answer:
        """What the pages answer, asked in this process as a browser without a language asks."""
        base = urlsplit(self._base)
        scope = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.4"}, "http_version": "1.1", "method": "GET",
            "scheme": base.scheme, "path": base.path + path, "raw_path": (base.path + path).encode(),
            "query_string": b"", "root_path": "", "headers": [(b"host", base.netloc.encode())], "client": None,
            "server": None,
        }  # fmt: skip
        said: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            said.append(message)

        await self._app(scope, receive, send)
        headers = dict(said[0]["headers"])
        content = b"".join(each.get("body", b"") for each in said[1:])
        return Answer(said[0]["status"], headers.get(b"content-type", b"").decode(), content)
