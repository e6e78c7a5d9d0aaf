"""`hlasatel recipients add, put, move, take-off, stop, start`: one recipient, by hand; and a word on whole lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer
from sqlalchemy import Connection, select

from worker.audience.importing.rows import Kind
from worker.audience.upkeep import changing, growth, reviews
from worker.audience.upkeep.changing import Hand
from worker.cli.wiring import (
    ByOption,
    NowOption,
    TextFormat,
    TextFormatOption,
    make_clock,
    open_office,
    person_acting,
    print_json,
)
from worker.errors import HlasatelError
from worker.messages import say
from worker.planning.titles import spelt_out
from worker.settings import parse_address
from worker.store.tables import recipients
from worker.times import rfc3339

AddressArgument = Annotated[str, typer.Argument(metavar="ADDRESS", help=say("recipients.command_address"))]
ListArgument = Annotated[str, typer.Argument(metavar="LIST", help=say("cli.list_help"))]
Change = Callable[[Connection, Hand, int], None]


def add(
    list_id: ListArgument,
    address: AddressArgument,
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help=say("recipients.command_name"))] = "",
    kind: Annotated[Kind, typer.Option("--kind", help=say("recipients.command_kind"))] = Kind.PERSON,
    by: ByOption = None,
    now: NowOption = None,
) -> None:
    hand = _hand(by, now)
    with hand.office.database.write() as tx:
        changing.add(tx, hand, address, name, kind, list_id)
    print(say("recipients.done_add"))


def put(address: AddressArgument, list_id: ListArgument, by: ByOption = None, now: NowOption = None) -> None:
    _change(address, lambda tx, hand, who: changing.put_on(tx, hand, who, list_id), "put", by, now)


def move(
    address: AddressArgument,
    old: Annotated[str, typer.Argument(metavar="FROM", help=say("cli.list_help"))],
    new: Annotated[str, typer.Argument(metavar="TO", help=say("cli.list_help"))],
    by: ByOption = None,
    now: NowOption = None,
) -> None:
    _change(address, lambda tx, hand, who: changing.move(tx, hand, who, old, new), "move", by, now)


def take_off(address: AddressArgument, list_id: ListArgument, by: ByOption = None, now: NowOption = None) -> None:
    _change(address, lambda tx, hand, who: changing.take_off(tx, hand, who, list_id), "take_off", by, now)


def stop(address: AddressArgument, by: ByOption = None, now: NowOption = None) -> None:
    _change(address, changing.stop, "stop", by, now)


def start(address: AddressArgument, by: ByOption = None, now: NowOption = None) -> None:
    _change(address, changing.start, "start", by, now)


def confirm(list_id: ListArgument, by: ByOption = None, now: NowOption = None) -> None:
    hand = _hand(by, now)
    with hand.office.database.write() as tx:
        hers = reviews.to_confirm(tx, hand.office, hand.person, hand.now)
        if list_id not in hers or not reviews.confirm(tx, list_id, hand.person, hand.now):
            raise HlasatelError(say("lists_page.nothing_to_confirm"))
    print(say("lists_page.done", list=hand.office.list_name(list_id)))


def grown(
    list_id: Annotated[str | None, typer.Argument(metavar="[LIST]", help=say("cli.list_help"))] = None,
    format: TextFormatOption = TextFormat.TEXT,
    now: NowOption = None,
) -> None:
    office, clock = open_office(), make_clock(now)
    if list_id is not None and list_id not in office.lists:
        raise HlasatelError(say("recipients.no_such_list"))
    with office.database.read() as tx:
        found = growth.growth(tx, [list_id] if list_id else list(office.lists), clock.now())
    if format is TextFormat.JSON:
        shown = [
            {"list": each.list_id, "members": each.members,
             "counted_at": rfc3339(each.counted_at) if each.counted_at else None,
             "months": [vars(month) for month in each.months if month.members is not None]}
            for each in found
        ]  # fmt: skip
        print_json(shown)
        return
    for each in found:
        print(say("lists_page.growth_list", list=office.list_name(each.list_id), members=each.members))
        for month in each.months:
            if month.members is not None:
                print(say("lists_page.growth_line", **(vars(month) | {"month": spelt_out(month.month)})))


def _hand(by: str | None, now: str | None) -> Hand:
    office, clock = open_office(), make_clock(now)
    return Hand(office, person_acting(office, by), clock.now())


def _change(address: str, change: Change, done: str, by: str | None, now: str | None) -> None:
    hand, spelt = _hand(by, now), parse_address(address.strip(), international=True).lower()
    with hand.office.database.write() as tx:
        who: int | None = tx.execute(select(recipients.c.id).where(recipients.c.address == spelt)).scalar()
        if who is None:
            raise HlasatelError(say("recipients.nobody_of_it"))
        change(tx, hand, who)
    print(say(f"recipients.done_{done}"))
