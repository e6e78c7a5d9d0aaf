"""The office's own people hear no later than the press (000:128): which lists are whose, and rows that forget it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from worker.kinds import find
from worker.messages import say
from worker.plan.model import Plan
from worker.settings import MailingList
from worker.settings.lists import closure


def before_press(lists: Mapping[str, MailingList], addressed: Collection[str]) -> frozenset[str]:
    """Ids of the staff's lists in a mailing to `addressed` that goes to the press as well; none for any other."""
    reached = {name for each in addressed if each in lists for name in closure(lists, each)}
    staff = frozenset(name for name in reached if lists[name].group == "staff")
    return staff if any(lists[name].group == "press" for name in reached) else frozenset()


def doubts(plan: Plan, lists: Mapping[str, MailingList]) -> list[tuple[str, str]]:
    """(activity id, sentence) of each row that mails the press and not the staff, if there is a list of the staff."""
    staff = [each for each in lists.values() if each.group == "staff"]
    if not staff:
        return []
    forgetful = (each for each in plan.activities if _mails(each.kinds) and _press_alone(lists, each.lists))
    return [(each.id, say("staff.forgotten", id=each.id, list=staff[0].name, name=staff[0].id)) for each in forgetful]


def _mails(kinds: Collection[str]) -> bool:
    return any((kind := find(each)) is not None and kind.channel == "email" for each in kinds)


def _press_alone(lists: Mapping[str, MailingList], addressed: Collection[str]) -> bool:
    groups = {lists[name].group for each in addressed if each in lists for name in closure(lists, each)}
    return "press" in groups and "staff" not in groups
