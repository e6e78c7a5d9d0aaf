"""`hlasatel archive`: the public pages as files, for a web server of the office's own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from worker.cli.wiring import make_clock, open_office
from worker.errors import HlasatelError
from worker.messages import say

app = typer.Typer(add_completion=False, help=say("static_copy.help"), no_args_is_help=True)


@app.callback()
def archive() -> None:
    pass


@app.command("export", help=say("static_copy.export_help"))
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=say("static_copy.folder_help"))],
    address: Annotated[str | None, typer.Option("--address", metavar="URL", help=say("static_copy.at_help"))] = None,
) -> None:
    """No `--now`: a copy of a later day would give away what is under embargo."""
    from worker.web.static_copy import export as export_pages

    office = open_office()
    at = (address or office.settings.base_url).rstrip("/")
    if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", at):
        raise HlasatelError(say("config.bad_web_address", value=at))
    changed = export_pages(office, folder, make_clock(None).now(), at)
    print(say("static_copy.done", written=changed.written, kept=changed.kept, removed=changed.removed))
