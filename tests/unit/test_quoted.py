"""Quoted-printable with places: whatever is put in, the text arrives whole, in short lines that no dot begins."""

from __future__ import annotations

import quopri

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from worker.mime import Mould, Place, encoded
from worker.mime.quoted import quoted

TOKEN, WORDS = Place("token", 22), Place("words")
VALUE = "Ab-_0123456789abcdefgh"
LINE = st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])
PIECES = st.lists(
    st.one_of(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=120),
        st.sampled_from([".", "\n.", "\n", "\r\n", " \n", "\t", "x" * 75, "x" * 76, "ř" * 40, "=", "a" * 54, "a" * 53]),
        st.sampled_from([TOKEN, WORDS]),
    ),
    max_size=12,
)


def joined(pieces: list[str | Place], words: str) -> bytes:
    return b"".join(Mould(quoted(pieces), (TOKEN, WORDS)).filled((VALUE.encode(), encoded(words))))


@settings(max_examples=300)
@given(PIECES, st.text(LINE, min_size=1, max_size=250))
@example([TOKEN, ".", WORDS, "."], ".")
@example(["x" * 54, TOKEN, TOKEN, WORDS, TOKEN, "\n", WORDS, "\n", WORDS, WORDS], " ")
@example([WORDS, "\n"], "Dobrý den, " * 20)
def test_any_text_with_any_words_arrives_whole(pieces: list[str | Place], words: str) -> None:
    data = joined(pieces, words)
    lines = data.split(b"\r\n")
    assert lines.pop() == b""
    assert max(map(len, lines)) <= 76
    assert not any(line.startswith(b".") or line.endswith((b" ", b"\t")) for line in lines)
    assert data.isascii() and b"\n" not in data.replace(b"\r\n", b"") and b"\r" not in data.replace(b"\r\n", b"")
    values = {TOKEN: VALUE, WORDS: words}
    meant = "".join(values[piece] if isinstance(piece, Place) else piece for piece in pieces)
    meant = meant.replace("\r\n", "\n").replace("\r", "\n")
    arrived = quopri.decodestring(data).decode().replace("\r\n", "\n")
    assert arrived == (meant if meant.endswith("\n") else meant + "\n")


def test_a_line_as_wide_as_allowed_is_left_alone() -> None:
    assert joined(["x" * 76 + "\n" + "." + "y" * 73 + "\n"], "") == b"x" * 76 + b"\r\n=2E" + b"y" * 73 + b"\r\n"


def test_a_greeting_on_a_line_of_its_own_gets_no_soft_break() -> None:
    assert joined([WORDS, "\n\nText\n"], "Dobrý den,") == b"Dobr=C3=BD den,\r\n\r\nText\r\n"


@pytest.mark.parametrize(("before", "broken"), [(53, False), (54, True)])
def test_a_token_is_never_torn(before: int, broken: bool) -> None:
    data = joined(["x" * before, TOKEN, "\n"], "")
    assert VALUE.encode() in data
    assert (b"=\r\n" + VALUE.encode() in data) is broken
