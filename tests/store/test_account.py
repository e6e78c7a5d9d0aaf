"""How what happened becomes the steps of a rehearsal, where a rehearsal of the shipped plan has no cause to show it."""

from __future__ import annotations

from sqlalchemy import select

from tests.store.desk import at_work, begin
from tests.store.sample import NOW, PRESS, occurrence_values
from worker.delivery import mailings
from worker.drafting import packages
from worker.drafting.make import Rendered
from worker.jobs.send_notices import SendNotices
from worker.kinds import Finding
from worker.notices import queue
from worker.office import Office
from worker.rehearsal.account import Account, Step
from worker.rehearsal.sizes import NOBODY
from worker.store import tables
from worker.store.states import OccurrenceState


def steps(office: Office) -> list[Step]:
    account = Account(office, NOBODY)
    account.catch_up()
    return account.steps


def test_what_a_draft_lacks_is_said_and_what_it_might_better_say_is_not(office: Office) -> None:
    findings = (Finding("error", "missing-body", "Chybí tělo."), Finding("warning", "long", "Dlouhý titulek."))
    made = Rendered("press-release", "email", "s", "<p>h</p>", "t", {}, {}, findings, "d", "")
    with office.database.write() as tx:
        tx.execute(tables.occurrences.insert().values(occurrence_values(PRESS, OccurrenceState.PREPARING)))
        row = tx.execute(select(tables.occurrences)).one()
        packages.create(tx, office, row, [made], NOW, reason="první verze", author=None)
    assert steps(office) == [Step(NOW, "drafted", PRESS, kinds=("press-release",), note="Chybí tělo.")]


def test_a_mailing_that_stands_still_is_said(office: Office) -> None:
    number = begin(office, 1)
    with office.database.write() as tx:
        row = tx.execute(select(tables.mailings).where(tables.mailings.c.id == number)).one()
        mailings.pause(tx, office, row, NOW, "příliš mnoho odmítnutí", resumes=False, person=None)
    assert [(step.event, step.note) for step in steps(office)] == [("paused", "příliš mnoho odmítnutí")]


def test_a_mail_that_cannot_be_made_is_said(office: Office) -> None:
    begin(office, 0)
    with office.database.write() as tx:
        queue.put(tx, "about", "missed", "nikdo", NOW, occurrence_id=PRESS)
        queue.put(tx, "about nothing", "plan_faulty", "nikdo", NOW, count=1, faults="")
    with at_work(office) as shift:
        while SendNotices().do_one(shift, NOW):
            pass
    assert [(step.event, step.occurrence, step.people) for step in steps(office)] == [
        ("mail_failed", PRESS, ("nikdo",)),
        ("mail_failed", None, ("nikdo",)),
    ]


def test_one_mail_to_several_people_is_one_step(office: Office) -> None:
    begin(office, 0)
    with office.database.write() as tx:
        for person in ("koordinator", "tiskovy-mluvci"):
            queue.put(tx, person, "already_due", person, NOW, occurrence_id=PRESS)
    with at_work(office) as shift:
        while SendNotices().do_one(shift, NOW):
            pass
    found = steps(office)
    assert [(step.event, step.people) for step in found] == [("told", ("koordinator", "tiskovy-mluvci"))]
    account = Account(office, NOBODY)
    account.catch_up()
    account.catch_up()
    assert account.steps == found, "nothing is told twice"
