"""Tracking is off (ADR 21): two people's copies differ in nothing that could tell who opened or clicked."""

from __future__ import annotations

import re

import pytest

from tests.fixtures.smtp_server import ScriptedRelay
from tests.store.desk import SEND, approve, asked, body_of, read, token, work_at
from tests.store.sample import NEWSLETTER, add_people, address
from worker.office import Office


@pytest.mark.usefixtures("already_asked")
def test_two_copies_differ_in_the_recipients_own_parts_alone(office: Office, relay: ScriptedRelay) -> None:
    with office.database.write() as tx:
        add_people(tx, "media", [1, 2])
    for link in (asked(office), token(office, "tiskovy-mluvci", NEWSLETTER)):
        approve(office, link)
    work_at(office, SEND)
    mails = [relay.received_by(address(number)) for number in (1, 2)]
    assert [len(each) for each in mails] == [2, 2], "the press release and the newsletter"
    for first, second in zip(*mails, strict=True):
        assert _common(first.data, 1) == _common(second.data, 2)
        html = body_of(read(first), "html")
        assert "<html" in html and "/o/" in html
        assert re.findall(r"""<img[^>]+src=["']?(?!cid:|data:)""", html, re.IGNORECASE) == []
        assert (
            re.findall(r"url\(|@import|<(?:script|iframe|object|embed|link|video|audio)\b", html, re.IGNORECASE) == []
        )


def _common(data: bytes, number: int) -> bytes:
    """A mail without the parts that are one recipient's: her address, the Message-ID, the token to leave with."""
    head, _, body = data.partition(b"\r\n\r\n")
    whole = head + b"\r\n\r\n" + body.replace(b"=\r\n", b"")
    found = re.search(rb"List-Unsubscribe: <[^>]+/o/([\w-]{22})>", whole)
    assert found is not None
    for own in (address(number).encode(), found[1], re.findall(rb"\r\nMessage-ID: <([^>]+)>", whole)[0]):
        assert own in whole
        whole = whole.replace(own, b"")
    return whole
