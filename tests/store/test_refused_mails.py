"""An approval mail that does not get out: the coordinator hears of it, and a corrected address gets the mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.fixtures.smtp_server import HANG_UP, ScriptedRelay
from tests.store.desk import ASKED, approve, notices_to, read, token, words, work_at
from tests.store.sample import PRESS
from worker.notices import queue
from worker.office import Office
from worker.store import outbox
from worker.store.tables import notices, occurrences, packages

SPOKESPERSON, COORDINATOR = "mluvci@liberecky-kraj.example.org", "koordinator@liberecky-kraj.example.org"
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # where the database makes no difference
RIGHT = "mluvci-nova@liberecky-kraj.example.org"


def alerts(office: Office) -> list[str]:
    return [row.occurrence_id for row in notices_to(office, "koordinator", "mail_refused")]


def moved(office: Office) -> Office:
    """The office after its people.yaml was corrected and the program started anew."""
    person = office.people["tiskovy-mluvci"].model_copy(update={"email": RIGHT})
    return replace(office, people={**office.people, "tiskovy-mluvci": person})


def test_the_coordinator_is_told_at_once_and_what_to_do(office: Office, relay: ScriptedRelay) -> None:
    relay.answer_to(SPOKESPERSON, "550 no such mailbox")
    work_at(office, ASKED)
    assert set(alerts(office)) == {PRESS, "newsletter/2026"}
    told = [
        mail for mail in map(read, relay.received_by(COORDINATOR)) if str(mail["Subject"]).startswith("E-mail nedošel")
    ]
    assert len(told) == 2
    text = words(told[0])
    for wanted in (SPOKESPERSON, "Tisková mluvčí", "550 no such mailbox", "config/people.yaml", "žádost o schválení"):
        assert wanted in text
    work_at(office, ASKED + timedelta(hours=1))
    assert len(alerts(office)) == 2, "once"
    assert relay.received_by(SPOKESPERSON) == []


@ON_SQLITE
def test_one_put_off_until_it_is_given_up_is_told_too(office: Office, relay: ScriptedRelay) -> None:
    relay.answer_to(SPOKESPERSON, "451 later")
    work_at(office, ASKED)
    with office.database.write() as tx:
        tx.execute(update(notices).where(notices.c.person == "tiskovy-mluvci").values(attempts=outbox.MAX_ATTEMPTS - 1))
    assert alerts(office) == []
    work_at(office, ASKED + timedelta(hours=3))
    assert PRESS in alerts(office)


@ON_SQLITE
def test_silence_after_the_dot_is_told_once_it_was_repeated(office: Office, relay: ScriptedRelay) -> None:
    relay.always("DOT", HANG_UP)
    work_at(office, ASKED)
    assert alerts(office) == []
    work_at(office, ASKED + timedelta(minutes=5))
    assert PRESS in alerts(office)


@ON_SQLITE
def test_a_mail_nobody_answers_alerts_nobody(office: Office, relay: ScriptedRelay) -> None:
    relay.answer_to("magazin@liberecky-kraj.example.org", "550 no such mailbox")
    work_at(office, ASKED)
    assert alerts(office) == []


def test_once_the_address_is_right_the_mail_goes_there_once(office: Office, relay: ScriptedRelay) -> None:
    relay.answer_to(SPOKESPERSON, "550 no such mailbox")
    work_at(office, ASKED)
    work_at(moved(office), ASKED)
    assert sorted(str(mail["Hlasatel-Occurrence"]) for mail in map(read, relay.received_by(RIGHT))) == [
        "newsletter/2026",
        PRESS,
    ]
    work_at(moved(office), ASKED)
    assert len(relay.received_by(RIGHT)) == 2


@ON_SQLITE
def test_what_is_decided_meanwhile_is_not_asked_again(office: Office, relay: ScriptedRelay) -> None:
    relay.answer_to(SPOKESPERSON, "550 no such mailbox")
    work_at(office, ASKED)
    approve(office, token(office, "tiskovy-mluvci"))
    work_at(moved(office), ASKED)
    asking = [mail for mail in map(read, relay.received_by(RIGHT)) if str(mail["Subject"]).startswith("Ke schválení")]
    assert [str(mail["Hlasatel-Occurrence"]) for mail in asking] == ["newsletter/2026"]


@ON_SQLITE
def test_a_version_that_was_replaced_meanwhile_is_not_asked_again(office: Office, relay: ScriptedRelay) -> None:
    relay.answer_to(SPOKESPERSON, "550 no such mailbox")
    work_at(office, ASKED)
    with office.database.write() as tx:
        moved_to = ASKED + timedelta(days=8)
        tx.execute(update(occurrences).where(occurrences.c.id == PRESS).values(send_at=moved_to))
    work_at(office, ASKED)
    work_at(moved(office), ASKED)
    about = [mail for mail in map(read, relay.received_by(RIGHT)) if mail["Hlasatel-Occurrence"] == PRESS]
    assert [str(mail["Subject"]).split(" do ")[0] for mail in about] == ["Nová verze ke schválení"]


def test_one_to_somebody_who_has_left_people_yaml_is_told_too(asked_office: Office, relay: ScriptedRelay) -> None:
    with asked_office.database.write() as tx:
        package = tx.execute(select(packages.c.id).where(packages.c.occurrence_id == PRESS)).scalar_one()
        queue.put(tx, "gone", "reminder", "byvaly-mluvci", ASKED, occurrence_id=PRESS, package_id=package)
    work_at(asked_office, ASKED)
    (alert,) = notices_to(asked_office, "koordinator", "mail_refused")
    assert (alert.data["who"], alert.state) == ("byvaly-mluvci", "sent")
    assert "byvaly-mluvci" in str(read(relay.received_by(COORDINATOR)[0])["Subject"])


def test_the_coordinators_own_is_told_to_the_deputy(asked_office: Office, relay: ScriptedRelay) -> None:
    coordinator = asked_office.people["koordinator"].model_copy(update={"deputy": "reditel"})
    office = replace(asked_office, people={**asked_office.people, "koordinator": coordinator})
    relay.answer_to(COORDINATOR, "550 no such mailbox")
    with office.database.write() as tx:
        package = tx.execute(select(packages.c.id).where(packages.c.occurrence_id == PRESS)).scalar_one()
        queue.put(
            tx, "own", "returned", "koordinator", ASKED, occurrence_id=PRESS, package_id=package, comment="x", by="x"
        )
    work_at(office, ASKED)
    assert [row.data["who"] for row in notices_to(office, "reditel", "mail_refused")] == ["koordinator"]
    assert alerts(office) == []
