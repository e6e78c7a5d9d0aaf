"""Dot-stuffing: no text ends early, and every one arrives as it was (RFC 5321 §4.5.2)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from worker.smtp.stuffing import stuffed, unstuffed


@given(st.lists(st.sampled_from([b".", b"..", b"a", b"", b".a", b"a.", b"\r"]), min_size=1))
def test_stuffing_is_undone_by_the_rule_of_rfc_5321(lines: list[bytes]) -> None:
    data = b"\r\n".join([*lines, b""])
    wire = stuffed(data)
    assert wire.endswith(b"\r\n")
    inner = wire.split(b"\r\n")
    assert b"." not in inner, "the text would end early"
    assert b"\r\n".join(line[1:] if line.startswith(b".") else line for line in inner) == data
    assert unstuffed(wire) == data


def test_a_text_without_a_last_line_end_gets_one() -> None:
    assert stuffed(b"a") == b"a\r\n"
