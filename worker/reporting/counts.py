"""How many occurrences were done by channel, topic, target group and dílčí cíl, each with those that make it up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from worker.messages import say
from worker.office import Office
from worker.reporting.model import Account, ActivityAccount, By, Count
from worker.reporting.ways import Fate, Way
from worker.topics import topic_name


@dataclass(frozen=True)
class Counted:
    """An occurrence of the span with all that it is counted under."""

    activity: ActivityAccount
    account: Account
    ways: tuple[Way, ...]
    themes: tuple[str, ...]


def counts(office: Office, occurrences: Iterable[Counted]) -> tuple[Count, ...]:
    """Every name that an occurrence of the span stands under, also with 0 done; in the order first met."""
    done: dict[tuple[By, str], list[str]] = {}
    promised: dict[tuple[By, str], list[str]] = {}
    for each in occurrences:
        account = each.account
        for by, name in _promised_under(each):
            done.setdefault((by, name), [])
            if not account.optional and not account.added:
                promised.setdefault((by, name), []).append(account.id)
            if account.is_done:
                done[by, name].append(account.id)
        if account.is_done:
            for by, name in dict.fromkeys(_out_under(office, each)):
                done.setdefault((by, name), []).append(account.id)
    order = list(By)
    for by, unnamed in ((By.THEME, say("reporting.no_theme")), (By.GOAL, say("reporting.no_goal"))):
        if not any(name != unnamed for one, name in done if one is by):
            done.pop((by, unnamed), None)  # the plan names none at all
    return tuple(
        Count(by, name, tuple(ids), tuple(promised.get((by, name), ())) if by in _PROMISED else None)
        for (by, name), ids in sorted(done.items(), key=lambda item: order.index(item[0][0]))
    )


_PROMISED = frozenset({By.TOPIC, By.THEME, By.TARGET, By.GOAL})


def _promised_under(each: Counted) -> Iterator[tuple[By, str]]:
    written = each.activity.written
    yield By.TOPIC, (written.topic if written else "") or say("reporting.no_topic")
    for theme in each.themes or ("",):
        yield By.THEME, topic_name(theme) if theme else say("reporting.no_theme")
    yield By.TARGET, (written.target if written else "") or say("reporting.no_target")
    for goal in each.activity.goals or ("",):
        yield By.GOAL, goal or say("reporting.no_goal")


def _out_under(office: Office, each: Counted) -> Iterator[tuple[By, str]]:
    for way in each.ways:
        if way.fate is Fate.OUT:
            yield By.CHANNEL, way.proof.channel
            medium = office.media.get(way.medium)
            for group in medium.reaches if medium is not None else ():
                yield By.REACHED, group
    if each.account.by_hand:
        yield By.CHANNEL, say("reporting.by_hand")
