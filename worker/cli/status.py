"""`hlasatel status`: what is open and what needs a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import typer
from sqlalchemy import Connection, Row

from worker.cli.wiring import NowOption, TextFormat, TextFormatOption, make_clock, open_office, print_json
from worker.feeds.health import health, in_words
from worker.messages import say
from worker.office import Office
from worker.planning.attention import attention
from worker.planning.current import plan_in_force
from worker.planning.timetable import timetable
from worker.record import holds, places
from worker.record.progress import Progress, wanting_attention
from worker.record.status import AHEAD, beside
from worker.record.status import status as status_of
from worker.store import copies
from worker.times import format_instant
from worker.upkeep.copies import why_held

app = typer.Typer(add_completion=False, help=say("cli.status_help"))


@app.command(help=say("cli.status_help"))
def status(
    format: TextFormatOption = TextFormat.TEXT,
    now: NowOption = None,
) -> None:
    office, clock = open_office(), make_clock(now)
    with office.database.read() as tx:
        found = status_of(tx, clock.now()) | {"plan": attention(tx, office), "feeds": health(tx, office.feeds)}
        found |= beside(tx, office, clock.now())
        if found["first_start_at"] is None:
            found["coming"] = _as_if_started(tx, office, clock.now())
        hold, under_way = holds.live(tx), wanting_attention(tx)
        held_copy = why_held(office.database, tx)
        wanting, stopped = places.wanting_attention(tx, office, clock.now()), places.stopped(tx, office)
    found["copy_held"] = held_copy
    if format is not TextFormat.JSON and held_copy is not None:
        print(f"{copies.refusal(held_copy)}\n")
    if format is TextFormat.JSON:
        print_json(found)
    else:
        _print(office, found, hold, under_way, clock.now())
        _print_places(office, wanting, stopped, found["unreached"])


def _as_if_started(tx: Connection, office: Office, now: datetime) -> list[dict[str, Any]]:
    """What would be coming if Hlasatel were started now."""
    plan = plan_in_force(tx, office)
    rows = []
    for entry in timetable(tx, plan, now):
        if entry.state == "planned" and entry.send_at is not None and entry.send_at <= now + AHEAD:
            activity = plan.activity(entry.activity)
            waits_for = list(activity.approvers) if entry.kinds else [activity.in_charge]
            rows.append(entry.as_json() | {"title": entry.title, "waits_for": waits_for})
    return rows


def occurrence_line(office: Office, row: dict[str, Any]) -> str:
    """One occurrence as `status` prints it."""
    who = ", ".join(office.person_name(each) for each in row["waits_for"])
    facts = (say(f"states.{row['state']}"), _at(row["send_at"]), f"{row['title']} ({who})")
    return f"  {row['id']:<28} {'; '.join(filter(None, facts))}"


def _print(
    office: Office, found: dict[str, Any], hold: Row[Any] | None, under_way: list[Progress], now: datetime
) -> None:
    if found["first_start_at"] is None:
        print(say("cli.not_started"))
    else:
        print(say("cli.started", at=_when(found["first_start_at"]), plan=_when(found["plan_taken_up_at"])))
    if hold is not None:
        print(holds.told(office, hold, now))
    _print_plan(found["plan"])
    for key in ("needs_a_person", "held", "coming"):
        if key == "held" and not found[key]:
            continue
        print(f"\n{say(f'cli.status_{key}')}")
        for row in found[key]:
            print(occurrence_line(office, row))
        if not found[key]:
            print(f"  {say('cli.nothing')}")
    if under_way:
        print(f"\n{say('cli.status_mailings')}")
    for each in under_way:
        counts = ", ".join(f"{name} {number}" for name, number in each.in_words())
        print(f"  {each.mailing.occurrence_id:<28} {say(each.state_key)}: {counts}")
        for remark in filter(None, (each.mailing.reason, each.told(now))):
            print(f"    {remark}")
        if each.unknown:
            print(f"    {say('cli.settle_hint')}")
    if feeds := in_words(found["feeds"]):
        print("\n" + "\n".join(feeds))
    if found["waiting_notices"]:
        print(f"\n{say('cli.notices_waiting', number=len(found['waiting_notices']))}")
        if reply := next((row["reply"] for row in found["waiting_notices"] if row["reply"]), ""):
            print(f"  {say('cli.relay_said')} {reply}")
    for row in found["held_notices"]:
        print(say("hold.hand_off_stands", occurrence=row["occurrence"], person=office.person_name(row["person"])))
    for row in found["failed_notices"]:
        print(say("cli.notice_failed", kind=row["kind"], person=office.person_name(row["person"]), reply=row["reply"]))


def _print_places(
    office: Office, wanting: list[places.Place], stopped: list[places.Stopped], unreached: list[dict[str, Any]]
) -> None:
    """What waits for somebody beside the lists, each with the commands that settle it; nothing when all is well."""
    if stopped:
        print(f"\n{say('places.stopped_heading')}")
    for medium in stopped:
        print(f"  {medium.told()}\n    {say('places.let_go_on', command=medium.command)}")
    if wanting:
        print(f"\n{say('places.attention')}")
    for place in wanting:
        print(f"  {place.row.occurrence_id:<28} {place.name}: {place.told(office)}")
        for command in place.commands():
            print(f"    {command}")
    if unreached:
        print(f"\n{say('places.unreached_heading')}")
    for row in unreached:
        print(f"  {row['occurrence']:<28} {', '.join(row['groups'])}")


def _print_plan(plan: dict[str, Any]) -> None:
    """An edit that waits or is faulty, and what is under way though its row has gone; nothing when all is well."""
    if plan["waits"] is not None:
        print(f"\n{say('edits.status_waits', **plan['waits'])}")
    if plan["faulty"] is not None:
        print(f"\n{say('edits.status_faulty', count=plan['faulty'])}")
    if plan["gone"]:
        print(f"\n{say('edits.status_gone')}")
    for occurrence in plan["gone"]:
        print(f"  {occurrence}")


def _at(text: str | None) -> str:
    return format_instant(datetime.fromisoformat(text)) if text else ""


def _when(text: str) -> str:
    """As it stands in a sentence: `v úterý 8. prosince 2026 v 10:00`."""
    return format_instant(datetime.fromisoformat(text), form="at")
