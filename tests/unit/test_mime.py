"""Messages as bytes: no header can be forged, any text arrives as meant or is refused, same input same bytes."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from worker import mime
from worker.delivery.trial import FORGERIES
from worker.errors import HlasatelError
from worker.mime import UnsafeHeader

DATE = datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
LEAVE = "<https://hlasatel.kraj.example.org/velmi/dlouha/cesta/k/aplikaci/o/" + "A" * 22 + ">"
MAILBOX = "tisk@kraj.example.org"


def compose(
    subject: str = "Zpráva", name: str = "Krajský úřad", text: str = "Dobrý den", html: str | None = None
) -> bytes:
    headers = [
        ("From", mime.address(name, MAILBOX)),
        ("To", "jana@noviny.example.org"),
        ("Subject", subject),
        ("Message-ID", "<abc@kraj.example.org>"),
        ("List-Id", mime.address("Média – regionální", "media.kraj.example.org")),
        ("List-Unsubscribe", LEAVE),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("Hlasatel-Occurrence", "tiskova-zprava/2026-12"),
    ]
    return mime.compose(headers, text, html, date=DATE)


def parsed(data: bytes) -> EmailMessage:
    """The message as a modern program reads it."""
    message = message_from_bytes(data, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def unfolded(data: bytes, name: str) -> str:
    return re.sub(r"\r?\n(?=[ \t])", "", message_from_bytes(data)[name])


def subject_of(data: bytes) -> str:
    """The subject by RFC 2047."""
    return str(make_header(decode_header(unfolded(data, "Subject"))))


def sender_of(data: bytes) -> str:
    """The name in From by RFC 5322 and 2047: Python's own parser puts blanks between the encoded words of a name."""
    phrase, _, mailbox = unfolded(data, "From").rpartition(" ")
    if not phrase:
        assert mailbox == MAILBOX
        return ""
    assert mailbox == f"<{MAILBOX}>"
    if phrase.startswith('"'):
        assert re.fullmatch(r'"(?:[^"\\]|\\.)*"', phrase)
        return re.sub(r"\\(.)", r"\1", phrase[1:-1])
    assert re.fullmatch(r"[\w!=?+/ -]+", phrase, re.ASCII)
    assert "=?" in phrase or "  " not in phrase
    return str(make_header(decode_header(phrase)))


@pytest.mark.parametrize("text", FORGERIES)
def test_a_subject_or_name_that_could_forge_a_header_is_refused(text: str) -> None:
    with pytest.raises(UnsafeHeader):
        compose(subject=text)
    with pytest.raises(UnsafeHeader):
        compose(name=text)


@pytest.mark.parametrize(
    "text", ["=?klingon?q?a?=", "=?utf-8?b?A?=", "=?utf-8?q?=ff=fe?=", "=?utf-8?x?a?=", "=?=", "a =? b ?= c"]
)
def test_what_looks_like_an_encoded_word_arrives_as_written_or_is_refused(text: str) -> None:
    try:
        data = compose(subject=text, name=text)
    except UnsafeHeader:
        return
    assert subject_of(data) == text
    assert sender_of(data) == text


@pytest.mark.parametrize("text", ["=?utf-8?q?a?=", "a =? b ?= c"])
def test_a_harmless_encoded_word_that_somebody_wrote_arrives_as_written(text: str) -> None:
    data = compose(subject=text, name=text)
    assert (subject_of(data), sender_of(data)) == (text, text)


@pytest.mark.parametrize(
    "mailbox", ["a@example.org\r\nBcc: b@example.org", "a\u2028@example.org", "jan.novák@example.org"]
)
def test_a_mailbox_that_is_none_is_refused(mailbox: str) -> None:
    with pytest.raises(UnsafeHeader):
        mime.compose([("To", mime.address("Jan", mailbox))], "a", None, date=DATE)


TEXTS = [
    "Zpráva",
    "A plain one",
    "Žluťoučký kůň " * 30,
    "x" * 300,
    "word " * 60 + "end",
    "Emoji 👩‍👩‍👧‍👦 " * 12 + "👍",
    "„Uvozovky“ a \"jiné\" a 'další'",
    'Novák, Jan "Honza" <jan@example.org>; (tisk): [a] @ \\ .',
    "?= <x> =_ ?= =",
    "two  spaces   three",
    "a\u00a0b\u202fc",
    "e\u0301 není é",
    "",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_subject_and_a_name_arrive_as_meant(text: str) -> None:
    data = compose(subject=text, name=text)
    assert subject_of(data) == text
    assert sender_of(data) == text
    assert [each.addr_spec for each in parsed(data)["From"].addresses] == [MAILBOX]
    assert all(
        len(line) <= 78 for line in data.split(b"\r\n\r\n")[0].split(b"\r\n") if b"List-Unsubscribe:" not in line
    )


HEADERS = [
    "From",
    "To",
    "Subject",
    "Message-ID",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Hlasatel-Occurrence",
    "Date",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
]
ONE_LINE = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=300)
WORDS = st.lists(
    st.sampled_from(
        ["=?utf-8?q?", "?=", "=0D=0A", "=?", " ", '"', "\\", ",", "<", ">", "ř", "👍", "a", "\r\n", "\u2028", "x" * 70]
    ),
    max_size=30,
).map("".join)


@settings(max_examples=400)
@given(st.one_of(ONE_LINE, WORDS), st.one_of(ONE_LINE, WORDS))
@example(" a ", " a ")
@example("=?klingon?q?a?=", "")
@example('"', "\\")
def test_any_text_arrives_whole_or_is_refused(subject: str, name: str) -> None:
    try:
        data = compose(subject=subject, name=name)
    except UnsafeHeader:
        return
    assert subject_of(data) == subject
    assert sender_of(data) == name
    message = parsed(data)
    assert [each.addr_spec for each in message["From"].addresses] == [MAILBOX]
    assert sorted(message.keys()) == sorted(HEADERS)
    assert message.get_content().strip() == "Dobrý den"
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", data)
    assert data.isascii()


PARAGRAPHS = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)


@settings(max_examples=150)
@given(PARAGRAPHS, PARAGRAPHS)
def test_a_body_arrives_whole_in_short_lines(text: str, html: str) -> None:
    data = compose(text=text, html=html)
    assert all(len(line) <= 76 for line in data.partition(b"\r\n\r\n")[2].split(b"\r\n"))
    assert data.isascii()
    message = parsed(data)
    plain, rich = message.iter_parts()
    for part, wanted in ((plain, text), (rich, html)):
        assert isinstance(part, EmailMessage)
        assert _lines(part.get_content()) == _lines(wanted)
    assert b"\r\n." not in data, "nothing in a text may end the message early"


def _lines(text: str) -> list[str]:
    """Line ends are the one thing that mail may change."""
    return re.split(r"\r\n|\r|\n", text.rstrip("\r\n"))


def test_list_unsubscribe_is_one_line_of_plain_ascii() -> None:
    assert len(LEAVE) > 75
    lines = compose().split(b"\r\n")
    assert b"List-Unsubscribe: " + LEAVE.encode() in lines
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines


def test_the_same_input_gives_the_same_bytes() -> None:
    assert compose(html="<p>a</p>") == compose(html="<p>a</p>")
    assert compose(html="<p>a</p>") != compose(html="<p>b</p>")


def test_the_date_is_written_with_its_offset() -> None:
    assert parsed(compose())["Date"].datetime == DATE


def test_a_header_beyond_the_longest_line_is_refused() -> None:
    with pytest.raises(UnsafeHeader):
        mime.compose([("Message-ID", f"<{'a' * 1000}@example.org>")], "a", None, date=DATE)


def test_a_refusal_is_a_sentence() -> None:
    with pytest.raises(HlasatelError, match=r"^Hlavička Subject .*\.$"):
        compose(subject="a\r\nb")
