"""The demo's mailbox shows headers as a mail program does."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from worker import mime
from worker.demo.mailbox import Mail

DATE = datetime(2026, 12, 1, tzinfo=UTC)
NAME = "Koordinátor sociálního začleňování a příliš dlouhého jména úřadu"


def test_a_long_name_is_shown_without_the_blanks_between_its_encoded_words() -> None:
    headers = [("Reply-To", mime.address(NAME, "koordinator@posta.example.org")), ("Subject", NAME)]
    raw = mime.compose(headers, "text", "<p>text</p>", date=DATE)
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    mail = Mail(1, "x@posta.example.org", raw, message)
    assert mail.header("reply-to") == f"{NAME} <koordinator@posta.example.org>"
    assert mail.header("Subject") == NAME
    assert mail.header("List-Id") == ""


def test_pictures_stand_in_the_html_and_attachments_beside_it() -> None:
    chart = mime.Enclosed("graf.png", "image/png", b"\x89PNG", "graf.png@hlasatel")
    entry = mime.Enclosed("akce.ics", "text/calendar", b"BEGIN:VCALENDAR\r\n")
    html = '<img src="cid:graf.png@hlasatel" alt="Graf">\n'
    raw = mime.compose([("Subject", NAME)], "text", html, date=DATE, files=[entry, chart])
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    mail = Mail(1, "x@posta.example.org", raw, message)
    assert mail.html.strip() == '<img src="data:image/png;base64,iVBORw==" alt="Graf">'
    assert mail.text.strip() == "text"
    assert mail.files == {"akce.ics": ("text/calendar", entry.content)}
