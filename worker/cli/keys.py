"""`hlasatel keys`: which secret keys are at hand, and what still hangs on each. No key is shown, only its id."""

from __future__ import annotations

from dataclasses import asdict

import typer

from worker.cli.wiring import NowOption, TextFormat, TextFormatOption, make_clock, open_office, print_json
from worker.messages import say
from worker.times import format_instant, rfc3339
from worker.upkeep.keys import KeyStanding, standings

app = typer.Typer(add_completion=False, help=say("keys.help"))


@app.command(help=say("keys.help"))
def keys(format: TextFormatOption = TextFormat.TEXT, now: NowOption = None) -> None:
    office, at = open_office(), make_clock(now).now()
    with office.database.read() as tx:
        found = standings(tx, office.settings, at)
    if format is TextFormat.JSON:
        print_json([_as_json(each) for each in found])
    else:
        for each in found:
            print(_sentence(each))
    if any(not each.at_hand for each in found):
        raise typer.Exit(1)


def _sentence(each: KeyStanding) -> str:
    words = {"key": each.key, "mailings": each.mailings, "open": each.open, "unknown": each.unknown}
    if not each.at_hand:
        return say("keys.missing", **words)
    if each.newest:
        return say("keys.newest", **words)
    if not each.is_needed:
        return say("keys.may_go", **words)
    if each.open or each.unknown or each.until is None:
        return say("keys.open", **words)
    return say("keys.until", until=format_instant(each.until), **words)


def _as_json(each: KeyStanding) -> dict[str, object]:
    return {**asdict(each), "needed": each.is_needed, "until": None if each.until is None else rfc3339(each.until)}
