"""One occurrence: what the plan promised of it, and what became of it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection

from worker.messages import say
from worker.office import Office
from worker.plan.model import Activity, Window
from worker.planning import rhythms
from worker.planning.described import TASK_LATENESS, Origin, lateness
from worker.record import holds
from worker.record.noted import noted
from worker.reporting.known import Known
from worker.reporting.model import Account, Outcome, Promise, Proof, ProofKind
from worker.reporting.ways import Fate, Way, deciding
from worker.store.states import OccurrenceState as State
from worker.times import local_day, local_instant

DAY = timedelta(days=1)


def promised_day(known: Known) -> date:
    """The day that an occurrence is accounted for under: the plan's send day, or the last of its window."""
    return local_day(known.planned_at) if known.planned_at is not None else known.window.end


def promise(known: Known, activity: Activity | None) -> Promise:
    """What the plan says of it, and until when it is in time.

    Where the plan names no day, the last day of the window counts; where it does, its send time with the greatest
    lateness of the row. A day that `exceptions` move out of the window does not move the window.
    """
    end_of_window = local_instant(known.window.end + DAY, time())
    names_day = known.planned_at is not None and not known.assumed
    if not names_day or known.planned_at is None:
        return Promise(known.window, known.planned_at, known.assumed, end_of_window)
    entered = activity is None or activity.by_dates or activity.on_call
    if local_day(known.planned_at) not in known.window and not entered:
        return Promise(known.window, known.planned_at, known.assumed, end_of_window)
    late = lateness(activity) if activity is not None else _kept_lateness(known)
    return Promise(known.window, known.planned_at, known.assumed, known.planned_at + late)


def _kept_lateness(known: Known) -> timedelta:
    """Of a row that the plan holds no more: as its stages have it."""
    if known.lateness_until is None or known.send_at is None:
        return TASK_LATENESS
    return known.lateness_until - known.send_at


class Accountant:
    """Makes accounts as of `now` (aware)."""

    def __init__(self, tx: Connection, office: Office, now: datetime) -> None:
        self._office, self._now = office, now
        hold = holds.last(tx)
        self._hold = hold.reason if hold is not None else ""

    def account(self, known: Known, activity: Activity | None, found: list[Way]) -> Account:
        """`found` are its ways (`ways.ways`)."""
        told = promise(known, activity)
        reason, person = self._why(known, activity)
        account = Account(
            id=known.id,
            title=known.title,
            period=known.period,
            state=str(known.state),
            outcome=_OUTCOMES.get(known.state, Outcome.OPEN),
            promise=told,
            optional=known.optional,
            added=known.origin is not Origin.PLAN,
            proofs=tuple(each.proof for each in found if each.fate is Fate.OUT),
            failures=tuple(each.proof for each in found if each.fate in (Fate.NOT_OUT, Fate.UNKNOWN)),
            reason=reason,
            person=person,
        )
        if known.state is State.DONE and noted(known.events):
            return self._by_hand(account, known)
        if known.state in (State.DONE, State.SENDING):
            return _judged(account, known, deciding(found))
        if account.outcome is Outcome.OPEN and self._is_overdue(known, told):
            return account.becoming(Outcome.OVERDUE)
        return account

    def _by_hand(self, account: Account, known: Known) -> Account:
        made = noted(known.events)
        first, last = made[0], made[-1]
        day = known.done_on or rhythms.day_of(known.period)
        words = last.data.get("reason") or last.data.get("note") or ""
        noted_on = local_day(first.at)
        if day is not None:
            in_time: bool | None = local_instant(day, time()) < account.promise.due_by
        else:
            in_time = True if first.at < account.promise.due_by else None
        address = last.data.get("address", "")
        proof = Proof(
            ProofKind.NOTED, say("reporting.noted"), address=address, day=day, noted_on=noted_on, note=words
        )  # fmt: skip
        return account.becoming(
            Outcome.LATE if in_time is False else Outcome.DONE, done_on=day, in_time=in_time, noted_on=noted_on,
            by_hand=True, person=self._office.person_name(last.person), reason=words,
            proofs=(proof, *account.proofs),
        )  # fmt: skip

    def _is_overdue(self, known: Known, told: Promise) -> bool:
        """A task whose day is over, or anything whose time is; what a person moved ahead is not."""
        if known.send_at is not None and known.send_at > self._now:
            return False
        task_is_over = not known.kinds and known.send_at is not None and local_day(known.send_at) < local_day(self._now)
        return task_is_over or told.due_by <= self._now

    def _why(self, known: Known, activity: Activity | None) -> tuple[str, str]:
        """`reason` and `person`: the last choice of a person, or what the record says by itself."""
        chosen = [each for each in known.events if each.kind in ("choice.moved", "choice.dropped")]
        person = self._office.person_name(chosen[-1].person) if chosen else ""
        exemption = activity.exemptions.get(known.period) if activity is not None else None
        if known.state is State.HELD:
            return self._hold, person
        if known.state is State.MISSED:
            missed = [each for each in known.events if each.kind == "occurrence.missed"]
            was = missed[-1].data["was"] if missed else "planned"
            task = "_task" if not known.kinds else ""
            words = [say(f"reporting.missed{task}_{was}"), *(each.data.get("reason", "") for each in chosen[-1:])]
            return " ".join(filter(None, words)), person
        if known.state is State.DROPPED:
            dropped = [each for each in known.events if each.kind in ("choice.dropped", "occurrence.dropped")]
            reason = dropped[-1].data.get("reason", "") if dropped else exemption.reason if exemption else ""
            return reason, person
        if chosen:
            return say("reporting.moved", reason=chosen[-1].data.get("reason", "")), person
        return (say("reporting.moved", reason=exemption.reason) if exemption else ""), ""


_OUTCOMES = {
    State.MISSED: Outcome.MISSED,
    State.DROPPED: Outcome.DROPPED,
    State.HELD: Outcome.HELD,
    State.HISTORICAL: Outcome.UNRECORDED,
}
_ENDED = (State.DONE,)


def _judged(account: Account, known: Known, found: list[Way]) -> Account:
    """What it comes to by the ways that decide. Unknown is never done."""
    out = [each for each in found if each.fate is Fate.OUT]
    if out:
        return _got_out(account, out)
    if known.state not in _ENDED or any(each.fate is Fate.UNDER_WAY for each in found):
        return account.becoming(Outcome.OPEN)
    uncertain = any(each.fate is Fate.UNKNOWN for each in found)
    return account.becoming(Outcome.UNCERTAIN if uncertain else Outcome.NOTHING_OUT)


def _got_out(account: Account, out: list[Way]) -> Account:
    """It counts from the first that got out; of what a person told, only by when it had."""
    due_by = account.promise.due_by
    exact = [each.at for each in out if each.at is not None]
    days = [each.proof.day for each in out if each.proof.day is not None]
    told = [each.by for each in out if each.by is not None and each.at is None]
    first_day: date | None = min(days, default=None)
    if exact:
        in_time: bool | None = min(exact) < due_by
    elif first_day is not None:
        in_time = local_instant(first_day, time()) < due_by
    else:
        in_time = None
    if in_time is not True and told:
        in_time = True if min(told) < due_by else None
    return account.becoming(
        Outcome.LATE if in_time is False else Outcome.DONE,
        done_on=first_day,
        in_time=in_time,
        noted_on=local_day(min(told)) if told and first_day is None else None,
    )


def within(window: Window, span: Window) -> bool:
    """Whether they have a day in common."""
    return window.start <= span.end and span.start <= window.end
