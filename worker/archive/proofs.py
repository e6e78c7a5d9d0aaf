"""What proves that a text went out: a mailing of it began, a medium took it, or a person was handed it to publish."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, Subquery, Text, and_, cast, exists, func, literal, or_, select, union_all

from worker.store.states import DeliveryState, NoticeState, PublicationState
from worker.store.tables import deliveries, drafts, mailings, notices, publications

_MAY_HAVE_ARRIVED = (DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.UNKNOWN)
_HANDED = literal("handoff/")
"""Begins the key of the mail that hands a text over: the draft follows, and the person where a medium names one."""


def went_out(of: Select[tuple[int]] | None = None) -> Subquery:
    """A row for each draft that went out: `draft_id`, and `since`, when it first did (aware UTC).

    Of all drafts, or of those whose ids `of` selects.
    """
    ways = (
        (_mailed(), mailings.c.draft_id),
        (_published(), publications.c.draft_id),
        (_handed_by_media(), publications.c.draft_id),
        (_handed_by_kind(), drafts.c.id),
    )
    found = union_all(*(way if of is None else way.where(draft.in_(of)) for way, draft in ways)).subquery()
    first = func.min(found.c.since, type_=mailings.c.frozen_at.type).label("since")
    return select(found.c.draft_id, first).group_by(found.c.draft_id).subquery()


def _mailed() -> Select[tuple[int, object]]:
    """A mailing of it began; of one that was called off, something must have left before."""
    arrived = exists().where(deliveries.c.mailing_id == mailings.c.id, deliveries.c.state.in_(_MAY_HAVE_ARRIVED))
    began = or_(mailings.c.cancelled_at.is_(None), arrived)
    return select(mailings.c.draft_id, mailings.c.frozen_at.label("since")).where(began)


def _published() -> Select[tuple[int, object]]:
    """A medium took it, or a person says that it is out there."""
    row = publications.c
    return select(row.draft_id, row.settled_at.label("since")).where(row.state == PublicationState.PUBLISHED)


def _handed_by_media() -> Select[tuple[int, object]]:
    """The mail reached whoever publishes it for a medium, and she has not said that it will not be there."""
    row = publications.c
    key = _HANDED + cast(row.draft_id, Text) + literal("/") + row.person
    handed = select(row.draft_id, notices.c.settled_at.label("since")).join(notices, _reached(key))
    return handed.where(row.medium != "", row.state != PublicationState.DECLINED)


def _handed_by_kind() -> Select[tuple[int, object]]:
    """The same for what no medium takes; what was handed before there were publications has no row of them."""
    row = publications.c
    declined = exists().where(row.draft_id == drafts.c.id, row.medium == "", row.state == PublicationState.DECLINED)
    handed = select(drafts.c.id, notices.c.settled_at.label("since")).join(
        notices, _reached(_HANDED + cast(drafts.c.id, Text))
    )
    return handed.where(~declined)


def _reached(key: ColumnElement[str]) -> ColumnElement[bool]:
    return and_(notices.c.kind == "handoff", notices.c.state == NoticeState.SENT, notices.c.key == key)
