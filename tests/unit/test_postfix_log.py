"""Postfix logs as Postfix writes them: what each says became of a message."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from worker.delivery.postfix import Found, Verdict, lines_of, open_log, read

OURS = "<mqpvx3yq2k@liberecky-kraj.example.org>"
OTHER = "<20261208090000.4ABC1@mail.example.org>"
OLD = "Dec  8 10:00:01 mail"
ISO = "2026-12-08T10:00:01.123456+01:00 mail"

SENT = (
    "to=<jana@noviny.example.org>, relay=mx.noviny.example.org[192.0.2.7]:25, delay=0.4, delays=0.1/0.01/0.1/0.2, "
    "dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 9F1C2)"
)
BOUNCED = (
    "to=<jana@noviny.example.org>, relay=mx.noviny.example.org[192.0.2.7]:25, delay=0.4, delays=0.1/0/0.1/0.2, "
    "dsn=5.1.1, status=bounced (host mx.noviny.example.org[192.0.2.7] said: 550 5.1.1 <jana@noviny.example.org>: "
    "unknown (in reply to RCPT TO command))"
)
DEFERRED = (
    "to=<jana@noviny.example.org>, relay=none, delay=30, delays=0.1/0/30/0, dsn=4.4.1, status=deferred "
    "(connect to mx.noviny.example.org[192.0.2.7]:25: Connection timed out)"
)
EXPIRED = "qmgr from=<tisk@kraj.example.org>, status=expired, returned to sender"


def _log(*said: str, before: str = OLD, queue: str = "4ABC123D4E") -> list[str]:
    """Lines `service text` of one message's queue id, as a file has them."""
    lines = []
    for each in said:
        service, _, text = each.partition(" ")
        lines.append(f"{before} postfix/{service}[2711]: {queue}: {text}\n")
    return lines


BEGUN = f"cleanup message-id={OURS}"
ACTIVE = "qmgr from=<tiskove@liberecky-kraj.example.org>, size=21034, nrcpt=1 (queue active)"


@pytest.mark.parametrize("before", [OLD, ISO, "2026-12-08T10:00:01+0100 mail"])
@pytest.mark.parametrize("queue", ["4ABC1", "4ABC123D4E", "4bXyZs5Rl8z1Nk3", "F3A0B2"])
@pytest.mark.parametrize("agent", ["smtp", "relay/smtp", "lmtp", "local", "virtual", "pipe"])
def test_a_message_is_followed_by_its_queue_id(before: str, queue: str, agent: str) -> None:
    log = _log(
        "smtpd client=app[192.0.2.1]", BEGUN, ACTIVE, f"{agent} {SENT}", "qmgr removed", before=before, queue=queue
    )
    assert read(log, {OURS}) == {OURS: Found(Verdict.DELIVERED, "250 2.0.0 Ok: queued as 9F1C2")}


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ((BEGUN, ACTIVE, f"smtp {SENT}"), Verdict.DELIVERED),
        ((BEGUN, ACTIVE, f"smtp {BOUNCED}"), Verdict.RETURNED),
        ((BEGUN, ACTIVE, f"smtp {DEFERRED}"), Verdict.UNDER_WAY),
        ((BEGUN, ACTIVE, f"smtp {DEFERRED}", f"smtp {SENT}"), Verdict.DELIVERED),
        ((BEGUN, ACTIVE, f"smtp {DEFERRED}", f"error {BOUNCED}"), Verdict.RETURNED),
        ((BEGUN, ACTIVE, f"smtp {DEFERRED}", EXPIRED), Verdict.RETURNED),
        ((BEGUN, ACTIVE, EXPIRED), Verdict.RETURNED),
        ((BEGUN, ACTIVE), Verdict.UNDER_WAY),
        ((BEGUN,), Verdict.NOT_TAKEN),
        ((BEGUN, "smtpd lost connection after DATA (20480 bytes) from app[192.0.2.1]"), Verdict.NOT_TAKEN),
    ],
)  # fmt: skip
def test_how_it_ended(said: tuple[str, ...], verdict: Verdict) -> None:
    assert read(_log(*said), {OURS})[OURS].verdict is verdict


def test_messages_of_others_and_their_queue_ids_tell_nothing_of_ours() -> None:
    other = _log(f"cleanup message-id={OTHER}", ACTIVE, f"smtp {SENT}")
    assert read(other, {OURS}) == {}
    assert read([*_log(BEGUN), *other], {OURS})[OURS].verdict is Verdict.NOT_TAKEN, "a queue id is used again"
    removed = _log(BEGUN, ACTIVE, f"smtp {BOUNCED}", "qmgr removed", f"smtp {SENT}")
    assert read(removed, {OURS})[OURS].verdict is Verdict.RETURNED


def test_what_went_through_a_content_filter_ended_behind_it() -> None:
    to_filter = (
        "to=<jana@noviny.example.org>, relay=127.0.0.1[127.0.0.1]:10024, delay=1, dsn=2.0.0, status=sent "
        "(250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 7B2D1)"
    )
    first = _log(BEGUN, ACTIVE, f"smtp {to_filter}")
    assert read([*first, *_log(BEGUN, ACTIVE, f"smtp {BOUNCED}", queue="7B2D1")], {OURS})[OURS].verdict is (
        Verdict.RETURNED
    )
    assert read(first, {OURS})[OURS].verdict is Verdict.DELIVERED


def test_of_two_copies_one_that_arrived_counts_and_one_that_is_still_tried_is_waited_for() -> None:
    returned, arrived, tried = (
        _log(BEGUN, ACTIVE, f"smtp {end}", queue=queue)
        for end, queue in ((BOUNCED, "AAAAA1"), (SENT, "BBBBB2"), (DEFERRED, "CCCCC3"))
    )
    assert read([*returned, *arrived], {OURS})[OURS].verdict is Verdict.DELIVERED
    assert read([*tried, *returned], {OURS})[OURS].verdict is Verdict.UNDER_WAY


def test_what_a_server_says_cannot_pass_for_postfix_own_words() -> None:
    hostile = BOUNCED.replace("unknown", "x, status=sent (250 ok)")
    assert read(_log(BEGUN, ACTIVE, f"smtp {hostile}"), {OURS})[OURS].verdict is Verdict.RETURNED
    header = f"warning: header Subject: to=<a@b.cz>, status=sent (250 ok) from app[192.0.2.1]; message-id={OTHER}"
    assert read(_log(BEGUN, f"cleanup {header}"), {OURS})[OURS].verdict is Verdict.NOT_TAKEN
    assert read(_log(f"cleanup resent-message-id={OURS}", f"smtp {SENT}"), {OURS}) == {}


def test_a_log_is_read_plain_or_packed_whatever_its_bytes(tmp_path: Path) -> None:
    log = "".join(_log(BEGUN, ACTIVE, f"smtp {SENT}")).encode()
    spoilt = b"\xff\xfe\x00" + b"x" * 200_000 + b"\n" + log + b"Dec  8 cut off"
    (tmp_path / "mail.log").write_bytes(spoilt)
    (tmp_path / "mail.log.2.gz").write_bytes(gzip.compress(spoilt))
    for path in sorted(tmp_path.iterdir()):
        with open_log(path) as file:
            assert read(lines_of(file), {OURS})[OURS].verdict is Verdict.DELIVERED
