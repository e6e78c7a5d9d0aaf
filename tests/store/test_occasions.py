"""An invitation and a reminder take their facts from the database's word on what they are counted from."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from tests.store.planned import BEGUN, occurrence, plan_of, take
from worker.approval import choose
from worker.drafting import checks, packages
from worker.drafting.gather import draft_package
from worker.drafting.make import Rendered, redraft
from worker.office import Office
from worker.plan.occurrences import occurrences
from worker.record.earlier import earlier
from worker.store.tables import occurrences as rows

MEETING = """\
id: setkani
when: listopad 2027
periodicity: 1x
activity: Veřejné setkání
topic: Příklady dobré praxe
place: řádek 1
"""
CALL = """\
id: vyzva
activity: Výzva
place: řádek 2
anchor: 20 dní před setkani
kinds: [survey-call]
lists: [media]
approvers: [tiskovy-mluvci]
"""
INVITATION = CALL.replace("vyzva", "pozvanka").replace("Výzva", "Pozvánka").replace("survey-call", "invitation")
REMINDER = """\
id: pripominka
activity: Připomínka
place: řádek 3
anchor: 5 dní po vyzva
kinds: [survey-reminder]
lists: [media]
approvers: [tiskovy-mluvci]
"""
ROWS = (MEETING, CALL, INVITATION, REMINDER)
LINK, UNTIL = "https://www.example.org/dotaznik", "12. 11. 2027"


def drafted(office: Office, occurrence_id: str) -> Rendered:
    plan = plan_of(office, *ROWS)
    planned = occurrences(plan)
    wanted = next(each for each in planned if each.id == occurrence_id)
    [made] = draft_package(office, plan, planned, replace(wanted, send_at=occurrence(office, wanted.id).send_at), BEGUN)
    return made


def test_a_meeting_that_a_person_moved_has_its_day_and_hour_in_the_invitation(office: Office) -> None:
    take(office, *ROWS)
    assert drafted(office, "pozvanka/2027-11").fields["date"] == ""
    moved = datetime(2027, 11, 18, 15, 30, tzinfo=UTC)
    with office.database.write() as tx:
        activity = plan_of(office, MEETING).activity("setkani")
        choose.move(tx, office, activity, "setkani/2027-11", moved, BEGUN, reason="sál", person="koordinator")
    made = drafted(office, "pozvanka/2027-11")
    assert (made.fields["date"], made.fields["time"]) == ("18. listopadu 2027", "16:30")
    assert made.fields["headline"] == "Veřejné setkání"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # the database makes no difference
def test_a_meeting_that_moves_after_its_invitation_was_drafted_is_told_as_long_as_the_text_names_its_day(
    office: Office,
) -> None:
    take(office, *ROWS)
    former, moved = datetime(2027, 11, 18, 15, 30, tzinfo=UTC), datetime(2027, 11, 23, 15, 30, tzinfo=UTC)
    activity = plan_of(office, MEETING).activity("setkani")

    def move(day: datetime) -> None:
        with office.database.write() as tx:
            choose.move(tx, office, activity, "setkani/2027-11", day, BEGUN, reason="sál", person="koordinator")

    def told(made: Rendered) -> list[str]:
        row = occurrence(office, "pozvanka/2027-11")
        with office.database.write() as tx:
            package = packages.create(tx, office, row, [made], BEGUN, reason="verze", author=None)
            found = checks.found(tx, office, row, packages.drafts_of(tx, package), BEGUN)
        return [each.message for each in found if "k čemu se" in each.message]

    move(former)
    made = drafted(office, "pozvanka/2027-11")
    assert told(made) == []
    move(moved)
    (said,) = told(made)
    assert "stojí 18. 11. 2027" in said and "v plánu na 23. 11. 2027" in said
    mended = {name: text.replace("18. listopadu", "23. listopadu") for name, text in made.fields.items()}
    assert told(redraft("invitation", mended, made.material)) == []
    with office.database.write() as tx:
        tx.execute(update(rows).where(rows.c.id == "setkani/2027-11").values(state="dropped"))
    (said,) = told(made)
    assert "se mezitím zrušilo: Veřejné setkání" in said


def test_a_reminder_repeats_the_newest_version_of_its_call(office: Office) -> None:
    take(office, *ROWS)
    assert drafted(office, "pripominka/2027-11").fields["link"] == ""
    call = drafted(office, "vyzva/2027-11")
    for number, link in enumerate(("https://www.example.org/stary", LINK)):
        words = {"headline": "Co vám chybí", "link": link, "until": UNTIL, "privacy": "Bez jmen."}
        newer = redraft(call.kind, {**call.fields, **words}, call.material, office.templates)
        with office.database.write() as tx:
            row = occurrence(office, "vyzva/2027-11")
            at = BEGUN + timedelta(hours=number)
            packages.create(tx, office, row, [newer], at, reason="zkouška", author=None)
    made = drafted(office, "pripominka/2027-11")
    assert (made.fields["link"], made.fields["until"], made.fields["privacy"]) == (LINK, UNTIL, "Bez jmen.")
    assert made.fields["headline"] == "Připomínáme dotazník: Co vám chybí"


def test_what_the_database_does_not_have_is_nothing(office: Office) -> None:
    take(office, *ROWS)
    with office.database.read() as tx:
        assert earlier(tx, "setkani/2099-11") is None
        known = earlier(tx, "setkani/2027-11")
    assert known is not None
    assert (known.settled, known.fields, known.sent_at) == (False, {}, None)
