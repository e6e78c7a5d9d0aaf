"""What differs between two versions of a package, in words for the approver: what surrounds the drafts, then each.

A text is compared line by line as it is read; where only the HTML differs, what a reader sees there and where its
links lead is compared instead, so that nothing changes unseen.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.drafting.files import offered
from worker.drafting.headings import kept
from worker.drafting.packages import drafts_of
from worker.drafting.slots import NEUTRAL_GREETING, fill
from worker.drafting.wrapping import unwrapped
from worker.kinds import kind_name
from worker.messages import say
from worker.office import Office
from worker.store.tables import decisions, packages
from worker.times import format_instant
from worker.topics import topic_name

_UNREAD = frozenset({"style", "title", "script"})
_ADDRESSES = ("href", "src")


@dataclass(frozen=True)
class Change:
    """One place where two versions differ: the lines that stood there and those that stand there now."""

    before: tuple[str, ...]
    now: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it was, by its name for a reader, with every place where it differs."""

    what: str
    places: tuple[Change, ...]


def shown_before(tx: Connection, package: Row[Any]) -> Row[Any] | None:
    """The version that its approvers saw last before `package`; None when none was put before them."""
    return tx.execute(
        select(packages)
        .where(
            packages.c.occurrence_id == package.occurrence_id,
            packages.c.version < package.version,
            packages.c.submitted_at.is_not(None),
        )
        .order_by(packages.c.version.desc())
        .limit(1)
    ).first()


def returned_with(tx: Connection, package: Row[Any]) -> str:
    """The words with which a version was returned and which still hold; empty when it was not."""
    held = decisions.c.package_id == package.id, decisions.c.decision == "return", decisions.c.live == 1
    return tx.execute(select(decisions.c.comment).where(*held)).scalar() or ""


def between(tx: Connection, office: Office, before: Row[Any], package: Row[Any]) -> tuple[Difference, ...]:
    """What of `package` is not as it was in the version `before`: what surrounds the drafts, then each of them.

    Empty when everything that an approval binds to is the same.
    """
    old = {draft.kind: draft for draft in drafts_of(tx, before.id)}
    new = {draft.kind: draft for draft in drafts_of(tx, package.id)}
    found = [
        Difference(say("differences.send_time"), _places(_send_time(before), _send_time(package))),
        Difference(say("differences.lists"), _places(_lists(office, before), _lists(office, package))),
        Difference(say("differences.approvers"), _places(_approvers(office, before), _approvers(office, package))),
        *_headings(before, package),
        *(Difference(kind_name(kind), _of_draft(old.get(kind), new.get(kind))) for kind in {**new, **old}),
    ]
    return tuple(each for each in found if each.places)


def _send_time(package: Row[Any]) -> list[str]:
    return [format_instant(package.send_at)]


def _lists(office: Office, package: Row[Any]) -> list[str]:
    """The lists as they were defined for that version, one on a line."""
    lines = []
    for definition in package.lists.values():
        line = str(definition["name"])
        if definition["description"]:
            line += f" – {definition['description']}"
        if definition["includes"]:
            included = ", ".join(office.list_name(each) for each in definition["includes"])
            line = say("differences.list_includes", list=line, included=included)
        if topics := definition.get("topics"):
            line = say("topics.only", list=line, topics=", ".join(map(topic_name, topics)))
        lines.append(line)
    return lines


def _approvers(office: Office, package: Row[Any]) -> list[str]:
    names = ", ".join(office.person_name(each) for each in package.approvers)
    return [names if len(package.approvers) == 1 else f"{say(f'differences.rule_{package.approval}')}: {names}"]


def _headings(before: Row[Any], package: Row[Any]) -> Iterator[Difference]:
    """From and Reply-To of each mail that both have; of a version made before there were any, nothing is known."""
    for kind in package.headings:
        old, new = kept(before.headings, kind), kept(package.headings, kind)
        if old is not None and new is not None:
            what = {"kind": kind_name(kind)}
            yield Difference(say("differences.sender", **what), _places([old.sender], [new.sender]))
            yield Difference(say("differences.answers", **what), _places([old.answers], [new.answers]))


def _of_draft(old: Row[Any] | None, new: Row[Any] | None) -> tuple[Change, ...]:
    places = _places(_read(old), _read(new))
    if old is None or new is None:
        return places
    files = _places(_files(old), _files(new))
    if not places and old.html != new.html:
        places = _places(_seen(old), _seen(new)) or (Change((), (say("differences.only_look"),)),)
    if not (places or files) and old.files != new.files:
        return (Change((), (say("differences.only_files"),)),)
    return places + files


def _files(draft: Row[Any]) -> list[str]:
    """The files a reader may have, by name; that their content follows the text goes without saying."""
    return [say("differences.file", name=entry["name"]) for entry in offered(draft.files)]


def _read(draft: Row[Any] | None) -> list[str]:
    """A draft line by line, its subject first; empty lines are left out, their number says nothing."""
    if draft is None:
        return []
    text = fill(draft.text, greeting=NEUTRAL_GREETING, unsubscribe=say("notices.unsubscribe_place"), html=False)
    lines = (unwrapped(text) if draft.html else text).split("\n")
    subject = [f"{say('differences.subject')}: {draft.subject}"] if draft.html else []
    return subject + [line for line in lines if line.strip()]


def _places(before: Sequence[str], now: Sequence[str]) -> tuple[Change, ...]:
    return tuple(_differing(list(before), list(now)))


def _differing(before: list[str], now: list[str]) -> Iterator[Change]:
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, now, autojunk=False).get_opcodes():
        if tag != "equal":
            yield Change(tuple(before[i1:i2]), tuple(now[j1:j2]))


class _Reader(HTMLParser):
    """Collects what a reader meets in HTML: its words and, each on a line, the addresses of links and images."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread += tag in _UNREAD
        self.lines += [value for name, value in attrs if name in _ADDRESSES and value]

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in _UNREAD

    def handle_data(self, data: str) -> None:
        words = " ".join(data.split())
        if words and not self._unread:
            self.lines.append(words)


def _seen(draft: Row[Any]) -> list[str]:
    reader = _Reader()
    reader.feed(draft.html)
    reader.close()
    return reader.lines
