"""`hlasatel backup`: the office whole in a folder, taken while it works."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from worker.cli.wiring import NowOption, make_clock
from worker.messages import say
from worker.settings.environment import given_names
from worker.settings.load import config_folder, plan_file
from worker.settings.places import Places, places_of
from worker.times import format_instant
from worker.upkeep.backup.make import make

app = typer.Typer(add_completion=False, help=say("backup.help"))


def places() -> Places:
    """Where this process's environment says that the office is."""
    return places_of(os.environ, plan=plan_file(os.environ), config=config_folder(os.environ))


@app.command(help=say("backup.help"))
def backup(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=say("backup.folder_help"))],
    keep: Annotated[int | None, typer.Option("--keep", metavar="N", min=1, help=say("backup.keep_help"))] = None,
    without_keys: Annotated[bool, typer.Option("--without-keys", help=say("backup.without_keys_help"))] = False,
    now: NowOption = None,
) -> None:
    where, taken_at = places(), make_clock(now).now()
    made = make(where, folder, taken_at, settings=given_names(os.environ), with_keys=not without_keys, keep=keep)
    told = made.told
    size = f"{made.bytes / 1e6:.1f}".replace(".", say("backup.decimal"))
    print(say("backup.made", place=made.place, at=format_instant(told.taken_at, form="at"), size=size))
    if told.keys_kept:
        print(say("backup.with_keys"))
    elif without_keys:
        print(say("backup.no_keys"))
    if where.given_keys or where.given_suppression_key is not None:
        print(say("backup.given_keys"))
    if made.removed:
        print(say("backup.removed", count=len(made.removed)))
    if where.data.is_dir() and where.data.stat().st_dev == made.place.stat().st_dev:
        print(say("backup.same_disk"))
