"""`hlasatel check`: is the plan sound, and was it understood as it was meant?"""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from worker.cli.wiring import NowOption, TextFormat, TextFormatOption, make_clock
from worker.errors import Fault, InvalidFiles
from worker.kinds import all_kinds
from worker.messages import say
from worker.plan.explain import explain_plan, warnings
from worker.plan.load import load_plan
from worker.plan.model import Plan, Vocabulary
from worker.settings import check_config_folder, load_lists, load_people
from worker.settings.load import config_folder, plan_file
from worker.times import local_day

app = typer.Typer(add_completion=False, help=say("cli.check_help"))


@app.command(help=say("cli.check_help"))
def check(
    plan: Annotated[Path | None, typer.Argument(metavar="PLAN", help=say("cli.plan_help"))] = None,
    format: TextFormatOption = TextFormat.TEXT,
    now: NowOption = None,
) -> None:
    path, config = plan_file(os.environ, plan), config_folder(os.environ, plan)
    faults, found = _read(path, config)
    at = make_clock(now).now()
    if format is TextFormat.JSON:
        print(json.dumps(_as_json(faults, found, at), ensure_ascii=False, indent=1))
    else:
        _print(faults, found, at)
    if faults:
        raise typer.Exit(1)


def _read(path: Path, config: Path) -> tuple[list[Fault], Plan | None]:
    """Every fault of the configuration and the plan, and the plan when it could be read."""
    faults = list(check_config_folder(config))
    vocabulary = Vocabulary(frozenset(all_kinds()), _ids(load_lists, config), _ids(load_people, config))
    try:
        return faults, load_plan(path, vocabulary)
    except InvalidFiles as error:
        return [*faults, *error.faults], None


def _ids(load: Any, config: Path) -> frozenset[str]:
    try:
        return frozenset(load(config))
    except InvalidFiles:
        return frozenset()  # told already; the plan's references to it are then told as unknown as well


def _print(faults: list[Fault], plan: Plan | None, now: datetime) -> None:
    for fault in faults:
        print(fault)
    if plan is None or faults:
        print(say("cli.check_failed", count=len(faults)))
        return
    print(say("cli.check_good", title=plan.title, activities=len(plan.activities)))
    for told in explain_plan(plan, now):
        print(f"\n{told.activity_id}")
        for sentence in told.sentences:
            print(f"  {sentence}")
        for assumption in told.assumptions:
            print(f"  {say('cli.assumption')}: {assumption}")
        print(f"  {say('cli.next_dates')}:")
        for date in told.next_dates:
            print(f"    {date}")
    for activity, sentence in warnings(plan, local_day(now)):
        print(f"\n{say('cli.warning')}: {activity}: {sentence}")


def _as_json(faults: list[Fault], plan: Plan | None, now: datetime) -> dict[str, Any]:
    good = plan if not faults else None
    return {
        "faults": [vars(fault) for fault in faults],
        "warnings": [
            {"activity": activity, "message": sentence}
            for activity, sentence in (warnings(good, local_day(now)) if good else ())
        ],
        "activities": [
            {
                "id": told.activity_id,
                "understood": list(told.sentences),
                "assumptions": list(told.assumptions),
                "next": list(told.next_dates),
            }
            for told in (explain_plan(good, now) if good else ())
        ],
    }
