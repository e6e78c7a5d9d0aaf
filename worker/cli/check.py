"""`hlasatel check`: is the plan sound, and was it understood as it was meant?"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from worker.audience import staff
from worker.cli.wiring import NowOption, TextFormat, TextFormatOption, make_clock, print_json
from worker.drafting import translations
from worker.drafting.left_over import left_over
from worker.drafting.pictures import doubts as picture_doubts
from worker.errors import Fault, InvalidFiles
from worker.kinds import all_kinds, find, kind_name
from worker.messages import say
from worker.office import TEMPLATES
from worker.plan.explain import Explanation, explain_plan, has_ended
from worker.plan.floors import FloorTurn
from worker.plan.model import Plan
from worker.plan.names import Names
from worker.plan.reading.read_back import plain_day
from worker.plan.warnings import warnings
from worker.planning.on_file import read_on_file
from worker.settings import (
    inbox_doubts,
    legal_doubts,
    load_elections,
    load_lists,
    load_measures,
    load_media,
    load_people,
    load_projects,
)
from worker.settings.gestors import gestor_doubts
from worker.settings.indicators import indicator_doubts, load_indicators
from worker.settings.load import config_folder, load_settings_file, plan_file
from worker.settings.people import deputy_doubts
from worker.template_folder import OWN, TemplateFolder
from worker.times import local_day

app = typer.Typer(add_completion=False, help=say("cli.check_help"))


@app.command(help=say("cli.check_help"))
def check(
    plan: Annotated[Path | None, typer.Argument(metavar="PLAN", help=say("cli.plan_help"))] = None,
    format: TextFormatOption = TextFormat.TEXT,
    now: NowOption = None,
) -> None:
    path, config = plan_file(os.environ, plan), config_folder(os.environ, plan)
    at = make_clock(now).now()
    faults, good = _read(path, config, at)
    told = _told(good, config, at) if good else _NOTHING
    if format is TextFormat.JSON:
        print_json(_as_json(faults, told))
    else:
        _print(faults, good, told)
    if faults:
        raise typer.Exit(1)


@dataclass(frozen=True)
class _Told:
    """How a sound plan was understood, and (activity id or '', sentence) of what deserves a second look."""

    rows: tuple[Explanation, ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()
    ended: str | None = None
    """That the plan lies wholly in the past, so that the last dates are told instead of the next ones."""


_NOTHING = _Told()


def _read(path: Path, config: Path, now: datetime) -> tuple[list[Fault], Plan | None]:
    """Every fault of the configuration and the plan, and of the templates with both; the plan when there is none."""
    try:
        plan = read_on_file(path, config).plan
        faults = _of_templates(plan, config, now)
    except InvalidFiles as error:
        return list(error.faults), None
    return faults, None if faults else plan


def _of_templates(plan: Plan, config: Path, now: datetime) -> list[Fault]:
    from worker.drafting.proof import ProofOffice, template_faults  # brings in jinja2, which no other command needs

    settings, people = load_settings_file(config), load_people(config)
    project = next(iter(load_projects(config).values()), None)
    templates = TemplateFolder(TEMPLATES, config / OWN)
    office = ProofOffice(settings.organisation, people[settings.coordinator], config, templates, project)
    return list(template_faults(office, plan, now))


def _told(plan: Plan, config: Path, now: datetime) -> _Told:
    people = load_people(config)
    planned = {kind for activity in plan.activities for kind in activity.kinds}
    kinds = {each: kind for each in {*all_kinds(), *planned} if (kind := find(each)) is not None}
    names = Names(
        kinds={each: kind_name(each, people[kind.body].name if kind.body else "") for each, kind in kinds.items()},
        lists={each.id: each.name for each in load_lists(config).values()},
        people={each.id: each.name for each in people.values()},
        projects={each.id: each.name for each in load_projects(config).values()},
        media={each.id: each.name for each in load_media(config).values()},
    )
    mailed = {kind.id for kind in kinds.values() if kind.channel == "email"}
    coordinator = load_settings_file(config).coordinator
    replaced = load_people(config)[coordinator].deputy is not None
    reworker = None if replaced else coordinator
    doubts = warnings(plan, local_day(now), mailed, names, load_elections(config), reworker)
    over = has_ended(plan, local_day(now))
    ended = say("plan.plan_ended", end=plain_day(plan.window.end)) if over else None
    templates = TemplateFolder(TEMPLATES, config / OWN)
    unused = (*left_over(templates), *picture_doubts(templates, load_projects(config)))
    lists = load_lists(config)
    of_lists = legal_doubts(lists.values())
    of_people = (*deputy_doubts(people), *gestor_doubts(people, load_measures(config)))
    of_indicators = indicator_doubts(load_indicators(config), {activity.id for activity in plan.activities})
    others = (("", sentence) for sentence in (*inbox_doubts(config), *of_lists, *of_people, *of_indicators, *unused))
    of_rows = (*doubts, *staff.doubts(plan, lists), *translations.doubts(plan, people))
    return _Told(explain_plan(plan, now, names), (*of_rows, *others), ended)


def _print(faults: list[Fault], plan: Plan | None, told: _Told) -> None:
    for fault in faults:
        print(fault)
    if plan is None:
        print(say("cli.check_failed", count=len(faults)))
        return
    print(say("cli.check_good", title=plan.title, activities=len(plan.activities)))
    print(told.ended or say("plan.quiet_times"))
    for row in told.rows:
        print(f"\n{row.activity_id}")
        for sentence in row.sentences:
            print(f"  {sentence}")
        for assumption in row.assumptions:
            print(f"  {say('cli.assumption')}: {assumption}")
        print(f"  {say('cli.last_dates' if told.ended else 'cli.next_dates')}:")
        for date in row.last_dates or row.next_dates:
            print(f"    {date}")
    for _, sentence in told.warnings:
        print(f"\n{say('cli.warning')}: {sentence}")


def _as_json(faults: list[Fault], told: _Told) -> dict[str, Any]:
    return {
        "faults": [vars(fault) for fault in faults],
        "warnings": [{"activity": activity, "message": sentence} for activity, sentence in told.warnings],
        "activities": [
            {
                "id": row.activity_id,
                "understood": list(row.sentences),
                "assumptions": list(row.assumptions),
                "next": list(row.next_dates),
                "last": list(row.last_dates),
            }
            for row in told.rows
        ],
        "floors": [_turn_as_json(turn) for row in told.rows for turn in row.floors],
        "ended": told.ended is not None,
    }


def _turn_as_json(turn: FloorTurn) -> dict[str, Any]:
    """A turn of an "at least" by the plan's dates alone: `own` of `open` are the row's, the rest are of `by`."""
    return {
        "activity": turn.activity_id,
        "period": turn.period,
        "window": {"from": turn.window.start.isoformat(), "to": turn.window.end.isoformat()},
        "needed": turn.needed,
        "own": turn.own,
        "open": turn.open,
        "by": list(turn.by),
        "verdict": turn.verdict.value,
    }
