"""A new version's mail repeats what the one before was returned with, and says what was left out as what it is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.desk import ASKED, body_of, token, work_at
from tests.store.test_asking_mails import about, both
from tests.store.test_voiding import draft
from worker.approval import decide, rework
from worker.approval.decide import Choice
from worker.notices.links import Purpose
from worker.office import Office

LATER = ASKED + timedelta(minutes=5)


@pytest.fixture
def office(asked_office: Office) -> Office:
    """Where the press release waits for its approval; a mail's looks depend on no database."""
    return asked_office


def reworked(office: Office, **fields: str) -> None:
    """The press release is returned, worded anew, and asked about again."""
    decide.decide(office, token(office, "tiskovy-mluvci"), Choice.RETURN, "Vypusťte prosím <b>perex</b>.", ASKED)
    link = token(office, "koordinator", purpose=Purpose.EDIT)
    rework.resubmit(office, link, {"press-release": fields}, LATER, version=1)
    work_at(office, LATER)


def test_what_it_was_returned_with_is_said_again(office: Office, relay: ScriptedRelay) -> None:
    reworked(office, perex="Krátce.")
    for words in both(about(relay, "Nová verze")):
        assert "Verze 1 byla vrácena k přepracování se slovy: Vypusťte prosím <b>perex</b>." in words


def test_what_is_left_out_has_no_brackets_nor_a_word_of_them(office: Office, relay: ScriptedRelay) -> None:
    body = _body(office)
    assert "\n\n" in body
    reworked(office, body=body.rpartition("\n\n")[0])
    mail = about(relay, "Nová verze")
    for words in both(mail):
        assert "Vypuštěno:" in words and "Bylo:" not in words and "Nově:" not in words
    assert "hranatých závorkách" not in body_of(mail)


def test_changed_words_are_said_to_be_in_brackets(office: Office, relay: ScriptedRelay) -> None:
    reworked(office, body=_body(office).replace("kraj", "okres", 1))
    assert "hranatých závorkách" in body_of(about(relay, "Nová verze"))


def _body(office: Office) -> str:
    return str(draft(office).fields["body"])
