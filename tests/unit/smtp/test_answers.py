"""Replies out of a stream of bytes, however it was cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.smtp.answers import MOST, Answers, NotSmtp

STREAM = b"250 2.0.0 Ok\r\n250-relay\r\n250-SIZE 10\r\n250 PIPELINING\r\n354\r\n550 <a@b> no\n"
REPLIES = [(250, b"2.0.0 Ok"), (250, b"relay SIZE 10 PIPELINING"), (354, b""), (550, b"<a@b> no")]


@given(st.lists(st.integers(0, len(STREAM)), max_size=6))
def test_it_does_not_matter_where_the_stream_was_cut(cuts: list[int]) -> None:
    answers, found = Answers(), []
    for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(STREAM)], strict=True):
        found += list(answers.read(STREAM[start:end]))
    assert [(code, b" ".join(text.split())) for code, text in found] == REPLIES


@pytest.mark.parametrize(
    "nonsense", [b"hello\r\n", b"25 ok\r\n", b"2500 ok\r\n", b"\r\n", b"250_ok\r\n", b"\xb2\xb3\xb9 x\r\n"]
)
def test_nonsense_is_told_after_the_replies_before_it(nonsense: bytes) -> None:
    reading = Answers().read(b"250 ok\r\n" + nonsense)
    assert next(reading) == (250, b"ok")
    with pytest.raises(NotSmtp):
        next(reading)


@pytest.mark.parametrize("piece", [b"2" * 1000, b"250-more\r\n" * 100])
def test_a_reply_without_an_end_is_none(piece: bytes) -> None:
    answers = Answers()
    with pytest.raises(NotSmtp):
        for _ in range(MOST // 500):
            list(answers.read(piece))
