"""`hlasatel record verify` and `record seal`: whether anything in the record was changed or is missing."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from worker.cli.wiring import NowOption, TextFormat, TextFormatOption, make_clock, open_office, print_json
from worker.dossier import verified
from worker.errors import HlasatelError
from worker.messages import say
from worker.positions import reason_of
from worker.record import seals
from worker.record.seals import Seal

_QUIET_FOR = 3.0
"""Seconds after which somebody who waits is told how far it is, and again each time."""


def verify(
    against: Annotated[
        list[str] | None, typer.Option("--against", metavar="SEAL", help=say("record.against_help"))
    ] = None,
    format: TextFormatOption = TextFormat.TEXT,
) -> None:
    office = open_office()
    given = [seal for each in against or () for seal in _seals_in(each)]
    with office.database.read() as tx:
        found = verified.verify(tx, given, _progress())
    if format is TextFormat.JSON:
        print_json(verified.as_json(found))
        if not found.whole:
            raise typer.Exit(1)
        return
    if not found.whole:
        raise HlasatelError("\n".join([say("record.broken"), *verified.told(found), say("record.what_next")]))
    print(say("record.whole", number=found.lines))
    print(say("record.compared", **vars(found.looked), seals=found.seals))


def seal(now: NowOption = None) -> None:
    office, clock = open_office(), make_clock(now)
    with office.database.write() as tx:
        made = seals.head(tx)
        if made is None:
            raise HlasatelError(say("record.nothing_to_seal"))
        seals.keep(tx, made, clock.now())
    print(made)


def _seals_in(given: str) -> tuple[Seal, ...]:
    """Those in a file of this name, or in the text itself."""
    content = given
    try:
        if len(given) < 1000 and Path(given).is_file():
            content = Path(given).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise HlasatelError(say("record.cannot_read", place=given, why=reason_of(error))) from None
    found = seals.read(content)
    if not found:
        raise HlasatelError(say("record.no_seal_in", given=given[:200]))
    return found


def _progress() -> Callable[[int], None]:
    """Tells on standard error how far it is, where it takes long."""
    last = time.monotonic()

    def passed(number: int) -> None:
        nonlocal last
        if number % 1000 == 0 and time.monotonic() - last > _QUIET_FOR:
            last = time.monotonic()
            print(say("record.passing", number=number), file=sys.stderr)

    return passed
