"""Packages as they are kept: the drafts of one occurrence under a version and a digest. None is ever changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from worker.drafting.digest import package_digest
from worker.drafting.make import Rendered, redated
from worker.kinds import Finding
from worker.office import Office
from worker.record import events
from worker.store.tables import drafts, packages
from worker.times import local_day

_SAME = ("kind", "channel", "digest", "subject", "html", "text", "fields", "material")


def latest(tx: Connection, occurrence_id: str) -> Row[Any] | None:
    """The newest version of the occurrence's package."""
    return tx.execute(
        select(packages).where(packages.c.occurrence_id == occurrence_id).order_by(packages.c.version.desc()).limit(1)
    ).first()


def version_before(tx: Connection, package: Row[Any]) -> Row[Any] | None:
    """The version that `package` replaced."""
    return tx.execute(
        select(packages)
        .where(packages.c.occurrence_id == package.occurrence_id, packages.c.version < package.version)
        .order_by(packages.c.version.desc())
        .limit(1)
    ).first()


def drafts_of(tx: Connection, package_id: int) -> Sequence[Row[Any]]:
    """The package's drafts in their order."""
    return tx.execute(select(drafts).where(drafts.c.package_id == package_id).order_by(drafts.c.position)).all()


def create(
    tx: Connection,
    office: Office,
    occurrence: Row[Any],
    rendered: Sequence[Rendered],
    now: datetime,
    *,
    reason: str,
    author: str | None,
) -> int:
    """Keep a new version for `occurrence`; its id. The unique key refuses a second one with the same number."""
    lists = office.list_definitions(occurrence.lists)
    newest = select(func.max(packages.c.version)).where(packages.c.occurrence_id == occurrence.id)
    version = (tx.execute(newest).scalar() or 0) + 1
    package_id: int = tx.execute(
        packages.insert()
        .values(
            occurrence_id=occurrence.id,
            version=version,
            digest=package_digest([each.digest for each in rendered], lists, occurrence.send_at),
            send_at=occurrence.send_at,
            lists=lists,
            approvers=list(occurrence.approvers),
            approval=occurrence.approval,
            author=author,
            reason=reason,
            created_at=now,
        )
        .returning(packages.c.id)
    ).scalar_one()
    for position, each in enumerate(rendered):
        values = {name: getattr(each, name) for name in _SAME} | {"findings": [asdict(one) for one in each.findings]}
        tx.execute(drafts.insert().values(package_id=package_id, position=position, **values))
    events.append(
        tx, "package.made", now, occurrence=occurrence.id, person=author, version=version, reason=reason,
        kinds=[each.kind for each in rendered],
    )  # fmt: skip
    return package_id


def renewed(
    tx: Connection, office: Office, occurrence: Row[Any], package: Row[Any], now: datetime, *, reason: str
) -> int:
    """The same drafts as a new version, because what surrounds them has changed; its id. A new day is put into them."""
    rows = [_redated(draft, package, occurrence) for draft in drafts_of(tx, package.id)]
    return create(tx, office, occurrence, rows, now, reason=reason, author=package.author)


def _redated(draft: Row[Any], package: Row[Any], occurrence: Row[Any]) -> Rendered:
    day = local_day(occurrence.send_at)
    if day == local_day(package.send_at):
        findings = tuple(Finding(**finding) for finding in draft.findings)
        return Rendered(
            draft.kind, draft.channel, draft.subject, draft.html, draft.text, draft.fields, draft.material, findings,
            draft.digest,
        )  # fmt: skip
    return redated(draft.kind, draft.fields, draft.material, day, edited=package.author is not None)


def digest_now(tx: Connection, office: Office, occurrence: Row[Any], package: Row[Any]) -> str:
    """The digest the package would have today: its drafts with the present list definitions and send time."""
    digests = [draft.digest for draft in drafts_of(tx, package.id)]
    return package_digest(digests, office.list_definitions(occurrence.lists), occurrence.send_at)
