"""Files in a message: attachments behind the text, pictures beside the HTML, and none that was not meant."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from worker import mime
from worker.mime import Enclosed, UnsafeHeader

DATE = datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
ICS = Enclosed("pozvanka-2026-12.ics", "text/calendar", "BEGIN:VCALENDAR\r\nPříliš\r\n".encode())
DOCX = Enclosed(
    "zprava.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", bytes(range(256)) * 9
)
PICTURE = Enclosed("graf.png", "image/png", b"\x89PNG" + bytes(500), "graf.png@hlasatel")
HTML = '<p>Zpráva <img src="cid:graf.png@hlasatel" alt="Graf"></p>\n'


def composed(*files: Enclosed, html: str | None = HTML) -> bytes:
    return mime.compose([("Subject", "Zpráva")], "Zpráva\n", html, date=DATE, files=files)


def parsed(data: bytes) -> EmailMessage:
    message = message_from_bytes(data, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def tree(part: EmailMessage) -> object:
    """The types of a message, those within others in brackets."""
    kind = part.get_content_type()
    return (
        [kind, *(tree(each) for each in part.iter_parts() if isinstance(each, EmailMessage))]
        if part.is_multipart()
        else kind
    )


def test_each_part_stands_where_mail_programs_look_for_it() -> None:
    alternative = ["multipart/alternative", "text/plain", ["multipart/related", "text/html", "image/png"]]
    assert tree(parsed(composed(PICTURE))) == alternative
    assert tree(parsed(composed(ICS, PICTURE, DOCX))) == [
        "multipart/mixed",
        alternative,
        "text/calendar",
        DOCX.media_type,
    ]
    assert tree(parsed(composed(ICS, html=None))) == ["multipart/mixed", "text/plain", "text/calendar"]


def test_a_message_without_files_keeps_its_bytes() -> None:
    """A mailing that began before an upgrade goes on with the same message (I3)."""
    line = b"--=_fffb0426b44790b0dc5a0c8ebe122151"
    coded = b'; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    body = composed(html="<p>Zpráva</p>\n").partition(b"MIME-Version: 1.0\r\n")[2]
    assert body == b"\r\n".join([
        b"Content-Type: multipart/alternative;", b' boundary="' + line[2:] + b'"', b"",
        line, b"Content-Type: text/plain" + coded + b"Zpr=C3=A1va", b"",
        line, b"Content-Type: text/html" + coded + b"<p>Zpr=C3=A1va</p>", b"",
        line + b"--", b"",
    ])  # fmt: skip


def test_files_arrive_byte_for_byte_under_their_names() -> None:
    data = composed(ICS, PICTURE, DOCX)
    message = parsed(data)
    assert [(each.get_filename(), each.get_payload(decode=True)) for each in message.iter_attachments()] == [
        (ICS.name, ICS.content),
        (DOCX.name, DOCX.content),
    ]
    [picture] = [each for each in message.walk() if each.get_content_type() == "image/png"]
    assert (picture["Content-ID"], picture.get_content_disposition()) == ("<graf.png@hlasatel>", "inline")
    assert picture.get_payload(decode=True) == PICTURE.content
    assert all(len(line) <= 76 or line.startswith(b"Content-Type") for line in data.split(b"\r\n"))
    assert b"\n." not in data
    assert composed(ICS, PICTURE, DOCX) == data


def test_what_was_meant_is_what_is_read_again() -> None:
    data = composed(ICS, PICTURE, DOCX)
    mime.compare_texts(data, "Zpráva\n", HTML, [ICS, PICTURE, DOCX])
    for other in (
        [],
        [ICS, DOCX],
        [ICS, PICTURE, replace(DOCX, content=b"x")],
        [replace(ICS, name="jina.ics"), PICTURE, DOCX],
    ):
        with pytest.raises(UnsafeHeader, match="Přílohy"):
            mime.compare_texts(data, "Zpráva\n", HTML, other)
    with pytest.raises(UnsafeHeader, match="Text"):
        mime.compare_texts(data, "Jiná zpráva\n", HTML, [ICS, PICTURE, DOCX])


@pytest.mark.parametrize(
    "name", ["", "zpráva.pdf", 'a".pdf', "a\r\nBcc: x@example.org", "../a.pdf", ".pdf", "a b.pdf", "a" * 200]
)
def test_a_name_that_is_not_plain_is_refused(name: str) -> None:
    with pytest.raises(UnsafeHeader, match="nemůže být přílohou"):
        Enclosed(name, "application/pdf", b"")


@pytest.mark.parametrize(
    ("media_type", "content_id"), [("pdf", ""), ("text/html\r\nX: y", ""), ("image/png", "a>b@c"), ("image/png", "a")]
)
def test_a_type_or_an_identifier_that_forges_a_header_is_refused(media_type: str, content_id: str) -> None:
    with pytest.raises(UnsafeHeader):
        Enclosed("a.pdf", media_type, b"", content_id)
