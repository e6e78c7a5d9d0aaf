"""What became of each row of the plan: occurrence by occurrence, with what proves it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self

from worker.plan.floors import Verdict
from worker.plan.model import AsWritten, Window
from worker.reporting import in_json
from worker.times import rfc3339


class Outcome(StrEnum):
    """What became of an occurrence by the day of the report. Only the first two count as done."""

    DONE = "done"
    LATE = "late"
    """Done after the plan's own measure (`Promise.due_by`)."""
    OVERDUE = "overdue"
    """Its day is over, and nobody has said what became of it."""
    MISSED = "missed"
    NOTHING_OUT = "nothing_out"
    """Closed, and nothing of it got out: an empty audience, everything refused or declined."""
    UNCERTAIN = "uncertain"
    """Closed, and nobody knows whether anything of it got out."""
    DROPPED = "dropped"
    HELD = "held"
    OPEN = "open"
    """Its time is still to come, or it is on its way."""
    UNRECORDED = "unrecorded"
    """It lies before the first start, and nobody has noted what became of it."""


COUNTED_AS_DONE = frozenset({Outcome.DONE, Outcome.LATE})


class ProofKind(StrEnum):
    """How something got out."""

    MAILING = "mailing"
    PUBLICATION = "publication"
    NOTED = "noted"
    """A person noted that it was done."""


@dataclass(frozen=True)
class Proof:
    """One thing that got out. `day` is None where only the day it was noted is known; `address` may be empty."""

    kind: ProofKind
    where: str
    """The lists, the medium, or what was noted, in words."""
    what: str = ""
    """The kind of text in words; empty where there is none."""
    address: str = ""
    day: date | None = None
    channel: str = ""
    """What `Count`s by channel call it; empty for what a person noted."""
    accepted: int | None = None
    """Recipients whose server took the message; None for anything but a mailing."""
    unknown: int = 0
    """Recipients of whom nobody knows."""
    note: str = ""
    noted_on: date | None = None
    """When a person said so, who did not say on which day it got out."""

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind.value, "where": self.where, "what": self.what, "address": self.address,
            "day": in_json.day(self.day), "channel": self.channel, "accepted": self.accepted, "unknown": self.unknown,
            "note": self.note, "noted_on": in_json.day(self.noted_on),
        }  # fmt: skip


@dataclass(frozen=True)
class Promise:
    """What the plan promised of an occurrence."""

    window: Window
    at: datetime | None
    """The send time of the plan; None where it has none."""
    assumed: bool
    """The plan names no day: `at` is our assumption, and the window is the promise."""
    due_by: datetime
    """Until when it counts as done in time; exclusive."""

    def as_json(self) -> dict[str, Any]:
        return {
            "window": in_json.span(self.window), "at": in_json.instant(self.at), "assumed": self.assumed,
            "due_by": rfc3339(self.due_by),
        }  # fmt: skip


@dataclass(frozen=True)
class Account:
    """One occurrence: what was promised and what became of it."""

    id: str
    title: str
    period: str
    state: str
    """The state in the database, for whoever follows it there."""
    outcome: Outcome
    promise: Promise
    optional: bool = False
    """The plan is kept without it."""
    added: bool = False
    """The plan names no such date: a person made it, or it was recorded as it happened."""
    done_on: date | None = None
    """When it got out or was done; None where it was not, or nobody has said when."""
    in_time: bool | None = None
    """Of what is done: whether it was by `Promise.due_by`; None where the day is not known."""
    noted_on: date | None = None
    """When a person noted it done; None where the database knows by itself."""
    by_hand: bool = False
    """A person noted it done: Hlasatel sent nothing of it."""
    person: str = ""
    """Who noted, dropped or moved it, by name."""
    reason: str = ""
    """Why it was missed, dropped, moved, or done in another way, in a sentence."""
    proofs: tuple[Proof, ...] = ()
    """What got out, first things first."""
    failures: tuple[Proof, ...] = ()
    """What did not get out or of which nobody knows; `note` says why."""

    @property
    def is_done(self) -> bool:
        return self.outcome in COUNTED_AS_DONE

    def becoming(self, outcome: Outcome, **values: Any) -> Self:
        """The same with another outcome, and whatever else that brings."""
        return replace(self, outcome=outcome, **values)

    @property
    def addresses(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each.address for each in self.proofs if each.address))

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id, "title": self.title, "period": self.period, "state": self.state,
            "outcome": self.outcome.value, "promise": self.promise.as_json(),
            "optional": self.optional, "added": self.added,
            "done_on": in_json.day(self.done_on), "in_time": self.in_time, "noted_on": in_json.day(self.noted_on),
            "by_hand": self.by_hand, "person": self.person, "reason": self.reason,
            "proofs": [each.as_json() for each in self.proofs],
            "failures": [each.as_json() for each in self.failures],
        }  # fmt: skip


@dataclass(frozen=True)
class Turn:
    """One turn of an "at least", or of what is watched of a row without dates (`průběžně`)."""

    period: str
    window: Window
    needed: int
    done: tuple[str, ...]
    """Ids of the occurrences that were done for it, those of other rows too."""
    open: tuple[str, ...]
    unrecorded: tuple[str, ...]
    verdict: Verdict

    def as_json(self) -> dict[str, Any]:
        return {
            "period": self.period, "window": in_json.span(self.window), "needed": self.needed, "done": list(self.done),
            "open": list(self.open), "unrecorded": list(self.unrecorded), "verdict": self.verdict.value,
        }  # fmt: skip


@dataclass(frozen=True)
class ActivityAccount:
    """One row of the plan. `written` is None for one that the plan holds no more."""

    id: str
    name: str
    written: AsWritten | None
    occurrences: tuple[Account, ...]
    at_least: str = ""
    """Its "at least", or what is watched of it, in words; empty without either."""
    turns: tuple[Turn, ...] = ()
    goals: tuple[str, ...] = ()
    """The document's dílčí cíle that stand beside the row."""
    themes: tuple[str, ...] = ()
    """What it is about, in the words of `worker.topics`."""
    without_dates: bool = False
    """Its days are entered as they become known, and none lies in the span."""
    assumptions: tuple[str, ...] = ()

    def number(self, *outcomes: Outcome) -> int:
        """How many of its occurrences came to one of these, those that the plan is kept without too."""
        return sum(each.outcome in outcomes for each in self.occurrences)

    @property
    def promised(self) -> int:
        """How many the plan promises: all but those that it is kept without or that a person added."""
        return sum(not each.optional and not each.added for each in self.occurrences)

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id, "name": self.name, "written": _written(self.written), "at_least": self.at_least,
            "turns": [each.as_json() for each in self.turns], "goals": list(self.goals), "themes": list(self.themes),
            "without_dates": self.without_dates, "assumptions": list(self.assumptions),
            "occurrences": [each.as_json() for each in self.occurrences],
        }  # fmt: skip


def _written(written: AsWritten | None) -> dict[str, str] | None:
    return None if written is None else dict(vars(written))
