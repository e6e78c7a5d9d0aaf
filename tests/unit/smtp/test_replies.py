"""What is kept of a reply: one line, short, without the recipient's address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.smtp.replies import TEXT_LIMIT, Reply, cleaned

RECIPIENT = "Jana.Novakova@noviny.example.org"


@pytest.mark.parametrize(
    "text",
    [
        f"<{RECIPIENT}>: unknown",
        f"{RECIPIENT.upper()} and {RECIPIENT.lower()} unknown",
        f"{'x' * (TEXT_LIMIT - 10)} {RECIPIENT}",
        f"İ {RECIPIENT}",
    ],
)
def test_no_part_of_the_address_survives(text: str) -> None:
    kept = cleaned(text, RECIPIENT)
    assert "jana" not in kept.lower()
    assert len(kept) <= TEXT_LIMIT


@given(st.text(), st.text(min_size=1))
def test_an_address_of_any_letters_is_taken_out(around: str, address: str) -> None:
    address = "".join(address.split()) + "@example.org"
    assert address.lower() not in cleaned(f"{around} <{address}> {around}", address).lower()


def test_lines_become_one() -> None:
    assert cleaned("5.1.1 no\r\n such\tuser") == "5.1.1 no such user"


def test_what_cannot_be_printed_goes_to_no_log() -> None:
    assert cleaned("no\0such\x1b[31muser\u202e") == "no such [31muser"


def test_what_we_refused_ourselves_has_no_code() -> None:
    assert (str(Reply(0, "no")), str(Reply(550, "no")), str(Reply(354, ""))) == ("no", "550 no", "354")
