"""An office whose Facebook texts go to a page, and approved texts of it that are to go out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select, update

from tests.fixtures.graph_server import PAGE, GraphServer
from tests.store.desk import at_work
from tests.store.sample import NOW, PRESS, approved_draft
from worker.drafting.typography import typeset
from worker.jobs.base import Job
from worker.jobs.publish import Publish
from worker.kinds import all_kinds
from worker.office import Office
from worker.publishing import ledger
from worker.settings import Medium
from worker.store.tables import decisions, drafts, occurrences, packages, publications

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TEXT = "Kraj otevřel poradnu. Přijďte."


def posting_to(office: Office, page: GraphServer) -> Office:
    """The office with this page as its one medium."""
    medium = Medium(
        id="stranka", name="Stránka kraje", channel="facebook", takes=("facebook-text", "facebook-serial"),
        ours="ukázka", options={"page": PAGE, "graph": page.address},
    )  # fmt: skip
    return replace(office, media={medium.id: medium})


def begun(office: Office, fields: dict[str, str], kind: str = "facebook-text", occurrence: str = PRESS) -> None:
    """An approved text with these parts, which the occurrence now sends to every medium of the office."""
    shown = "\n\n".join(
        typeset(each) for each in (*(post.text for post in all_kinds()[kind].posts(fields)), *fields.values())
    )
    with office.database.write() as tx:
        draft = approved_draft(tx, kind, occurrence, ("Poradna", "", shown))
        tx.execute(update(drafts).where(drafts.c.id == draft.id).values(fields=fields))
        bound = {kind: {each.id: {"channel": each.channel} for each in office.media.values()}}
        tx.execute(update(packages).where(packages.c.id == draft.package_id).values(places=bound))
        tx.execute(
            decisions.insert().values(
                package_id=draft.package_id, live=1, decision="approve", digest="", person="tiskovy-mluvci", comment="",
                decided_at=NOW,
            )
        )  # fmt: skip
        begin_again(tx, office, occurrence)


def begin_again(tx: Any, office: Office, occurrence: str = PRESS) -> None:
    row = tx.execute(select(occurrences).where(occurrences.c.id == occurrence)).one()
    found = select(packages).where(packages.c.occurrence_id == occurrence).order_by(packages.c.version.desc())
    package = tx.execute(found.limit(1)).one()
    draft = tx.execute(select(drafts).where(drafts.c.package_id == package.id)).one()
    ledger.begin(tx, office, row, package, draft, NOW, NOW + 4 * HOUR)


def play(office: Office, at: datetime, *jobs: Job) -> None:
    """All there is to publish at `at`."""
    working = jobs or (Publish(),)
    with at_work(office, at) as current:
        while any([job.do_one(current, at) or job.wait(current) for job in working]):
            pass


def rows(office: Office) -> list[Row[Any]]:
    with office.database.read() as tx:
        return list(tx.execute(select(publications).order_by(publications.c.id)))


def row(office: Office) -> Row[Any]:
    (only,) = rows(office)
    return only
