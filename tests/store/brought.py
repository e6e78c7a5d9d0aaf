"""The December press release brought into each state that a person then chooses from; when that is."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.store.desk import ASKED, SEND, approve, asked, work_at
from tests.store.sample import PRESS
from worker.approval import choose, decide
from worker.approval.decide import Choice
from worker.office import Office

LATE = SEND + timedelta(hours=3)
"""After the send deadline of the December press release."""


def returned(office: Office) -> datetime:
    decide.decide(office, asked(office), Choice.RETURN, "kratší", ASKED)
    return ASKED


def approved(office: Office) -> datetime:
    approve(office, asked(office))
    return ASKED


def unapproved(office: Office) -> datetime:
    asked(office)
    work_at(office, SEND)
    return SEND


def missed(office: Office) -> datetime:
    unapproved(office)
    work_at(office, LATE)
    return LATE


def is_done(office: Office) -> datetime:
    approved(office)
    work_at(office, SEND)
    return SEND


def dropped(office: Office) -> datetime:
    asked(office)
    with office.database.write() as tx:
        choose.drop(tx, office, PRESS, ASKED, reason="nebude", person="koordinator")
    return ASKED
