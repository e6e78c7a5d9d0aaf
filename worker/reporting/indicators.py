"""Each indicator's number with the list that proves it: occurrences done, articles published, what a person entered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from worker.messages import say
from worker.office import Office
from worker.plan.model import Plan, Window
from worker.reporting import facts
from worker.reporting.articles import normalised, publisher_name
from worker.reporting.model import Account, Article, Indicator, Item, Outcome, Publisher
from worker.settings.indicators import IndicatorEntry, known_measures, load_indicators
from worker.typed import is_web_address


@dataclass(frozen=True)
class Dated:
    """An occurrence with the day it is counted on: when it was done or, as long as it was not, when it should be."""

    activity: str
    account: Account
    day: date


def all_of(
    tx: Connection, office: Office, plan: Plan, occurrences: Sequence[Dated], articles: Sequence[Article], span: Window
) -> tuple[Indicator, ...]:
    """Every indicator of `indicators.yaml` for the days of `span`; HlasatelError when the file is not fit."""
    config = office.settings.config
    measures = known_measures(config) or {}
    entered = facts.entered(tx)
    dated = [each for each in articles if each.day is not None and each.day in span]
    within = [each for each in occurrences if each.day in span]
    rows = {activity.id for activity in plan.activities}
    found = []
    for entry in load_indicators(config).values():
        measure = measures.get(entry.measure or "")
        own = [each for each in within if each.activity in entry.activities]
        noted = [each for each in entered if each.indicator == entry.called]
        items = (*_done(office, own), *_published(office, entry, dated, own), *_entered(office, noted, span))
        known = bool(items or any(each.account.outcome in _SETTLED for each in own))
        unknown_rows = [each for each in entry.activities if each not in rows]
        found.append(
            Indicator(
                id=entry.called,
                name=measure.indicator if measure is not None else entry.name or "",
                measure=measure.text if measure is not None else "",
                place=entry.place,
                counted=entry.counted,
                items=tuple(sorted(items, key=lambda item: (item.day or span.end, item.source, item.id))),
                known=known,
                not_known=tuple(_not_known(office, entry, own, items, unknown_rows, known)),
            )
        )
    return tuple(found)


def _done(office: Office, own: Sequence[Dated]) -> Iterator[Item]:
    for each in own:
        account = each.account
        if account.is_done:
            yield Item(
                "occurrence", account.id, account.title, account.done_on, "",
                publisher_name(office, Publisher.REGION), account.addresses,
            )  # fmt: skip


def _published(
    office: Office, entry: IndicatorEntry, articles: Sequence[Article], own: Sequence[Dated]
) -> Iterator[Item]:
    """Articles, save those that an occurrence counted beside them gives as its own address."""
    given = (address for each in own if each.account.is_done for address in each.account.addresses)
    theirs = {normalised(address) for address in given if is_web_address(address)}
    for each in articles:
        if each.publisher.value in entry.articles and each.address not in theirs:
            part = publisher_name(office, each.publisher)
            yield Item("article", str(each.id), each.title, each.day, each.who, part, (each.address,))


def _entered(office: Office, noted: Sequence[facts.Fact], span: Window) -> Iterator[Item]:
    for each in noted:
        if each.day in span:
            addresses = (each.address,) if each.address else ()
            part = publisher_name(office, each.organiser)
            yield Item("note", str(each.id), each.title, each.day, each.who, part, addresses)


_SETTLED = frozenset({Outcome.MISSED, Outcome.DROPPED, Outcome.NOTHING_OUT})
"""Of these it is known that nothing came of them, so that 0 is a number."""
_LEFT_OUT: Mapping[str, frozenset[Outcome]] = {
    "indicators.unrecorded": frozenset({Outcome.UNRECORDED, Outcome.OVERDUE}),
    "indicators.uncertain": frozenset({Outcome.UNCERTAIN}),
}


def _not_known(
    office: Office, entry: IndicatorEntry, own: Sequence[Dated], items: Sequence[Item],
    unknown_rows: Sequence[str], known: bool,
) -> Iterator[str]:  # fmt: skip
    if entry.not_known:
        yield entry.not_known
    if not known:
        yield say("indicators.nothing_noted")
    there = {each.part for each in items}
    for part in (publisher_name(office, Publisher(each)) for each in entry.articles):
        if part not in there:
            yield say("indicators.no_articles_by", publisher=part)
    for each in unknown_rows:
        yield say("indicators.not_in_plan", activity=each)
    for key, outcomes in _LEFT_OUT.items():
        if ids := [each.account.id for each in own if each.account.outcome in outcomes]:
            yield say(key, ids=", ".join(ids))
