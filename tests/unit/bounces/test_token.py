"""The envelope's sender of a delivery: short, derived, read whatever its case, and not to be guessed."""

from __future__ import annotations

import random
from email import message_from_string

from worker.audience import tokens
from worker.audience.bounces.token import LENGTH, read, senders, tokens_in, tokens_of

KEY = b"a-key-for-tests-only-0123456789"
BOX = "vracene@urad.example.org"


def token(mailing_id: int, recipient_id: int, key: bytes = KEY) -> str:
    return senders(key, mailing_id, BOX)(recipient_id).partition("+")[2].partition("@")[0]


def test_it_tells_the_mailing_and_the_recipient() -> None:
    for stands_for in ((1, 1), (7, 123_456), (2**32 - 1, 2**48 - 1)):
        own = token(*stands_for)
        assert len(own) == LENGTH and own.isalnum() and own == own.lower()
        assert read(KEY, own) == read(KEY, own.upper()) == stands_for
        assert token(*stands_for) == own, "a repeat leaves under the same address"


def test_another_key_another_purpose_and_every_other_text_are_refused() -> None:
    own = token(1, 2)
    assert read(b"another key of sixteen bytes or more", own) is None
    assert tokens.read(KEY, own) is None and read(KEY, tokens.maker(KEY, 1)(2)) is None
    chance = random.Random(7)
    for place in range(LENGTH):
        other = chance.choice([each for each in "abcdefghijklmnopqrstuvwxyz234567" if each != own[place]])
        assert read(KEY, own[:place] + other + own[place + 1 :]) is None
    for odd in ("", "ž" * LENGTH, "=" * LENGTH, own[:-1], f"{own}a", f"{own[:-1]}="):
        assert read(KEY, odd) is None


def test_a_local_part_stays_within_its_length() -> None:
    longest = f"{'a' * 37}@urad.example.org"
    assert len(senders(KEY, 1, longest)(1).partition("@")[0]) == 64


def test_it_is_found_wherever_a_server_wrote_the_address() -> None:
    own = senders(KEY, 1, BOX)(2)
    for name in ("Delivered-To", "X-Original-To", "Envelope-To", "To"):
        assert tokens_of(message_from_string(f"{name}: Hlasatel <{own.upper()}>\n\n"), BOX) == [token(1, 2)]
    assert tokens_of(message_from_string(f"Subject: {own}\nFrom: {own}\n\n{own}"), BOX) == []
    assert tokens_in([own.replace("urad", "jiny"), "vracene+@urad.example.org", BOX], BOX) == []
