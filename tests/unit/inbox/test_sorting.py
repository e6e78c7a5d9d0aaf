"""Bounces, programs' answers and people's, told apart by their headers; broken and hostile mails are strays."""

from __future__ import annotations

import random
import time

import pytest

from tests.unit.inbox.letters import MLUVCI, OURS, bounce, mail, parts
from worker.inbox.sorting import MOST_PARTS, MOST_REFERENCES, Sort, letter


def test_a_persons_answer_is_an_answer_whatever_its_subject() -> None:
    found = letter(mail("Schvaluji.\r\n", subject="Automatická odpověď: Out of office, Undelivered Mail"))
    assert (found.sort, found.about, found.text) == (Sort.REPLY, (OURS,), "Schvaluji.")
    assert (found.sender, found.attachments) == ("mluvci@liberecky-kraj.example.org", False)


@pytest.mark.parametrize("action", ["failed", "Failed (550)"])
@pytest.mark.parametrize(
    "returned", ["message/rfc822", "text/rfc822-headers", "message/global", "message/rfc822-headers"]
)
def test_a_failed_delivery_is_a_bounce_about_the_mail_it_brings_back(action: str, returned: str) -> None:
    found = letter(bounce(action, returned=returned))
    assert (found.sort, found.status, found.reason) == (Sort.BOUNCE, "5.1.1", "5.1.1 550 5.1.1 User unknown")
    assert OURS in found.about


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded", "", "čerstvý"])
def test_a_delay_or_a_success_is_no_bounce(action: str) -> None:
    found = letter(bounce(action))
    assert (found.sort, OURS in found.about) == (Sort.AUTOMATIC, True)


@pytest.mark.parametrize("report", ["disposition-notification", "feedback-report"])
def test_a_receipt_and_a_complaint_are_programs_answers(report: str) -> None:
    receipt = "Reporting-UA: mail\r\nOriginal-Message-ID: " + OURS + "\r\nDisposition: manual-action; displayed\r\n"
    found = letter(
        parts(
            ("text/plain", "Přečteno."), (f"message/{report}", receipt), sub=f"report; report-type={report}", about=""
        )
    )
    assert found.sort is Sort.AUTOMATIC
    assert found.text == ""


def test_an_old_bounce_without_a_report_is_known_by_its_sender_and_what_it_quotes() -> None:
    text = f"Hi. This is the qmail-send program.\r\n\r\n--- Below this line is a copy.\r\n\r\nMessage-ID: {OURS}\r\n"
    old = mail(text, about="", sender="MAILER-DAEMON@posta.example.org", Return_Path="<>")
    assert (letter(old).sort, OURS in letter(old).about) == (Sort.BOUNCE, True)
    # Whoever has an envelope's sender, or a name, did not bounce.
    assert letter(mail(text, about="", Return_Path="<>")).sort is Sort.AUTOMATIC
    assert letter(mail(text, about="")).sort is Sort.REPLY


@pytest.mark.parametrize(
    "header",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "Auto-Generated; owner-email=a@example.org"},
        {"Auto_Submitted": "auto-notified"},
        {"X_Autoreply": "yes"},
        {"X_Autorespond": "Dovolená"},
        {"X_Auto_Response_Suppress": "All"},
        {"X_Auto_Response_Suppress": "DR, OOF, AutoReply"},
        {"Precedence": "bulk"},
        {"Precedence": "auto_reply"},
        {"Precedence": "Junk"},
        {"Precedence": "list"},
        {"Return_Path": "<>"},
        {"Return_Path": " < >"},
        {"X_FC_MachineGenerated": "true"},
        {"X_POST_MessageClass": "9; Autoresponder"},
        {"Delivered_To": "Autoresponder"},
        {"List_Id": "<rada.example.org>"},
        {"sender": "no-reply@liberecky-kraj.example.org"},
        {"sender": "Poštovní server <postmaster@liberecky-kraj.example.org>"},
        {"kind": "text/calendar; method=REPLY"},
    ],
    ids=str,
)
def test_what_a_program_answered_says_so_in_a_header(header: dict[str, str]) -> None:
    found = letter(mail("Schvaluji. Jsem na dovolené.", **header))
    assert (found.sort, found.about, found.text) == (Sort.AUTOMATIC, (OURS,), "")


@pytest.mark.parametrize(
    "header",
    [
        {"Auto_Submitted": "no"},
        {"Auto_Submitted": " No ; comment=x"},
        {"X_Auto_Response_Suppress": "None"},
        {"Precedence": "first-class"},
        {"Return_Path": "<mluvci@liberecky-kraj.example.org>"},
        {"subject": "Out of Office: dovolená"},
    ],
    ids=str,
)
def test_a_header_that_says_nothing_makes_no_program_of_a_person(header: dict[str, str]) -> None:
    assert letter(mail(**header)).sort is Sort.REPLY


def test_of_a_thread_the_mail_answered_comes_first_then_the_newest() -> None:
    found = letter(mail(about="<tri@x.cz>", References="<jedna@x.cz>\r\n <dve@x.cz> <tri@x.cz>"))
    assert found.about == ("<tri@x.cz>", "<dve@x.cz>", "<jedna@x.cz>")
    assert letter(mail(about="")).about == ()
    many = letter(mail(about="", References=" ".join(f"<{number}@x.cz>" for number in range(5000))))
    assert len(many.about) == MOST_REFERENCES
    assert letter(mail(about="<a\0b@x.cz> <ž@x.cz> <" + "x" * 300 + "@x.cz>")).about == ()


@pytest.mark.parametrize(
    ("sender", "address"),
    [
        (MLUVCI, "mluvci@liberecky-kraj.example.org"),
        ("mluvci@kraj.example.org", "mluvci@kraj.example.org"),
        ('"reditel@kraj.example.org" <cizi@jinde.example.org>', "cizi@jinde.example.org"),
        ('"Nováková, Jana <reditel@kraj.example.org>" <cizi@jinde.example.org>', "cizi@jinde.example.org"),
        ("reditel@kraj.example.org <cizi@jinde.example.org>", "cizi@jinde.example.org"),
        ("Nováková, Jana <a@kraj.example.org>", "a@kraj.example.org"),
        ("a@kraj.example.org, b@kraj.example.org", ""),
        ("Jana <a@kraj.example.org>, b@kraj.example.org", ""),
        ("b@kraj.example.org, Jana <a@kraj.example.org>", ""),
        ("<a@kraj.example.org> <b@kraj.example.org>", ""),
        ("a@kraj.example.org)b@kraj.example.org", ""),
        ("a@kraj.example.org\r\nFrom: b@kraj.example.org", ""),
        ("nikdo", ""),
        ("", ""),
    ],
)
def test_the_sender_is_the_one_address_of_the_one_from(sender: str, address: str) -> None:
    assert letter(mail(sender=sender)).sender == address


def test_a_file_that_came_along_is_noticed_and_a_picture_in_a_signature_is_none() -> None:
    file = 'application/msword; name="oprava.doc"\r\nContent-Disposition: attachment; filename="oprava.doc"'
    picture = 'image/png\r\nContent-Disposition: inline; filename="logo.png"'
    assert letter(parts(("text/plain", "V příloze."), (file, "x"))).attachments is True
    assert letter(parts(("text/plain", "Text."), (picture, "x"))).attachments is False


NESTED = b"".join(b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (n, n + 1) for n in range(3000))
HEADERS = b"From: a@b.cz\r\nMessage-ID: <x@y.cz>\r\nIn-Reply-To: " + OURS.encode() + b"\r\n"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 1000,
        b"\r\n" * 500_000,
        b"x" * 1_000_000,
        b"From: a@b.cz\r\n" * 70_000,
        b"In-Reply-To: " + b"<" * 900_000,
        b"References: " + b"<a@b>" * 200_000,
        HEADERS + b"Content-Type: multipart/mixed; boundary=b0\r\n\r\n" + NESTED,
        HEADERS + b"Content-Type: multipart/digest; boundary=b\r\n\r\n" + b"--b\r\n\r\n" * 100_000,
        HEADERS + b"Content-Type: message/rfc822\r\n\r\n" * 30_000,
        HEADERS + b"Content-Type: text/html\r\n\r\n" + b"<a " * 300_000,
        HEADERS + b"Content-Type: text/html\r\n\r\n" + b"<!--" * 250_000,
        HEADERS + b"\r\n" + b"Od: a\n" * 200_000,
        HEADERS + b"\r\n" + b"@" * 500_000 + b":\n> x\n" * 10_000,
        HEADERS + b"\r\n" + b"> x\n@\n" * 100_000,
        HEADERS + b"\r\n" + b"-" * 900_000,
        HEADERS + b"\r\n" + b"Odeslano z " + b"iphon" * 180_000,
        HEADERS + b"Content-Type: text/plain; charset=punycode\r\n\r\n" + b"a-" * 400_000,
        HEADERS + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"=" * 900_000,
        HEADERS + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=0" * 450_000,
        HEADERS + b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\n" + b"M" * 900_000,
        HEADERS + b"Content-Type: " + b"text/plain; a=b" * 60_000,
        HEADERS + b"Content-Type: text/plain" + b"; a*%d*=b" * 60_000,
        HEADERS + b'Content-Type: multipart/mixed; boundary="' + b"b" * 900_000,
    ],
    ids=range(24),
)
def test_a_hostile_mail_takes_no_time_and_raises_nothing(data: bytes) -> None:
    begun = time.process_time()
    letter(data)
    assert time.process_time() - begun < 3


def test_parts_nested_beyond_what_anybody_sends_are_not_looked_into() -> None:
    few = HEADERS + b"Content-Type: multipart/mixed; boundary=b0\r\n\r\n" + NESTED[: 50 * MOST_PARTS // 2]
    assert letter(few).sort is Sort.REPLY
    assert letter(HEADERS + b"Content-Type: multipart/mixed; boundary=b0\r\n\r\n" + NESTED).sort is Sort.STRAY


@pytest.mark.parametrize("seed", range(8))
def test_mails_spoilt_at_random_raise_nothing(seed: int) -> None:
    chance = random.Random(seed)
    whole = [
        mail(),
        bounce(),
        parts(("text/plain; charset=cp1250", "Ahoj"), ("text/html", "<p>Ahoj</p>"), sub="alternative"),
    ]
    for _ in range(150):
        data = bytearray(chance.choice(whole))
        for _ in range(chance.randint(1, 25)):
            at = chance.randrange(len(data))
            match chance.randint(0, 3):
                case 0:
                    data[at] = chance.randrange(256)
                case 1:
                    del data[at : at + chance.randint(1, 40)]
                case 2:
                    data[at:at] = chance.choice(
                        [b"\r\n", b"*0*=", b'"', b"=?utf-8?b?/w==?=", b"\0", b";", b"--hranice"]
                    )
                case 3:
                    data[at:at] = data[at : at + 60]
            data = data or bytearray(b"x")
        assert letter(bytes(data)).sort in Sort


def test_a_header_about_a_part_longer_than_anybody_writes_is_not_taken_apart() -> None:
    long = "text/plain; charset=utf-8" + ";\r\n a=b" * 1000
    assert letter(mail(kind=long)).sort is Sort.STRAY
    assert letter(mail(kind="text/plain; charset=utf-8" + ";\r\n a=b" * 100)).sort is Sort.REPLY
