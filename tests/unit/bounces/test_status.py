"""What a failure means, by its status and by a server's words."""

from __future__ import annotations

import time

import pytest

from worker.audience.bounces.status import judge


@pytest.mark.parametrize("status", ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"])
def test_these_say_that_the_address_is_dead(status: str) -> None:
    assert judge(status, "550 no") == ("hard", status)


@pytest.mark.parametrize("status", ["5.1.7", "5.1.8", "5.7.0", "5.7.1", "5.7.26", "5.7.509", "5.6.0", "5.5.1", "5.3.4"])
def test_these_speak_of_us(status: str) -> None:
    assert judge(status, "550 no")[0] == "ours"


@pytest.mark.parametrize("status", ["4.2.2", "5.2.2", "5.2.1", "4.7.1", "4.4.7", "5.4.4", "5.4.1", "5.3.1", "5.1.4"])
def test_these_are_counted(status: str) -> None:
    assert judge(status, "no") == ("soft", status)


@pytest.mark.parametrize(
    ("status", "said", "sort", "code"),
    [
        ("5.0.0", "550 5.1.1 <…> User unknown", "hard", "5.1.1"),
        ("5.0.0", "550 unknown user", "hard", "5.1.1"),
        ("", "553 5.3.0 … Addressee unknown", "hard", "5.1.1"),
        ("5.0.0", "550-5.7.1 Our system has detected that this message is likely unsolicited mail", "ours", "5.7.1"),
        ("5.0.0", "550 relay access denied", "ours", "5.0.0"),
        ("5.0.0", "552 mailbox is full", "soft", "5.0.0"),
        ("5.0.0", "550 schránka adresáta je plná", "soft", "5.0.0"),
        ("5.0.0", "550 Uživatel s touto adresou neexistuje", "hard", "5.1.1"),
        ("5.0.0", "451 4.3.0 temporary failure", "soft", "5.0.0"),
        ("4.0.0", "user unknown, so try again later", "soft", "4.0.0"),
        ("5.0.0", "Host not found, try again", "soft", "5.0.0"),
        ("5.0.0", "Host or domain name not found", "hard", "5.1.2"),
        ("", "nic, co by šlo poznat", "soft", ""),
        ("", "connected to 5.1.1.7 and given up", "soft", ""),
        ("5.0.0", "250 2.1.5 accepted, then 550 5.2.2 over quota", "soft", "5.2.2"),
    ],
)
def test_where_the_status_says_nothing_the_words_do(status: str, said: str, sort: str, code: str) -> None:
    assert judge(status, said) == (sort, code)


@pytest.mark.parametrize(
    ("said", "sort"),
    [
        ("550 5.1.1 mailbox full, recipient is over quota", "soft"),
        ("550 5.1.1 rejected: listed by a DNSBL, see our blacklist", "ours"),
        ("550 5.1.1 user unknown (5.7.1 policy)", "ours"),
    ],
)
def test_words_that_speak_for_the_address_win_over_its_status(said: str, sort: str) -> None:
    assert judge("5.1.1", said)[0] == sort


@pytest.mark.parametrize("said", ["user " * 50_000, "mailbox " + "x" * 100_000, "exceed " * 30_000, "5.1" * 50_000])
def test_no_words_take_long(said: str) -> None:
    began = time.process_time()
    judge("", said)
    assert time.process_time() - began < 0.2
