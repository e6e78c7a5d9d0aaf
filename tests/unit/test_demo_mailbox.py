"""The demo's mailbox shows headers as a mail program does."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from worker import mime
from worker.demo.mailbox import Mail

NAME = "Koordinátor sociálního začleňování a příliš dlouhého jména úřadu"


def test_a_long_name_is_shown_without_the_blanks_between_its_encoded_words() -> None:
    headers = [("Reply-To", mime.address(NAME, "koordinator@posta.example.org")), ("Subject", NAME)]
    raw = mime.compose(headers, "text", "<p>text</p>", date=datetime(2026, 12, 1, tzinfo=UTC))
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    mail = Mail(1, "x@posta.example.org", raw, message)
    assert mail.header("reply-to") == f"{NAME} <koordinator@posta.example.org>"
    assert mail.header("Subject") == NAME
    assert mail.header("List-Id") == ""
