"""When each stage of an occurrence comes, counted back from its send time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from worker.plan.model import Lead, LeadTimes, Unit
from worker.times import PRAGUE, add_working_days, is_working_day, local_instant

WORK_BEGINS, WORK_ENDS = time(8, 0), time(16, 0)


@dataclass(frozen=True)
class Stages:
    """UTC instants, each not before the one above it."""

    call_at: datetime
    draft_at: datetime
    comment_at: datetime
    """When a comment round ends."""
    ask_at: datetime
    remind_at: datetime
    deputy_at: datetime
    escalate_at: datetime
    send_at: datetime
    deadline: datetime
    """Send time plus the maximum lateness: after it nothing of this occurrence goes out without a new choice."""


def stages(send_at: datetime, lead: LeadTimes, max_lateness: timedelta) -> Stages:
    """The stages of an occurrence sent at `send_at` (aware). What people read comes in working hours, rather earlier.

    Lead times in the wrong order (a draft after its approval mail) are pulled into line, the asking deciding.
    """
    ask_at = in_working_hours(before(send_at, lead.ask))
    draft_at = min(before(send_at, lead.draft), ask_at)
    comment_at = min(max(in_working_hours(before(send_at, lead.comment)), draft_at), ask_at)
    call_at = min(in_working_hours(before(send_at, lead.call)), draft_at)
    remind_at = max(in_working_hours(before(send_at, lead.remind)), ask_at)
    deputy_at = max(in_working_hours(before(send_at, lead.deputy)), remind_at)
    escalate_at = max(in_working_hours(before(send_at, lead.escalate)), deputy_at)
    return Stages(
        call_at=call_at,
        draft_at=draft_at,
        comment_at=comment_at,
        ask_at=ask_at,
        remind_at=remind_at,
        deputy_at=deputy_at,
        escalate_at=escalate_at,
        send_at=send_at,
        deadline=send_at + max_lateness,
    )


def comments_end(send_at: datetime, lead: LeadTimes) -> Lead:
    """How long before `send_at` a comment round ends: as the row says, with the asking at the latest."""
    return (
        lead.ask
        if in_working_hours(before(send_at, lead.comment)) > in_working_hours(before(send_at, lead.ask))
        else lead.comment
    )


def before(send_at: datetime, lead: Lead) -> datetime:
    """The instant `lead` before `send_at`; days keep the hour the clock on the wall shows."""
    if lead.unit is Unit.HOURS:
        return send_at - timedelta(hours=lead.amount)
    local = send_at.astimezone(PRAGUE)
    if lead.unit is Unit.DAYS:
        return local_instant(local.date() - timedelta(days=lead.amount), local.time())
    return local_instant(add_working_days(local.date(), -lead.amount), local.time())


def in_working_hours(instant: datetime) -> datetime:
    """`instant` if it lies in working hours (8–16 on working days), otherwise the end of the last ones before it."""
    local = instant.astimezone(PRAGUE)
    if is_working_day(local.date()) and WORK_BEGINS <= local.time() <= WORK_ENDS:
        return instant
    day = local.date()
    if not is_working_day(day) or local.time() < WORK_BEGINS:
        day = add_working_days(day, -1)
    return local_instant(day, WORK_ENDS)
