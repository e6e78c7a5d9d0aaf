"""An office in which everything is there that the pairs of pages and commands act on, and the states that one needs."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from datetime import date
from typing import Any

from PIL import Image
from sqlalchemy import func, select, update

from tests.store.desk import ASKED, begin
from tests.store.sample import NEWSLETTER, PRESS, add_people, address
from worker.agenda import dates
from worker.agenda.dates import CameBy
from worker.approval import consents
from worker.approval.choices import offer
from worker.archive import kit
from worker.archive.kit import Given
from worker.audience.upkeep import changing, reviews
from worker.audience.upkeep.changing import Hand
from worker.contributions import giving
from worker.delivery import orders, slices
from worker.notices import links, sign_ins
from worker.notices.links import Purpose
from worker.office import Office
from worker.record.consents import GivenBy
from worker.sources.base import CalendarDate
from worker.store.states import lock_occurrence
from worker.store.tables import (
    deliveries,
    drafts,
    occurrences,
    publications,
    recipients,
    stops,
    withdrawals,
)

WHO = "koordinator"
SENT = "tiskova-zprava/2026-12.2"
"""A mailing of which one got it, one was refused, one is unknown and one waits; its text waits in three places."""
EVENT = CalendarDate(date(2026, 12, 15), "Beseda", "Liberec", "Spolek", "https://spolek.example.org")


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "#7a9cc6").save(out, "JPEG")
    return out.getvalue()


def hand(office: Office) -> Hand:
    return Hand(office, WHO, ASKED)


def first(column: Any, *where: Any) -> Callable[[Office], object]:
    def found(office: Office) -> object:
        with office.database.read() as tx:
            return tx.execute(select(column).where(*where).order_by(column)).scalars().first()

    return found


def place(medium: str) -> Callable[[Office], object]:
    return first(publications.c.id, publications.c.medium == medium)


WHO_STANDS = first(recipients.c.id, recipients.c.address == address(21))


def paused(office: Office) -> None:
    with office.database.write() as tx:
        orders.pause(tx, office, SENT, ASKED, person=WHO)


def stopped(office: Office) -> None:
    with office.database.write() as tx:
        changing.stop(tx, hand(office), int(str(WHO_STANDS(office))))


def gone_out(office: Office) -> None:
    """Nothing of it is open any more."""
    with office.database.write() as tx:
        tx.execute(update(occurrences).where(occurrences.c.id == SENT).values(state="done"))


def withdrawn(office: Office) -> None:
    """Its text is out on a page, and it was withdrawn since."""
    out = publications.c.medium == "web-kraje"
    with office.database.write() as tx:
        tx.execute(update(publications).where(out).values(state="published", address="https://www.example.org/1"))
        tx.execute(withdrawals.insert().values(occurrence_id=SENT, reason="omyl", person=WHO, at=ASKED))


def much_dropped(office: Office) -> None:
    """The plan's file with nearly all of its rows gone."""
    head, *rows = office.settings.plan.read_text(encoding="utf-8").split("\n  - id: ")
    kept = [each for each in rows if "anchor" not in each][:4]
    office.settings.plan.write_text("\n  - id: ".join([head, *kept]) + "\n", encoding="utf-8")


def digest(office: Office) -> str:
    return hashlib.sha256(office.settings.plan.read_bytes()).hexdigest()


def seen(office: Office) -> str:
    with office.database.write() as tx:
        row = lock_occurrence(tx, PRESS)
        assert row is not None
        return offer(tx, office, row, ASKED).seen


def fill(office: Office) -> None:
    mailing = begin(office, 4, occurrence=SENT, lists=("obce",))
    with office.database.write() as tx:
        ids = tx.execute(select(deliveries.c.recipient_id).order_by(deliveries.c.recipient_id)).scalars().all()
        for who, state in zip(ids, ("sent", "failed", "unknown"), strict=False):
            tx.execute(update(deliveries).where(deliveries.c.recipient_id == who).values(state=state))
        slices.refresh(tx, mailing, 0, ASKED)
        draft = tx.execute(select(func.max(drafts.c.id))).scalar_one()
        for medium, channel, state in (("web-kraje", "handoff", "asked"), ("facebook-kraje", "facebook", "failed")):
            tx.execute(
                publications.insert().values(
                    occurrence_id=SENT, draft_id=draft, medium=medium, channel=channel, state=state, attempts=0,
                    begun_at=ASKED, deadline=ASKED, person="redakce-webu" if channel == "handoff" else "", address="",
                    reference="", reason="",
                )
            )  # fmt: skip
        tx.execute(stops.insert().values(medium="facebook-kraje", reason="Heslo vypršelo.", since=ASKED))
        dates.offer(tx, EVENT, ASKED, came_by=CameBy.FORM, offered_by="Spolek")
        add_people(tx, "obce", [21])
        reviews.ask(tx, ["obce"], "2026-H2", ASKED)
        sign_ins.new_address(tx, sign_ins.Purpose.CALENDAR, WHO, ASKED)
        kit.add(tx, PRESS, Given(photo(), "namesti.jpg", "Náměstí", "Jan Vzor", False), ASKED, person=WHO)
        consents.note(tx, PRESS, ASKED, subject="Jana Vzorová", given_by=GivenBy.PERSON, until=None, person=WHO)
        call = links.mint(
            tx, Purpose.CONTRIBUTE, person="asz", sent_to=office.person("asz").email, occurrence_id=NEWSLETTER,
            package_id=None, now=ASKED,
        )  # fmt: skip
    words = giving.words_of({"text": "Otevřeli jsme poradnu.", "people": "nobody"}, ASKED, with_photo=False)
    giving.give(office, call, words, None, ASKED)
