"""`hlasatel restore`: an office back from a backup, into an empty place, where it may not send yet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from worker.cli.backup import places
from worker.cli.wiring import NowOption, make_clock
from worker.messages import say
from worker.times import format_instant
from worker.upkeep.backup.manifest import shown
from worker.upkeep.backup.restore import restore as bring_back

app = typer.Typer(add_completion=False, help=say("backup.restore_help"))


@app.command(help=say("backup.restore_help"))
def restore(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=say("backup.from_help"))],
    journal: Annotated[
        list[Path] | None, typer.Option("--journal", metavar="FILE", help=say("backup.journal_help"))
    ] = None,
    keep_config: Annotated[bool, typer.Option("--keep-config", help=say("backup.keep_config_help"))] = False,
    now: NowOption = None,
) -> None:
    where, at = places(), make_clock(now).now()
    done = bring_back(folder, where, at, journals=journal or (), keep_config=keep_config)
    print(say("backup.restored", backup=done.backup, at=format_instant(done.told.taken_at, form="at")))
    for file in done.left_alone:
        print(say("backup.left_alone", file=shown(file)))
    others = [each for each in done.journals if each.parent != done.backup]
    if others:
        print(say("backup.journal_done", journals=", ".join(map(str, others)), erased=done.again.erased,
                  suppressed=done.again.suppressed, left=done.again.left))  # fmt: skip
    else:
        print(say("backup.no_journal"))
    if done.again.strangers:
        print(say("backup.strangers", number=done.again.strangers))
    for key in done.missing_keys:
        print(say(f"backup.missing_{key}"))
    if done.told.settings:
        print(say("backup.settings", names=", ".join(done.told.settings)))
    print(say("copies.held_backup"))
