"""Bounces of real servers are given the right class and address; ordinary mail, whatever it says, is none."""

from __future__ import annotations

import itertools
import time

import pytest

from tests.fixtures.bounce_samples import Sample, of_the_library, provoked
from tests.fixtures.returned import answer, dsn
from worker.audience.bounces.classify import Failure, failures
from worker.inbox import sorting
from worker.inbox.returned import CameBack, verdict

WANTED = 0.95
"""The share of a large corpus that must be given the right class and address."""
ADDRESS = "clovek@example.org"


def found_in(data: bytes) -> tuple[Failure, ...]:
    return sorting.read(data, failures) or ()


def is_right(sample: Sample) -> bool:
    found = found_in(sample.data)
    return {each.address.lower() for each in found} == sample.addresses and {each.sort for each in found} == {
        sample.sort
    }


@pytest.mark.parametrize("sample", provoked(), ids=lambda sample: sample.name)
def test_what_postfix_and_exim_send_back_is_understood(sample: Sample) -> None:
    assert is_right(sample), found_in(sample.data)


@pytest.mark.long
def test_the_librarys_samples_are_understood(capsys: pytest.CaptureFixture[str]) -> None:
    samples, ordinary = of_the_library()
    wrong = [sample.name for sample in samples if not is_right(sample)]
    share = 1 - len(wrong) / len(samples)
    with capsys.disabled():
        print(f"\n{len(samples) - len(wrong)} of {len(samples)} bounces right ({share:.1%}); wrong: {', '.join(wrong)}")
    assert share >= WANTED
    falsely_dead = [
        sample.name
        for sample in samples
        if sample.sort != "hard" and any(each.sort == "hard" for each in found_in(sample.data))
    ]
    assert falsely_dead == []
    assert {name: found_in(data) for name, data in ordinary.items()} == dict.fromkeys(ordinary, ())


QUOTED = (
    "The following addresses had permanent delivery errors\r\n\r\n-- Unable to deliver message to the following"
    " address(es).\r\n\r\n  {0}\r\n    550 5.1.1 User unknown\r\n",
    "Hi. This is the qmail-send program at posta.\r\n\r\n<{0}>:\r\nSorry, no mailbox here by that name. (#5.1.1)\r\n",
    "<{0}>: host posta said: 550 5.1.1 <{0}>: Recipient address rejected: User unknown\r\n",
)
WRITTEN = (
    "Děkuji za zpravodaj, prosím o opravu jména.\r\n",
    "Do 10. 12. jsem mimo kancelář. I am out of office, my mailbox is full of mail.\r\n",
    "Kolegyně již u nás nepracuje, adresa {0} je neplatná (user unknown).\r\n",
    "{0} is no longer valid. The user does not exist here any more, please write to info@example.org.\r\n",
    "Automatic reply: this mailbox is not monitored. Undelivered mail is not returned.\r\n",
)
PERSON = {"In_Reply_To": "<zpravodaj@urad.example.org>"}
HEADERS: tuple[dict[str, str], ...] = (
    PERSON,
    {"In_Reply_To": "", "References": "<zpravodaj@urad.example.org>"},
    {"In_Reply_To": ""},
    PERSON | {"sender": "Postmaster <postmaster@obec.example.org>", "Return_Path": "<postmaster@obec.example.org>"},
)
AUTOMATIC: tuple[dict[str, str], ...] = (
    {"Auto_Submitted": "auto-replied", "Return_Path": "<>", "In_Reply_To": ""},
    {"X_Autoreply": "yes", "Precedence": "bulk"},
    {"Auto_Submitted": "auto-generated", "Return_Path": "<>", "Subject": "Nedoručitelná schránka?"},
)
ORDINARY = [
    *itertools.product(HEADERS, (*WRITTEN, *QUOTED, *(f"Co to znamená?\r\n\r\n{each}" for each in QUOTED))),
    *itertools.product(HEADERS, (*(f"Co to znamená?\r\n\r\n> {each}" for each in QUOTED),)),
    *itertools.product(AUTOMATIC, WRITTEN),
    *itertools.product(AUTOMATIC[1:2], QUOTED),  # it answers something, so it is no server's word
]


def test_what_is_quoted_would_be_a_bounce_had_a_server_written_it() -> None:
    data = answer("x@example.org", QUOTED[1].format(ADDRESS), Return_Path="<>", In_Reply_To="")
    assert [(each.address, each.sort) for each in found_in(data)] == [(ADDRESS, "hard")]


@pytest.mark.parametrize(("headers", "text"), ORDINARY)
def test_no_ordinary_mail_proves_anything_against_an_address(headers: dict[str, str], text: str) -> None:
    data = answer("vracene@urad.example.org", text.format(ADDRESS), **headers)
    back = CameBack((), found_in(data), None)
    assert verdict(back, sorting.letter(data), ADDRESS) is None


def test_several_recipients_of_one_report_are_told_apart() -> None:
    report = dsn("vracene@urad.example.org", "a@example.net").replace(
        b"Diagnostic-Code", b"Diagnostic-Code: smtp; 550\r\n\r\nFinal-Recipient: rfc822; b@example.net\r\n"
        b"Action: failed\r\nStatus: 4.4.7\r\nX-More"
    )  # fmt: skip
    assert [(each.address, each.sort) for each in found_in(report)] == [
        ("a@example.net", "hard"),
        ("b@example.net", "soft"),
    ]


def test_the_address_is_the_one_we_wrote_to_where_a_report_tells_it() -> None:
    report = dsn("x@example.org", "hidden@inner.example.net").replace(
        b"Action:", b"Original-Recipient: rfc822; open@example.net\r\nAction:"
    )
    assert [each.address for each in found_in(report)] == ["open@example.net"]


@pytest.mark.parametrize(
    "text",
    ["<" * 100_000, "<a@" * 50_000, "\r\n550 " * 40_000, f"<{ADDRESS}>:\r\n" * 8_000, "-- " * 60_000, "a@b " * 50_000],
)
def test_no_hostile_text_takes_long(text: str) -> None:
    data = answer("x@example.org", text, Return_Path="<>", In_Reply_To="", sender="MAILER-DAEMON@example.net")
    began = time.process_time()
    found_in(data)
    assert time.process_time() - began < 3
