"""The test mail to herself: the recipients' very mail, marked, and never so often that it fills an inbox."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage

import pytest
import requests

from tests.fixtures.pages import pages
from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.desk import ASKED, SEND, approve, asked, body_of, notices_to, read, recorded, state, token, work_at
from tests.store.sample import add_people, address
from worker.approval import specimen
from worker.approval.cases import NoSuchLink, Unfinished
from worker.drafting.letter import SPECIMEN_TOKEN, unsubscribe_address
from worker.office import Office
from worker.store.tables import drafts

SPOKESPERSON = "mluvci@liberecky-kraj.example.org"
SPOKESWOMAN = "tiskovy-mluvci"
MINUTE = timedelta(minutes=1)
ONLY_THE_RECIPIENTS = {"list-id", "list-unsubscribe", "list-unsubscribe-post", "precedence"}


def specimens(relay: ScriptedRelay) -> list[EmailMessage]:
    return [mail for mail in map(read, relay.received_by(SPOKESPERSON)) if str(mail["Subject"]).startswith("[zkouška]")]


def test_it_is_the_recipients_mail_but_for_its_mark_and_the_way_to_leave(office: Office, relay: ScriptedRelay) -> None:
    link = asked(office)
    with office.database.write() as tx:
        add_people(tx, "media", [1])
    specimen.ask_for(office, link, ASKED)
    work_at(office, ASKED)
    (trial,) = specimens(relay)
    approve(office, link)
    work_at(office, SEND)
    (real,) = map(read, relay.received_by(address(1)))

    assert trial["Subject"] == f"[zkouška] {real['Subject']}"
    assert (trial["From"], trial["Reply-To"]) == (real["From"], real["Reply-To"])
    assert {name.lower() for name in real} - {name.lower() for name in trial} == ONLY_THE_RECIPIENTS
    token = str(real["List-Unsubscribe"]).strip("<>")
    for sort in ("plain", "html"):
        assert body_of(real, sort).replace(token, office.settings.base_url + "/o/zkouska") == body_of(trial, sort)
        assert token not in body_of(trial, sort)
    assert recorded(office).count("specimen.asked") == 1


def test_it_decides_nothing_and_a_hand_off_is_not_mailed(asked_office: Office, relay: ScriptedRelay) -> None:
    link = token(asked_office, SPOKESWOMAN)
    specimen.ask_for(asked_office, link, ASKED)
    work_at(asked_office, ASKED)
    assert state(asked_office) == "asked"
    assert [row.data["draft"] for row in notices_to(asked_office, SPOKESWOMAN, "specimen")] == ["press-release"]
    with asked_office.database.write() as tx:
        tx.execute(drafts.update().where(drafts.c.channel == "email").values(channel="handoff"))
    with pytest.raises(Unfinished, match="není co poslat"):
        specimen.ask_for(asked_office, link, ASKED + MINUTE)


def test_there_is_one_a_minute_and_ten_of_a_version(asked_office: Office) -> None:
    link = token(asked_office, SPOKESWOMAN)
    for number in range(10):
        specimen.ask_for(asked_office, link, ASKED + number * MINUTE)
        with pytest.raises(Unfinished, match="za minutu" if number < 9 else "už 10"):
            specimen.ask_for(asked_office, link, ASKED + number * MINUTE + MINUTE / 2)
    with pytest.raises(Unfinished, match="už 10"):
        specimen.ask_for(asked_office, link, ASKED + timedelta(days=1))
    assert len(notices_to(asked_office, SPOKESWOMAN, "specimen")) == 10


def test_a_clock_that_went_back_bars_nobody(asked_office: Office) -> None:
    link = token(asked_office, SPOKESWOMAN)
    specimen.ask_for(asked_office, link, ASKED)
    specimen.ask_for(asked_office, link, ASKED - timedelta(hours=1))


def test_a_wrong_link_gets_none(asked_office: Office) -> None:
    link = token(asked_office, SPOKESWOMAN)
    with pytest.raises(NoSuchLink):
        specimen.ask_for(asked_office, link[:-4] + "AAAA", ASKED)
    assert notices_to(asked_office, SPOKESWOMAN, "specimen") == []


def test_its_link_to_unsubscribe_says_that_it_unsubscribes_nobody(asked_office: Office) -> None:
    with pages(asked_office, ASKED) as reached:
        answer = requests.get(unsubscribe_address(reached, SPECIMEN_TOKEN), timeout=10)
        assert answer.status_code == 200
        assert "nikoho neodhlašuje" in answer.text
        assert "<form" not in answer.text
