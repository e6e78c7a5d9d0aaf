"""Noting and withdrawing a consent, on both databases."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.desk import (
    ASKED,
    SEND,
    approve,
    at_work,
    body_of,
    notices_to,
    occurrence,
    read,
    recorded,
    state,
    token,
    work_at,
)
from tests.store.sample import PRESS
from tests.store.seated import SPOKESWOMAN, put_before
from worker.approval.cases import Unfinished
from worker.approval.consents import note, withdraw
from worker.errors import HlasatelError
from worker.jobs.ask_consents import AskConsents
from worker.jobs.base import Job
from worker.jobs.renew_changed import RenewChanged
from worker.jobs.start_sending import StartSending
from worker.office import Office
from worker.record import consents
from worker.record.consents import Consent, GivenBy
from worker.store import tables


def tells_of_people(office: Office) -> None:
    with office.database.write() as tx:
        tx.execute(update(tables.occurrences).where(tables.occurrences.c.id == PRESS).values(stories=True))


def noted(office: Office, until: date | None = None, subject: str = "paní z Liberce") -> int:
    with office.database.write() as tx:
        return note(tx, PRESS, ASKED, subject=subject, given_by=GivenBy.GUARDIAN, until=until, person="koordinator")


def worked(office: Office, job: Job, now: datetime) -> int:
    """How many steps the job takes at `now`."""
    steps = 0
    with at_work(office, now) as current:
        while job.do_one(current, now):
            steps += 1
            assert steps < 10
    return steps


def withdrawn(office: Office, number: int) -> str:
    with office.database.write() as tx:
        return withdraw(tx, office, number, ASKED, person="koordinator")


def kept(office: Office) -> tuple[Consent, ...]:
    with office.database.read() as tx:
        return consents.of_occurrence(tx, PRESS)


def test_a_consent_is_kept_and_its_subject_enters_no_event(office: Office) -> None:
    put_before(office, SPOKESWOMAN)
    number = noted(office, until=SEND.date())
    [found] = kept(office)
    assert (found.id, found.subject, found.given_by, found.until) == (
        number,
        "paní z Liberce",
        GivenBy.GUARDIAN,
        SEND.date(),
    )
    assert recorded(office)[-1] == "consent.noted"
    with office.database.read() as tx:
        events = tx.execute(select(tables.events.c.data)).scalars().all()
    assert not any("Liberce" in data for data in events if "consent" in data or "given_by" in data)
    assert '"given_by":"guardian"' in events[-1]


@pytest.mark.parametrize(
    ("subject", "until", "says"),
    [
        ("  ", None, "čí souhlas"),
        ("x" * 201, None, "nejvýše 200"),
        ("paní", ASKED.date() - timedelta(days=1), "už minul"),
    ],
)
def test_a_consent_of_nobody_or_of_the_past_is_refused(
    office: Office, subject: str, until: date | None, says: str
) -> None:
    put_before(office, SPOKESWOMAN)
    with pytest.raises(HlasatelError, match=says):
        noted(office, until, subject)
    assert kept(office) == ()


def test_an_unknown_occurrence_is_refused_with_the_one_that_was_meant(office: Office) -> None:
    put_before(office, SPOKESWOMAN)
    refused = {"subject": "x", "given_by": GivenBy.PERSON, "until": None, "person": "koordinator"}
    for told in ("nebyl spuštěn", "Mysleli jste „tiskova-zprava/"):
        with pytest.raises(HlasatelError, match=told), office.database.write() as tx:
            note(tx, "tiskova-zprava/2026-13", ASKED, **refused)  # type: ignore[arg-type]
        with office.database.write() as tx:
            tx.execute(update(tables.installation).values(first_start_at=ASKED))


def test_what_was_approved_with_a_consent_is_asked_for_anew_when_it_is_withdrawn(
    office: Office, relay: ScriptedRelay
) -> None:
    put_before(office, SPOKESWOMAN)
    link = token(office, SPOKESWOMAN)
    tells_of_people(office)
    number = noted(office)
    approve(office, link)
    assert state(office) == "approved"
    told = withdrawn(office, number)
    assert "Co se podle něj rozhodlo" in told
    assert state(office) == "asked", "nothing goes out without a new approval"
    [again] = notices_to(office, "tiskovy-mluvci", "approval_again")
    assert "Byl odvolán souhlas" in again.data["reason"]
    assert "consent.withdrawn" in recorded(office)
    assert "Dřívější rozhodnutí už neplatí." in _asked_again(office, relay)


def test_who_has_not_decided_is_asked_anew_and_nothing_is_said_of_decisions(
    office: Office, relay: ScriptedRelay
) -> None:
    put_before(office, SPOKESWOMAN, stories=True)
    told = withdrawn(office, noted(office))
    assert "ještě nerozhodlo" in told
    assert len(notices_to(office, "tiskovy-mluvci", "approval_again")) == 1
    assert "Dřívější rozhodnutí" not in _asked_again(office, relay)


def _asked_again(office: Office, relay: ScriptedRelay) -> str:
    """The text of the mail that asks about the new version."""
    work_at(office, ASKED)
    [mail] = [each for each in map(read, relay.received) if str(each["Subject"]).startswith("Nová verze")]
    return body_of(mail)


def test_a_consent_is_withdrawn_once(office: Office) -> None:
    put_before(office, SPOKESWOMAN)
    number = noted(office)
    withdrawn(office, number)
    with pytest.raises(HlasatelError, match="už byl odvolán"):
        withdrawn(office, number)
    with pytest.raises(HlasatelError, match="zaznamenán není"):
        withdrawn(office, 99)
    assert recorded(office).count("consent.withdrawn") == 1


def test_before_anybody_was_asked_nothing_is_asked_anew(office: Office) -> None:
    put_before(office, SPOKESWOMAN)
    number = noted(office)
    with office.database.write() as tx:
        tx.execute(update(tables.occurrences).where(tables.occurrences.c.id == PRESS).values(state="returned"))
    assert "nepočítá" in withdrawn(office, number)
    assert occurrence(office).state == "returned"


@pytest.mark.parametrize("sent", ["sending", "done"])
def test_of_what_is_out_the_coordinator_is_told_that_it_is_too_late(office: Office, sent: str) -> None:
    put_before(office, SPOKESWOMAN)
    number = noted(office)
    with office.database.write() as tx:
        tx.execute(update(tables.occurrences).where(tables.occurrences.c.id == PRESS).values(state=sent))
    assert "odchází nebo odešlo" in withdrawn(office, number)
    assert occurrence(office).state == sent


@pytest.mark.parametrize("job", [RenewChanged(), StartSending()])
def test_what_needs_a_consent_since_it_was_approved_is_not_sent(office: Office, job: Job) -> None:
    put_before(office, SPOKESWOMAN)
    approve(office, token(office, SPOKESWOMAN))
    tells_of_people(office)
    assert worked(office, job, SEND) == 1
    assert state(office) == "asked"
    [again] = notices_to(office, "tiskovy-mluvci", "approval_again")
    assert "chybí něco, bez čeho odeslat nejde" in again.data["reason"]
    assert worked(office, job, SEND) == 0, "she is told once"


def test_what_has_its_consent_is_sent(office: Office) -> None:
    put_before(office, SPOKESWOMAN)
    approve(office, token(office, SPOKESWOMAN))
    tells_of_people(office)
    noted(office)
    assert worked(office, RenewChanged(), SEND) == 0
    worked(office, StartSending(), SEND)
    assert state(office) == "sending"


def test_without_a_consent_nothing_is_approved(office: Office) -> None:
    put_before(office, SPOKESWOMAN)
    link = token(office, SPOKESWOMAN)
    tells_of_people(office)
    with pytest.raises(Unfinished, match="žádný platný souhlas"):
        approve(office, link)
    assert state(office) == "asked"


@pytest.mark.parametrize(
    ("stories", "until", "mails"),
    [
        (False, None, 0),
        (True, None, 1),
        (True, SEND.date(), 0),
        (True, SEND.date() - timedelta(days=1), 1),
    ],
)
def test_the_coordinator_is_asked_once_for_a_consent_that_holds_when_it_is_sent(
    office: Office, stories: bool, until: date | None, mails: int
) -> None:
    put_before(office, SPOKESWOMAN, stories=stories)
    if until is not None:
        noted(office, until)
    assert worked(office, AskConsents(), ASKED) == mails
    assert worked(office, AskConsents(), ASKED + timedelta(minutes=1)) == 0
    assert len(notices_to(office, "koordinator", "consent_missing")) == mails
