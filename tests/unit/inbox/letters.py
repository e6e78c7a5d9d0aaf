"""Mails as programs and people send them, for the tests of what comes back."""

from __future__ import annotations

OURS = "<0123456789abcdef0123456789abcdef@liberecky-kraj.example.org>"
MLUVCI = "Jana Nováková <mluvci@liberecky-kraj.example.org>"


def mail(
    text: str | bytes = "Schvaluji.", *, about: str = OURS, sender: str = MLUVCI, subject: str = "Re: Ke schválení",
    message_id: str = "<odpoved-1@posta.example.org>", kind: str = "text/plain; charset=utf-8", **headers: str,
) -> bytes:  # fmt: skip
    """An answer; an empty value leaves its header out, a name's underlines stand for hyphens."""
    lines = {
        "From": sender,
        "To": "odpovedi@liberecky-kraj.example.org",
        "Subject": subject,
        "Message-ID": message_id,
        "In-Reply-To": about,
        "MIME-Version": "1.0",
        "Content-Type": kind,
        "Content-Transfer-Encoding": "8bit" if kind.startswith("text/") else "",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value).encode()
    return head + b"\r\n" + (text.encode() if isinstance(text, str) else text)


def parts(*parts: tuple[str, str], sub: str = "mixed", **given: str) -> bytes:
    """A mail of several parts, each its type (with more header lines if wanted) and its body."""
    body = "".join(f"--hranice\r\nContent-Type: {kind}\r\n\r\n{text}\r\n" for kind, text in parts)
    return mail(f"{body}--hranice--\r\n", kind=f'multipart/{sub}; boundary="hranice"', **given)


def bounce(
    action: str = "failed", *, about: str = OURS, returned: str = "message/rfc822", report: str = "delivery-status"
) -> bytes:
    """A delivery status notification as Postfix writes it (RFC 3464)."""
    status = (
        "Reporting-MTA: dns; posta.kraj.example.org\r\nArrival-Date: Tue, 1 Dec 2026 10:00:05 +0100\r\n\r\n"
        "Final-Recipient: rfc822; mluvci@liberecky-kraj.example.org\r\n"
        f"Action: {action}\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n"
    )
    original = f"From: hlasatel@liberecky-kraj.example.org\r\nMessage-ID: {about}\r\nSubject: Ke =?utf-8?q?schv?=\r\n"
    return parts(
        ("text/plain", "This is the mail system at host posta. I'm sorry to have to inform you …"),
        ("message/delivery-status", status),
        (returned, f"{original}\r\nprosíme o schválení"),
        sub=f"report; report-type={report}", about="", sender="MAILER-DAEMON@posta.kraj.example.org (Mail System)",
        subject="Undelivered Mail Returned to Sender", Auto_Submitted="auto-replied", Return_Path="<>",
    )  # fmt: skip
